import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApp } from '../../src/app/open-app.ts';
import { createInputsFinder } from '../../src/app/reading/find-inputs.ts';
import { readStanding } from '../../src/app/reading/read-standing.ts';
import { correctFact, voidFact } from '../../src/app/writing/amend-fact.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { findFaults } from '../support/check-standings.ts';
import { createSmallProgram, day, enroll, granted, revenue } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { logOfPartner } from '../support/read-log.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let now = Date.UTC(2026, 0, 31, 12);
function goTo(text: string): void {
  now = Date.parse(`${text}T12:00:00Z`);
}

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  await createSmallProgram(opened.app);
});
afterAll(() => opened.close());

async function partnerOf(id: string) {
  const [row] = await readPartners(FULL_SCOPE, opened.app.database.prisma, [id]);
  if (row === undefined) throw new Error('the partner is there');
  return row;
}
async function tierOn(id: string, on: string, knownAt: number | null): Promise<string | null> {
  const row = await partnerOf(id);
  return (
    await readStanding(opened.app, row, { on: day(on), knownAt }, createInputsFinder(FULL_SCOPE, opened.app))
  ).status.tier;
}
async function changesOf(id: string): Promise<readonly string[]> {
  return (await logOfPartner(opened.app, id)).map(({ change }) => {
    const { detail } = change;
    const head = `${formatDay(change.on)} ${change.trigger} ${detail.type}`;
    if (detail.type === 'TierChanged')
      return `${head} ${detail.from} ${detail.to} since ${formatDay(detail.since)}`;
    if (detail.type === 'HistoryRevised')
      return `${head} ${formatDay(detail.fromOn)} ${formatDay(detail.untilOn)}`;
    return head;
  });
}

test('rules 3, 7 and 24: a fact entered 30 days late, then corrected, then voided, at each instant and on each day', async () => {
  promised(
    'Two clocks: `standing(on:)` is the verdict on a day, past or to come; `standing(on:, knownAt:)` is what it was believed to be at an instant.',
  );
  promised(
    'A fact that arrives late changes what is believed of the past, and the log says so (`HistoryRevised`).',
  );
  const [id = ''] = await enroll(opened.app, ['L']);
  const enrolledAt = (await partnerOf(id)).lastRecordedAt;

  // On 2 March a revenue of 1 February comes in: Silver since then.
  goTo('2026-03-02');
  const late = granted(
    await recordFacts(opened.app, {
      program: 'small',
      source: 'erp',
      facts: [revenue('late', 'L', '150', '2026-02-01')],
      onError: 'SKIP_ROW',
    }),
  );
  const lateAt = (await partnerOf(id)).lastRecordedAt;

  // On 10 March it turns out to have been on 15 February.
  goTo('2026-03-10');
  const key = { program: 'small', source: 'erp', externalId: 'late' };
  const correction = {
    ...key,
    expectedVersion: 1,
    fact: {
      partner: 'L',
      occurredOn: '2026-02-15',
      detail: revenue('late', 'L', '150', '2026-02-15').detail,
    },
  };
  const corrected = granted(await correctFact(opened.app, correction));
  const correctedAt = (await partnerOf(id)).lastRecordedAt;
  expect(corrected).toMatchObject({ duplicate: false, fact: { version: 2, occurredOn: day('2026-02-15') } });
  expect(await correctFact(opened.app, correction)).toMatchObject({
    duplicate: true,
    fact: { version: 2 },
    changes: [],
  });
  expect(
    await correctFact(opened.app, { ...correction, fact: { ...correction.fact, occurredOn: '2026-02-16' } }),
  ).toMatchObject({
    refused: 'VERSION_CONFLICT',
    current: { version: 2 },
  });

  // On 20 March it is voided.
  goTo('2026-03-20');
  expect(granted(await voidFact(opened.app, { ...key, expectedVersion: 2 }))).toMatchObject({
    duplicate: false,
    fact: { version: 3, voided: true },
  });
  const voidedAt = (await partnerOf(id)).lastRecordedAt;
  expect(await voidFact(opened.app, { ...key, expectedVersion: 2 })).toMatchObject({
    duplicate: true,
    fact: { version: 3 },
  });
  expect(late.rows[0]).toMatchObject({ type: 'RECORDED' });

  //            day            enrolled late      corrected voided   as it is now
  const table: readonly (readonly [string, ...(string | null)[]])[] = [
    ['2019-12-31', null, null, null, null, null],
    ['2026-01-31', 'BASE', 'BASE', 'BASE', 'BASE', 'BASE'],
    ['2026-02-01', 'BASE', 'SILVER', 'BASE', 'BASE', 'BASE'],
    ['2026-02-14', 'BASE', 'SILVER', 'BASE', 'BASE', 'BASE'],
    ['2026-02-15', 'BASE', 'SILVER', 'SILVER', 'BASE', 'BASE'],
    ['2026-03-02', 'BASE', 'SILVER', 'SILVER', 'BASE', 'BASE'],
    ['2026-03-20', 'BASE', 'SILVER', 'SILVER', 'BASE', 'BASE'],
    ['2027-01-31', 'BASE', 'SILVER', 'SILVER', 'BASE', 'BASE'],
    ['2027-02-01', 'BASE', 'BASE', 'SILVER', 'BASE', 'BASE'],
    ['2027-02-15', 'BASE', 'BASE', 'BASE', 'BASE', 'BASE'],
  ];
  const instants = [enrolledAt, lateAt, correctedAt, voidedAt, null];
  for (const [on, ...tiers] of table) {
    const answers = await Promise.all(instants.map((knownAt) => tierOn(id, on, knownAt)));
    expect([on, ...answers]).toEqual([on, ...tiers]);
  }
  expect(await tierOn(id, '2026-02-01', enrolledAt - 1)).toBeNull();

  // The same row again revives nothing.
  const again = granted(
    await recordFacts(opened.app, {
      program: 'small',
      source: 'erp',
      facts: [revenue('late', 'L', '150', '2026-02-01'), revenue('late', 'L', '150.0', '2026-02-15')],
      onError: 'SKIP_ROW',
    }),
  );
  expect(again.rows.map((row) => row.type)).toEqual(['DUPLICATE', 'DUPLICATE']);

  expect(await changesOf(id)).toEqual([
    '2026-01-31 PARTNER TierChanged null BASE since 2020-01-01',
    '2026-03-02 FACT TierChanged BASE SILVER since 2026-02-01',
    '2026-03-02 FACT HistoryRevised 2026-02-01 2026-03-02',
    '2026-03-10 FACT HistoryRevised 2026-02-01 2026-02-15',
    '2026-03-20 FACT TierChanged SILVER BASE since 2020-01-01',
    '2026-03-20 FACT HistoryRevised 2026-02-15 2026-03-20',
  ]);
  expect(await findFaults(opened.app, 'small')).toEqual([]);
});

