import { afterAll, beforeAll, expect, test } from 'vitest';
import { correctFact } from '../../src/app/writing/amend-fact.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { findFaults } from '../support/check-standings.ts';
import {
  certificate,
  createSmallProgram,
  day,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { logAfter } from '../support/read-log.ts';
import { describeChange, type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;
let programId: string;

beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
  programId = await createSmallProgram(moving.app);
});
afterAll(() => moving.close());

async function recorded(externalId: string): Promise<string> {
  return (await moving.app.database.prisma.fact.findFirstOrThrow({ where: { externalId, version: 1 } })).id;
}

test('rule 25: what fell due while nobody judged is logged in the order of days, each change on its own, once', async () => {
  promised('After downtime changes come in order, each on its own day.');
  const ids = await enroll(moving.app, ['A', 'B', 'C']);
  const names = new Map(ids.map((id, index) => [id, 'ABC'[index] ?? '']));
  const until: Record<string, readonly string[]> = {
    A: ['2026-03-09', '2026-03-13'],
    B: ['2026-03-05', '2026-03-11'],
    C: ['2026-03-07'],
  };
  await moving.record(
    Object.entries(until).flatMap(([ref, days]) => [
      revenue(`${ref}-r`, ref, '1000', '2026-01-10'),
      certificate(`${ref}-0`, ref, 'ada', '2026-01-01', days[0] ?? null),
      // Where there is a second expiry, somebody else is certified again for a while.
      ...days.slice(1).map((end) => certificate(`${ref}-1`, ref, 'ben', '2026-03-10', end)),
    ]),
  );
  const before = (await logAfter(moving.app, programId, 0)).length;
  moving.goTo('2026-03-20');
  expect(await moving.judgeDue()).toBe(3);
  expect(await moving.judgeDue()).toBe(0);
  const entries = await logAfter(moving.app, programId, before);
  expect(entries.map(({ partnerId, change }) => `${names.get(partnerId)} ${describeChange(change)}`)).toEqual(
    [
      'B 2026-03-05 TIME GOLD DOWN SILVER since 2026-03-05',
      'B 2026-03-05 TIME SpecializationLapsed VIDEO since 2026-03-05',
      'C 2026-03-07 TIME GOLD DOWN SILVER since 2026-03-07',
      'C 2026-03-07 TIME SpecializationLapsed VIDEO since 2026-03-07',
      'A 2026-03-09 TIME GOLD DOWN SILVER since 2026-03-09',
      'A 2026-03-09 TIME SpecializationLapsed VIDEO since 2026-03-09',
      'B 2026-03-10 TIME SILVER UP GOLD since 2026-03-10',
      'B 2026-03-10 TIME SpecializationEarned VIDEO since 2026-03-10',
      'A 2026-03-10 TIME SILVER UP GOLD since 2026-03-10',
      'A 2026-03-10 TIME SpecializationEarned VIDEO since 2026-03-10',
      'B 2026-03-11 TIME GOLD DOWN SILVER since 2026-03-11',
      'B 2026-03-11 TIME SpecializationLapsed VIDEO since 2026-03-11',
      'A 2026-03-13 TIME GOLD DOWN SILVER since 2026-03-13',
      'A 2026-03-13 TIME SpecializationLapsed VIDEO since 2026-03-13',
    ],
  );
  expect(await findFaults(moving.app, 'small')).toEqual([]);
});

test('rules 25 and 26: a write catches up first, by what was known before it, and says what caused which change', async () => {
  const [id = ''] = await enroll(moving.app, ['W']);
  await moving.record([
    revenue('w-1', 'W', '1000', '2025-03-25'),
    certificate('w-2', 'W', 'ada', '2026-01-01', '2026-03-23'),
  ]);
  moving.goTo('2026-03-28');
  // It is late: had it been known on 25 March, the tier would not have fallen then.
  await moving.record([revenue('w-3', 'W', '400', '2026-03-22')]);
  expect((await moving.logOf(id)).slice(1)).toEqual([
    '2026-03-20 FACT BASE UP GOLD since 2026-01-01',
    '2026-03-20 FACT SpecializationEarned VIDEO since 2026-01-01',
    '2026-03-20 FACT HistoryRevised 2025-03-25 2026-03-20',
    '2026-03-23 TIME GOLD DOWN SILVER since 2026-03-23',
    '2026-03-23 TIME SpecializationLapsed VIDEO since 2026-03-23',
    '2026-03-25 TIME SILVER DOWN BASE since 2026-03-25',
    '2026-03-28 FACT BASE UP SILVER since 2026-03-23',
    '2026-03-28 FACT HistoryRevised 2026-03-25 2026-03-28',
  ]);
  const entries = await moving.entriesOf(id);
  const causes = entries.map(({ causes: named, change }) => [formatDay(change.on), ...named]);
  const [revenueId, certificateId, lateId] = await Promise.all(['w-1', 'w-2', 'w-3'].map(recorded));
  expect(causes.slice(4)).toEqual([
    ['2026-03-23', certificateId],
    ['2026-03-23', certificateId],
    // A year has passed: it left the window.
    ['2026-03-25', revenueId],
    ['2026-03-28', lateId],
    ['2026-03-28', lateId],
  ]);
  expect(await findFaults(moving.app, 'small')).toEqual([]);
});

