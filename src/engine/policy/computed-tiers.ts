import { judge } from '../judging/judge.ts';
import { createMeasurer } from '../measuring/measurer.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import type { Computed, ComputedDay } from './policy.ts';

/** The computed tier by one rulebook, measured and judged only on days on which something may differ. */
export function createComputedTiers(partner: PartnerInputs, rulebook: Rulebook): Computed {
  const measurer = createMeasurer(partner, rulebook);
  const ranks = new Map(rulebook.tiers.map(({ code }, rank) => [code, rank]));
  let period: { readonly from: Day; readonly until: Day | null; readonly computed: ComputedDay } | null =
    null;

  function stretchOn(day: Day) {
    if (period !== null && period.from <= day && (period.until === null || day < period.until)) return period;
    const until = measurer.nextMeasurementChangeOn(day);
    period = { from: day, until, computed: computeOn(day) };
    return period;
  }

  function computeOn(day: Day): ComputedDay {
    const verdict = judge(rulebook, measurer.measure(day));
    const rank = ranks.get(verdict.computedTier);
    if (rank === undefined) throw new Error(`The rulebook has no tier ${verdict.computedTier}.`);
    const insufficient = new Set<number>();
    for (const [tier, outcome] of verdict.tierOutcomes) {
      const index = ranks.get(tier);
      if (outcome === 'INSUFFICIENT_DATA' && index !== undefined) insufficient.add(index);
    }
    return { rank, insufficient, specializations: verdict.specializations };
  }

  // Reviews sometimes look back; that must not evict the current days.
  const on = (day: Day) => (period !== null && day < period.from ? computeOn(day) : stretchOn(day).computed);
  return { on, nextChangeOn: (after) => stretchOn(after).until };
}
