import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { describeChange } from '../app/support/moving-app.ts';
import { findFaults } from '../support/check-standings.ts';
import { createDraw } from '../support/draw.ts';
import { certificate, createSmallProgram, day, enroll, granted, revenue } from '../support/fixtures.ts';
import { logAfter } from '../support/read-log.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';

const PARTNERS = 240;
const DAYS = 6;

let database: TestDatabase;
let processes: Awaited<ReturnType<typeof openTestApp>>[];
let now = Date.UTC(2026, 2, 1, 12);

beforeAll(async () => {
  database = await createDatabase();
  const location = { kind: 'server', url: database.url } as const;
  const clock = () => now;
  processes = [await openTestApp({ location, clock }), await openTestApp({ location, clock })];
  await Promise.all(processes.map(({ judge }) => judge.stop()));
});
afterAll(async () => {
  await Promise.all(processes.map((opened) => opened.close()));
  await database.drop();
});

test('rule 25: after days of downtime two processes judge and write at once: each change in order, on its own day, once', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  const programId = await createSmallProgram(first.app);
  const refs = Array.from({ length: PARTNERS }, (_, index) => `D${index}`);
  const ids = await enroll(first.app, refs);
  const start = day('2026-03-01');
  // One expert until one day, another one again from a later day until a third; Gold with, Silver without.
  const draw = createDraw(7);
  const plans = refs.map((ref) => {
    const lost = start + 1 + draw(DAYS - 2);
    const back = lost + 1 + draw(2);
    return { ref, lost, back, again: back + 1 + draw(3) };
  });
  const facts = plans.flatMap(({ ref, lost, back, again }) => [
    revenue(`${ref} r`, ref, '1000', '2026-01-10'),
    certificate(`${ref} a`, ref, 'ada', '2026-01-01', formatDay(lost)),
    certificate(`${ref} b`, ref, 'ben', formatDay(back), formatDay(again)),
  ]);
  for (let from = 0; from < facts.length; from += 600) {
    const batch = facts.slice(from, from + 600);
    granted(
      await recordFacts(first.app, { program: 'small', source: 's', facts: batch, onError: 'REJECT_ALL' }),
    );
  }
  const before = (await logAfter(first.app, programId)).length;

  now = (start + DAYS) * 86_400_000 + 43_200_000;
  const written = new Set<string>();
  const write = async (app: typeof first.app, seed: number) => {
    const any = createDraw(seed);
    for (let batch = 0; batch < 12; batch++) {
      const rows = Array.from({ length: 6 }, (_, index) => {
        const ref = refs[any(PARTNERS)] ?? '';
        written.add(ref);
        // Not enough to change a tier: what is logged of these partners is the passing of days alone.
        return revenue(`${seed}-${batch}-${index}`, ref, '1', '2026-02-01');
      });
      granted(await recordFacts(app, { program: 'small', source: 's', facts: rows, onError: 'REJECT_ALL' }));
    }
  };
  const counts = await Promise.all([
    ...processes.map(({ app }) => judgeDue(app)),
    ...processes.flatMap(({ app }, index) => [write(app, 100 + index), write(app, 200 + index)]),
    ...processes.map(({ app }) => judgeDue(app)),
  ]);
  expect(counts.slice(0, 2).every((count) => typeof count === 'number')).toBe(true);
  expect(await judgeDue(first.app)).toBe(0);

  const today = start + DAYS;
  const own = Map.groupBy(await logAfter(first.app, programId, before), ({ partnerId }) => partnerId);
  for (const [index, { ref, lost, back, again }] of plans.entries()) {
    const expected = [
      [lost, 'GOLD DOWN SILVER', 'Lapsed'],
      [back, 'SILVER UP GOLD', 'Earned'],
      [again, 'GOLD DOWN SILVER', 'Lapsed'],
    ] as const;
    expect([ref, ...(own.get(ids[index] ?? '') ?? []).map(({ change }) => describeChange(change))]).toEqual([
      ref,
      ...expected
        .filter(([on]) => on <= today)
        .flatMap(([on, tiers, what]) => [
          `${formatDay(on)} TIME ${tiers} since ${formatDay(on)}`,
          `${formatDay(on)} TIME Specialization${what} VIDEO since ${formatDay(on)}`,
        ]),
    ]);
  }
  expect(written.size).toBeGreaterThan(100);
  expect(await findFaults(first.app, 'small')).toEqual([]);
  expect(first.log.problems.concat(second.log.problems)).toEqual([]);
});
