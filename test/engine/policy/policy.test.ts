import { describe, expect, test } from 'vitest';
import type { Override } from '../../../src/engine/partner/partner-inputs.ts';
import { day, entry, policyRulebook, under } from '../support/policy-inputs.ts';

const [SILVER, GOLD, PLATINUM] = [1, 2, 3];

function override(tier: string, firstOn: string, endsOn: string, rulebookId = 'r1'): Override {
  return {
    id: `${tier} ${firstOn}`,
    tier,
    rulebookId,
    firstOn: day(firstOn),
    endsOn: day(endsOn),
    reason: 'strategic',
    actor: 'ada',
  };
}

const yearly = {
  calendar: { type: 'DAYS_OF_YEAR', days: [{ month: 7, dayOfMonth: 1 }] },
  measured: { daysBefore: 0 },
} as const;
const quarterly = {
  calendar: { type: 'FISCAL', unit: 'QUARTER', offsetDays: 0 },
  measured: { daysBefore: 0 },
} as const;

describe('rule 17: promotion and demotion', () => {
  test('rule 17: policy starts with the computed tier on enrolment and follows it at once', () => {
    expect(under({}, { '2026-01-01': SILVER, '2026-03-01': GOLD, '2026-05-01': 0 })).toEqual([
      '2026-01-01 SILVER',
      '2026-03-01 GOLD',
      '2026-05-01 AUTHORIZED',
    ]);
  });

  test('rule 17: the tier on enrolment carries no lock', () => {
    expect(under({ lock: { months: 12 } }, { '2026-01-01': GOLD, '2026-02-01': SILVER })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 SILVER',
    ]);
  });

  test('rule 17: a promotion on review waits for the review day', () => {
    const policy = { promotion: { mode: 'ON_REVIEW', ...yearly } } as const;
    expect(under(policy, { '2026-03-01': GOLD })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-03-01 AUTHORIZED (computed GOLD) REVIEW until 2026-07-01',
      '2026-07-01 GOLD',
    ]);
  });

  test('rule 17: a demotion on review waits for the first day of the fiscal quarter', () => {
    const policy = { demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...quarterly } } as const;
    expect(under(policy, { '2026-01-01': GOLD, '2026-02-10': SILVER })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-10 GOLD (computed SILVER) REVIEW until 2026-04-01',
      '2026-04-01 SILVER',
    ]);
  });

  test('rule 17: reviews on the anniversary of enrolment, 29 February on 28 February', () => {
    const policy = {
      demotion: {
        mode: 'ON_REVIEW',
        step: 'WHOLE',
        calendar: { type: 'ANNIVERSARY' },
        measured: { daysBefore: 0 },
      },
    } as const;
    const enrolledOn = day('2024-02-29');
    expect(under(policy, { '2024-02-29': GOLD, '2024-06-01': SILVER }, { enrolledOn })).toEqual([
      '2024-02-29 GOLD',
      '2024-06-01 GOLD (computed SILVER) REVIEW until 2025-02-28',
      '2025-02-28 SILVER',
    ]);
  });

  test('rule 17: what expires at the end of time has no review looked at until then', () => {
    const days = Array.from({ length: 28 }, (_, index) => ({ month: 3, dayOfMonth: index + 1 }));
    const review = { calendar: { type: 'DAYS_OF_YEAR', days }, measured: { daysBefore: 30 } } as const;
    const policy = {
      promotion: { mode: 'ON_REVIEW', ...review },
      demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...review },
    } as const;
    expect(under(policy, { '2026-02-10': GOLD, '9998-03-01': SILVER })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-10 AUTHORIZED (computed GOLD) REVIEW until 2026-03-12',
      '2026-03-12 GOLD',
      '9998-03-01 GOLD (computed SILVER) REVIEW until 9999-03-01',
      '9999-03-01 SILVER',
    ]);
  });

  test('rule 17: a review judges the measuring day, not the review day', () => {
    const policy = {
      promotion: { mode: 'ON_REVIEW', ...yearly, measured: { daysBefore: 30 } },
      demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...yearly, measured: { daysBefore: 30 } },
    } as const;
    expect(under(policy, { '2026-01-01': GOLD, '2026-06-01': SILVER, '2026-06-02': PLATINUM })).toEqual([
      '2026-01-01 GOLD',
      '2026-06-01 GOLD (computed SILVER) REVIEW until 2026-07-01',
      '2026-06-02 GOLD (computed PLATINUM) REVIEW until 2026-07-01',
      '2026-07-01 SILVER (computed PLATINUM) REVIEW until 2027-07-01',
      '2027-07-01 PLATINUM',
    ]);
  });

  test('rule 17: a review of an earlier day does not take what promotion at once gives back', () => {
    const policy = {
      demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...yearly, measured: { daysBefore: 30 } },
    } as const;
    expect(under(policy, { '2026-01-01': PLATINUM, '2026-05-01': SILVER, '2026-06-20': GOLD })).toEqual([
      '2026-01-01 PLATINUM',
      '2026-05-01 PLATINUM (computed SILVER) REVIEW until 2026-07-01',
      '2026-06-20 PLATINUM (computed GOLD) REVIEW until 2026-07-01',
      '2026-07-01 GOLD',
    ]);
  });

  test('rule 17: no review looks at days before the membership', () => {
    const policy = {
      promotion: { mode: 'ON_REVIEW', ...yearly },
      demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...yearly, measured: { daysBefore: 300 } },
    } as const;
    expect(under(policy, { '2025-01-01': 0, '2026-01-01': GOLD })).toEqual(['2026-01-01 GOLD']);
  });

  test('rule 17: a later entry that moves the enrolment moves its anniversaries', () => {
    const policy = {
      demotion: {
        mode: 'ON_REVIEW',
        step: 'WHOLE',
        calendar: { type: 'ANNIVERSARY' },
        measured: { daysBefore: 0 },
      },
    } as const;
    const moved = { ...entry(day('2025-12-01')), firstOn: day('2026-06-01'), recordedAt: 1 };
    const entries = [entry(day('2026-01-01')), moved];
    expect(under(policy, { '2026-01-01': GOLD, '2026-02-01': SILVER }, { entries })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed SILVER) REVIEW until 2026-12-01',
      '2026-12-01 SILVER',
    ]);
  });
});

