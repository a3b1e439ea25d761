import { describe, expect, test } from 'vitest';
import type { Override } from '../../../src/engine/partner/partner-inputs.ts';
import type { Policy, Transition } from '../../../src/engine/rulebook/policy-rules.ts';
import { rulebooksInForce } from '../../../src/engine/rulebook/transition.ts';
import {
  day,
  describeTimeline,
  entry,
  policyRulebook,
  type Step,
  timelineOf,
} from '../support/policy-inputs.ts';

const [AUTHORIZED, SILVER, GOLD, PLATINUM] = [0, 1, 2, 3];
const FLOOR: Transition = { mode: 'FLOOR', until: day('2027-10-01') };
const BOTH: Transition = { mode: 'BOTH', until: day('2027-10-01') };

type Steps = Readonly<Record<string, number>>;

function steps(computed: Steps): Step[] {
  return Object.entries(computed).map(([from, rank]) => ({ from: day(from), rank }));
}

/** What a partner enrolled on 2026-01-01 has under an old rulebook and, from 2026-10-01, under a new one. */
function acrossRulebooks({
  before,
  after,
  oldPolicy = {},
  newPolicy = {},
  transition = null,
  tiers,
  remap = {},
  enrolledOn = '2026-01-01',
  overrides = [],
}: {
  readonly before: Steps;
  readonly after: Steps;
  readonly oldPolicy?: Partial<Policy>;
  readonly newPolicy?: Partial<Policy>;
  readonly transition?: Transition | null;
  readonly tiers?: readonly string[];
  readonly remap?: Readonly<Record<string, string>>;
  readonly enrolledOn?: string;
  readonly overrides?: readonly Override[];
}) {
  return timelineOf({
    rulebooks: [
      policyRulebook('old', day('2020-01-01'), { policy: oldPolicy }),
      policyRulebook('new', day('2026-10-01'), {
        policy: newPolicy,
        transition,
        remap,
        ...(tiers === undefined ? {} : { tiers }),
      }),
    ],
    enrolledOn: day(enrolledOn),
    computed: [steps(before), steps(after)],
    overrides,
  });
}

