import { entryOn } from '../partner/entry-on.ts';
import type { Fact } from '../partner/fact.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import { scopesOf } from '../rulebook/measuring-scope.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Day, Days } from '../values/day.ts';
import { byContent, candidates, contributions, slotDays } from './contribution.ts';

/**
 * The facts that begin or cease to count for a number of the rulebook on `on`: that occur then, expire, or
 * enter or leave a window or the family. They are what the passing of this day changed. In the order of
 * `byContent`.
 */
export function boundaryFacts(partner: PartnerInputs, rulebook: Rulebook, on: Day): readonly Fact[] {
  const enrolledOn = entryOn(partner.entries, on)?.enrolledOn ?? partner.entries[0]?.enrolledOn ?? on;
  const setting = { rulebook, enrolledOn };
  const factsOf = candidates(partner);
  const turning = new Map<string, Fact>();
  const look = (fact: Fact, runs: readonly Days[]): void => {
    if (runs.some(({ from, until }) => from === on || until === on)) turning.set(fact.id, fact);
  };
  for (const { metrics, groups } of scopesOf(rulebook)) {
    for (const metric of metrics.keys()) {
      for (const candidate of factsOf(metric.kind, metric.scope)) {
        look(candidate.fact, contributions(candidate, metric, setting));
      }
    }
    for (const { scope, slots } of groups.keys()) {
      for (const candidate of factsOf('certification', scope)) {
        for (const { where } of slots) look(candidate.fact, slotDays(candidate, where));
      }
    }
  }
  return [...turning.values()].sort(byContent);
}