describe('rule 18: lock, grace and steps', () => {
  test('rule 18: a lock blocks demotion for its months after a promotion', () => {
    expect(under({ lock: { months: 6 } }, { '2026-02-28': GOLD, '2026-04-01': SILVER })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-28 GOLD',
      '2026-04-01 GOLD (computed SILVER) LOCK until 2026-08-28',
      '2026-08-28 SILVER',
    ]);
  });

  test('rule 18: a lock does not block promotion, and starts again with it', () => {
    expect(
      under({ lock: { days: 10 } }, { '2026-02-01': SILVER, '2026-02-08': GOLD, '2026-02-12': 0 }),
    ).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 SILVER',
      '2026-02-08 GOLD',
      '2026-02-12 GOLD (computed AUTHORIZED) LOCK until 2026-02-18',
      '2026-02-18 AUTHORIZED',
    ]);
  });

  test('rule 18: the lock is shown only until the tier is met again', () => {
    expect(
      under({ lock: { days: 30 } }, { '2026-02-01': GOLD, '2026-02-05': 0, '2026-02-10': GOLD }),
    ).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 GOLD',
      '2026-02-05 GOLD (computed AUTHORIZED) LOCK until 2026-02-10',
      '2026-02-10 GOLD',
    ]);
  });

  const grace = { demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' } } as const;

  test('rule 18: a grace ends after its days below the tier', () => {
    expect(under(grace, { '2026-01-01': GOLD, '2026-02-01': SILVER })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed SILVER) GRACE until 2026-03-03',
      '2026-03-03 SILVER',
    ]);
  });

  test('rule 18: a day on which the tier is met starts the grace anew', () => {
    expect(
      under(grace, { '2026-01-01': GOLD, '2026-02-01': 0, '2026-03-02': GOLD, '2026-03-03': SILVER }),
    ).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed AUTHORIZED) GRACE until 2026-03-02',
      '2026-03-02 GOLD',
      '2026-03-03 GOLD (computed SILVER) GRACE until 2026-04-02',
      '2026-04-02 SILVER',
    ]);
  });

  test('rule 18: a grace in months ends on the last day of a shorter month', () => {
    const policy = { demotion: { mode: 'GRACE', grace: { months: 1 }, step: 'WHOLE' } } as const;
    expect(under(policy, { '2026-01-01': GOLD, '2026-01-31': 0 })).toEqual([
      '2026-01-01 GOLD',
      '2026-01-31 GOLD (computed AUTHORIZED) GRACE until 2026-02-28',
      '2026-02-28 AUTHORIZED',
    ]);
  });

  test('rule 18: lock and grace run side by side', () => {
    expect(under({ ...grace, lock: { days: 60 } }, { '2026-02-01': GOLD, '2026-02-10': SILVER })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 GOLD',
      '2026-02-10 GOLD (computed SILVER) LOCK until 2026-04-02 GRACE until 2026-03-12',
      '2026-03-12 GOLD (computed SILVER) LOCK until 2026-04-02',
      '2026-04-02 SILVER',
    ]);
  });

  test('rule 18: ONE_STEP falls one tier a grace', () => {
    const policy = { demotion: { mode: 'GRACE', grace: { days: 10 }, step: 'ONE_STEP' } } as const;
    expect(under(policy, { '2026-01-01': PLATINUM, '2026-02-01': SILVER })).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) GRACE until 2026-02-11',
      '2026-02-11 GOLD (computed SILVER) GRACE until 2026-02-21',
      '2026-02-21 SILVER',
    ]);
  });

  test('rule 18: ONE_STEP falls one tier a review', () => {
    const policy = { demotion: { mode: 'ON_REVIEW', step: 'ONE_STEP', ...yearly } } as const;
    expect(under(policy, { '2026-01-01': PLATINUM, '2026-02-01': SILVER })).toEqual([
      '2026-01-01 PLATINUM',
      '2026-02-01 PLATINUM (computed SILVER) REVIEW until 2026-07-01',
      '2026-07-01 GOLD (computed SILVER) REVIEW until 2027-07-01',
      '2027-07-01 SILVER',
    ]);
  });

  test('rule 18: a review during the lock passes without demotion', () => {
    const policy = {
      lock: { months: 6 },
      demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...quarterly },
    } as const;
    expect(under(policy, { '2026-02-01': GOLD, '2026-03-01': SILVER })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 GOLD',
      '2026-03-01 GOLD (computed SILVER) LOCK until 2026-08-01 REVIEW until 2026-10-01',
      '2026-08-01 GOLD (computed SILVER) REVIEW until 2026-10-01',
      '2026-10-01 SILVER',
    ]);
  });
});

