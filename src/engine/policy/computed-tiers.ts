import { judge } from '../judging/judge.ts';
import { createGauge } from '../measuring/gauge.ts';
import type { PartnerCase } from '../partner/partner-case.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import type { Computed, ComputedDay } from './policy.ts';

/** What a partner's facts come to by one rulebook, measured and judged only on days on which something may differ. */
export function createComputedTiers(partner: PartnerCase, rulebook: Rulebook): Computed {
  const gauge = createGauge(partner, rulebook);
  const ranks = new Map(rulebook.tiers.map(({ code }, rank) => [code, rank]));
  let stretch: { readonly from: Day; readonly until: Day | null; readonly computed: ComputedDay } | null =
    null;

  function stretchOn(day: Day) {
    if (stretch !== null && stretch.from <= day && (stretch.until === null || day < stretch.until))
      return stretch;
    const until = gauge.nextMeasurementChangeOn(day);
    stretch = { from: day, until, computed: computeOn(day) };
    return stretch;
  }

  function computeOn(day: Day): ComputedDay {
    const verdict = judge(rulebook, gauge.measure(day));
    const rank = ranks.get(verdict.computedTier);
    if (rank === undefined) throw new Error(`The rulebook has no tier ${verdict.computedTier}.`);
    const insufficient = new Set<number>();
    for (const [tier, outcome] of verdict.tierOutcomes) {
      const index = ranks.get(tier);
      if (outcome === 'INSUFFICIENT_DATA' && index !== undefined) insufficient.add(index);
    }
    return { rank, insufficient, specializations: verdict.specializations };
  }

  // Reviews look back now and then; that must not cost the days at hand.
  const on = (day: Day) =>
    stretch !== null && day < stretch.from ? computeOn(day) : stretchOn(day).computed;
  return { on, nextChangeOn: (after) => stretchOn(after).until };
}
