import { prove } from './judge.ts';
import type { Measurements } from './measurements.ts';
import type { Rulebook } from './rulebook.ts';

/** The tier above the computed one and the places in the rulebook's document of what is missing for it. Plain JSON, to search partners by. */
export type NextGap = { readonly tier: string; readonly missing: readonly string[] };

/** What the standing's `next` says, in short; null where there is no tier above. A place is named once, however many items miss it. */
export function nextGap(rulebook: Rulebook, measurements: Measurements): NextGap | null {
  const { next } = prove(rulebook, measurements);
  return next && { tier: next.tier, missing: [...new Set(next.missing.map(({ path }) => path))] };
}