describe('rule 11: a tier already held whose data are insufficient', () => {
  const insufficient = [
    { from: day('2026-01-01'), rank: GOLD },
    { from: day('2026-02-01'), rank: SILVER, insufficient: [GOLD] },
    { from: day('2026-03-01'), rank: SILVER },
  ];

  test('rule 11: LOSE treats it as lost', () => {
    expect(under({}, {}, { computed: [insufficient] })).toEqual(['2026-01-01 GOLD', '2026-02-01 SILVER']);
  });

  test('rule 11: KEEP keeps it until the data decide', () => {
    expect(under({ onInsufficient: 'KEEP' }, {}, { computed: [insufficient] })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed SILVER) INSUFFICIENT_DATA until 2026-03-01',
      '2026-03-01 SILVER',
    ]);
  });

  test('rule 11: KEEP gives nobody a tier that it does not hold', () => {
    const computed = [[{ from: day('2026-01-01'), rank: SILVER, insufficient: [GOLD] }]];
    expect(under({ onInsufficient: 'KEEP' }, {}, { computed })).toEqual(['2026-01-01 SILVER']);
  });

  test('rule 11: KEEP may last for ever', () => {
    const policy = {
      onInsufficient: 'KEEP',
      demotion: { mode: 'ON_REVIEW', step: 'WHOLE', ...yearly },
    } as const;
    expect(under(policy, {}, { computed: [insufficient.slice(0, 2)] })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 GOLD (computed SILVER) REVIEW until further notice INSUFFICIENT_DATA until further notice',
    ]);
  });
});

describe('rule 20: overrides', () => {
  test('rule 20: an override sets the tier up or down until its end, unseen by policy', () => {
    const overrides = [
      override('PLATINUM', '2026-02-01', '2026-03-01'),
      override('AUTHORIZED', '2026-03-01', '2026-04-01'),
    ];
    expect(under({}, { '2026-01-01': GOLD, '2026-02-15': SILVER }, { overrides })).toEqual([
      '2026-01-01 GOLD',
      '2026-02-01 PLATINUM (computed GOLD) OVERRIDE until 2026-03-01',
      '2026-02-15 PLATINUM (computed SILVER) OVERRIDE until 2026-03-01',
      '2026-03-01 AUTHORIZED (computed SILVER) OVERRIDE until 2026-04-01',
      '2026-04-01 SILVER',
    ]);
  });

  test('rule 21: holds lists the override before what it hides', () => {
    const overrides = [override('PLATINUM', '2026-03-10', '2026-03-20')];
    expect(under({ lock: { days: 60 } }, { '2026-02-01': GOLD, '2026-03-01': 0 }, { overrides })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 GOLD',
      '2026-03-01 GOLD (computed AUTHORIZED) LOCK until 2026-04-02',
      '2026-03-10 PLATINUM (computed AUTHORIZED) OVERRIDE until 2026-03-20 LOCK until 2026-04-02',
      '2026-03-20 GOLD (computed AUTHORIZED) LOCK until 2026-04-02',
      '2026-04-02 AUTHORIZED',
    ]);
  });

  test('rule 21: an override to the computed tier holds nothing', () => {
    const overrides = [override('SILVER', '2026-03-10', '2026-03-20')];
    expect(under({}, { '2026-02-01': SILVER }, { overrides })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 SILVER',
    ]);
  });
});

