import { anniversary, periodStart } from '../measuring/period.ts';
import type { ReviewCalendar } from '../rulebook/policy-rules.ts';
import { type Day, dayOf, yearMonthDay } from '../values/day.ts';

/** What a review calendar depends on besides the rulebook's policy. */
export type CalendarContext = { readonly fiscalYearFirstMonth: number; readonly enrolledOn: Day };

/** The first review day after `after`. */
export function nextReviewOn(calendar: ReviewCalendar, after: Day, context: CalendarContext): Day {
  switch (calendar.type) {
    case 'DAYS_OF_YEAR':
      return nextDayOfYear(calendar.days, after);
    case 'FISCAL': {
      // The offset may reach over several periods, so the period is looked for where the offset began.
      const start = periodStart(after - calendar.offsetDays, calendar.unit, context.fiscalYearFirstMonth, 1);
      return start + calendar.offsetDays;
    }
    case 'ANNIVERSARY':
      return after < context.enrolledOn
        ? anniversary(context.enrolledOn, context.enrolledOn, 1)
        : anniversary(context.enrolledOn, after, 1);
  }
}

/** Whether `on` is a review day. */
export function isReviewOn(calendar: ReviewCalendar, on: Day, context: CalendarContext): boolean {
  return nextReviewOn(calendar, on - 1, context) === on;
}

function nextDayOfYear(
  days: readonly { readonly month: number; readonly dayOfMonth: number }[],
  after: Day,
): Day {
  const { year } = yearMonthDay(after);
  const candidates = [year, year + 1].flatMap((each) =>
    days.map(({ month, dayOfMonth }) => dayOf(each, month, dayOfMonth)),
  );
  return Math.min(...candidates.filter((day) => day > after));
}
