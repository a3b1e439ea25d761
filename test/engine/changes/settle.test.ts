import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/engine/changes/change.ts';
import { settle } from '../../../src/engine/changes/settle.ts';
import type { Timeline } from '../../../src/engine/partner/status.ts';
import { statusOn } from '../../../src/engine/policy/timeline.ts';
import type { Policy } from '../../../src/engine/rulebook/policy-rules.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { day, entry, policyRulebook, type Step, timelineOf } from '../support/policy-inputs.ts';

const [AUTHORIZED, SILVER, GOLD, PLATINUM] = [0, 1, 2, 3];
const ENROLLED_ON = day('2026-01-01');

function steps(computed: Readonly<Record<string, number>>): Step[] {
  return Object.entries(computed).map(([from, rank]) => ({ from: day(from), rank }));
}

function rulebook(policy: Partial<Policy> = {}) {
  return [policyRulebook('r1', day('2020-01-01'), { policy })];
}

function timeline(computed: readonly Step[], policy: Partial<Policy> = {}): Timeline {
  return timelineOf({ rulebooks: rulebook(policy), enrolledOn: ENROLLED_ON, computed: [computed] });
}

/** The change in one line, its day first. */
function describeChange({ on, trigger, detail }: Change): string {
  const { type, ...rest } = detail;
  const days = new Set(['since', 'on', 'fromOn', 'untilOn']);
  const said = Object.entries(rest).map(([key, value]) => {
    if (typeof value === 'number' && days.has(key)) return `${key} ${formatDay(value)}`;
    if (value !== null && typeof value === 'object' && 'reason' in value) {
      return `${value.reason} until ${value.until === null ? 'further notice' : formatDay(value.until)}`;
    }
    return `${key} ${value}`;
  });
  return `${formatDay(on)} ${trigger} ${[type, ...said].join(', ')}`;
}

function settled(
  previous: Timeline | null,
  judgedOn: string,
  next: Timeline,
  today: string,
  policy: Partial<Policy> = {},
): string[] {
  return settle({
    previous:
      previous === null ? null : { timeline: previous, judgedOn: day(judgedOn), rulebooks: rulebook(policy) },
    next,
    today: day(today),
    trigger: 'FACT',
    rulebooks: rulebook(policy),
  }).map(describeChange);
}

describe('rule 24: the log follows the standing of the current day', () => {
  test('rule 24: the first tier comes from null on enrolment, and no history is revised', () => {
    const next = timeline(steps({ '2026-01-01': SILVER, '2026-03-01': GOLD }));
    expect(settled(null, '', next, '2026-11-23')).toEqual([
      '2026-11-23 FACT TierChanged, from null, to GOLD, direction ENTERED, since 2026-03-01',
    ]);
  });

  test('rule 24: a fact of today raises the tier today', () => {
    const before = timeline(steps({ '2026-01-01': SILVER }));
    const next = timeline(steps({ '2026-01-01': SILVER, '2026-11-23': GOLD }));
    expect(settled(before, '2026-11-23', next, '2026-11-23')).toEqual([
      '2026-11-23 FACT TierChanged, from SILVER, to GOLD, direction UP, since 2026-11-23',
    ]);
  });

  test('rule 24: a late fact names the day since which the tier is now believed, and the revised days', () => {
    const before = timeline(steps({ '2026-01-01': SILVER }));
    const next = timeline(steps({ '2026-01-01': SILVER, '2026-11-01': GOLD, '2027-11-01': SILVER }));
    expect(settled(before, '2026-11-22', next, '2026-11-23')).toEqual([
      '2026-11-23 FACT TierChanged, from SILVER, to GOLD, direction UP, since 2026-11-01',
      '2026-11-23 FACT HistoryRevised, fromOn 2026-11-01, untilOn 2026-11-23',
    ]);
  });

  test('rule 24: days of the past that changed are logged once, also when today is unchanged', () => {
    const before = timeline(steps({ '2026-01-01': SILVER, '2026-10-01': AUTHORIZED }));
    const next = timeline(
      steps({
        '2026-01-01': SILVER,
        '2026-03-01': GOLD,
        '2026-04-01': SILVER,
        '2026-05-01': GOLD,
        '2026-06-01': SILVER,
        '2026-10-01': AUTHORIZED,
      }),
    );
    expect(settled(before, '2026-11-22', next, '2026-11-23')).toEqual([
      '2026-11-23 FACT HistoryRevised, fromOn 2026-03-01, untilOn 2026-06-01',
    ]);
  });

  test('rule 24: what the past foresaw may become different without a word', () => {
    const policy = { atRiskDays: 365 };
    const before = timeline(steps({ '2026-01-01': SILVER, '2027-01-01': AUTHORIZED }), policy);
    const next = timeline(steps({ '2026-01-01': SILVER, '2027-06-01': AUTHORIZED }), policy);
    expect(settled(before, '2026-11-22', next, '2026-11-23', policy)).toEqual([]);
  });

  test('rule 24: nothing new, nothing logged', () => {
    const before = timeline(steps({ '2026-01-01': SILVER }));
    expect(settled(before, '2026-11-22', before, '2026-11-23')).toEqual([]);
  });

  test('rule 24: days never go back, even where the clock does', () => {
    const before = timeline(steps({ '2026-01-01': SILVER }));
    const next = timeline(steps({ '2026-01-01': SILVER, '2026-11-20': GOLD }));
    expect(settled(before, '2026-11-23', next, '2026-11-20')).toEqual([
      '2026-11-23 FACT TierChanged, from SILVER, to GOLD, direction UP, since 2026-11-20',
      '2026-11-23 FACT HistoryRevised, fromOn 2026-11-20, untilOn 2026-11-23',
    ]);
  });

  test('rule 24: who leaves has no tier any more', () => {
    const before = timeline(steps({ '2026-01-01': SILVER }));
    const next = timelineOf({
      rulebooks: rulebook(),
      enrolledOn: ENROLLED_ON,
      entries: [entry(ENROLLED_ON, day('2026-11-23'))],
      computed: [steps({ '2026-01-01': SILVER })],
    });
    expect(settled(before, '2026-11-22', next, '2026-11-23')).toEqual([
      '2026-11-23 FACT TierChanged, from SILVER, to null, direction LEFT, since 2026-11-23',
    ]);
  });
});

