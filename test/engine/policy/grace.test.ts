import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/engine/rulebook/policy-rules.ts';
import {
  day,
  describeTimeline,
  policyRulebook,
  type Step,
  timelineOf,
  under,
} from '../support/policy-inputs.ts';

const [SILVER, GOLD, PLATINUM] = [1, 2, 3];
const whole = { demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' } } as const;
const oneStep = { demotion: { mode: 'GRACE', grace: { days: 10 }, step: 'ONE_STEP' } } as const;
const inJuly = {
  calendar: { type: 'DAYS_OF_YEAR', days: [{ month: 7, dayOfMonth: 1 }] },
  measured: { daysBefore: 30 },
} as const;

describe('rule 34: WHOLE', () => {
  test('rule 34: tiers lost on one day have one grace together, not one after the other', () => {
    const policy = { demotion: { mode: 'GRACE', grace: { months: 9 }, step: 'WHOLE' } } as const;
    expect(under(policy, { '2026-01-01': PLATINUM, '2026-02-01': SILVER })).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-11-01',
      '2026-11-01 SILVER',
    ]);
  });

  test('rule 34: one good day gives only the tiers met on it a new grace', () => {
    const steps = { '2026-01-01': PLATINUM, '2026-02-01': 0, '2026-02-10': SILVER, '2026-02-11': 0 };
    expect(under(whole, steps)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-02-10 PLATINUM (computed SILVER) GRACE until 2026-03-03',
      '2026-02-11 PLATINUM (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-03-03 SILVER (computed AUTHORIZED) GRACE until 2026-03-13',
      '2026-03-13 AUTHORIZED',
    ]);
  });

  test('rule 34: a tier lost later is fallen to, and lost when its own grace is over', () => {
    const steps = { '2026-01-01': PLATINUM, '2026-02-01': GOLD, '2026-02-11': SILVER };
    expect(under(whole, steps)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed GOLD) GRACE until 2026-03-03',
      '2026-02-11 PLATINUM (computed SILVER) GRACE until 2026-03-03',
      '2026-03-03 GOLD (computed SILVER) GRACE until 2026-03-13',
      '2026-03-13 SILVER',
    ]);
  });

  test('rule 34: graces that are over under a lock take the tier whole on the first day without it', () => {
    const steps = { '2026-02-01': PLATINUM, '2026-02-10': GOLD, '2026-02-20': 0 };
    expect(under({ ...whole, lock: { days: 60 } }, steps)).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 PLATINUM',
      '2026-02-10 PLATINUM (computed GOLD) LOCK until 2026-04-02 GRACE until 2026-03-12',
      '2026-02-20 PLATINUM (computed AUTHORIZED) LOCK until 2026-04-02 GRACE until 2026-03-12',
      '2026-03-12 PLATINUM (computed AUTHORIZED) LOCK until 2026-04-02',
      '2026-04-02 AUTHORIZED',
    ]);
  });

  test('rule 34: a tier given by a review of an earlier day has its grace from the next day on', () => {
    const policy = { ...whole, promotion: { mode: 'ON_REVIEW', ...inJuly } } as const;
    const steps = { '2026-01-01': SILVER, '2026-06-01': PLATINUM, '2026-06-16': 0 };
    expect(under(policy, steps)).toEqual([
      '2026-01-01 SILVER',
      '2026-06-01 SILVER (computed PLATINUM) REVIEW until 2026-06-16',
      '2026-06-16 SILVER (computed AUTHORIZED) GRACE until 2026-07-01',
      '2026-07-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-08-01',
      // Silver's own grace was over by 16 July: it ran on below the higher tier.
      '2026-08-01 AUTHORIZED',
    ]);
  });
});

describe('rule 34: ONE_STEP', () => {
  test('rule 34: each step comes a whole grace after the one before', () => {
    expect(under(oneStep, { '2026-01-01': PLATINUM, '2026-02-01': 0 })).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-02-11',
      '2026-02-11 GOLD (computed AUTHORIZED) GRACE until 2026-02-21',
      '2026-02-21 SILVER (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-03-03 AUTHORIZED',
    ]);
  });

  test('rule 34: a tier met meanwhile has its whole grace too', () => {
    const steps = { '2026-01-01': PLATINUM, '2026-02-01': 0, '2026-02-15': GOLD, '2026-02-17': 0 };
    expect(under(oneStep, steps)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-02-11',
      '2026-02-11 GOLD (computed AUTHORIZED) GRACE until 2026-02-15',
      '2026-02-15 GOLD',
      '2026-02-17 GOLD (computed AUTHORIZED) GRACE until 2026-02-27',
      '2026-02-27 SILVER (computed AUTHORIZED) GRACE until 2026-03-09',
      '2026-03-09 AUTHORIZED',
    ]);
  });

  test('rule 34: one tier at a time, also where a lower one is met again for a day', () => {
    const steps = { '2026-01-01': PLATINUM, '2026-02-01': 0, '2026-02-13': SILVER, '2026-02-14': 0 };
    expect(under(oneStep, steps)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-02-11',
      '2026-02-11 GOLD (computed AUTHORIZED) GRACE until 2026-02-21',
      '2026-02-13 GOLD (computed SILVER) GRACE until 2026-02-21',
      '2026-02-14 GOLD (computed AUTHORIZED) GRACE until 2026-02-21',
      '2026-02-21 SILVER (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-03-03 AUTHORIZED',
    ]);
  });
});

