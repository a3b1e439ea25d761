/** The built-in kinds of facts, and `measurement` for every kind that a programme declares. */
export const FACT_TYPES = ['revenue', 'certification', 'satisfaction', 'measurement'] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** A kind that every programme has. */
export type BuiltInKind = Exclude<FactType, 'measurement'>;

export const BUILT_IN_KINDS: readonly BuiltInKind[] = FACT_TYPES.filter((type) => type !== 'measurement');

/** The type of the facts of a kind. */
export function factTypeOf(kind: string): FactType {
  return BUILT_IN_KINDS.find((builtIn) => builtIn === kind) ?? 'measurement';
}
