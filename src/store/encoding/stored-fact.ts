import type { Fact } from '../../engine/partner/fact.ts';
import { type Fraction, formatDecimal, parseDecimal } from '../../engine/values/fraction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { dayOf, instantOf } from './time-sql.ts';

/**
 * A fact as it travels in JSON between the database and here: days as numbers, the value as exact decimal
 * text.
 */
export type StoredFact = Omit<Fact, 'value'> & { readonly value: string | null };

/** SQL: a JSON object that is a StoredFact, of the fact with the alias f. */
export const FACT_JSON = Prisma.sql`json_build_object(
  'id', f.id, 'partnerId', f.partner_id, 'source', f.source, 'externalId', f.external_id, 'version', f.version,
  'kind', f.kind, 'occurredOn', ${dayOf('f.occurred_on')}, 'expiresOn', ${dayOf('f.expires_on')},
  'value', trim_scale(f.value)::text, 'currency', f.currency, 'person', f.person, 'credential', f.credential,
  'customer', f.customer, 'respondent', f.respondent, 'subject', f.subject, 'attributes', f.attributes,
  'recordedAt', ${instantOf('f.recorded_at')}, 'supersededAt', ${instantOf('f.superseded_at')},
  'voided', f.voided, 'warning', f.warning)`;

/** The engine's fact. */
export function toFact(stored: StoredFact): Fact {
  return { ...stored, value: toValue(stored.value) };
}

/** The fact as the store writes it. */
export function toStoredFact(fact: Fact): StoredFact {
  return {
    ...fact,
    value: fact.value === null ? null : formatDecimal(fact.value),
  };
}

function toValue(text: string | null): Fraction | null {
  if (text === null) return null;
  const value = parseDecimal(text);
  if (value === null) throw new Error(`A stored value is not a decimal: ${text}.`);
  return value;
}