describe('rule 25: overdue days', () => {
  test('rule 25: each on its own day with what was known before, then what is new', () => {
    const before = timeline(
      steps({
        '2026-01-01': PLATINUM,
        '2026-11-20': GOLD,
        '2026-11-22': SILVER,
        '2026-11-23': AUTHORIZED,
        '2026-11-24': PLATINUM,
      }),
    );
    const next = timeline(
      steps({ '2026-01-01': PLATINUM, '2026-11-20': GOLD, '2026-11-22': SILVER, '2026-11-23': GOLD }),
    );
    expect(settled(before, '2026-11-20', next, '2026-11-23')).toEqual([
      '2026-11-22 TIME TierChanged, from GOLD, to SILVER, direction DOWN, since 2026-11-22',
      '2026-11-23 TIME TierChanged, from SILVER, to AUTHORIZED, direction DOWN, since 2026-11-23',
      '2026-11-23 FACT TierChanged, from AUTHORIZED, to GOLD, direction UP, since 2026-11-23',
    ]);
  });

  test('rule 25: a second write on the same day repeats nothing', () => {
    const before = timeline(steps({ '2026-01-01': GOLD, '2026-11-22': SILVER }));
    expect(settled(before, '2026-11-22', before, '2026-11-22')).toEqual([]);
  });
});