describe('rule 34: KEEP', () => {
  const at = (from: string, rank: number, ...insufficient: number[]): Step => {
    return { from: day(from), rank, insufficient };
  };

  test('rule 34: days without sufficient data are not below, and start the grace anew', () => {
    const computed = [
      [at('2026-01-01', GOLD), at('2026-02-01', 0), at('2026-02-10', 0, GOLD), at('2026-02-12', 0)],
    ];
    expect(under({ ...whole, onInsufficient: 'KEEP' }, {}, { computed })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed AUTHORIZED) GRACE until 2026-02-10',
      '2026-02-10 GOLD (computed AUTHORIZED) INSUFFICIENT_DATA until 2026-02-12',
      '2026-02-12 GOLD (computed AUTHORIZED) GRACE until 2026-03-14',
      // Silver was below all the time.
      '2026-03-14 AUTHORIZED',
    ]);
  });

  test('rule 34: p falls to a lower tier that the data leave open', () => {
    const computed = [[at('2026-01-01', PLATINUM), at('2026-02-01', 0, GOLD), at('2026-04-01', 0)]];
    expect(under({ ...whole, onInsufficient: 'KEEP' }, {}, { computed })).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-03-03 GOLD (computed AUTHORIZED) INSUFFICIENT_DATA until 2026-04-01',
      '2026-04-01 GOLD (computed AUTHORIZED) GRACE until 2026-05-01',
      '2026-05-01 AUTHORIZED',
    ]);
  });

  test('rule 34: LOSE takes such days for days below', () => {
    const computed = [
      [at('2026-01-01', GOLD), at('2026-02-01', 0), at('2026-02-10', 0, GOLD), at('2026-02-12', 0)],
    ];
    expect(under(whole, {}, { computed })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-03-03 AUTHORIZED',
    ]);
  });
});

