import { createGauge } from './gauge.ts';
import { prove } from './judge.ts';
import type { Measurements } from './measurements.ts';
import type { PartnerCase } from './partner-case.ts';
import type { PublishedRulebook } from './rulebook.ts';
import type { TierGap } from './standing.ts';
import type { Risk } from './status.ts';
import { rankOf, remapTier, type TierRef } from './tier-ladder.ts';

/** What is missing for a tier by measurements made for its rulebook; null if its requirement is met. */
export function gapTo(
  published: PublishedRulebook,
  measurements: Measurements,
  tier: string,
): TierGap | null {
  const { rulebook } = published;
  const [lowest] = rulebook.tiers;
  const wanted = rulebook.tiers[rankOf(published, tier)];
  if (wanted === undefined || lowest === undefined || wanted === lowest) return null;
  // Among these two the wanted tier is the next one, unless it is met.
  return prove({ ...rulebook, tiers: [lowest, wanted] }, measurements).next;
}

/**
 * What is missing, on the day of the fall, to keep the tier `held` that is at risk; null if its requirement is met then, because
 * something else than the data lets it fall. Judged by the later of the rulebooks that count before and then.
 */
export function gapAtRisk(partner: PartnerCase, held: TierRef, risk: Risk): TierGap | null {
  const { rulebooks } = partner;
  const from = rulebooks.findIndex(({ id }) => id === held.rulebookId);
  const then = rulebooks.findIndex(({ id }) => id === risk.rulebookId);
  const index = Math.max(from, then);
  const published = rulebooks[index];
  if (from < 0 || published === undefined) throw new Error(`Rulebook ${held.rulebookId} is unknown.`);
  const measurements = createGauge(partner, published.rulebook).measure(risk.on);
  return gapTo(published, measurements, remapTier(rulebooks, from, held.tier, index));
}