describe('rule 22: days without a tier', () => {
  test('rule 22: none before enrolment, after leaving and before the first rulebook', () => {
    const rulebooks = [policyRulebook('r1', day('2026-02-01'))];
    const entries = [entry(day('2026-01-01'), day('2026-06-01'))];
    const computed = [[{ from: day('2025-01-01'), rank: GOLD }]];
    expect(under({}, {}, { rulebooks, entries, computed })).toEqual(['2026-02-01 GOLD', '2026-06-01 none']);
  });

  test('rule 22: who comes back starts with the computed tier of that day', () => {
    const left = entry(day('2026-01-01'), day('2026-02-10'));
    const back = { ...entry(day('2026-05-01')), recordedAt: 1 };
    const steps = { '2026-01-01': 0, '2026-02-01': GOLD, '2026-02-05': SILVER };
    expect(under({ lock: { months: 12 } }, steps, { entries: [left, back] })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 GOLD',
      '2026-02-05 GOLD (computed SILVER) LOCK until 2026-02-10',
      '2026-02-10 none',
      '2026-05-01 SILVER',
    ]);
  });

  test('rule 22: nothing at all without a rulebook', () => {
    expect(under({}, {}, { rulebooks: [], computed: [] })).toEqual([]);
  });
});

describe('rule 27: risk', () => {
  test('rule 27: a tier is at risk from the configured number of days before it falls', () => {
    expect(under({ atRiskDays: 30 }, { '2026-01-01': GOLD, '2026-07-01': SILVER, '2026-07-11': 0 })).toEqual([
      '2026-01-01 GOLD',
      '2026-06-01 GOLD at risk of SILVER on 2026-07-01',
      '2026-07-01 SILVER at risk of AUTHORIZED on 2026-07-11',
      '2026-07-11 AUTHORIZED',
    ]);
  });

  test('rule 27: the effective tier counts, so a hold moves the risk to its end', () => {
    expect(under({ atRiskDays: 5, lock: { days: 60 } }, { '2026-02-01': GOLD, '2026-03-01': 0 })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 GOLD',
      '2026-03-01 GOLD (computed AUTHORIZED) LOCK until 2026-04-02',
      '2026-03-28 GOLD (computed AUTHORIZED) LOCK until 2026-04-02 at risk of AUTHORIZED on 2026-04-02',
      '2026-04-02 AUTHORIZED',
    ]);
  });

  test('rule 27: no fall is seen beyond days without a tier', () => {
    const back = { ...entry(day('2026-03-10')), recordedAt: 1 };
    const entries = [entry(day('2026-01-01'), day('2026-03-01')), back];
    expect(under({ atRiskDays: 30 }, { '2026-01-01': GOLD, '2026-03-20': SILVER }, { entries })).toEqual([
      '2026-01-01 GOLD',
      '2026-03-01 none',
      '2026-03-10 GOLD at risk of SILVER on 2026-03-20',
      '2026-03-20 SILVER',
    ]);
  });

  test('rule 27: what falls back only to the tier held now is no risk of this one', () => {
    const rising = { '2026-01-01': SILVER, '2026-02-10': GOLD, '2026-02-20': SILVER, '2026-03-01': 0 };
    expect(under({ atRiskDays: 30 }, rising)).toEqual([
      '2026-01-01 SILVER',
      '2026-01-30 SILVER at risk of AUTHORIZED on 2026-03-01',
      '2026-02-10 GOLD at risk of SILVER on 2026-02-20',
      '2026-02-20 SILVER at risk of AUTHORIZED on 2026-03-01',
      '2026-03-01 AUTHORIZED',
    ]);
  });

  test('rule 27: leaving is no risk', () => {
    const entries = [entry(day('2026-01-01'), day('2026-03-01'))];
    expect(under({ atRiskDays: 30 }, { '2026-01-01': GOLD, '2026-04-01': 0 }, { entries })).toEqual([
      '2026-01-01 GOLD',
      '2026-03-01 none',
    ]);
  });
});