describe('rule 34: through a remap', () => {
  /**
   * What happens where a second rulebook takes effect on 2026-02-11; computed tiers by day for each of the
   * two.
   */
  function across(
    old: Partial<Policy>,
    {
      tiers,
      remap,
      policy = old,
    }: {
      readonly tiers?: readonly string[];
      readonly remap?: Readonly<Record<string, string>>;
      readonly policy?: Partial<Policy>;
    },
    ...computed: readonly (readonly Step[])[]
  ): string[] {
    const rulebooks = [
      policyRulebook('r1', day('2020-01-01'), { policy: old }),
      policyRulebook('r2', day('2026-02-11'), { policy, ...(tiers && { tiers }), ...(remap && { remap }) }),
    ];
    return describeTimeline(timelineOf({ rulebooks, enrolledOn: day('2026-01-01'), computed }));
  }

  const lost: readonly Step[] = [
    { from: day('2026-01-01'), rank: PLATINUM },
    { from: day('2026-02-01'), rank: SILVER },
  ];

  test('rule 34: past days count, by the tier that their computed one is called now', () => {
    const remap = { AUTHORIZED: 'BASE', SILVER: 'BASE', GOLD: 'MIDDLE', PLATINUM: 'TOP' };
    expect(across(whole, { tiers: ['BASE', 'MIDDLE', 'TOP'], remap }, lost, [])).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-03-03',
      '2026-02-11 TOP (computed BASE) GRACE until 2026-03-03',
      '2026-03-03 BASE',
    ]);
  });

  test('rule 34: where the old tier and the computed one become one, no grace has run', () => {
    const remap = { AUTHORIZED: 'BASE', SILVER: 'TOP', GOLD: 'TOP', PLATINUM: 'TOP' };
    expect(across(whole, { tiers: ['BASE', 'TOP'], remap }, lost, [])).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-03-13',
      '2026-02-11 TOP (computed BASE) GRACE until 2026-03-13',
      '2026-03-13 BASE',
    ]);
  });

  test('rule 34: a tier put in between was below with the one beneath it', () => {
    const tiers = ['AUTHORIZED', 'SILVER', 'NEW', 'GOLD', 'PLATINUM'];
    expect(across(whole, { tiers }, lost, [{ from: day('2026-01-01'), rank: SILVER }])).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-03-03',
      '2026-02-11 PLATINUM (computed SILVER) GRACE until 2026-03-03',
      '2026-03-03 SILVER',
    ]);
  });

  test('rule 34: the length is that of the rulebook of the day', () => {
    const policy = { demotion: { mode: 'GRACE', grace: { days: 5 }, step: 'WHOLE' } } as const;
    expect(across(whole, { policy }, lost, lost)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-02-11',
      '2026-02-11 SILVER',
    ]);
  });

  test('rule 34: days of a rulebook without a grace count for none', () => {
    const reviewed = { demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...inJuly } } as const;
    expect(across(reviewed, { policy: whole }, lost, lost)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) REVIEW until 2026-02-11',
      '2026-02-11 PLATINUM (computed SILVER) GRACE until 2026-03-13',
      '2026-03-13 SILVER',
    ]);
  });

  test('rule 34: a step made under the rulebook before is waited for too', () => {
    const policy = { demotion: { mode: 'GRACE', grace: { days: 20 }, step: 'ONE_STEP' } } as const;
    const early = [
      { from: day('2026-01-01'), rank: PLATINUM },
      { from: day('2026-01-20'), rank: 0 },
    ];
    expect(across(oneStep, { policy }, early, [])).toEqual([
      '2026-01-01 PLATINUM',
      '2026-01-20 PLATINUM (computed AUTHORIZED) GRACE until 2026-01-30',
      '2026-01-30 GOLD (computed AUTHORIZED) GRACE until 2026-02-09',
      '2026-02-09 SILVER (computed AUTHORIZED) GRACE until 2026-03-01',
      '2026-02-11 SILVER (computed AUTHORIZED) GRACE until 2026-03-01',
      '2026-03-01 AUTHORIZED',
    ]);
  });

  test('rule 34: days that KEEP left open stay so under the tier that theirs became', () => {
    const kept: readonly Step[] = [
      { from: day('2026-01-01'), rank: PLATINUM },
      { from: day('2026-02-01'), rank: 0 },
      { from: day('2026-02-05'), rank: 0, insufficient: [PLATINUM] },
      { from: day('2026-02-08'), rank: 0 },
    ];
    const tiers = ['AUTHORIZED', 'SILVER', 'GOLD'];
    const keep = { ...whole, onInsufficient: 'KEEP' } as const;
    expect(across(keep, { tiers, remap: { PLATINUM: 'GOLD' } }, kept, [])).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed AUTHORIZED) GRACE until 2026-02-05',
      '2026-02-05 PLATINUM (computed AUTHORIZED) INSUFFICIENT_DATA until 2026-02-08',
      '2026-02-08 PLATINUM (computed AUTHORIZED) GRACE until 2026-03-10',
      '2026-02-11 GOLD (computed AUTHORIZED) GRACE until 2026-03-10',
      '2026-03-10 AUTHORIZED',
    ]);
  });

  test('rule 34: a higher tier that was left open but not held takes no day from the one that it became', () => {
    const open: readonly Step[] = [
      { from: day('2026-01-01'), rank: GOLD },
      { from: day('2026-02-01'), rank: 0, insufficient: [PLATINUM] },
    ];
    const tiers = ['AUTHORIZED', 'SILVER', 'GOLD'];
    const keep = { ...whole, onInsufficient: 'KEEP' } as const;
    expect(across(keep, { tiers, remap: { PLATINUM: 'GOLD' } }, open, [])).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-02-11 GOLD (computed AUTHORIZED) GRACE until 2026-03-03',
      '2026-03-03 AUTHORIZED',
    ]);
  });

  test('rule 34: an order that was turned round before such remaps were refused is judged all the same', () => {
    const tiers = ['PLATINUM', 'GOLD', 'SILVER', 'AUTHORIZED'];
    expect(across(whole, { tiers }, lost, [])).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-02-11',
      '2026-02-11 PLATINUM',
    ]);
  });
});

describe('rule 34: reviews', () => {
  const policy = { demotion: { mode: 'ON_REVIEW', step: 'ONE_STEP', ...inJuly } } as const;

  test('rule 34: a demotion review takes one step, and never what promotion at once would give that day', () => {
    const steps = { '2026-01-01': PLATINUM, '2026-05-01': 0, '2026-06-20': PLATINUM, '2026-08-01': 0 };
    expect(under(policy, steps)).toEqual([
      '2026-01-01 PLATINUM',
      '2026-05-01 PLATINUM (computed AUTHORIZED) REVIEW until 2026-06-20',
      '2026-06-20 PLATINUM',
      '2026-08-01 PLATINUM (computed AUTHORIZED) REVIEW until 2027-07-01',
      '2027-07-01 GOLD (computed AUTHORIZED) REVIEW until 2028-07-01',
      '2028-07-01 SILVER (computed AUTHORIZED) REVIEW until 2029-07-01',
      '2029-07-01 AUTHORIZED',
    ]);
  });

  test('rule 34: no review looks at days before membership', () => {
    const enrolledOn = day('2026-06-15');
    expect(under(policy, { '2020-01-01': 0, '2026-06-15': GOLD }, { enrolledOn })).toEqual([
      '2026-06-15 GOLD',
    ]);
  });
});
