import type { Role } from '../../src/app/access/rights.ts';

/**
 * What the mutations of an operation were sent. A viewer with the role INGEST may read this back from their
 * answers: of partners the fields that the call changed, and of facts those whose content it sent.
 */
export type Told = {
  tellPartner(id: string, fields: Iterable<string>): void;
  tellFact(id: string): void;
  mayReadPartner(id: string, field: string): boolean;
  mayReadFact(id: string): boolean;
};

/** Makes an empty one. Roles other than INGEST may read everything in their scope. */
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
