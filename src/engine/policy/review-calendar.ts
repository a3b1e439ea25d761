import { anniversary, periodStart } from '../measuring/period.ts';
import type { ReviewCalendar } from '../rulebook/policy-rules.ts';
import { addMonths, type Day, dayInMonth, yearMonthDay } from '../values/day.ts';

/** What a review calendar depends on besides the rulebook's policy. */
export type CalendarContext = {
  readonly fiscalYearFirstMonth: number;
  readonly enrolledOn: Day;
  /** The day on which policy last set the tier. */
  readonly tierSetOn: Day;
};

/** The first review day after `after`. */
export function nextReviewOn(calendar: ReviewCalendar, after: Day, context: CalendarContext): Day {
  switch (calendar.type) {
    case 'DAYS_OF_YEAR': {
      const { year } = yearMonthDay(after);
      const years = [year, year + 1];
      return firstAfter(
        after,
        years.flatMap((each) => calendar.days.map((day) => dayInMonth(each, day.month, day.dayOfMonth))),
      );
    }
    case 'DAYS_OF_MONTH': {
      const { year, month } = yearMonthDay(after);
      const months = [month, month + 1];
      return firstAfter(
        after,
        months.flatMap((each) => calendar.days.map((dayOfMonth) => dayInMonth(year, each, dayOfMonth))),
      );
    }
    case 'FISCAL':
    case 'CALENDAR': {
      const firstMonth = calendar.type === 'FISCAL' ? context.fiscalYearFirstMonth : 1;
      // The offset may reach over several periods, so the period is looked for where the offset began.
      const start = periodStart(after - calendar.offsetDays, calendar.unit, firstMonth, 1);
      return start + calendar.offsetDays;
    }
    case 'ANNIVERSARY':
      return after < context.enrolledOn
        ? anniversary(context.enrolledOn, context.enrolledOn, 1)
        : anniversary(context.enrolledOn, after, 1);
    case 'TERM':
      return nextTermEndOn(context.tierSetOn, calendar.months, after);
  }
}

/** Whether `on` is a review day. */
export function isReviewOn(calendar: ReviewCalendar, on: Day, context: CalendarContext): boolean {
  return nextReviewOn(calendar, on - 1, context) === on;
}

/** The latest day before `on` with this month and day of the month. */
export function latestBefore(on: Day, { month, dayOfMonth }: { month: number; dayOfMonth: number }): Day {
  const { year } = yearMonthDay(on);
  const inYear = dayInMonth(year, month, dayOfMonth);
  return inYear < on ? inYear : dayInMonth(year - 1, month, dayOfMonth);
}

/** Each term is counted from the day itself, so that a short month does not move those after it. */
function nextTermEndOn(setOn: Day, months: number, after: Day): Day {
  const [start, now] = [yearMonthDay(setOn), yearMonthDay(after)];
  const passed = (now.year - start.year) * 12 + now.month - start.month;
  let terms = Math.max(1, Math.floor(passed / months));
  while (addMonths(setOn, terms * months) <= after) terms += 1;
  return addMonths(setOn, terms * months);
}

function firstAfter(after: Day, days: readonly Day[]): Day {
  return Math.min(...days.filter((day) => day > after));
}
