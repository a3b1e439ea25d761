import { currencyDigits } from '../values/currency-digits.ts';
import type { DayRange } from '../values/day.ts';
import { addMonths, type Day, formatDay, yearMonthDay } from '../values/day.ts';
import {
  compare,
  type Fraction,
  formatDecimal,
  fraction,
  multiply,
  ONE,
  roundDown,
  roundHalf,
  roundUp,
  wholeNumber,
  ZERO,
} from '../values/fraction.ts';
import { type Language, type Locale, languageOf } from '../values/language.ts';

/** Digits after the point, at most, of a number that is not money. */
const MOST_DIGITS = 4;

const WHOLE_MONTHS_TRIED = 120;

/** The unit of a difference of shares. */
export const PERCENTAGE_POINTS = 'percentage points';

/** What a number is counted in, and the currency in which the programme measures revenue. */
export type Unit = { readonly unit: string | null; readonly currency: string };

/** Where the rounding of what is shown goes: to the nearest, or to one side. */
export type Rounding = 'NEAREST' | 'UP' | 'DOWN';

const ROUND = { NEAREST: roundHalf, UP: roundUp, DOWN: roundDown } as const;

/** The day for people: `2026-11-23` in English, `23.11.2026` in German. */
export function displayDay(day: Day, locale: Locale): string {
  const [year, month, dayOfMonth] = formatDay(day).split('-');
  return languageOf(locale) === 'de' ? `${dayOfMonth}.${month}.${year}` : formatDay(day);
}

/**
 * Digits after the point with which a number is shown at most, counted before a share is written in
 * hundredths.
 */
export function shownPlaces({ unit, currency }: Unit): number {
  if (unit === currency) return currencyDigits(currency);
  return unit === '%' ? MOST_DIGITS + 2 : MOST_DIGITS;
}

/**
 * The number with its unit for people: money with its currency's digits, anything else with as few as say it,
 * at most four. What is rounded for that is marked so; a value above zero never reads as zero.
 */
export function displayNumber(
  value: Fraction,
  unit: Unit,
  locale: Locale,
  rounding: Rounding = 'NEAREST',
): string {
  const places = shownPlaces(unit);
  const rounded = ROUND[rounding](value, places);
  if (compare(rounded, value) === 0) return displayExact(value, unit, locale);
  if (compare(rounded, ZERO) === 0 && compare(value, ZERO) > 0) {
    const step = displayExact(fraction(1n, 10n ** BigInt(places)), unit, locale);
    return languageOf(locale) === 'de' ? `weniger als ${step}` : `less than ${step}`;
  }
  return displayAbout(rounded, unit, locale);
}

/** The number with every digit that it has. */
export function displayExact(value: Fraction, unit: Unit, locale: Locale): string {
  const shown = unit.unit === '%' ? multiply(value, wholeNumber(100)) : value;
  const digits = displayDigits(
    shown,
    unit.unit === unit.currency ? currencyDigits(unit.currency) : 0,
    locale,
  );
  return withUnit(digits, shown, unit.unit, locale);
}

/** A number that was rounded already, marked so. */
export function displayAbout(rounded: Fraction, unit: Unit, locale: Locale): string {
  const text = displayExact(rounded, unit, locale);
  return languageOf(locale) === 'de' ? `rund ${text}` : `about ${text}`;
}

/**
 * The days of a window for people, to be put behind a name: ` in the 12 months up to 2026-11-23`; empty if it
 * has no bounds.
 */
export function displayRange({ from, until }: DayRange, locale: Locale): string {
  const isGerman = languageOf(locale) === 'de';
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

/** The digits with at least `places` of them after the point, thousands apart. */
function displayDigits(value: Fraction, places: number, locale: Locale): string {
  const [whole = '', rest = ''] = formatDecimal(value).split('.');
  const [thousands, point] = languageOf(locale) === 'de' ? ['.', ','] : [',', '.'];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  const padded = rest.padEnd(places, '0');
  return padded === '' ? grouped : `${grouped}${point}${padded}`;
}

function withUnit(digits: string, value: Fraction, unit: string | null, locale: Locale): string {
  if (unit === null) return digits;
  if (unit === '%') return languageOf(locale) === 'de' ? `${digits} %` : `${digits}%`;
  return `${digits} ${unitName(unit, compare(value, ONE) === 0, locale)}`;
}

const UNIT_NAMES: ReadonlyMap<
  string,
  Readonly<Record<Language, readonly [one: string, many: string]>>
> = new Map([
  ['points', { en: ['point', 'points'], de: ['Punkt', 'Punkte'] }],
  ['persons', { en: ['person', 'persons'], de: ['Person', 'Personen'] }],
  [
    PERCENTAGE_POINTS,
    { en: ['percentage point', 'percentage points'], de: ['Prozentpunkt', 'Prozentpunkte'] },
  ],
]);

function unitName(unit: string, single: boolean, locale: Locale): string {
  const [one, many] = UNIT_NAMES.get(unit)?.[languageOf(locale)] ?? [unit, unit];
  return single ? one : many;
}

/** A count with its noun, in the singular for one. */
export function counted(count: number, [one, many]: readonly [one: string, many: string]): string {
  return `${count} ${count === 1 ? one : many}`;
}
