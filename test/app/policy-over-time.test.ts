import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { voidFact } from '../../src/app/writing/amend-fact.ts';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { findFaults } from '../support/check-standings.ts';
import { certificate, day, enroll, granted, publish, revenue } from '../support/fixtures.ts';
import { createBareProgram, type MovingApp, openMovingApp } from './support/moving-app.ts';
import { byExperts, byRevenue, expectReference } from './support/policy-scenario.ts';

let moving: MovingApp;

beforeAll(async () => {
  moving = await openMovingApp('2026-01-05');
});
afterAll(() => moving.close());

async function openProgram(program: string, ...rulebooks: (readonly [string, object])[]) {
  await createBareProgram(moving.app, program, 'Europe/Berlin');
  for (const [effectiveFrom, document] of rulebooks)
    await publish(moving.app, program, document, effectiveFrom);
}

/** Enrols a partner for which revenue of these days, to come or past, makes the computed tier what it is. */
async function withRevenue(program: string, ref: string, amounts: Readonly<Record<string, string>>) {
  const [id = ''] = await enroll(moving.app, [ref], program);
  const rows = Object.entries(amounts).map(([on, amount]) => revenue(`${ref} ${on}`, ref, amount, on));
  await moving.record(rows, program);
  return id;
}
function override(program: string, partner: string, tier: string, firstOn: string, endsOn: string) {
  return overrideTier(moving.app, {
    program,
    partner,
    tier,
    firstOn: day(firstOn),
    endsOn: day(endsOn),
    reason: 'r',
    actor: 'a',
  });
}
async function judgeOn(...days: readonly string[]) {
  for (const on of days) {
    moving.goTo(on);
    await moving.judgeDue();
  }
}

describe('rule 19: a transition with a floor', () => {
  test('rule 19: who only meets Silver keeps Gold until exactly the last day, who meets Platinum has it at once', async () => {
    const transition = { transition: { mode: 'FLOOR', until: '2027-10-01' } };
    await openProgram('floor', ['2020-01-01', byRevenue()]);
    const falls = await withRevenue('floor', 'falls', { '2026-01-05': '600' });
    const rises = await withRevenue('floor', 'rises', { '2026-01-05': '900' });
    const meets = await withRevenue('floor', 'meets', { '2026-01-05': '600' });
    const certificates = (ref: string, on: string, ...persons: string[]) =>
      persons.map((person) => certificate(`${ref} ${person}`, ref, person, on, null));
    await moving.record(
      [
        ...certificates('rises', '2026-01-01', 'ada', 'ben', 'cleo'),
        ...certificates('falls', '2026-01-01', 'dan'),
        ...certificates('meets', '2027-03-15', 'eve', 'finn'),
      ],
      'floor',
    );
    moving.goTo('2026-09-01');
    await publish(moving.app, 'floor', byExperts(transition), '2026-10-01');
    await moving.judgeDue();
    await judgeOn('2026-09-30');
    expect((await moving.standing(falls)).status).toMatchObject({
      tier: 'GOLD',
      computedTier: 'GOLD',
      holds: [],
    });
    await judgeOn('2026-10-01');
    expect((await moving.standing(falls)).status).toMatchObject({
      tier: 'GOLD',
      computedTier: 'SILVER',
      holds: [{ reason: 'TRANSITION', until: day('2027-10-01') }],
    });
    // An override beside it, down and up again, does not touch the floor.
    granted(await override('floor', 'falls', 'BASE', '2026-12-01', '2026-12-10'));
    const late = await withRevenue('floor', 'late', { '2026-10-01': '600' });
    await judgeOn('2026-12-05', '2027-09-30');
    const before = await moving.logOf(falls);
    await judgeOn('2027-10-01');
    expect((await moving.logOf(falls)).slice(before.length)).toEqual([
      '2027-10-01 TIME GOLD DOWN SILVER since 2027-10-01',
      '2027-10-01 TIME HoldEnded TRANSITION OVER',
    ]);
    expect(before.slice(2)).toEqual([
      '2026-10-01 RULEBOOK HoldStarted TRANSITION until 2027-10-01: GOLD, not SILVER',
      '2026-12-01 TIME GOLD DOWN BASE since 2026-12-01',
      '2026-12-01 TIME HoldStarted OVERRIDE until 2026-12-10: BASE, not SILVER',
      '2026-12-10 TIME BASE UP GOLD since 2026-12-10',
      '2026-12-10 TIME HoldEnded OVERRIDE OVER',
    ]);
    expect((await moving.logOf(rises)).slice(2)).toEqual([
      '2026-10-01 RULEBOOK GOLD UP PLATINUM since 2026-10-01',
    ]);
    // It lives from the floor until it meets Gold itself; the end of the transition is then no event for it.
    expect((await moving.logOf(meets)).slice(2)).toEqual([
      '2026-10-01 RULEBOOK HoldStarted TRANSITION until 2027-03-15: GOLD, not SILVER',
      '2027-03-15 TIME HoldEnded TRANSITION NOT_NEEDED',
    ]);
    expect(await moving.logOf(late)).toEqual([
      '2026-10-01 PARTNER null ENTERED BASE since 2020-01-01',
      '2026-10-01 FACT BASE UP SILVER since 2026-10-01',
    ]);
    const gold = [['2026-01-05', 2]] as const;
    await expectReference(
      moving.app,
      'floor',
      falls,
      [gold, [['2026-01-05', 1]]],
      '2026-01-01',
      '2027-12-31',
    );
    await expectReference(
      moving.app,
      'floor',
      rises,
      [gold, [['2026-01-05', 3]]],
      '2026-01-01',
      '2027-12-31',
    );
    const later = [
      ['2026-01-05', 1],
      ['2027-03-15', 2],
    ] as const;
    await expectReference(moving.app, 'floor', meets, [gold, later], '2026-01-01', '2027-12-31');
    expect(await findFaults(moving.app, 'floor')).toEqual([]);
  });
});

