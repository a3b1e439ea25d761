import type { Filter, ListFilter } from '../rulebook/metric.ts';
import { holds } from '../values/comparison.ts';
import { formatDay, parseDay } from '../values/day.ts';
import { foldCase } from '../values/fold-case.ts';
import {
  type Fraction,
  formatDecimal,
  fractionToText,
  parseDecimal,
  placesOf,
  wholeNumber,
} from '../values/fraction.ts';
import type { Fact } from './fact.ts';

const ATTRIBUTE = 'attributes.';

/** What a fact is worth by a rulebook: revenue in the rulebook's currency, anything else as recorded. */
export type WorthOf = (fact: Fact) => Fraction | null;

/**
 * What a field of a fact says, as text; null if it says nothing. A fact's region is its attribute `region`.
 */
export function fieldText(fact: Fact, field: string, worthOf: WorthOf): string | null {
  if (field.startsWith(ATTRIBUTE)) return attribute(fact, field.slice(ATTRIBUTE.length));
  switch (field) {
    case 'person':
    case 'credential':
    case 'customer':
    case 'respondent':
    case 'subject':
    case 'currency':
      return fact[field];
    case 'region':
      return attribute(fact, 'region');
    case 'value': {
      const worth = worthOf(fact);
      // What no decimal says is written as a fraction, which equals no decimal.
      return worth && (placesOf(worth) === null ? fractionToText(worth) : formatDecimal(worth));
    }
    case 'occurredOn':
      return formatDay(fact.occurredOn);
    case 'expiresOn':
      return fact.expiresOn === null ? null : formatDay(fact.expiresOn);
    default:
      throw new Error(`facts have no field ${field}`);
  }
}

/** Whether a fact passes a filter. */
export function passes(fact: Fact, filter: Filter, worthOf: WorthOf): boolean {
  switch (filter.type) {
    case 'IN':
    case 'NOT_IN': {
      const text = fieldText(fact, filter.field, worthOf);
      return (text !== null && isListed(text, filter)) === (filter.type === 'IN');
    }
    default: {
      const value = fieldNumber(fact, filter.field, filter.as, worthOf);
      return value !== null && holds(value, filter.type, filter.value);
    }
  }
}

function isListed(text: string, { values, folded }: ListFilter): boolean {
  return folded === undefined ? values.has(text) : folded.has(foldCase(text));
}

function fieldNumber(fact: Fact, field: string, as: 'DECIMAL' | 'DATE', worthOf: WorthOf): Fraction | null {
  if (field === 'value') return worthOf(fact);
  if (field === 'occurredOn') return wholeNumber(fact.occurredOn);
  const text = fieldText(fact, field, worthOf);
  if (text === null || as === 'DECIMAL') return text === null ? null : parseDecimal(text);
  const day = parseDay(text);
  return day === null ? null : wholeNumber(day);
}

function attribute(fact: Fact, name: string): string | null {
  return Object.hasOwn(fact.attributes, name) ? (fact.attributes[name] ?? null) : null;
}