describe('rule 49: a term', () => {
  const term = {
    mode: 'ON_REVIEW',
    step: 'WHOLE',
    calendar: { type: 'TERM', months: 12 },
    measured: { daysBefore: 0 },
  } as const;

  test('keeps a tier for so long after it was set, and again where the review confirms it', () => {
    expect(
      under({ demotion: term }, { '2026-03-10': 2, '2026-05-01': 1, '2027-02-01': 2, '2027-06-01': 1 }),
    ).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-03-10 GOLD',
      '2026-05-01 GOLD (computed SILVER) REVIEW until 2027-02-01',
      '2027-02-01 GOLD',
      // The review on 2027-03-10 confirmed it, which does not set it: the next is a year after that.
      '2027-06-01 GOLD (computed SILVER) REVIEW until 2028-03-10',
      '2028-03-10 SILVER',
    ]);
  });

  test('begins again with each tier that policy sets', () => {
    expect(under({ demotion: term }, { '2026-03-10': 1, '2026-09-01': 3, '2026-10-01': 0 })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-03-10 SILVER',
      '2026-09-01 PLATINUM',
      '2026-10-01 PLATINUM (computed AUTHORIZED) REVIEW until 2027-09-01',
      '2027-09-01 AUTHORIZED',
    ]);
  });
});

describe('rule 50: what a review looks at', () => {
  test('the year ends on 31 December, the status on 31 March', () => {
    const calendar = { type: 'DAYS_OF_YEAR', days: [{ month: 4, dayOfMonth: 1 }] } as const;
    const review = { calendar, measured: { month: 12, dayOfMonth: 31 } };
    const demotion = { mode: 'ON_REVIEW', step: 'WHOLE', ...review } as const;
    expect(under({ demotion }, { '2026-01-01': 2, '2026-12-31': 1, '2027-01-01': 0 })).toEqual([
      '2026-01-01 GOLD',
      '2026-12-31 GOLD (computed SILVER) REVIEW until 2027-04-01',
      '2027-01-01 GOLD (computed AUTHORIZED) REVIEW until 2027-04-01',
      '2027-04-01 SILVER (computed AUTHORIZED) REVIEW until 2028-04-01',
      '2028-04-01 AUTHORIZED',
    ]);
  });
});

describe('rule 51: delayed promotion', () => {
  const promotion = { mode: 'AT_ONCE', delay: { days: 30 } } as const;

  test('comes once a tier has been met for so long without a break, and not for a higher one met later', () => {
    expect(under({ promotion }, { '2026-02-01': 1, '2026-02-20': 2, '2026-03-25': 1 })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 AUTHORIZED (computed SILVER) DELAY until 2026-03-03',
      '2026-02-20 AUTHORIZED (computed GOLD) DELAY until 2026-03-03',
      '2026-03-03 SILVER (computed GOLD) DELAY until 2026-03-22',
      '2026-03-22 GOLD',
      '2026-03-25 SILVER',
    ]);
  });

  test('begins anew after a break', () => {
    expect(under({ promotion }, { '2026-02-01': 1, '2026-02-28': 0, '2026-03-01': 1 })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 AUTHORIZED (computed SILVER) DELAY until 2026-02-28',
      '2026-02-28 AUTHORIZED',
      '2026-03-01 AUTHORIZED (computed SILVER) DELAY until 2026-03-31',
      '2026-03-31 SILVER',
    ]);
  });

  test('does not hold on enrolment', () => {
    expect(under({ promotion }, { '2025-12-31': 2 })).toEqual(['2026-01-01 GOLD']);
  });

  test('counts the days under the rulebook before, through the remap', () => {
    const rulebooks = [
      policyRulebook('r1', day('2020-01-01'), { policy: { promotion } }),
      policyRulebook('r2', day('2026-02-20'), {
        tiers: ['LOW', 'HIGH'],
        policy: { promotion },
        remap: { AUTHORIZED: 'LOW', SILVER: 'LOW', GOLD: 'HIGH', PLATINUM: 'HIGH' },
      }),
    ];
    const computed = [
      [
        { from: day('2026-02-01'), rank: 1 },
        { from: day('2026-02-10'), rank: 2 },
      ],
      [{ from: day('2026-02-20'), rank: 1 }],
    ];
    expect(under({}, {}, { rulebooks, computed })).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-02-01 AUTHORIZED (computed SILVER) DELAY until 2026-03-12',
      '2026-02-10 AUTHORIZED (computed GOLD) DELAY until 2026-03-12',
      '2026-02-20 LOW (computed HIGH) DELAY until 2026-03-12',
      '2026-03-12 HIGH',
    ]);
  });
});
