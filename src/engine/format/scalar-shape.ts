import { type Day, formatDay, parseDay } from '../values/day.ts';
import { compare, type Fraction, parseDecimal, ZERO } from '../values/fraction.ts';
import { findNameProblem, LONGEST_NAME, toName } from '../values/naming-text.ts';
import { quoted } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import type { Limit, Shape } from './shape.ts';

/**
 * A text in its one form that matches a pattern and is within the limit; `is` says what it then is, with its
 * article, and `known` are words that may have been meant.
 */
export function text(
  pattern: RegExp,
  is: string,
  limit?: Limit,
  known: readonly string[] = [],
): Shape<string> {
  return {
    schema: {
      type: 'string',
      pattern: pattern.source,
      ...(limit !== undefined && { maxLength: RULEBOOK_LIMITS[limit] }),
    },
    read(value, path, reading) {
      const name = typeof value === 'string' ? toName(value) : '';
      if (!pattern.test(name)) {
        const end = reading.suggestion(name, known) || '.';
        return reading.refuse(path, hiddenIn(name) ?? `This has to be ${is}${end}`);
      }
      return limit === undefined || reading.within(name.length, limit, path) ? name : undefined;
    },
  };
}

/** An invisible character in a name, which readers of its text could not see; null if there is none. */
export function hiddenIn(name: string): string | null {
  return name === '' ? null : findNameProblem(name, Number.POSITIVE_INFINITY);
}

/** A text that names something (rule 30), in its one form. */
export function name(longest = LONGEST_NAME): Shape<string> {
  return {
    schema: { type: 'string', pattern: '\\S' },
    read: (value, path, reading) =>
      typeof value === 'string'
        ? reading.name(value, path, longest)
        : reading.refuse(path, 'A text is expected here.'),
  };
}

/** A text for people, on one line or on several, as it is written. */
export function writing(longest: number, lines: 'ONE_LINE' | 'LINES'): Shape<string> {
  return {
    schema: { type: 'string', pattern: '\\S' },
    read: (value, path, reading) =>
      typeof value === 'string'
        ? reading.writing(value, path, longest, lines)
        : reading.refuse(path, 'A text is expected here.'),
  };
}

/** One of a few texts, or numbers. */
export function choice<const T extends string | number | boolean>(values: readonly T[]): Shape<T> {
  return {
    schema: { enum: values },
    read(value, path, reading) {
      const found = values.find((each) => each === value);
      if (found !== undefined) return found;
      const texts = values.filter((each) => typeof each === 'string');
      const end = (typeof value === 'string' && reading.suggestion(value, texts)) || '.';
      return reading.refuse(
        path,
        `${values.length > 1 ? 'One of ' : ''}${values.join(', ')} is expected here${end}`,
      );
    },
  };
}

/** A whole number within bounds. */
export function integer(minimum: number, maximum: number): Shape<number> {
  return {
    schema: { type: 'integer', minimum, maximum },
    read: (value, path, reading) =>
      typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum
        ? value
        : reading.refuse(
            path,
            typeof value === 'string' && /^\d+$/.test(value)
              ? `Counts are written as numbers, and only amounts as texts: ${value.slice(0, 20)} instead of ${quoted(value)}.`
              : `A whole number from ${minimum} to ${maximum} is expected here.`,
          ),
  };
}

/** An exact number, written as a text so that nothing is rounded on the way. */
export const decimal: Shape<Fraction> = {
  schema: { type: 'string', pattern: '^-?\\d{1,30}(\\.\\d{1,20})?$' },
  read: (value, path, reading) =>
    (typeof value === 'string' ? parseDecimal(value) : null) ??
    reading.refuse(
      path,
      typeof value === 'number'
        ? `Amounts are written as texts, so that nothing is rounded on the way: "${value}" instead of ${value}.`
        : 'A decimal number as a text is expected here, such as "1250.5".',
    ),
};

/** An exact number above zero. */
export const positiveDecimal: Shape<Fraction> = {
  schema: { ...decimal.schema, not: { pattern: '^(-|0*(\\.0*)?$)' } },
  read(value, path, reading) {
    const number = decimal.read(value, path, reading);
    if (number === undefined || compare(number, ZERO) > 0) return number;
    return reading.refuse(path, 'A number above zero is expected here.');
  },
};

/** A calendar date. */
export const date: Shape<Day> = {
  schema: { type: 'string', format: 'date', pattern: '^[1-9]\\d{3}-\\d{2}-\\d{2}$' },
  read: (value, path, reading) =>
    (typeof value === 'string' ? parseDay(value) : null) ??
    reading.refuse(path, `A date is expected here, such as "${formatDay(20_000)}".`),
};
