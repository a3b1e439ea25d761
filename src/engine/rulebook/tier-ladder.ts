import type { PublishedRulebook } from './rulebook.ts';

/** A tier by its code and the rulebook that defines it. */
export type TierRef = { readonly rulebookId: string; readonly tier: string };

/**
 * The index of a tier in its rulebook, 0 for the lowest; throws for a code that the rulebook doesn't define.
 */
export function rankOf(published: PublishedRulebook, tier: string): number {
  const rank = published.rulebook.tiers.findIndex(({ code }) => code === tier);
  if (rank < 0) throw new Error(`Rulebook ${published.id} has no tier ${tier}.`);
  return rank;
}

/** The code of the tier at `rank`; throws when there is none. */
export function tierAt(published: PublishedRulebook, rank: number): string {
  const tier = published.rulebook.tiers[rank];
  if (tier === undefined) throw new Error(`Rulebook ${published.id} has no tier of rank ${rank}.`);
  return tier.code;
}

/**
 * What a tier of one rulebook is called in the one at `to`, by way of every remap between them. `rulebooks`
 * ascend by `effectiveFrom`, and `from` is not after `to`.
 */
export function remapTier(
  rulebooks: readonly PublishedRulebook[],
  from: number,
  tier: string,
  to: number,
): string {
  return rulebooks.slice(from + 1, to + 1).reduce((code, published) => remapInto(published, code), tier);
}

/**
 * How `to` compares with `from`: by rank in the later of their rulebooks. REMAPPED when the later rulebook
 * merely gives the same tier another code, null when nothing about it differs.
 */
export function compareTiers(
  rulebooks: readonly PublishedRulebook[],
  from: TierRef,
  to: TierRef,
): 'UP' | 'DOWN' | 'REMAPPED' | null {
  if (from.tier === to.tier) return null;
  const fromIndex = indexOf(rulebooks, from.rulebookId);
  const toIndex = indexOf(rulebooks, to.rulebookId);
  const latest = Math.max(fromIndex, toIndex);
  const published = rulebooks[latest];
  if (published === undefined) throw new Error(`No rulebook ${to.rulebookId}.`);
  const before = rankOf(published, remapTier(rulebooks, fromIndex, from.tier, latest));
  const after = rankOf(published, remapTier(rulebooks, toIndex, to.tier, latest));
  if (before === after) return 'REMAPPED';
  return after > before ? 'UP' : 'DOWN';
}

function remapInto(published: PublishedRulebook, code: string): string {
  return published.rulebook.remap.get(code) ?? code;
}

function indexOf(rulebooks: readonly PublishedRulebook[], id: string): number {
  const index = rulebooks.findIndex((published) => published.id === id);
  if (index < 0) throw new Error(`Rulebook ${id} is unknown.`);
  return index;
}
