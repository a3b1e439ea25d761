import type { Missing } from './feed-facts.ts';

/** A requirement of the next tier, as the feed's document selects it; what is there depends on its type. */
export type GapProof = {
  readonly outcome: string;
  /** Of a threshold; null when there are too few facts to tell. */
  readonly shortfall?: string | null;
  readonly actual?: { readonly path: string };
  /** Of a specialization. */
  readonly specialization?: { readonly code: string };
  readonly requirement?: { readonly slots?: readonly Slot[] };
  /** Of a choice: so many of its parts. */
  readonly needed?: number;
  readonly met?: number;
  readonly parts?: readonly { readonly requirement: GapProof }[];
};

type Slot = { readonly required: number; readonly persons: readonly string[] };

/** The roles of a Solution Expert area's slots, in the rulebook's order. */
const ROLES = ['SALES', 'DESIGN'];

/**
 * What would help against an unmet requirement of Connect: revenue, good answers, or the missing certificates
 * of the nearest areas.
 */
export function missingOf(proof: GapProof): Missing[] {
  if (proof.outcome === 'MET') return [];
  const { actual, shortfall, parts } = proof;
  if (actual !== undefined) {
    return actual.path === '/measures/revenue'
      ? [{ type: 'REVENUE', euros: Number(shortfall ?? 0) }]
      : [{ type: 'SATISFACTION' }];
  }
  if (parts !== undefined) {
    const open = parts.map(({ requirement }) => missingOf(requirement)).filter(({ length }) => length > 0);
    const nearest = open.sort((a, b) => a.length - b.length);
    return nearest.slice(0, (proof.needed ?? 1) - (proof.met ?? 0)).flat();
  }
  return missingCredentials(proof);
}

function missingCredentials({ specialization, requirement }: GapProof): Missing[] {
  if (specialization === undefined) return [];
  return (requirement?.slots ?? []).flatMap(({ required, persons }, index) =>
    Array.from({ length: Math.max(0, required - persons.length) }, () => ({
      type: 'CREDENTIAL' as const,
      credential: `${specialization.code}_${ROLES[index] ?? 'SALES'}`,
    })),
  );
}
