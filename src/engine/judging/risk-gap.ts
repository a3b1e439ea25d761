import { type Holdings, NOTHING_HELD } from '../measuring/holdings.ts';
import { withHoldings } from '../measuring/measurements.ts';
import { createMeasurer } from '../measuring/measurer.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { Risk } from '../partner/status.ts';
import { remapTier, type TierRef } from '../rulebook/tier-ladder.ts';
import type { Day } from '../values/day.ts';
import { gapTo } from './judge.ts';
import type { TierGap } from './standing.ts';

/**
 * What is missing, on the day of the fall, to keep the tier `held` that is at risk; null if its requirement
 * is met then, because something else than the data lets it fall. Judged by the later of the rulebooks that
 * count before and then, with what policy holds until then.
 */
export function gapAtRisk(
  partner: PartnerInputs,
  held: TierRef,
  risk: Risk,
  heldBy: (rulebook: number, on: Day) => Holdings | null,
): TierGap | null {
  const { rulebooks } = partner;
  const from = rulebooks.findIndex(({ id }) => id === held.rulebookId);
  const then = rulebooks.findIndex(({ id }) => id === risk.rulebookId);
  const index = Math.max(from, then);
  const published = rulebooks[index];
  if (from < 0 || published === undefined) throw new Error(`Rulebook ${held.rulebookId} is unknown.`);
  const { rulebook } = published;
  const measured = createMeasurer(partner, rulebook).measure(risk.on);
  const measurements = withHoldings(measured, rulebook, heldBy(index, risk.on) ?? NOTHING_HELD);
  const gap = gapTo(rulebook, measurements, remapTier(rulebooks, from, held.tier, index));
  return gap === null || gap.missing.length + gap.forfeits.length === 0 ? null : gap;
}
