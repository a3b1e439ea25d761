import { describe, expect, test } from 'vitest';
import { isReviewOn, nextReviewOn } from '../../../src/engine/policy/review-calendar.ts';
import type { ReviewCalendar } from '../../../src/engine/rulebook/policy-rules.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { day } from '../support/policy-inputs.ts';

const daysOfYear: ReviewCalendar = {
  type: 'DAYS_OF_YEAR',
  days: [
    { month: 7, dayOfMonth: 1 },
    { month: 1, dayOfMonth: 15 },
  ],
};
const quarters: ReviewCalendar = { type: 'FISCAL', unit: 'QUARTER', offsetDays: 0 };
const afterYears: ReviewCalendar = { type: 'FISCAL', unit: 'YEAR', offsetDays: 45 };
const afterMonths: ReviewCalendar = { type: 'FISCAL', unit: 'MONTH', offsetDays: 40 };
const anniversaries: ReviewCalendar = { type: 'ANNIVERSARY' };

describe('nextReviewOn', () => {
  test.each([
    ['days of the year', daysOfYear, '2026-01-14', '2026-01-15'],
    ['days of the year', daysOfYear, '2026-01-15', '2026-07-01'],
    ['days of the year', daysOfYear, '2026-07-01', '2027-01-15'],
    ['fiscal quarters', quarters, '2026-03-31', '2026-04-01'],
    ['fiscal quarters', quarters, '2026-04-01', '2026-07-01'],
    ['45 days into the fiscal year', afterYears, '2026-11-14', '2026-11-15'],
    ['45 days into the fiscal year', afterYears, '2026-11-15', '2027-11-15'],
    ['40 days after each month began', afterMonths, '2026-03-01', '2026-03-13'],
    ['40 days after each month began', afterMonths, '2026-03-13', '2026-04-10'],
    ['anniversaries of 29 February', anniversaries, '2024-02-29', '2025-02-28'],
    ['anniversaries of 29 February', anniversaries, '2027-02-28', '2028-02-29'],
    ['anniversaries, seen from before enrolment', anniversaries, '2023-01-01', '2025-02-28'],
  ])('rule 17: %s %o, after %s, is %s', (_, calendar, after, next) => {
    const context = { fiscalYearFirstMonth: 10, enrolledOn: day('2024-02-29') };
    expect(formatDay(nextReviewOn(calendar, day(after), context))).toBe(next);
    expect(isReviewOn(calendar, day(next), context)).toBe(true);
  });

  test('rule 17: the day of enrolment is no anniversary', () => {
    const context = { fiscalYearFirstMonth: 10, enrolledOn: day('2024-02-29') };
    expect(isReviewOn(anniversaries, day('2024-02-29'), context)).toBe(false);
  });
});
