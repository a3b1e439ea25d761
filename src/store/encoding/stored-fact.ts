import type { Fact } from '../../engine/partner/fact.ts';
import { type Fraction, formatDecimal, parseDecimal } from '../../engine/values/fraction.ts';

/** A fact as it travels in JSON between the database and here: days as numbers, the value as exact decimal text. */
export type StoredFact = Omit<Fact, 'value'> & { readonly value: string | null };

/** SQL for a JSON object that is a StoredFact, of the fact row with this alias. */
export function factJson(alias: string): string {
  return `json_build_object(
  'id', ${alias}.id, 'partnerId', ${alias}.partner_id, 'source', ${alias}.source, 'externalId', ${alias}.external_id,
  'version', ${alias}.version, 'kind', ${alias}.kind, 'occurredOn', ${alias}.occurred_on - DATE '1970-01-01',
  'expiresOn', ${alias}.expires_on - DATE '1970-01-01', 'value', trim_scale(${alias}.value)::text, 'currency', ${alias}.currency,
  'person', ${alias}.person, 'credential', ${alias}.credential, 'customer', ${alias}.customer,
  'respondent', ${alias}.respondent, 'subject', ${alias}.subject, 'attributes', ${alias}.attributes,
  'recordedAt', floor(extract(epoch FROM ${alias}.recorded_at) * 1000),
  'supersededAt', floor(extract(epoch FROM ${alias}.superseded_at) * 1000), 'voided', ${alias}.voided, 'warning', ${alias}.warning)`;
}

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
