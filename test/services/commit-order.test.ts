import { expect, test } from 'vitest';
import { long } from '../support/long.ts';
import { promised } from '../support/promised.ts';
import { type Explored, exploreSchedules, type ReaderKind } from './support/explore-schedules.ts';

// Long, since few of the orders in which writers can alternate are dangerous.
const SCHEDULES = long(500, 10_000);
/**
 * So many are gone through side by side, each share on a database of its own: most of the time goes by
 * waiting for answers.
 */
const SHARES = 4;
const timeout = SCHEDULES * 2_000;

let exploring: Promise<readonly Explored[]> | undefined;
/** All schedules, gone through once for all tests. */
function explore(): Promise<readonly Explored[]> {
  const size = SCHEDULES / SHARES;
  exploring ??= Promise.all(
    Array.from({ length: SHARES }, (_, share) => exploreSchedules(share * size, (share + 1) * size)),
  );
  return exploring;
}

function sumOf(explored: readonly Explored[], what: 'changes' | 'overtakings'): number {
  return explored.reduce((sum, share) => sum + share[what], 0);
}

/** How often a reader made a fault. */
async function countFaults(reader: ReaderKind, fault: string): Promise<number> {
  return (await explore()).flatMap(({ faults }) => faults[reader]).filter((made) => made === fault).length;
}

test(`${SCHEDULES} schedules of writers that overtake each other: by position nothing is lost, nothing comes twice, every partner's entries come in order`, {
  timeout,
}, async () => {
  promised('Entries come in the order of their commits.');
  const explored = await explore();
  expect(explored.flatMap(({ faults }) => faults.position)).toEqual([]);
  expect(sumOf(explored, 'changes')).toBeGreaterThan(SCHEDULES);
  expect(sumOf(explored, 'overtakings')).toBeGreaterThan(SCHEDULES / 2);
});

test('the same schedules lose entries for a reader by serial id', { timeout }, async () => {
  expect(await countFaults('serialId', 'LOST')).toBeGreaterThan(SCHEDULES / 100);
});

test('the same schedules mix up the order of a partner for a reader by transaction id', {
  timeout,
}, async () => {
  expect(await countFaults('transactionId', 'OUT_OF_ORDER')).toBeGreaterThan(0);
});