describe('rule 19: a transition in mode FLOOR', () => {
  test('rule 19: Gold under the old rules is kept until the transition ends, then falls whole on that day', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER },
      transition: FLOOR,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-10-01',
      '2027-10-01 SILVER',
    ]);
    expect(timeline.map(({ status }) => status.rulebookId)).toEqual(['old', 'new', 'new']);
  });

  test('rule 19: whoever meets more than the floor is promoted at once', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER, '2027-03-01': PLATINUM, '2027-04-01': AUTHORIZED },
      transition: FLOOR,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-03-01',
      '2027-03-01 PLATINUM',
      '2027-04-01 GOLD (computed AUTHORIZED) TRANSITION until 2027-10-01',
      '2027-10-01 AUTHORIZED',
    ]);
  });

  test('rule 19: policy starts again at the computed tier, its lock and grace forgotten', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': SILVER, '2026-09-01': GOLD, '2026-09-10': SILVER },
      after: { '2026-01-01': SILVER },
      oldPolicy: { lock: { months: 24 } },
      newPolicy: { lock: { months: 24 }, demotion: { mode: 'GRACE', grace: { months: 12 }, step: 'WHOLE' } },
      transition: FLOOR,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 SILVER',
      '2026-09-01 GOLD',
      '2026-09-10 GOLD (computed SILVER) LOCK until 2026-10-01',
      '2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-10-01',
      '2027-10-01 SILVER',
    ]);
  });

  test('rule 19: the floor goes through the remap', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': 0 },
      tiers: ['REGISTERED', 'PREMIER', 'ELITE'],
      remap: { AUTHORIZED: 'REGISTERED', SILVER: 'PREMIER', GOLD: 'PREMIER', PLATINUM: 'ELITE' },
      transition: FLOOR,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-10-01 PREMIER (computed REGISTERED) TRANSITION until 2027-10-01',
      '2027-10-01 REGISTERED',
    ]);
  });

  test('rule 19: the floor leaves overrides out, and is the tier of the day before', () => {
    const override: Override = {
      id: 'o1',
      tier: 'PLATINUM',
      rulebookId: 'old',
      firstOn: day('2026-09-01'),
      endsOn: day('2026-11-01'),
      reason: 'strategic',
      actor: 'ada',
    };
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD, '2026-09-30': SILVER },
      after: { '2026-01-01': AUTHORIZED },
      transition: FLOOR,
      overrides: [override],
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-09-01 PLATINUM (computed GOLD) OVERRIDE until 2026-11-01',
      '2026-09-30 PLATINUM (computed SILVER) OVERRIDE until 2026-11-01',
      '2026-10-01 PLATINUM (computed AUTHORIZED) OVERRIDE until 2026-11-01 TRANSITION until 2027-10-01',
      '2026-11-01 SILVER (computed AUTHORIZED) TRANSITION until 2027-10-01',
      '2027-10-01 AUTHORIZED',
    ]);
  });

  test('rule 19: who enrols when the new rulebook is in force has no floor', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER },
      transition: FLOOR,
      enrolledOn: '2026-10-01',
    });
    expect(describeTimeline(timeline)).toEqual(['2026-10-01 SILVER']);
  });

  test('rule 19: a lock that ends within the transition is held beside it', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': SILVER },
      after: { '2026-01-01': AUTHORIZED, '2027-01-01': GOLD, '2027-02-01': AUTHORIZED },
      newPolicy: { lock: { months: 3 } },
      transition: FLOOR,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 SILVER',
      '2026-10-01 SILVER (computed AUTHORIZED) TRANSITION until 2027-01-01',
      '2027-01-01 GOLD',
      '2027-02-01 GOLD (computed AUTHORIZED) TRANSITION until 2027-10-01 LOCK until 2027-04-01',
      '2027-04-01 SILVER (computed AUTHORIZED) TRANSITION until 2027-10-01',
      '2027-10-01 AUTHORIZED',
    ]);
  });

  test('rule 27: the end of the transition is a risk that is seen coming', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER },
      newPolicy: { atRiskDays: 90 },
      transition: FLOOR,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-10-01',
      '2027-07-03 GOLD (computed SILVER) TRANSITION until 2027-10-01 at risk of SILVER on 2027-10-01',
      '2027-10-01 SILVER',
    ]);
  });
});

