import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInputsFinder } from '../../src/app/reading/find-inputs.ts';
import { type KnownStanding, readEvidence, standsOn } from '../../src/app/reading/read-standing.ts';
import { correctFact, voidFact } from '../../src/app/writing/amend-fact.ts';
import { endOverride, overrideTier } from '../../src/app/writing/override-tier.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
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
import { type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;

beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
  await createSmallProgram(moving.app);
});
afterAll(() => moving.close());

/** What was answered, each with the question that has to repeat it. */
type Answer = { readonly asked: string; readonly standing: KnownStanding };

async function ask(asked: string, id: string, on: string | null, knownAt: number | null = null) {
  const standing = await moving.standing(id, on, knownAt);
  return { asked, standing };
}
async function expectRepeated(id: string, answers: readonly Answer[]): Promise<void> {
  for (const { asked, standing } of answers) {
    const again = await moving.standing(id, formatDay(standing.on), standing.knownAt);
    expect([asked, again]).toEqual([asked, standing]);
  }
}
function set(partner: string, tier: string, firstOn: string, endsOn: string) {
  return overrideTier(moving.app, {
    program: 'small',
    partner,
    tier,
    firstOn: day(firstOn),
    endsOn: day(endsOn),
    reason: 'a promise',
    actor: 'jo',
  });
}

test('rule 2: recordedAt strictly increases for a partner, also while the clock stands still or goes back', async () => {
  const [id = ''] = await enroll(moving.app, ['I']);
  const instants = [(await moving.rowOf(id)).lastRecordedAt];
  const note = async () => instants.push((await moving.rowOf(id)).lastRecordedAt);
  await moving.record([revenue('i-1', 'I', '10', '2026-02-01')]);
  await note();
  moving.goTo('2026-02-27');
  await moving.record([revenue('i-2', 'I', '10', '2026-02-01')]);
  await note();
  const key = { program: 'small', source: 'test', externalId: 'i-1', expectedVersion: 1 };
  granted(await voidFact(moving.app, key));
  await note();
  granted(await set('I', 'GOLD', '2026-03-01', '2026-04-01'));
  await note();
  granted(await updatePartner(moving.app, { program: 'small', partner: 'I', firstOn: null, region: 'EMEA' }));
  await note();
  expect(instants.length).toBe(6);
  expect(instants.every((at, index) => index === 0 || at > (instants[index - 1] ?? 0))).toBe(true);
  const facts = await moving.app.database.prisma.fact.findMany({ where: { partnerId: id } });
  expect(facts.map(({ recordedAt }) => recordedAt.getTime()).sort()).toEqual(instants.slice(1, 4));
  moving.goTo('2026-03-01');
});

test('rule 2: an answer says by when all of it was known, and asked with that it is the same again, whatever came since', async () => {
  const [a = ''] = await enroll(moving.app, ['A', 'B']);
  const answers: Answer[] = [];
  const note = async (asked: string) => {
    for (const on of [null, '2026-02-10', '2026-03-01', '2026-06-01', '2027-03-01']) {
      answers.push(await ask(`${asked}, ${on}`, a, on));
    }
  };
  await note('enrolled');
  await moving.record([
    revenue('a-1', 'A', '1500', '2026-02-01'),
    certificate('a-2', 'A', 'ada', '2026-01-15', '2026-06-01'),
  ]);
  await note('two facts');
  const override = granted(await set('A', 'BASE', '2026-05-20', '2026-07-01')).override;
  await note('an override to come');
  granted(await endOverride(moving.app, { program: 'small', override: override.id, on: day('2026-05-25') }));
  await note('a shorter override');
  granted(await endOverride(moving.app, { program: 'small', override: override.id, on: null }));
  await note('no override at all');
  // The fact goes to another partner: from then on, nothing of A's own says that it ever was there.
  const key = { program: 'small', source: 'test', externalId: 'a-1' };
  const fact = {
    partner: 'B',
    occurredOn: '2026-02-01',
    detail: revenue('', 'B', '1500', '2026-02-01').detail,
  };
  granted(await correctFact(moving.app, { ...key, expectedVersion: 1, fact }));
  await note('the revenue is another partner');
  granted(
    await updatePartner(moving.app, {
      program: 'small',
      partner: 'A',
      firstOn: day('2026-02-05'),
      region: 'EMEA',
    }),
  );
  await note('another region');
  const higher = SMALL_RULEBOOK.tiers.map((tier) =>
    tier.code === 'SILVER' ? { ...tier, requirement: { measure: 'revenue', atLeast: '0' } } : tier,
  );
  const coming = await publish(moving.app, 'small', { ...SMALL_RULEBOOK, tiers: higher }, '2026-05-01');
  await note('a rulebook to come, nobody judged yet');
  await moving.judgeDue();
  await note('a rulebook to come');
  const dated = answers.at(-1)?.standing;
  granted(await withdrawRulebook(moving.app, { rulebook: coming, reason: 'A wrong hurdle.' }));
  await note('a withdrawn rulebook, nobody judged yet');
  await moving.judgeDue();
  await note('a withdrawn rulebook');
  granted(await voidFact(moving.app, { ...key, expectedVersion: 2 }));
  await note('nothing more about A');

  await expectRepeated(a, answers);
  const tiers = answers
    .filter(({ asked }) => asked.endsWith('2026-06-01') || asked.endsWith('null'))
    .map(({ asked, standing }) => `${asked}: ${standing.status.tier}`);
  expect(tiers).toEqual([
    'enrolled, null: BASE',
    'enrolled, 2026-06-01: BASE',
    'two facts, null: GOLD',
    'two facts, 2026-06-01: SILVER',
    'an override to come, null: GOLD',
    'an override to come, 2026-06-01: BASE',
    'a shorter override, null: GOLD',
    'a shorter override, 2026-06-01: SILVER',
    'no override at all, null: GOLD',
    'no override at all, 2026-06-01: SILVER',
    'the revenue is another partner, null: BASE',
    'the revenue is another partner, 2026-06-01: BASE',
    'another region, null: BASE',
    'another region, 2026-06-01: BASE',
    'a rulebook to come, nobody judged yet, null: BASE',
    'a rulebook to come, nobody judged yet, 2026-06-01: SILVER',
    'a rulebook to come, null: BASE',
    'a rulebook to come, 2026-06-01: SILVER',
    'a withdrawn rulebook, nobody judged yet, null: BASE',
    'a withdrawn rulebook, nobody judged yet, 2026-06-01: BASE',
    'a withdrawn rulebook, null: BASE',
    'a withdrawn rulebook, 2026-06-01: BASE',
    'nothing more about A, null: BASE',
    'nothing more about A, 2026-06-01: BASE',
  ]);
  // The proof of a day under the rulebook that was withdrawn since can still be looked into.
  if (dated === undefined) throw new Error('an answer names the rulebook to come');
  expect(dated.status.rulebookId).toBe(coming);
  const evidence = await readEvidence(
    moving.app,
    dated,
    coming,
    { path: '/measures/revenue', item: null },
    createInputsFinder(FULL_SCOPE, moving.app),
  );
  expect(evidence.counted).toEqual([]);
  expect(await findFaults(moving.app, 'small')).toEqual([]);
});

