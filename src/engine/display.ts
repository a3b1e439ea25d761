import { addMonths, type Day, formatDay, yearMonthDay } from './day.ts';
import {
  add,
  compare,
  type Fraction,
  formatDecimal,
  multiply,
  parseDecimal,
  wholeNumber,
  ZERO,
} from './fraction.ts';
import type { Locale } from './program.ts';
import type { DayRange } from './standing.ts';

/** Digits after the point of an amount of money, and at most of any other number that has no exact form within them. */
const MONEY_DIGITS = 2;
const MOST_DIGITS = 4;

const WHOLE_MONTHS_TRIED = 120;

/** What a number is counted in, and the currency in which the programme measures revenue. */
export type Unit = { readonly unit: string | null; readonly currency: string };

/** The day for people: `2026-11-23` in English, `23.11.2026` in German. */
export function displayDay(day: Day, locale: Locale): string {
  const [year, month, dayOfMonth] = formatDay(day).split('-');
  return locale === 'de' ? `${dayOfMonth}.${month}.${year}` : formatDay(day);
}

/**
 * The number with its unit for people. Exact where few digits can say it, otherwise rounded and marked so; a value above
 * zero never reads as zero.
 */
export function displayNumber(value: Fraction, { unit, currency }: Unit, locale: Locale): string {
  const shown = unit === '%' ? multiply(value, wholeNumber(100)) : value;
  const places = unit === currency ? MONEY_DIGITS : 0;
  const text = withUnit(displayDigits(shown, places, locale), shown, unit, locale);
  if (isExact(shown)) return text;
  const rounded = parseDecimal(formatDecimal(shown, MOST_DIGITS));
  if (rounded !== null && compare(rounded, ZERO) === 0) {
    const step = withUnit(
      displayDigits({ numerator: 1n, denominator: 10n ** BigInt(MOST_DIGITS) }, 0, locale),
      shown,
      unit,
      locale,
    );
    return locale === 'de' ? `weniger als ${step}` : `less than ${step}`;
  }
  return locale === 'de' ? `rund ${text}` : `about ${text}`;
}

/** The days of a window for people, to be put behind a name: ` in the 12 months up to 2026-11-23`; empty if it has no bounds. */
export function displayRange({ from, until }: DayRange, locale: Locale): string {
  const isGerman = locale === 'de';
  const last = until === null ? null : displayDay(until - 1, locale);
  const first = from === null ? null : displayDay(from, locale);
  if (last === null) return first === null ? '' : isGerman ? ` seit dem ${first}` : ` since ${first}`;
  const months = from === null || until === null ? null : wholeMonths(from, until);
  if (months !== null && months > 1) {
    return isGerman ? ` in den ${months} Monaten bis ${last}` : ` in the ${months} months up to ${last}`;
  }
  if (first === null) return isGerman ? ` bis ${last}` : ` up to ${last}`;
  return isGerman ? ` vom ${first} bis ${last}` : ` from ${first} to ${last}`;
}

function wholeMonths(from: Day, until: Day): number | null {
  const start = yearMonthDay(from);
  const end = yearMonthDay(until);
  const months = (end.year - start.year) * 12 + end.month - start.month;
  return months <= WHOLE_MONTHS_TRIED && addMonths(until, -months) === from ? months : null;
}

function isExact(value: Fraction): boolean {
  const shown = parseDecimal(formatDecimal(value, MOST_DIGITS));
  return shown !== null && compare(shown, value) === 0;
}

/** The digits with at least `places` of them after the point, thousands apart. */
function displayDigits(value: Fraction, places: number, locale: Locale): string {
  const [whole = '', rest = ''] = formatDecimal(value, MOST_DIGITS).split('.');
  const [thousands, point] = locale === 'de' ? ['.', ','] : [',', '.'];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  const padded = rest.padEnd(places, '0');
  return padded === '' ? grouped : `${grouped}${point}${padded}`;
}

function withUnit(digits: string, value: Fraction, unit: string | null, locale: Locale): string {
  if (unit === null) return digits;
  if (unit === '%') return locale === 'de' ? `${digits} %` : `${digits}%`;
  return `${digits} ${unitName(unit, isOne(value), locale)}`;
}

function unitName(unit: string, single: boolean, locale: Locale): string {
  if (unit === 'points') return locale === 'de' ? (single ? 'Punkt' : 'Punkte') : single ? 'point' : 'points';
  if (unit === 'persons')
    return locale === 'de' ? (single ? 'Person' : 'Personen') : single ? 'person' : 'persons';
  return unit;
}

function isOne(value: Fraction): boolean {
  return compare(value, add(ZERO, wholeNumber(1))) === 0;
}