test('rule 24: on never decreases for a partner, also where the clock of a process went back', async () => {
  const [id = ''] = await enroll(moving.app, ['Z']);
  moving.goTo('2026-03-26');
  await moving.record([revenue('z-1', 'Z', '500', '2026-03-20')]);
  expect((await moving.logOf(id)).slice(1)).toEqual([
    '2026-03-28 FACT BASE UP SILVER since 2026-03-20',
    '2026-03-28 FACT HistoryRevised 2026-03-20 2026-03-28',
  ]);
  expect((await moving.rowOf(id)).judgedOn).toBe(day('2026-03-28'));
  moving.goTo('2026-03-28');
});

test('rule 25: a rulebook published before nobody judged any more changes each tier on the day on which it takes effect', async () => {
  const [judged = '', written = ''] = await enroll(moving.app, ['J', 'K']);
  await moving.record([revenue('j-1', 'J', '150', '2026-03-01'), revenue('k-1', 'K', '150', '2026-03-01')]);
  const withSilver = (atLeast: string) => ({
    ...SMALL_RULEBOOK,
    policy: { ...SMALL_RULEBOOK.policy, atRiskDays: 30 },
    tiers: SMALL_RULEBOOK.tiers.map((tier) =>
      tier.code === 'SILVER' ? { ...tier, requirement: { measure: 'revenue', atLeast } } : tier,
    ),
  });
  // Published one after the other, and then nobody judges until both are in force.
  await publish(moving.app, 'small', withSilver('100'), '2026-03-28');
  moving.goTo('2026-03-29');
  await publish(moving.app, 'small', withSilver('200'), '2026-04-02');
  await publish(moving.app, 'small', withSilver('150'), '2026-04-04');
  moving.goTo('2026-04-10');
  await moving.record([revenue('k-2', 'K', '1', '2026-04-10')]);
  await moving.judgeDue();
  const expected = [
    '2026-03-28 FACT BASE UP SILVER since 2026-03-01',
    '2026-03-28 FACT HistoryRevised 2026-03-01 2026-03-28',
    '2026-03-29 RULEBOOK TierAtRisk SILVER to BASE on 2026-04-02',
    '2026-04-02 RULEBOOK SILVER DOWN BASE since 2026-04-02',
    '2026-04-04 RULEBOOK BASE UP SILVER since 2026-04-04',
  ];
  expect((await moving.logOf(judged)).slice(1)).toEqual(expected);
  expect((await moving.logOf(written)).slice(1)).toEqual(expected);
  expect(await findFaults(moving.app, 'small')).toEqual([]);
});

test('rule 24: who leaves and comes back has both in its log', async () => {
  const [id = ''] = await enroll(moving.app, ['Q']);
  const update = (change: object) =>
    updatePartner(moving.app, { program: 'small', partner: 'Q', firstOn: null, ...change });
  granted(await update({ leftOn: day('2026-04-12') }));
  granted(await update({ firstOn: day('2026-04-15'), leftOn: null, enrolledOn: day('2026-04-15') }));
  moving.goTo('2026-04-20');
  await moving.judgeDue();
  expect(await moving.logOf(id)).toEqual([
    '2026-04-10 PARTNER null ENTERED BASE since 2020-01-01',
    '2026-04-12 TIME BASE LEFT null since 2026-04-12',
    '2026-04-15 TIME null ENTERED BASE since 2026-04-15',
  ]);
  expect(await findFaults(moving.app, 'small')).toEqual([]);
});