test('rules 2 and 15: an answer that counted a family is repeated after the rulebook that counted it was withdrawn', async () => {
  await createSmallProgram(moving.app, 'family');
  const [parent = ''] = await enroll(moving.app, ['PARENT', 'CHILD'], 'family');
  granted(
    await updatePartner(moving.app, { program: 'family', partner: 'CHILD', firstOn: null, parent: 'PARENT' }),
  );
  await moving.record([revenue('f', 'CHILD', '150', '2026-02-01')], 'family');
  const { revenue: own } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...own, metric: { ...own.metric, scope: 'FAMILY' } } };
  const coming = await publish(moving.app, 'family', { ...SMALL_RULEBOOK, measures }, '2026-05-01');
  await moving.judgeDue();
  const answer = await ask('with the family', parent, '2026-05-01');
  expect(answer.standing.status.tier).toBe('SILVER');
  granted(await withdrawRulebook(moving.app, { rulebook: coming, reason: 'A wrong hurdle.' }));
  await moving.judgeDue();
  expect((await moving.standing(parent, '2026-05-01')).status.tier).toBe('BASE');
  await expectRepeated(parent, [answer]);
});

test('rule 2: knownAt is the latest instant used, not the one asked about; one to come promises nothing', async () => {
  const [id = ''] = await enroll(moving.app, ['L']);
  const enrolledAt = (await moving.rowOf(id)).lastRecordedAt;
  moving.goTo('2026-03-02');
  await moving.record([revenue('l-1', 'L', '150', '2026-03-02')]);
  const firstAt = (await moving.rowOf(id)).lastRecordedAt;
  moving.goTo('2026-03-04');
  await moving.record([revenue('l-2', 'L', '150', '2026-03-04')]);
  const secondAt = (await moving.rowOf(id)).lastRecordedAt;
  const knownAt = async (instant: number | null) =>
    (await moving.standing(id, '2026-03-01', instant)).knownAt;
  const rulesAt = (await moving.app.catalogue.current()).byCode.get('small')?.rulesChangedAt.at(-1) ?? 0;
  expect(rulesAt).toBeLessThan(enrolledAt);
  expect(await knownAt(secondAt - 1)).toBe(firstAt);
  expect(await knownAt(firstAt)).toBe(firstAt);
  expect(await knownAt(firstAt - 1)).toBe(enrolledAt);
  expect(await knownAt(secondAt + 1e9)).toBe(secondAt);
  expect(await knownAt(null)).toBe(secondAt);
  const early = await moving.standing(id, '2026-03-01', enrolledAt - 1);
  expect([early.status.tier, early.proof]).toEqual([null, []]);
});

test('rules 3 and 29: the row answers for every day on which it holds what a recomputation answers', async () => {
  const [id = ''] = await enroll(moving.app, ['R']);
  await moving.record([
    revenue('r-1', 'R', '1200', '2026-02-20'),
    certificate('r-2', 'R', 'ada', '2026-03-01', '2026-03-15'),
  ]);
  expect((await moving.rowOf(id)).judgedOn).toBe(day('2026-03-04'));
  // Nobody has to judge it on the days on which nothing differs; it holds as of today all the same.
  moving.goTo('2026-03-14');
  const row = await moving.rowOf(id);
  expect(await standsOn(moving.app, row)).toBe(day('2026-03-14'));
  const now = await moving.standing(id);
  expect(now.on).toBe(day('2026-03-14'));
  expect(now).toEqual(await moving.standing(id, '2026-03-14', row.lastRecordedAt));
  // On the day that it falls due, until somebody judges it, it says the day as of which it holds.
  moving.goTo('2026-03-16');
  expect(await standsOn(moving.app, row)).toBe(day('2026-03-14'));
  expect((await moving.standing(id)).on).toBe(day('2026-03-14'));
  expect((await moving.standing(id, '2026-03-16')).status.tier).toBe('SILVER');
  await moving.judgeDue();
  expect((await moving.standing(id)).on).toBe(day('2026-03-16'));
  expect((await moving.standing(id)).status.tier).toBe('SILVER');
});
