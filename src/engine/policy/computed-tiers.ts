import { judge } from '../judging/judge.ts';
import { answersOn, type Holdings } from '../measuring/holdings.ts';
import { withHoldings } from '../measuring/measurements.ts';
import { createMeasurer } from '../measuring/measurer.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import type { ComputedDay } from './policy.ts';

/** What judging by one rulebook says about a partner, given what policy held. */
export type ComputedTiers = {
  /** Of what was held, only the days before `day` count. */
  on(day: Day, held: Holdings): ComputedDay;
  /** The first day after `after` on which the data may say something else; null if they never will. */
  nextChangeOn(after: Day): Day | null;
};

/** Days on which the data say the same, and what that is by the answers to what was held before. */
type Stretch = {
  readonly from: Day;
  readonly until: Day | null;
  readonly computed: Map<string, ComputedDay>;
};

/** The computed tier by one rulebook, measured and judged only on days on which something may differ. */
export function createComputedTiers(partner: PartnerInputs, rulebook: Rulebook): ComputedTiers {
  const measurer = createMeasurer(partner, rulebook);
  const ranks = new Map(rulebook.tiers.map(({ code }, rank) => [code, rank]));
  let period: Stretch | null = null;

  function stretchOn(day: Day) {
    if (period !== null && period.from <= day && (period.until === null || day < period.until)) return period;
    const until = measurer.nextMeasurementChangeOn(day);
    period = { from: day, until, computed: new Map() };
    return period;
  }

  function rankOf(tier: string): number {
    const rank = ranks.get(tier);
    if (rank === undefined) throw new Error(`The rulebook has no tier ${tier}.`);
    return rank;
  }

  function computeOn(day: Day, held: Holdings): ComputedDay {
    const verdict = judge(rulebook, withHoldings(measurer.measure(day), rulebook, held));
    const insufficient = new Set<number>();
    for (const [tier, outcome] of verdict.tierOutcomes) {
      if (outcome === 'INSUFFICIENT_DATA') insufficient.add(rankOf(tier));
    }
    return {
      rank: rankOf(verdict.computedTier),
      insufficient,
      cap: rankOf(verdict.cap),
      specializations: verdict.specializations,
    };
  }

  return {
    on(day, held) {
      // Reviews sometimes look back; that must not evict the current days.
      if (period !== null && day < period.from) return computeOn(day, held);
      const { computed } = stretchOn(day);
      const answers = rulebook.lookback === null ? '' : answersOn(held, rulebook.lookback, day);
      const known = computed.get(answers) ?? computeOn(day, held);
      computed.set(answers, known);
      return known;
    },
    nextChangeOn: (after) => stretchOn(after).until,
  };
}