describe('rule 19: a new rulebook without a transition', () => {
  test('rule 19: without policy to hold it, the tier is the computed one at once', () => {
    const timeline = acrossRulebooks({ before: { '2026-01-01': GOLD }, after: { '2026-01-01': SILVER } });
    expect(describeTimeline(timeline)).toEqual(['2026-01-01 GOLD', '2026-10-01 SILVER']);
  });

  test('rule 19: tier, lock and grace pass through the remap', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': SILVER, '2026-09-01': PLATINUM, '2026-09-10': GOLD },
      after: { '2026-01-01': 0 },
      oldPolicy: { lock: { months: 3 }, demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' } },
      newPolicy: { demotion: { mode: 'GRACE', grace: { days: 100 }, step: 'WHOLE' } },
      tiers: ['REGISTERED', 'PREMIER', 'ELITE', 'TOP'],
      remap: { AUTHORIZED: 'REGISTERED', SILVER: 'REGISTERED', GOLD: 'PREMIER', PLATINUM: 'TOP' },
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 SILVER',
      '2026-09-01 PLATINUM',
      '2026-09-10 PLATINUM (computed GOLD) LOCK until 2026-12-01 GRACE until 2026-12-19',
      '2026-10-01 TOP (computed REGISTERED) LOCK until 2026-12-01 GRACE until 2026-12-19',
      '2026-12-01 TOP (computed REGISTERED) GRACE until 2026-12-19',
      '2026-12-19 PREMIER (computed REGISTERED) GRACE until 2027-01-09',
      '2027-01-09 REGISTERED',
    ]);
  });

  test('rule 19: where the remap makes one tier of this and the computed one, it stays, and so does the hold', () => {
    const grace = (days: number) =>
      ({ demotion: { mode: 'GRACE', grace: { days }, step: 'WHOLE' } }) as const;
    const timeline = acrossRulebooks({
      before: { '2026-01-01': SILVER, '2026-09-01': AUTHORIZED },
      after: { '2026-01-01': 0 },
      oldPolicy: grace(60),
      // So it is over on the day on which this one takes effect, and begins again.
      newPolicy: grace(30),
      tiers: ['MEMBER', 'PARTNER'],
      remap: { AUTHORIZED: 'PARTNER', SILVER: 'PARTNER', GOLD: 'PARTNER', PLATINUM: 'PARTNER' },
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 SILVER',
      '2026-09-01 SILVER (computed AUTHORIZED) GRACE until 2026-10-31',
      '2026-10-01 PARTNER (computed MEMBER) GRACE until 2026-10-31',
      '2026-10-31 MEMBER',
    ]);
  });

  test('rule 19: a lock from the old rulebook goes on under one without locks, promoted or not', () => {
    const timeline = acrossRulebooks({
      before: { '2026-09-01': SILVER },
      after: { '2026-09-01': SILVER, '2026-10-10': GOLD, '2026-10-20': AUTHORIZED },
      oldPolicy: { lock: { months: 3 } },
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-09-01 SILVER',
      '2026-10-01 SILVER',
      '2026-10-10 GOLD',
      '2026-10-20 GOLD (computed AUTHORIZED) LOCK until 2026-12-01',
      '2026-12-01 AUTHORIZED',
    ]);
  });

  test('rule 19: a floor passes through the remap of a later rulebook and keeps its end', () => {
    const timeline = timelineOf({
      rulebooks: [
        policyRulebook('r1', day('2020-01-01')),
        policyRulebook('r2', day('2026-10-01'), { transition: FLOOR }),
        policyRulebook('r3', day('2027-01-01'), {
          tiers: ['A', 'B', 'C'],
          remap: { AUTHORIZED: 'A', SILVER: 'B', GOLD: 'B', PLATINUM: 'C' },
        }),
      ],
      enrolledOn: day('2026-01-01'),
      computed: [steps({ '2026-01-01': GOLD }), steps({ '2026-01-01': SILVER }), steps({ '2026-01-01': 0 })],
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-10-01',
      '2027-01-01 B (computed A) TRANSITION until 2027-10-01',
      '2027-10-01 A',
    ]);
  });
});

describe('rule 19: a transition in mode BOTH', () => {
  test('rule 19: the higher of old and new counts, and the rulebook that gives it', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD, '2027-02-01': SILVER },
      after: { '2026-01-01': SILVER, '2026-12-01': PLATINUM, '2027-01-01': SILVER },
      transition: BOTH,
    });
    expect(timeline.map(({ status }) => [status.rulebookId, status.tier])).toEqual([
      ['old', 'GOLD'],
      ['new', 'PLATINUM'],
      ['old', 'GOLD'],
      ['new', 'SILVER'],
    ]);
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-12-01 PLATINUM',
      '2027-01-01 GOLD',
      '2027-02-01 SILVER',
    ]);
  });

  test('rule 19: the old rulebook stops counting when the transition ends', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER },
      transition: BOTH,
    });
    expect(describeTimeline(timeline)).toEqual(['2026-01-01 GOLD', '2027-10-01 SILVER']);
  });

  test('rule 19: each rulebook keeps its own policy', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD, '2026-12-01': AUTHORIZED },
      after: { '2026-01-01': SILVER, '2026-12-01': AUTHORIZED },
      oldPolicy: { demotion: { mode: 'GRACE', grace: { days: 31 }, step: 'WHOLE' } },
      transition: BOTH,
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2026-12-01 GOLD (computed AUTHORIZED) GRACE until 2027-01-01',
      '2027-01-01 AUTHORIZED',
    ]);
  });

  test('rule 19: who enrols later is judged by both as well', () => {
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER },
      transition: BOTH,
      enrolledOn: '2027-01-01',
    });
    expect(describeTimeline(timeline)).toEqual(['2027-01-01 GOLD', '2027-10-01 SILVER']);
  });

  test('rule 19: beside an override, in the newest terms, the newest rulebook counts', () => {
    const override: Override = {
      id: 'o1',
      tier: 'DIAMOND',
      rulebookId: 'new',
      firstOn: day('2026-11-01'),
      endsOn: day('2026-12-01'),
      reason: 'strategic',
      actor: 'ada',
    };
    const timeline = acrossRulebooks({
      before: { '2026-01-01': GOLD },
      after: { '2026-01-01': SILVER },
      tiers: ['AUTHORIZED', 'SILVER', 'GOLD', 'PLATINUM', 'DIAMOND'],
      transition: BOTH,
      overrides: [override],
    });
    expect(timeline.map(({ status }) => [status.rulebookId, status.tier, status.computedTier])).toEqual([
      ['old', 'GOLD', 'GOLD'],
      ['new', 'DIAMOND', 'SILVER'],
      ['old', 'GOLD', 'GOLD'],
      ['new', 'SILVER', 'SILVER'],
    ]);
  });

  test('rule 19: a later FLOOR takes the highest of all that counted', () => {
    const timeline = timelineOf({
      rulebooks: [
        policyRulebook('r1', day('2020-01-01')),
        policyRulebook('r2', day('2026-10-01'), { transition: BOTH }),
        policyRulebook('r3', day('2027-01-01'), { transition: { mode: 'FLOOR', until: day('2027-03-01') } }),
      ],
      enrolledOn: day('2026-01-01'),
      computed: [steps({ '2026-01-01': GOLD }), steps({ '2026-01-01': SILVER }), steps({})],
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 GOLD',
      '2027-01-01 GOLD (computed AUTHORIZED) TRANSITION until 2027-03-01',
      '2027-03-01 AUTHORIZED',
    ]);
  });
});

