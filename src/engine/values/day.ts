/** A calendar date in a programme's time zone, as whole days since 1970-01-01. */
export type Day = number;

/** A point in time, as whole milliseconds since the epoch. */
export type Instant = number;

const MILLISECONDS_PER_DAY = 86_400_000;
const DAY_TEXT = /^[1-9]\d{3}-\d{2}-\d{2}$/;

/**
 * The day that an ISO 8601 date such as `2026-11-23` names, in the years 1000 to 9999; null for any other
 * text.
 */
export function parseDay(text: string): Day | null {
  if (!DAY_TEXT.test(text)) return null;
  const day = dayOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));
  return formatDay(day) === text ? day : null;
}

/** The day as an ISO 8601 date. */
export function formatDay(day: Day): string {
  return new Date(day * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
}

/** The day with this year, month (1 to 12, others run over into other years) and day of the month. */
export function dayOf(year: number, month: number, dayOfMonth: number): Day {
  return Date.UTC(year, month - 1, dayOfMonth) / MILLISECONDS_PER_DAY;
}

/** The day of a month, or the last one where the month has none such; months run over into other years. */
export function dayInMonth(year: number, month: number, dayOfMonth: number): Day {
  return Math.min(dayOf(year, month, dayOfMonth), dayOf(year, month + 1, 1) - 1);
}

/** The day's year, month (1 to 12) and day of the month. */
export function yearMonthDay(day: Day): { year: number; month: number; dayOfMonth: number } {
  const date = new Date(day * MILLISECONDS_PER_DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() };
}

/**
 * The same day of the month `months` later (earlier if negative), or the last one of that month where it has
 * none.
 */
export function addMonths(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = yearMonthDay(day);
  const first = dayOf(year, month + months, 1);
  const last = dayOf(year, month + months + 1, 1) - 1;
  return Math.min(first + dayOfMonth - 1, last);
}

/** A half-open range of days; null is open. */
export type DayRange = { readonly from: Day | null; readonly until: Day | null };

/** A half-open run of days that has an end, or Infinity for one. */
export type Days = { readonly from: Day; readonly until: Day };
