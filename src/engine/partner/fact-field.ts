import type { Filter, ListFilter } from '../rulebook/metric.ts';
import { holds } from '../values/comparison.ts';
import { formatDay, parseDay } from '../values/day.ts';
import { foldCase } from '../values/fold-case.ts';
import { type Fraction, formatDecimal, parseDecimal, wholeNumber } from '../values/fraction.ts';
import type { Fact } from './fact.ts';

const ATTRIBUTE = 'attributes.';

/**
 * What a field of a fact says, as text; null if it says nothing. A fact's region is its attribute `region`.
 */
export function fieldText(fact: Fact, field: string): string | null {
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
    case 'value':
      return fact.value === null ? null : formatDecimal(fact.value);
    case 'occurredOn':
      return formatDay(fact.occurredOn);
    case 'expiresOn':
      return fact.expiresOn === null ? null : formatDay(fact.expiresOn);
    default:
      throw new Error(`facts have no field ${field}`);
  }
}

/** Whether a fact passes a filter. */
export function passes(fact: Fact, filter: Filter): boolean {
  switch (filter.type) {
    case 'IN':
    case 'NOT_IN': {
      const text = fieldText(fact, filter.field);
      return (text !== null && isListed(text, filter)) === (filter.type === 'IN');
    }
    default: {
      const value = fieldNumber(fact, filter.field, filter.as);
      return value !== null && holds(value, filter.type, filter.value);
    }
  }
}

function isListed(text: string, { values, folded }: ListFilter): boolean {
  return folded === undefined ? values.has(text) : folded.has(foldCase(text));
}

function fieldNumber(fact: Fact, field: string, as: 'DECIMAL' | 'DATE'): Fraction | null {
  if (field === 'value') return fact.value;
  if (field === 'occurredOn') return wholeNumber(fact.occurredOn);
  const text = fieldText(fact, field);
  if (text === null || as === 'DECIMAL') return text === null ? null : parseDecimal(text);
  const day = parseDay(text);
  return day === null ? null : wholeNumber(day);
}

function attribute(fact: Fact, name: string): string | null {
  return Object.hasOwn(fact.attributes, name) ? (fact.attributes[name] ?? null) : null;
}