describe('rules 17, 18 and 21: grace, lock, reviews and overrides, and their overlaps', () => {
  test('rule 18: lock and grace run side by side; whichever is longer decides, the override above both', async () => {
    moving.goTo('2028-01-01');
    const policy = { demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' }, lock: { months: 2 } };
    await openProgram('grace', ['2020-01-01', byRevenue(policy)]);
    const amounts = { '2028-01-10': '600', '2028-02-01': '-550' };
    const id = await withRevenue('grace', 'A', amounts);
    const set = await withRevenue('grace', 'B', amounts);
    granted(await override('grace', 'B', 'PLATINUM', '2028-02-10', '2028-03-20'));
    const back = await withRevenue('grace', 'C', { ...amounts, '2028-02-20': '500', '2028-02-25': '-300' });
    await judgeOn('2028-01-15', '2028-02-15', '2028-03-09', '2028-03-10', '2028-04-30');
    expect((await moving.logOf(id)).slice(1)).toEqual([
      '2028-01-10 TIME BASE UP GOLD since 2028-01-10',
      '2028-02-01 TIME HoldStarted LOCK until 2028-03-10: GOLD, not BASE',
      '2028-02-01 TIME HoldStarted GRACE until 2028-03-02: GOLD, not BASE',
      '2028-03-02 TIME HoldEnded GRACE OVER',
      '2028-03-10 TIME GOLD DOWN BASE since 2028-03-10',
      '2028-03-10 TIME HoldEnded LOCK OVER',
    ]);
    expect((await moving.logOf(set)).slice(1)).toEqual([
      '2028-01-10 TIME BASE UP GOLD since 2028-01-10',
      '2028-02-01 TIME HoldStarted LOCK until 2028-03-10: GOLD, not BASE',
      '2028-02-01 TIME HoldStarted GRACE until 2028-03-02: GOLD, not BASE',
      '2028-02-10 TIME GOLD UP PLATINUM since 2028-02-10',
      '2028-02-10 TIME HoldStarted OVERRIDE until 2028-03-20: PLATINUM, not BASE',
      '2028-03-02 TIME HoldEnded GRACE OVER',
      '2028-03-10 TIME HoldEnded LOCK OVER',
      '2028-03-20 TIME PLATINUM DOWN BASE since 2028-03-20',
      '2028-03-20 TIME HoldEnded OVERRIDE OVER',
    ]);
    // Met again on 20 February, so the days below begin anew on the 25th; the tier then falls to the highest
    // met since.
    expect((await moving.logOf(back)).slice(1)).toEqual([
      '2028-01-10 TIME BASE UP GOLD since 2028-01-10',
      '2028-02-01 TIME HoldStarted LOCK until 2028-02-20: GOLD, not BASE',
      '2028-02-01 TIME HoldStarted GRACE until 2028-02-20: GOLD, not BASE',
      '2028-02-20 TIME HoldEnded LOCK NOT_NEEDED',
      '2028-02-20 TIME HoldEnded GRACE NOT_NEEDED',
      '2028-02-25 TIME HoldStarted LOCK until 2028-03-10: GOLD, not SILVER',
      '2028-02-25 TIME HoldStarted GRACE until 2028-03-26: GOLD, not SILVER',
      '2028-03-10 TIME HoldEnded LOCK OVER',
      '2028-03-26 TIME GOLD DOWN SILVER since 2028-03-26',
      '2028-03-26 TIME HoldEnded GRACE OVER',
    ]);
    const steps = [
      ['2028-01-10', 2],
      ['2028-02-01', 0],
    ] as const;
    await expectReference(moving.app, 'grace', id, [steps], '2028-01-01', '2028-06-01');
    await expectReference(moving.app, 'grace', set, [steps], '2028-01-01', '2028-06-01');
    await expectReference(
      moving.app,
      'grace',
      back,
      [[...steps, ['2028-02-20', 2], ['2028-02-25', 1]]],
      '2028-01-01',
      '2028-06-01',
    );
    expect(await findFaults(moving.app, 'grace')).toEqual([]);
  });

  test('rule 17: reviews promote and demote on their days only, one step each, and not while locked', async () => {
    moving.goTo('2029-01-02');
    const review = { review: { calendar: { daysOfYear: ['01-01', '07-01'] } } };
    const policy = {
      promotion: { mode: 'ON_REVIEW', ...review },
      demotion: { mode: 'ON_REVIEW', step: 'ONE_STEP', ...review },
      lock: { days: 200 },
    };
    await openProgram('review', ['2020-01-01', byRevenue(policy)]);
    const id = await withRevenue('review', 'A', { '2029-03-01': '1000', '2029-08-01': '-1000' });
    granted(await override('review', 'A', 'GOLD', '2029-12-20', '2030-01-10'));
    for (const on of [
      '2029-03-01',
      '2029-06-30',
      '2029-07-01',
      '2029-12-31',
      '2030-01-01',
      '2030-07-01',
      '2031-08-01',
    ]) {
      await judgeOn(on);
    }
    expect((await moving.logOf(id)).slice(1)).toEqual([
      '2029-03-01 TIME HoldStarted REVIEW until 2029-07-01: BASE, not PLATINUM',
      '2029-07-01 TIME BASE UP PLATINUM since 2029-07-01',
      '2029-07-01 TIME HoldEnded REVIEW OVER',
      // Promoted on 1 July, it is protected for 200 days, over the next review.
      '2029-08-01 TIME HoldStarted LOCK until 2030-01-17: PLATINUM, not BASE',
      '2029-08-01 TIME HoldStarted REVIEW until 2030-07-01: PLATINUM, not BASE',
      '2029-12-20 TIME PLATINUM DOWN GOLD since 2029-12-20',
      '2029-12-20 TIME HoldStarted OVERRIDE until 2030-01-10: GOLD, not BASE',
      '2030-01-10 TIME GOLD UP PLATINUM since 2030-01-10',
      '2030-01-10 TIME HoldEnded OVERRIDE OVER',
      '2030-01-17 TIME HoldEnded LOCK OVER',
      '2030-07-01 TIME PLATINUM DOWN GOLD since 2030-07-01',
      '2030-07-01 TIME HoldEnded REVIEW OVER',
      '2030-07-01 TIME HoldStarted REVIEW until 2031-01-01: GOLD, not BASE',
      '2031-01-01 TIME GOLD DOWN SILVER since 2031-01-01',
      '2031-01-01 TIME HoldEnded REVIEW OVER',
      '2031-01-01 TIME HoldStarted REVIEW until 2031-07-01: SILVER, not BASE',
      '2031-07-01 TIME SILVER DOWN BASE since 2031-07-01',
      '2031-07-01 TIME HoldEnded REVIEW OVER',
    ]);
    await expectReference(
      moving.app,
      'review',
      id,
      [
        [
          ['2029-03-01', 3],
          ['2029-08-01', 0],
        ],
      ],
      '2029-01-01',
      '2031-09-01',
    );
    expect(await findFaults(moving.app, 'review')).toEqual([]);
  });

  test('rule 3: a fact that comes late, or is voided, moves the lock, the grace and all that follows from them, in the past as well', async () => {
    moving.goTo('2032-01-05');
    const policy = { demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' }, lock: { months: 2 } };
    await openProgram('moved', ['2020-01-01', byRevenue(policy)]);
    const id = await withRevenue('moved', 'A', { '2032-01-10': '600', '2032-02-01': '-550' });
    await judgeOn('2032-02-20');
    // It comes in late: Gold already since 1 January, so the lock ends on 1 March and not on the 10th.
    const late = [revenue('late', 'A', '500', '2032-01-01'), revenue('back', 'A', '-500', '2032-01-10')];
    await moving.record(late, 'moved');
    await judgeOn('2032-03-05');
    expect((await moving.logOf(id)).slice(1)).toEqual([
      '2032-01-10 TIME BASE UP GOLD since 2032-01-10',
      '2032-02-01 TIME HoldStarted LOCK until 2032-03-10: GOLD, not BASE',
      '2032-02-01 TIME HoldStarted GRACE until 2032-03-02: GOLD, not BASE',
      // That the lock ends earlier is no entry.
      '2032-02-20 FACT HistoryRevised 2032-01-01 2032-01-10',
      '2032-03-01 TIME HoldEnded LOCK OVER',
      '2032-03-02 TIME GOLD DOWN BASE since 2032-03-02',
      '2032-03-02 TIME HoldEnded GRACE OVER',
    ]);
    await expectReference(
      moving.app,
      'moved',
      id,
      [
        [
          ['2032-01-01', 2],
          ['2032-02-01', 0],
        ],
      ],
      '2032-01-01',
      '2032-06-01',
    );
    expect(await findFaults(moving.app, 'moved')).toEqual([]);

    // The fall is taken back: what began the lock and the grace never was, so in the past there is neither.
    granted(
      await voidFact(moving.app, {
        program: 'moved',
        source: 'test',
        externalId: 'A 2032-02-01',
        expectedVersion: 1,
      }),
    );
    expect((await moving.logOf(id)).slice(8)).toEqual([
      '2032-03-05 FACT BASE UP GOLD since 2032-01-01',
      '2032-03-05 FACT HistoryRevised 2032-02-01 2032-03-05',
    ]);
    await expectReference(moving.app, 'moved', id, [[['2032-01-01', 2]]], '2032-01-01', '2032-06-01');
    expect(await findFaults(moving.app, 'moved')).toEqual([]);
  });
});