test('rule 7: a correction may move a fact to another partner, and both are judged anew', async () => {
  const [from = '', to = ''] = await enroll(opened.app, ['F', 'T']);
  const row = revenue('moved', 'F', '500', '2026-03-01');
  granted(
    await recordFacts(opened.app, { program: 'small', source: 'erp', facts: [row], onError: 'SKIP_ROW' }),
  );
  expect(await tierOn(from, '2026-03-20', null)).toBe('SILVER');
  const key = { program: 'small', source: 'erp', externalId: 'moved', expectedVersion: 1 };
  const moved = granted(await correctFact(opened.app, { ...key, fact: { ...row, partner: 'T' } }));
  expect([await tierOn(from, '2026-03-20', null), await tierOn(to, '2026-03-20', null)]).toEqual([
    'BASE',
    'SILVER',
  ]);
  expect(moved.changes.map(({ partnerId, causes }) => [partnerId, causes])).toContainEqual([
    from,
    [moved.fact.id],
  ]);
  expect(moved.changes.map(({ partnerId, causes }) => [partnerId, causes])).toContainEqual([
    to,
    [moved.fact.id],
  ]);
  expect(await findFaults(opened.app, 'small')).toEqual([]);
});

test('what is not there, or not acceptable, is refused and changes nothing', async () => {
  const before = await opened.app.database.prisma.fact.count();
  const fact = revenue('none', 'F', '1', '2026-03-01');
  const key = { program: 'small', source: 'erp', externalId: 'none', expectedVersion: 1 };
  expect(await correctFact(opened.app, { ...key, fact })).toMatchObject({ refused: 'FACT_NOT_FOUND' });
  expect(await voidFact(opened.app, key)).toMatchObject({ refused: 'FACT_NOT_FOUND' });
  expect(await voidFact(opened.app, { ...key, program: 'none' })).toMatchObject({
    refused: 'PROGRAM_NOT_FOUND',
  });
  expect(
    await correctFact(opened.app, { ...key, externalId: 'moved', fact: { ...fact, partner: '?' } }),
  ).toMatchObject({
    refused: 'CONTENT_REFUSED',
    rejection: { code: 'UNKNOWN_PARTNER', path: 'fact.partner' },
  });
  expect(
    await correctFact(opened.app, { ...key, externalId: 'moved', fact: { ...fact, occurredOn: 'soon' } }),
  ).toMatchObject({
    refused: 'CONTENT_REFUSED',
    rejection: { code: 'INVALID_VALUE', path: 'fact.occurredOn' },
  });
  expect(await opened.app.database.prisma.fact.count()).toBe(before);
});
