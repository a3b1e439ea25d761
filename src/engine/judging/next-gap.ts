import type { Measurements } from '../measuring/measurements.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { gapTo } from './judge.ts';

/**
 * The tier above the effective one and the places in the rulebook's document of what is missing for it. Plain
 * JSON, to search partners by.
 */
export type NextGap = { readonly tier: string; readonly missing: readonly string[] };

/**
 * What the standing's `next` says, in short, for the effective tier; null where there is no tier above. A
 * place is named once, however many items miss it.
 */
export function nextGap(
  rulebook: Rulebook,
  measurements: Measurements,
  effective: string | null,
): NextGap | null {
  const rank = rulebook.tiers.findIndex(({ code }) => code === effective);
  const above = rank < 0 ? undefined : rulebook.tiers[rank + 1];
  const gap = above === undefined ? null : gapTo(rulebook, measurements, above.code);
  if (gap === null) return null;
  const open = [...gap.missing, ...gap.forfeits];
  return { tier: gap.tier, missing: [...new Set(open.map(({ path }) => path))] };
}
