import type { Role } from '../../src/app/access/rights.ts';

/**
 * What the mutations of an operation were sent. A viewer that may only bring in may read this back from their answers: of
 * partners the fields that the call changed, and the facts whose content it sent.
 */
export type Told = {
  tellPartner(id: string, fields: Iterable<string>): void;
  tellFact(id: string): void;
  mayReadPartner(id: string, field: string): boolean;
  mayReadFact(id: string): boolean;
};

/** Makes it for an operation in which nothing was told yet. Other roles than INGEST may read all that is in their scope. */
export function createTold(role: Role): Told {
  const mayOnlyBringIn = role === 'INGEST';
  const partners = new Map<string, Set<string>>();
  const facts = new Set<string>();
  return {
    tellPartner(id, fields) {
      partners.set(id, new Set([...(partners.get(id) ?? []), ...fields]));
    },
    tellFact: (id) => void facts.add(id),
    mayReadPartner: (id, field) => !mayOnlyBringIn || partners.get(id)?.has(field) === true,
    mayReadFact: (id) => !mayOnlyBringIn || facts.has(id),
  };
}
