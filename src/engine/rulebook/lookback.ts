import { everyPart } from './requirement-parts.ts';
import type { HeldLength, HeldSpan, Lookback, NamedRequirement, Rulebook } from './rulebook.ts';

/** What a rulebook asks of the days before; null if nothing, as most do. */
export function lookbackOf({
  tiers,
  specializations,
}: Pick<Rulebook, 'tiers' | 'specializations'>): Lookback | null {
  const seen = new Set<NamedRequirement>();
  const asked = [
    ...tiers.flatMap(({ requirement, retain }) => [requirement, retain]),
    ...specializations.map(({ requirement }) => requirement),
  ];
  const spans = asked
    .flatMap((requirement) => (requirement === null ? [] : [...everyPart(requirement, seen)]))
    .flatMap((part) => (part.type === 'HELD' ? spanOf(part, tiers) : []));
  const retains = tiers.some(({ retain }) => retain !== null);
  const different = [...new Map(spans.map((span) => [JSON.stringify(span), span])).values()];
  return retains || different.length > 0 ? { retains, spans: different } : null;
}

/** What a requirement asks to have been held; throws for a tier that the rulebook does not have. */
export function spanOf(
  { tier, length }: { readonly tier: string; readonly length: HeldLength },
  tiers: Rulebook['tiers'],
): HeldSpan {
  const rank = tiers.findIndex(({ code }) => code === tier);
  if (rank < 0) throw new Error(`The rulebook has no tier ${tier}.`);
  return { rank, length };
}