describe('rule 26: triggers, rulebooks and remaps', () => {
  const remap = { AUTHORIZED: 'AUTHORIZED', SILVER: 'SILVER', GOLD: 'PREMIER', PLATINUM: 'PREMIER' };
  const rulebooks = [
    policyRulebook('old', day('2020-01-01')),
    policyRulebook('new', day('2026-10-01'), { tiers: ['AUTHORIZED', 'SILVER', 'PREMIER'], remap }),
  ];

  function switched(before: number, after: number): Change[] {
    const computed = [steps({ '2026-01-01': before }), steps({ '2026-01-01': after })];
    const next = timelineOf({ rulebooks, enrolledOn: ENROLLED_ON, computed });
    const previous = { timeline: next, judgedOn: day('2026-09-30'), rulebooks };
    return settle({ previous, next, today: day('2026-10-02'), trigger: 'FACT', rulebooks });
  }

  test('rule 26: the same code in a new rulebook is no change', () => {
    expect(switched(SILVER, SILVER)).toEqual([]);
  });

  test('rule 26: a renamed tier has direction REMAPPED, and both rulebooks are named', () => {
    expect(switched(GOLD, 2)).toEqual([
      {
        on: day('2026-10-01'),
        trigger: 'RULEBOOK',
        rulebookId: 'new',
        previousRulebookId: 'old',
        detail: {
          type: 'TierChanged',
          from: 'GOLD',
          to: 'PREMIER',
          direction: 'REMAPPED',
          since: day('2026-10-01'),
        },
      },
    ]);
  });

  test('rule 26: the direction is by rank in the later rulebook', () => {
    expect(switched(SILVER, 2).map(describeChange)).toEqual([
      '2026-10-01 RULEBOOK TierChanged, from SILVER, to PREMIER, direction UP, since 2026-10-01',
    ]);
    expect(switched(PLATINUM, SILVER).map(describeChange)).toEqual([
      '2026-10-01 RULEBOOK TierChanged, from PLATINUM, to SILVER, direction DOWN, since 2026-10-01',
    ]);
  });

  describe('a withdrawal', () => {
    const rank = { old: GOLD, new: AUTHORIZED };
    const computed = [steps({ '2026-01-01': rank.old }), steps({ '2026-01-01': rank.new })];
    const timelineBy = (counting: typeof rulebooks) =>
      timelineOf({ rulebooks: counting, enrolledOn: ENROLLED_ON, computed });
    const left = rulebooks.slice(0, 1);
    const withdrawnOn = (today: string, judgedOn: string, counting = left) =>
      settle({
        previous: { timeline: timelineBy(rulebooks), judgedOn: day(judgedOn), rulebooks },
        next: timelineBy(counting),
        today: day(today),
        trigger: 'RULEBOOK',
        rulebooks: counting,
      }).map(describeChange);

    test('rule 35: before it takes effect, what the rulebook was about to change does not happen', () => {
      expect(withdrawnOn('2026-09-30', '2026-09-20')).toEqual([]);
    });

    test('rule 35: later, one TierChanged leads back, in the terms of the rulebook that was withdrawn', () => {
      // GOLD is PREMIER there, which is higher than AUTHORIZED.
      expect(withdrawnOn('2026-10-05', '2026-10-03')).toEqual([
        '2026-10-05 RULEBOOK TierChanged, from AUTHORIZED, to GOLD, direction UP, since 2026-01-01',
        '2026-10-05 RULEBOOK HistoryRevised, fromOn 2026-10-01, untilOn 2026-10-05',
      ]);
    });

    test('rule 35: what it changed before it was withdrawn belongs to its day, however late that is judged', () => {
      expect(withdrawnOn('2026-10-05', '2026-09-20')).toEqual([
        '2026-10-01 RULEBOOK TierChanged, from GOLD, to AUTHORIZED, direction DOWN, since 2026-10-01',
        '2026-10-05 RULEBOOK TierChanged, from AUTHORIZED, to GOLD, direction UP, since 2026-01-01',
        '2026-10-05 RULEBOOK HistoryRevised, fromOn 2026-10-01, untilOn 2026-10-05',
      ]);
    });

    test('rule 35: without a rulebook before it there is no tier', () => {
      expect(withdrawnOn('2026-10-05', '2026-10-03', [])).toEqual([
        '2026-10-05 RULEBOOK TierChanged, from AUTHORIZED, to null, direction LEFT, since 2026-10-05',
        expect.stringMatching(/^2026-10-05 RULEBOOK HistoryRevised/),
      ]);
    });
  });

  test('rules 23 and 27: a loss that a withdrawn rulebook foresaw is none; one that comes without it is news', () => {
    const policy = { atRiskDays: 365 };
    const watched = [
      policyRulebook('old', day('2020-01-01'), { policy }),
      policyRulebook('new', day('2026-10-01'), { policy }),
    ];
    const left = watched.slice(0, 1);
    const withdrawn = (old: readonly Step[]) => {
      const computed = [old, steps({ '2026-01-01': AUTHORIZED })];
      const previous = {
        timeline: timelineOf({ rulebooks: watched, enrolledOn: ENROLLED_ON, computed }),
        judgedOn: day('2026-09-20'),
        rulebooks: watched,
      };
      expect(statusOn(previous.timeline, previous.judgedOn).risk?.rulebookId).toBe('new');
      const next = timelineOf({ rulebooks: left, enrolledOn: ENROLLED_ON, computed });
      const changes = settle({
        previous,
        next,
        today: day('2026-09-20'),
        trigger: 'RULEBOOK',
        rulebooks: left,
      });
      return changes.map(describeChange);
    };
    expect(withdrawn(steps({ '2026-01-01': GOLD }))).toEqual(['2026-09-20 RULEBOOK RiskCleared']);
    expect(withdrawn(steps({ '2026-01-01': GOLD, '2027-01-01': SILVER }))).toEqual([
      '2026-09-20 RULEBOOK TierAtRisk, on 2027-01-01, from GOLD, tier SILVER, tierRulebookId old',
    ]);
  });
});

