import type { DemoBase, DemoFact, DemoPartner } from '../../../src/demo/demo-base.ts';

/** Each partner with its facts, in the base's order. */
export function byPartner({ partners, facts }: DemoBase): { partner: DemoPartner; facts: DemoFact[] }[] {
  const grouped = new Map<string, DemoFact[]>(partners.map(({ externalRef }) => [externalRef, []]));
  for (const fact of facts) {
    const group = grouped.get(fact.partner);
    if (group === undefined) throw new Error(`a fact of an unknown partner: ${fact.partner}`);
    group.push(fact);
  }
  return partners.map((partner) => ({ partner, facts: grouped.get(partner.externalRef) ?? [] }));
}

/** How many partners `tierOf` puts into each tier. */
export function countTiers<T>(
  items: readonly T[],
  tierOf: (item: T) => string | null,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const tier = tierOf(item) ?? 'NONE';
    counts[tier] = (counts[tier] ?? 0) + 1;
  }
  return counts;
}
