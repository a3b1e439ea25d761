import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOverride, overrideTier } from '../../src/app/writing/override-tier.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { findFaults } from '../support/check-standings.ts';
import {
  createSmallProgram,
  day,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { describeStatus, type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
});
afterAll(() => moving.close());

function text(en: string) {
  return { en, de: en };
}
function from(atLeast: string) {
  return { measure: 'revenue', atLeast };
}
/** Another programme of tiers: Member, Bronze from 50 EUR, Premier from 300, Elite from 5,000. */
const ELITE = {
  ...SMALL_RULEBOOK,
  tiers: [
    { code: 'MEMBER', name: text('Member') },
    { code: 'BRONZE', name: text('Bronze'), requirement: from('50') },
    { code: 'PREMIER', name: text('Premier'), requirement: from('300') },
    { code: 'ELITE', name: text('Elite'), requirement: from('5000') },
  ],
  specializations: [],
  remap: { BASE: 'MEMBER', SILVER: 'BRONZE', GOLD: 'PREMIER' },
};
async function judgeOn(on: string) {
  moving.goTo(on);
  await moving.judgeDue();
}
async function override(program: string, partner: string, tier: string, firstOn: string, endsOn: string) {
  return granted(
    await overrideTier(moving.app, {
      program,
      partner,
      tier,
      firstOn: day(firstOn),
      endsOn: day(endsOn),
      reason: 'r',
      actor: 'a',
    }),
  ).override;
}

test('rule 19: in mode BOTH the row keeps what the other rulebook says, until the end, when it falls silent', async () => {
  const { app } = moving;
  await createSmallProgram(app, 'both');
  const [old = '', next = '', none = ''] = await enroll(app, ['old', 'next', 'none'], 'both');
  const certificate = {
    type: 'certification',
    person: 'ada',
    credential: 'VIDEO',
    expiresOn: null,
    attributes: [],
  } as const;
  await moving.record(
    [
      // Silver by the old rules; Bronze, which is the same, by the new ones.
      revenue('o', 'old', '200', '2026-02-01'),
      // Premier by the new ones, which is what Gold becomes; only Silver by the old.
      revenue('n', 'next', '350', '2026-02-01'),
      { externalId: 'n-c', partner: 'next', occurredOn: '2026-02-01', detail: certificate },
    ],
    'both',
  );
  const transition = { transition: { mode: 'BOTH', until: '2026-06-01' } };
  const strict = ELITE.tiers.map((tier) =>
    tier.code === 'BRONZE' ? { ...tier, requirement: from('250') } : tier,
  );
  const [first] = [(await moving.rowOf(old)).status.rulebookId];
  const second = await publish(app, 'both', { ...ELITE, tiers: strict, ...transition }, '2026-04-01');
  await moving.judgeDue();
  await judgeOn('2026-04-01');

  const shown = async (id: string) => {
    const standing = await moving.standing(id);
    const row = await moving.rowOf(id);
    expect(standing.alternatives.map(({ rulebookId }) => rulebookId)).toEqual(
      row.alternatives.map(({ rulebookId }) => rulebookId),
    );
    const which = (rulebookId: string | null) =>
      rulebookId === first ? 'old' : rulebookId === second ? 'new' : 'none';
    return [
      `${which(standing.status.rulebookId)}: ${describeStatus(standing.status)}`,
      ...standing.alternatives.map(
        ({ rulebookId, proof }) =>
          `${which(rulebookId)}: ${proof.find(({ outcome }) => outcome === 'MET')?.tier}`,
      ),
    ];
  };
  expect(await shown(old)).toEqual(['old: SILVER', 'new: MEMBER']);
  expect(await shown(next)).toEqual(['new: PREMIER', 'old: SILVER']);
  // Of equal ones the newest counts.
  expect(await shown(none)).toEqual(['new: MEMBER', 'old: BASE']);
  expect(await findFaults(app, 'both')).toEqual([]);
  // What the row keeps is what a recomputation says, the alternative's proof included.
  for (const id of [old, next, none]) {
    const standing = await moving.standing(id);
    expect(standing).toEqual(await moving.standing(id, '2026-04-01', standing.knownAt));
  }
  // A number of the rulebook that does not count moves: the row follows.
  await moving.record([revenue('o-2', 'old', '60', '2026-03-15')], 'both');
  expect(await shown(old)).toEqual(['new: BRONZE', 'old: SILVER']);
  await moving.record([revenue('o-3', 'old', '-20', '2026-03-15')], 'both');
  expect(await shown(old)).toEqual(['old: SILVER', 'new: MEMBER']);

  await judgeOn('2026-06-01');
  expect([await shown(old), await shown(next), await shown(none)]).toEqual([
    ['new: MEMBER'],
    ['new: PREMIER'],
    ['new: MEMBER'],
  ]);
  expect((await moving.logOf(old)).slice(3)).toEqual([
    '2026-04-01 FACT SILVER REMAPPED BRONZE since 2026-04-01',
    '2026-04-01 FACT BRONZE REMAPPED SILVER since 2026-02-01',
    '2026-06-01 TIME SILVER DOWN MEMBER since 2026-06-01',
  ]);
  expect((await moving.logOf(next)).slice(4)).toEqual([
    '2026-04-01 RULEBOOK SILVER UP PREMIER since 2026-04-01',
    '2026-04-01 RULEBOOK SpecializationLapsed VIDEO since 2026-04-01',
  ]);
  expect((await moving.logOf(none)).slice(1)).toEqual([
    '2026-04-01 RULEBOOK BASE REMAPPED MEMBER since 2026-04-01',
  ]);
  expect(await findFaults(app, 'both')).toEqual([]);
});