describe('rule 20: overrides and rulebooks', () => {
  test('rule 20: an override passes through the remap', () => {
    const override: Override = {
      id: 'o1',
      tier: 'GOLD',
      rulebookId: 'old',
      firstOn: day('2026-09-01'),
      endsOn: day('2026-11-01'),
      reason: 'strategic',
      actor: 'ada',
    };
    const timeline = acrossRulebooks({
      before: {},
      after: {},
      tiers: ['REGISTERED', 'PREMIER'],
      remap: { AUTHORIZED: 'REGISTERED', SILVER: 'REGISTERED', GOLD: 'PREMIER', PLATINUM: 'PREMIER' },
      overrides: [override],
    });
    expect(describeTimeline(timeline)).toEqual([
      '2026-01-01 AUTHORIZED',
      '2026-09-01 GOLD (computed AUTHORIZED) OVERRIDE until 2026-11-01',
      '2026-10-01 PREMIER (computed REGISTERED) OVERRIDE until 2026-11-01',
      '2026-11-01 REGISTERED',
    ]);
  });
});

describe('rulebooksInForce', () => {
  const rulebooks = [
    policyRulebook('r1', day('2020-01-01')),
    policyRulebook('r2', day('2026-10-01'), { transition: BOTH }),
    policyRulebook('r3', day('2027-01-01')),
    policyRulebook('r4', day('2027-06-01'), { transition: { mode: 'BOTH', until: day('2027-08-01') } }),
  ];

  test.each([
    ['2019-12-31', []],
    ['2020-01-01', [0]],
    ['2026-10-01', [0, 1]],
    ['2027-01-01', [0, 2]],
    ['2027-06-01', [0, 2, 3]],
    ['2027-07-31', [0, 2, 3]],
    ['2027-08-01', [3]],
  ])('rule 19: on %s those with index %j', (on, indexes) => {
    expect(rulebooksInForce(rulebooks, day(on)).map(({ index }) => index)).toEqual(indexes);
  });
});

test('rule 22: an entry recorded later moves the enrolment', () => {
  const rulebooks = [policyRulebook('r1', day('2020-01-01'))];
  const corrected = { ...entry(day('2026-03-01')), firstOn: day('2026-01-01'), recordedAt: 5 };
  const timeline = timelineOf({
    rulebooks,
    enrolledOn: day('2026-01-01'),
    entries: [entry(day('2026-01-01')), corrected],
    computed: [steps({ '2026-01-01': GOLD })],
  });
  expect(describeTimeline(timeline)).toEqual(['2026-03-01 GOLD']);
});
