import { describe, expect, test } from 'vitest';
import { isReviewOn, latestBefore, nextReviewOn } from '../../../src/engine/policy/review-calendar.ts';
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
    const context = { fiscalYearFirstMonth: 10, enrolledOn: day('2024-02-29'), tierSetOn: day('2025-08-31') };
    expect(formatDay(nextReviewOn(calendar, day(after), context))).toBe(next);
    expect(isReviewOn(calendar, day(next), context)).toBe(true);
  });

  test.each([
    ['the 20th of each month', { type: 'DAYS_OF_MONTH', days: [20] }, '2026-01-20', '2026-02-20'],
    ['the 20th of each month', { type: 'DAYS_OF_MONTH', days: [20] }, '2026-12-20', '2027-01-20'],
    ['the last of each month', { type: 'DAYS_OF_MONTH', days: [31] }, '2026-01-31', '2026-02-28'],
    ['the last of each month', { type: 'DAYS_OF_MONTH', days: [31] }, '2028-02-28', '2028-02-29'],
    [
      'two days of which a short month has one',
      { type: 'DAYS_OF_MONTH', days: [29, 31] },
      '2026-02-27',
      '2026-02-28',
    ],
    [
      'two days of which a short month has one',
      { type: 'DAYS_OF_MONTH', days: [29, 31] },
      '2026-02-28',
      '2026-03-29',
    ],
    [
      'quarters of the calendar',
      { type: 'CALENDAR', unit: 'HALF_YEAR', offsetDays: 0 },
      '2026-01-01',
      '2026-07-01',
    ],
    [
      'a year of the calendar and 90 days',
      { type: 'CALENDAR', unit: 'YEAR', offsetDays: 90 },
      '2026-01-01',
      '2026-04-01',
    ],
  ] as const)('rule 50: %s %o, after %s, is %s', (_, calendar, after, next) => {
    const context = { fiscalYearFirstMonth: 10, enrolledOn: day('2024-02-29'), tierSetOn: day('2025-08-31') };
    expect(formatDay(nextReviewOn(calendar, day(after), context))).toBe(next);
    expect(isReviewOn(calendar, day(next), context)).toBe(true);
  });

  test.each([
    [6, '2025-08-31', '2026-02-28'],
    [6, '2026-02-27', '2026-02-28'],
    // Each term begins on the 31st, however short the month was in which another ended.
    [6, '2026-02-28', '2026-08-31'],
    [12, '2030-08-31', '2031-08-31'],
    [1, '2025-09-29', '2025-09-30'],
    [1, '2025-09-30', '2025-10-31'],
  ])('rule 49: terms of %i months since 2025-08-31, after %s, end on %s', (months, after, next) => {
    const context = { fiscalYearFirstMonth: 10, enrolledOn: day('2024-02-29'), tierSetOn: day('2025-08-31') };
    const calendar = { type: 'TERM', months } as const;
    expect(formatDay(nextReviewOn(calendar, day(after), context))).toBe(next);
    expect(isReviewOn(calendar, day('2025-08-31'), context)).toBe(false);
  });

  test.each([
    ['2026-03-31', { month: 12, dayOfMonth: 31 }, '2025-12-31'],
    ['2025-12-31', { month: 12, dayOfMonth: 31 }, '2024-12-31'],
    ['2026-03-01', { month: 2, dayOfMonth: 30 }, '2026-02-28'],
    ['2024-03-01', { month: 2, dayOfMonth: 29 }, '2024-02-29'],
    ['2024-02-29', { month: 2, dayOfMonth: 29 }, '2023-02-28'],
  ])('rule 50: a review on %s that looks at %o looks at %s', (on, measured, lookedAt) => {
    expect(formatDay(latestBefore(day(on), measured))).toBe(lookedAt);
  });

  test('rule 17: the day of enrolment is no anniversary', () => {
    const context = { fiscalYearFirstMonth: 10, enrolledOn: day('2024-02-29'), tierSetOn: day('2025-08-31') };
    expect(isReviewOn(anniversaries, day('2024-02-29'), context)).toBe(false);
  });
});
