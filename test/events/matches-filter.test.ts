import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { createMatcher } from '../../src/events/matches-filter.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import { readLogRange } from '../../src/store/follow-log.ts';
import { type ChangeFilter, listChanges } from '../../src/store/reading/read-log.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { certificate, createSmallProgram, enroll, granted, revenue } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let programId: string;
let entries: readonly LogEntry[];
let partnerIds: readonly string[];

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 5, 15) });
  const { app } = opened;
  programId = await createSmallProgram(app);
  partnerIds = await enroll(app, ['A', 'B', 'C']);
  const facts = [
    revenue('1', 'A', '100', '2026-06-15'),
    revenue('2', 'B', '2000', '2026-06-15'),
    certificate('3', 'B', 'one', '2026-06-01', null),
    certificate('4', 'B', 'two', '2026-06-01', '2026-06-10'),
    certificate('5', 'C', 'three', '2026-06-01', null),
    revenue('6', 'A', '-100', '2026-06-15'),
  ];
  // One by one, so that each makes its own changes.
  for (const fact of facts) {
    granted(await recordFacts(app, { program: 'small', source: 's', facts: [fact], onError: 'SKIP_ROW' }));
  }
  await app.database.prisma.$executeRaw`UPDATE status_change SET region = 'UKI' WHERE position % 3 = 0`;
  entries = await readLogRange(app.database.prisma, programId, 0, 1_000);
});
afterAll(() => opened.close());

/** Every filter of at most two conditions out of these. */
function filters(): readonly ChangeFilter[] {
  const single: readonly ChangeFilter[] = [
    { partnerIds: [] },
    { partnerIds: partnerIds.slice(0, 2) },
    { types: ['TierChanged'] },
    { types: ['SpecializationEarned', 'HistoryRevised'] },
    { tiers: ['SILVER'] },
    { tiers: ['BASE', 'GOLD'] },
    { directions: ['UP'] },
    { directions: ['DOWN', 'ENTERED'] },
    { specializations: ['VIDEO'] },
    { regions: ['UKI'] },
    { regions: ['DACH', 'UKI'] },
  ];
  return [{}, ...single.flatMap((one) => single.map((other) => ({ ...one, ...other })))];
}

test('a filter lets the same entries through for subscribers as in lists', async () => {
  let passed = 0;
  const all = { limit: 1_000, backwards: false, beyond: null };
  for (const filter of filters()) {
    const listed = await listChanges(FULL_SCOPE, opened.app.database.prisma, programId, filter, all);
    const matched = entries.filter(createMatcher(filter));
    expect([filter, matched.map(({ position }) => position)]).toEqual([
      filter,
      listed.map(({ position }) => position),
    ]);
    passed += matched.length;
  }
  expect(new Set(entries.map(({ change }) => change.detail.type)).size).toBeGreaterThan(2);
  expect(passed).toBeGreaterThan(100);
});