test('rules 20 and 26: an override passes through the remap; a tier that only has another name is REMAPPED', async () => {
  const { app } = moving;
  moving.goTo('2026-06-10');
  await createSmallProgram(app, 'remaps');
  const [set = '', plain = '', early = ''] = await enroll(app, ['set', 'plain', 'early'], 'remaps');
  await moving.record(
    [revenue('p', 'plain', '120', '2026-06-01'), revenue('e', 'early', '120', '2026-06-01')],
    'remaps',
  );
  await override('remaps', 'set', 'GOLD', '2026-06-20', '2026-08-01');
  const coming = await override('remaps', 'early', 'BASE', '2026-07-15', '2026-07-20');
  await publish(app, 'remaps', ELITE, '2026-07-01');
  // In terms of the rulebook that will be in force then.
  await override('remaps', 'plain', 'ELITE', '2026-07-10', '2026-07-12');
  expect(
    await overrideTier(app, {
      program: 'remaps',
      partner: 'set',
      tier: 'GOLD',
      firstOn: day('2026-09-01'),
      endsOn: day('2026-09-02'),
      reason: 'r',
      actor: 'a',
    }),
  ).toMatchObject({ refused: 'UNKNOWN_TIER' });
  await judgeOn('2026-06-10');
  await judgeOn('2026-09-01');
  expect((await moving.logOf(set)).slice(1)).toEqual([
    '2026-06-20 TIME BASE UP GOLD since 2026-06-20',
    '2026-06-20 TIME HoldStarted OVERRIDE until 2026-08-01: GOLD, not BASE',
    '2026-07-01 RULEBOOK GOLD REMAPPED PREMIER since 2026-07-01',
    '2026-08-01 TIME PREMIER DOWN MEMBER since 2026-08-01',
    '2026-08-01 TIME HoldEnded OVERRIDE OVER',
  ]);
  expect((await moving.logOf(plain)).slice(3)).toEqual([
    '2026-07-01 RULEBOOK SILVER REMAPPED BRONZE since 2026-07-01',
    '2026-07-10 TIME BRONZE UP ELITE since 2026-07-10',
    '2026-07-10 TIME HoldStarted OVERRIDE until 2026-07-12: ELITE, not BRONZE',
    '2026-07-12 TIME ELITE DOWN BRONZE since 2026-07-12',
    '2026-07-12 TIME HoldEnded OVERRIDE OVER',
  ]);
  expect((await moving.logOf(early)).slice(3)).toEqual([
    '2026-07-01 RULEBOOK SILVER REMAPPED BRONZE since 2026-07-01',
    '2026-07-15 TIME BRONZE DOWN MEMBER since 2026-07-15',
    '2026-07-15 TIME HoldStarted OVERRIDE until 2026-07-20: MEMBER, not BRONZE',
    '2026-07-20 TIME MEMBER UP BRONZE since 2026-07-20',
    '2026-07-20 TIME HoldEnded OVERRIDE OVER',
  ]);
  expect(
    granted(await endOverride(app, { program: 'remaps', override: coming.id, on: null })).changes,
  ).toEqual([]);
  expect(await findFaults(app, 'remaps')).toEqual([]);
});

test('rule 20: an override in terms of a rulebook that is withdrawn holds nothing', async () => {
  const { app } = moving;
  moving.goTo('2026-10-01');
  await createSmallProgram(app, 'gone');
  const [id = ''] = await enroll(app, ['A'], 'gone');
  const coming = await publish(app, 'gone', ELITE, '2026-10-10');
  await override('gone', 'A', 'ELITE', '2026-10-12', '2026-11-01');
  granted(await withdrawRulebook(app, { rulebook: coming, reason: 'A wrong hurdle.' }));
  await moving.judgeDue();
  await judgeOn('2026-12-01');
  expect(await moving.logOf(id)).toEqual(['2026-10-01 PARTNER null ENTERED BASE since 2020-01-01']);
  expect(await findFaults(app, 'gone')).toEqual([]);
});