describe('specializations', () => {
  const held = (from: string, specializations: readonly string[]): Step => ({
    from: day(from),
    rank: SILVER,
    specializations,
  });

  test('rule 4: earned and lapsed ones are logged with the day since which it is so', () => {
    const before = timeline([held('2026-01-01', ['VIDEO', 'NETWORKING'])]);
    const next = timeline([
      held('2026-01-01', ['VIDEO', 'NETWORKING']),
      held('2026-11-01', ['NETWORKING', 'MIDMARKET']),
    ]);
    expect(settled(before, '2026-11-23', next, '2026-11-23')).toEqual([
      '2026-11-23 FACT SpecializationEarned, specialization MIDMARKET, since 2026-11-01',
      '2026-11-23 FACT SpecializationLapsed, specialization VIDEO, since 2026-11-01',
      '2026-11-23 FACT HistoryRevised, fromOn 2026-11-01, untilOn 2026-11-23',
    ]);
  });
});

describe('holds', () => {
  const policy = { demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' } } as const;

  test('rule 21: a hold starts and ends in the log', () => {
    const next = timeline(steps({ '2026-01-01': GOLD, '2026-10-01': SILVER }), policy);
    expect(settled(next, '2026-09-30', next, '2026-11-23', policy)).toEqual([
      '2026-10-01 TIME HoldStarted, GRACE until 2026-10-31, tier GOLD, computedTier SILVER',
      '2026-10-31 TIME TierChanged, from GOLD, to SILVER, direction DOWN, since 2026-10-31',
      '2026-10-31 TIME HoldEnded, GRACE until 2026-10-31, ending OVER, computedTier SILVER',
    ]);
  });

  test('rule 21: that the foreseen end of a hold moves is no entry', () => {
    const before = timeline(steps({ '2026-01-01': GOLD, '2026-11-20': SILVER }), policy);
    const next = timeline(steps({ '2026-01-01': GOLD, '2026-11-10': SILVER }), policy);
    expect(settled(before, '2026-11-22', next, '2026-11-23', policy)).toEqual([
      '2026-11-23 FACT HistoryRevised, fromOn 2026-11-10, untilOn 2026-11-20',
    ]);
  });

  test('rule 21: a hold that keeps another tier for the same reason is another one', () => {
    const next = timeline(
      steps({ '2026-01-01': PLATINUM, '2026-10-01': GOLD, '2026-10-20': SILVER }),
      policy,
    );
    expect(settled(next, '2026-09-30', next, '2026-11-23', policy)).toEqual([
      '2026-10-01 TIME HoldStarted, GRACE until 2026-10-31, tier PLATINUM, computedTier GOLD',
      '2026-10-31 TIME TierChanged, from PLATINUM, to GOLD, direction DOWN, since 2026-10-31',
      '2026-10-31 TIME HoldEnded, GRACE until 2026-10-31, ending OVER, computedTier SILVER',
      '2026-10-31 TIME HoldStarted, GRACE until 2026-11-19, tier GOLD, computedTier SILVER',
      '2026-11-19 TIME TierChanged, from GOLD, to SILVER, direction DOWN, since 2026-11-19',
      '2026-11-19 TIME HoldEnded, GRACE until 2026-11-19, ending OVER, computedTier SILVER',
    ]);
  });

  test('rule 21: a hold that is no longer needed says so: the computed tier came to the one held', () => {
    const next = timeline(steps({ '2026-01-01': GOLD, '2026-10-01': SILVER, '2026-10-05': GOLD }), policy);
    expect(settled(next, '2026-10-01', next, '2026-11-23', policy)).toEqual([
      '2026-10-05 TIME HoldEnded, GRACE until 2026-10-05, ending NOT_NEEDED, computedTier GOLD',
    ]);
    const higher = timeline(
      steps({ '2026-01-01': GOLD, '2026-10-01': SILVER, '2026-10-05': PLATINUM }),
      policy,
    );
    expect(settled(higher, '2026-10-01', higher, '2026-11-23', policy)).toEqual([
      '2026-10-05 TIME TierChanged, from GOLD, to PLATINUM, direction UP, since 2026-10-05',
      '2026-10-05 TIME HoldEnded, GRACE until 2026-10-05, ending NOT_NEEDED, computedTier PLATINUM',
    ]);
  });

  test('rule 21: a tier that waited for its promotion has it, or has lost what it waited for', () => {
    const review = {
      promotion: {
        mode: 'ON_REVIEW',
        calendar: { type: 'FISCAL', unit: 'QUARTER', offsetDays: 0 },
        measured: { daysBefore: 0 },
      },
    } as const;
    const waits = timeline(steps({ '2026-01-01': SILVER, '2026-08-01': GOLD }), review);
    expect(settled(waits, '2026-08-01', waits, '2026-11-23', review)).toEqual([
      '2026-10-01 TIME TierChanged, from SILVER, to GOLD, direction UP, since 2026-10-01',
      '2026-10-01 TIME HoldEnded, REVIEW until 2026-10-01, ending OVER, computedTier GOLD',
    ]);
    const fails = timeline(steps({ '2026-01-01': SILVER, '2026-08-01': GOLD, '2026-09-01': SILVER }), review);
    expect(settled(fails, '2026-08-01', fails, '2026-11-23', review)).toEqual([
      '2026-09-01 TIME HoldEnded, REVIEW until 2026-09-01, ending NOT_NEEDED, computedTier SILVER',
    ]);
  });
});

describe('rule 27: risk', () => {
  const policy = { atRiskDays: 60 };
  const fallsOn = (lost: string, to = SILVER) => timeline(steps({ '2026-01-01': GOLD, [lost]: to }), policy);
  const risk = '2026-11-23 FACT TierAtRisk, on';

  test('rule 27: logged by itself on the first day within the configured ones, and not as cleared when it comes true', () => {
    const next = fallsOn('2026-12-01');
    expect(settled(next, '2026-01-02', next, '2026-12-02', policy)).toEqual([
      '2026-10-02 TIME TierAtRisk, on 2026-12-01, from GOLD, tier SILVER, tierRulebookId r1',
      '2026-12-01 TIME TierChanged, from GOLD, to SILVER, direction DOWN, since 2026-12-01',
    ]);
  });

  test('rule 27: again only if it comes nearer or goes lower', () => {
    const from = (before: Timeline, next: Timeline) =>
      settled(before, '2026-11-23', next, '2026-11-23', policy);
    expect(from(fallsOn('2026-12-10'), fallsOn('2026-12-01'))).toEqual([
      `${risk} 2026-12-01, from GOLD, tier SILVER, tierRulebookId r1`,
    ]);
    expect(from(fallsOn('2026-12-10'), fallsOn('2026-12-10', AUTHORIZED))).toEqual([
      `${risk} 2026-12-10, from GOLD, tier AUTHORIZED, tierRulebookId r1`,
    ]);
    expect(from(fallsOn('2026-12-10'), fallsOn('2026-12-20'))).toEqual([]);
    expect(from(fallsOn('2026-12-10', AUTHORIZED), fallsOn('2026-12-10'))).toEqual([]);
  });

  test('rule 27: cleared when it is averted', () => {
    expect(settled(fallsOn('2026-12-01'), '2026-11-23', fallsOn('2027-06-01'), '2026-11-23', policy)).toEqual(
      ['2026-11-23 FACT RiskCleared'],
    );
  });

  test('rule 27: a tier left behind with the programme was not saved', () => {
    const next = timelineOf({
      rulebooks: rulebook(policy),
      enrolledOn: ENROLLED_ON,
      entries: [entry(ENROLLED_ON, day('2026-11-23'))],
      computed: [steps({ '2026-01-01': GOLD })],
    });
    expect(settled(fallsOn('2026-12-10'), '2026-11-22', next, '2026-11-23', policy)).toEqual([
      '2026-11-23 FACT TierChanged, from GOLD, to null, direction LEFT, since 2026-11-23',
    ]);
  });

  test('rule 27: a tier gained is a new one to lose', () => {
    const next = timeline(steps({ '2026-01-01': GOLD, '2026-11-23': PLATINUM, '2027-01-10': GOLD }), policy);
    expect(settled(fallsOn('2026-12-10'), '2026-11-22', next, '2026-11-23', policy)).toEqual([
      '2026-11-23 FACT TierChanged, from GOLD, to PLATINUM, direction UP, since 2026-11-23',
      `${risk} 2027-01-10, from PLATINUM, tier GOLD, tierRulebookId r1`,
    ]);
  });
});
