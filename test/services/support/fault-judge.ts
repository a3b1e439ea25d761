import { expect } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import type { Met } from './load-follower.ts';
import type { LoadedCluster } from './loaded-cluster.ts';
import { ask, judgeDeliveries, type OracleEntry, positionsFor, readEntries } from './log-oracle.ts';

/** What happened around one fault. */
export type Figures = {
  readonly fault: string;
  readonly changes: number;
  readonly deliveries: number;
  /** Connections lost. */
  readonly losses: number;
  /** Changes that clients which replay had to drop. */
  readonly dropped: number;
  /** From the end of the fault until the last one was connected and told everything up to then. */
  readonly backMs: number;
  /** The longest that a batch took until it was acknowledged, and how often one had to be sent again. */
  readonly longestWriteMs: number;
  readonly writeRetries: number;
  /** How often WebSockets were closed with which code. */
  readonly closeCodes: string;
};

const BACK_WITHIN_MS = 30_000;
/** After these every client comes back by itself. */
const RETRYABLE_CODES: readonly number[] = [1001, 1006, 1012, 1013];

/** Does something to a cluster under load and judges what everybody got by what the log says. */
export type FaultJudge = (name: string, fault: () => Promise<void>) => Promise<Figures>;

/** Makes the judge of a cluster. Faults come one after the other. */
export function createFaultJudge(cluster: LoadedCluster, changesPerSecond: number): FaultJudge {
  const { postgres, writer, fleet, plans } = cluster;
  let judgedUpTo = cluster.start;
  let judgedMade = 0;
  let judgedRetries = 0;

  /**
   * The last position that each had to be told before; nothing tells them of what did not pass their filters
   * since.
   */
  let toldBefore: readonly number[] = plans.map(() => cluster.start);

  const targets = (entries: readonly OracleEntry[]): readonly number[] =>
    plans.map(({ filter }, index) => positionsFor(filter, entries).at(-1) ?? toldBefore[index] ?? 0);

  const expectAllReach = async (what: string, entries: readonly OracleEntry[]): Promise<void> => {
    const reached = await fleet.reach(targets(entries), BACK_WITHIN_MS);
    if (!reached.includes(null)) return;
    const met = await fleet.take();
    const late = reached.flatMap((ms, index) =>
      ms === null ? [{ who: describePlan(index), wrongs: met[index]?.wrongs }] : [],
    );
    expect(late, `who was not ${what}, within 30 s`).toEqual([]);
  };
  const describePlan = (index: number): string => {
    const { kind, url, filter } = plans[index] ?? {};
    return `${kind} ${url} ${JSON.stringify(filter)}`;
  };

  const expectWhole = (entries: readonly OracleEntry[], met: readonly Met[]): void => {
    const wrong = met.flatMap(({ positions, wrongs, closeCodes, dropped }, index) => {
      const { filter = {}, kind } = plans[index] ?? {};
      const verdict = judgeDeliveries(positionsFor(filter, entries), positions);
      const finalCodes = closeCodes.filter((code) => !RETRYABLE_CODES.includes(code));
      const isDropping = dropped > 0 && kind !== 'REPLAYING';
      const isRight =
        Object.values(verdict).every((count) => count === 0) &&
        wrongs.length === 0 &&
        finalCodes.length === 0 &&
        !isDropping;
      return isRight ? [] : [{ who: describePlan(index), verdict, wrongs, finalCodes }];
    });
    expect(wrong).toEqual([]);
  };

  const aSecondOfChanges = async (): Promise<void> => {
    const enough = writer.made() + changesPerSecond;
    await waitFor(() => writer.made() >= enough, { timeoutMs: 30_000, what: 'a second of changes' });
  };

  let isBroken = false;

  return async (fault, cause) => {
    // What a failure leaves behind would be held against the next fault.
    if (isBroken) throw new Error('Not judged, since the fault before this one was not got over.');
    isBroken = true;
    await aSecondOfChanges();
    const before = await readEntries(postgres.url, judgedUpTo);
    await expectAllReach('up to date before any fault, as where a machine does not carry the load', before);
    await cause();
    const overAt = performance.now();
    const untilOver = await readEntries(postgres.url, judgedUpTo);
    await expectAllReach(`back after ${fault}`, untilOver);
    const backMs = performance.now() - overAt;
    await aSecondOfChanges();

    await writer.pause();
    const entries = await readEntries(postgres.url, judgedUpTo);
    await expectAllReach(`at the end of the log after ${fault}`, entries);
    const met = await fleet.take();
    expectWhole(entries, met);
    const made = writer.made() - judgedMade;
    expect(entries.map(({ position }) => position)).toEqual(
      entries.map((_, index) => judgedUpTo + 1 + index),
    );
    const others = await countOthers(postgres.url, judgedUpTo);
    expect(entries).toHaveLength(made + others);
    const figures: Figures = {
      fault,
      changes: entries.length,
      deliveries: sum(met, ({ positions }) => positions.length),
      losses: sum(met, ({ losses }) => losses),
      dropped: sum(met, ({ dropped }) => dropped),
      backMs: Math.round(backMs),
      longestWriteMs: Math.round(writer.takeLongestMs()),
      writeRetries: writer.retries() - judgedRetries,
      closeCodes: tally(met.flatMap(({ closeCodes }) => closeCodes)),
    };
    toldBefore = targets(entries);
    judgedUpTo = entries.at(-1)?.position ?? judgedUpTo;
    judgedMade = writer.made();
    judgedRetries = writer.retries();
    writer.resume();
    isBroken = false;
    return figures;
  };
}

/** How many entries after a position are of partners that the writer leaves alone. */
async function countOthers(url: string, after: number): Promise<number> {
  const [row] = await ask<{ count: number }>(
    url,
    `SELECT count(*)::int AS count FROM status_change s JOIN partner p ON p.id = s.partner_id
     WHERE s.position > $1::bigint AND p.external_ref NOT LIKE 'P%'`,
    [after],
  );
  return row?.count ?? 0;
}

function sum(met: readonly Met[], of: (one: Met) => number): number {
  return met.reduce((total, one) => total + of(one), 0);
}

function tally(codes: readonly number[]): string {
  const byCode = Map.groupBy(codes, (code) => code);
  return [...byCode].map(([code, all]) => `${code}: ${all.length}`).join(', ');
}
