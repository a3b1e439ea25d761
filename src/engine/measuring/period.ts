import type { PeriodUnit } from '../rulebook/metric.ts';
import { type Day, dayInMonth, dayOf, yearMonthDay } from '../values/day.ts';

export const MONTHS_PER_PERIOD: Readonly<Record<PeriodUnit, number>> = {
  MONTH: 1,
  QUARTER: 3,
  HALF_YEAR: 6,
  YEAR: 12,
};

/**
 * The first day of the period that is `periods` after the one in which `day` lies; periods are counted from
 * the first day of the month `firstMonth` (1 to 12) of any year.
 */
export function periodStart(day: Day, unit: PeriodUnit, firstMonth: number, periods = 0): Day {
  const { year, month } = yearMonthDay(day);
  const length = MONTHS_PER_PERIOD[unit];
  const into = (month - firstMonth + 12) % length;
  return dayOf(year, month - into + periods * length, 1);
}

/** The Monday of a day's week. */
export function weekStart(day: Day): Day {
  // Day 0 is a Thursday.
  const sinceMonday = (((day + 3) % 7) + 7) % 7;
  return day - sinceMonday;
}

/**
 * The anniversary of `start` that is `years` after the latest one not after `day`; 29 February has its on 28
 * February.
 */
export function anniversary(start: Day, day: Day, years = 0): Day {
  const from = yearMonthDay(start);
  const at = (year: number) => dayInMonth(year, from.month, from.dayOfMonth);
  const { year } = yearMonthDay(day);
  return at((at(year) <= day ? year : year - 1) + years);
}