test('rules 5 and 27: a loss is told ahead, again when it comes nearer, and taken back when it is averted', async () => {
  const program = 'risks';
  moving.goTo('2026-05-01');
  await createSmallProgram(moving.app, program);
  const policy = { ...SMALL_RULEBOOK.policy, atRiskDays: 30 };
  await publish(moving.app, program, { ...SMALL_RULEBOOK, policy }, '2026-01-01');
  const [id = ''] = await enroll(moving.app, ['R'], program);
  const held = certificate('r-2', 'R', 'ada', '2026-01-01', '2026-08-01');
  await moving.record([revenue('r-1', 'R', '1500', '2026-01-10'), held], program);
  moving.goTo('2026-07-10');
  await moving.judgeDue();
  // She leaves earlier than the certificate expires: that is a correction of it.
  const left = { ...held, detail: { ...held.detail, expiresOn: '2026-07-20' } };
  const key = { program, source: 'test', externalId: 'r-2' };
  granted(await correctFact(moving.app, { ...key, expectedVersion: 1, fact: left }));
  const later = { ...held, detail: { ...held.detail, expiresOn: '2026-07-25' } };
  granted(await correctFact(moving.app, { ...key, expectedVersion: 2, fact: later }));
  await moving.record([certificate('r-3', 'R', 'ben', '2026-07-10', null)], program);
  moving.goTo('2026-12-12');
  await moving.judgeDue();
  expect((await moving.logOf(id)).slice(4)).toEqual([
    '2026-07-02 TIME TierAtRisk GOLD to SILVER on 2026-08-01',
    '2026-07-10 FACT TierAtRisk GOLD to SILVER on 2026-07-20',
    // Five days later is no news.
    '2026-07-10 FACT RiskCleared',
    '2026-12-11 TIME TierAtRisk GOLD to BASE on 2027-01-10',
  ]);
  // What will bring the loss about is what caused the warning.
  const warnings = (await moving.entriesOf(id)).filter(
    ({ change }) => change.detail.type === 'TierAtRisk' && change.trigger === 'TIME',
  );
  expect(warnings.map(({ causes }) => causes)).toEqual([[await recorded('r-2')], [await recorded('r-1')]]);
  expect(await findFaults(moving.app, program)).toEqual([]);
});

test('rules 25 and 26: what fell due is caused by the facts as they were known before the write, however it changes them', async () => {
  const program = 'amended';
  moving.goTo('2027-03-20');
  await createSmallProgram(moving.app, program);
  const [id = ''] = await enroll(moving.app, ['V'], program);
  const until = (expiresOn: string) => certificate('v-2', 'V', 'ada', '2027-01-01', expiresOn);
  await moving.record([revenue('v-1', 'V', '1000', '2027-01-10'), until('2027-03-29')], program);
  moving.goTo('2027-04-02');
  // It turns out that the certificate had not expired.
  const key = { program, source: 'test', externalId: 'v-2', expectedVersion: 1 };
  const amended = granted(await correctFact(moving.app, { ...key, fact: until('2027-04-04') }));
  moving.goTo('2027-04-06');
  // On the day on which it did expire something was sold, too, which is only entered now.
  await moving.record([revenue('v-3', 'V', '10', '2027-04-04')], program);
  const entries = (await moving.entriesOf(id)).filter(({ change }) => change.trigger === 'TIME');
  expect(entries.map(({ causes, change }) => [describeChange(change), ...causes])).toEqual([
    ['2027-03-29 TIME GOLD DOWN SILVER since 2027-03-29', await recorded('v-2')],
    ['2027-03-29 TIME SpecializationLapsed VIDEO since 2027-03-29', await recorded('v-2')],
    ['2027-04-04 TIME GOLD DOWN SILVER since 2027-04-04', amended.fact.id],
    ['2027-04-04 TIME SpecializationLapsed VIDEO since 2027-04-04', amended.fact.id],
  ]);
  expect(await findFaults(moving.app, program)).toEqual([]);
});

test('a programme that cannot be judged keeps no other from its day', async () => {
  const broken = await openMovingApp('2026-03-01');
  const ids: string[] = [];
  for (const code of ['first', 'second']) {
    ids.push(await createSmallProgram(broken.app, code));
    await enroll(broken.app, ['A'], code);
    await broken.record(
      [revenue('r', 'A', '1000', '2026-01-10'), certificate('c', 'A', 'ada', '2026-01-01', '2026-03-05')],
      code,
    );
  }
  const [first = '', second = ''] = ids;
  await broken.app.database.prisma.$executeRaw`DELETE FROM log_head WHERE program_id = ${first}::uuid`;
  broken.goTo('2026-03-06');
  await expect(broken.judgeDue()).rejects.toThrow(`The programme ${first} has no log.`);
  const logged = await logAfter(broken.app, second);
  expect(logged.at(-1)?.change).toMatchObject({ trigger: 'TIME', on: day('2026-03-05') });
  await broken.close();
});
