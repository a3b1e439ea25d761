import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedDays, windowOn } from '../../../src/engine/measuring/window.ts';
import { PERIOD_UNITS, type Shift, type Span } from '../../../src/engine/rulebook/metric.ts';
import { addMonths, type Day, type DayRange, formatDay } from '../../../src/engine/values/day.ts';
import { checkProperty } from '../support/check-property.ts';
import { day } from '../support/measuring.ts';

function shown(span: Span, on: string, enrolledOn = '2020-01-01', shift: Shift | null = null): string {
  const { from, until } = windowOn({ ...span, shift }, day(on), day(enrolledOn));
  return `${from === null ? '' : formatDay(from)}..${until === null ? '' : formatDay(until)}`;
}

function months(count: number): Span {
  return { type: 'TRAILING_MONTHS', months: count };
}
function fiscal(unit: (typeof PERIOD_UNITS)[number], last: number): Span {
  return {
    type: 'PERIODS',
    unit,
    firstMonth: 10,
    last,
  };
}

describe('rule 1: windows', () => {
  it.each([
    [months(12), '2026-11-23', '2025-11-24..2026-11-24'],
    [months(1), '2026-01-31', '2026-01-01..2026-02-01'],
    // 31 March plus a day is 1 April.
    [months(1), '2026-03-31', '2026-03-01..2026-04-01'],
    // The day after 30 March is the 31st, a month before it the 28th, February's last.
    [months(1), '2026-03-30', '2026-02-28..2026-03-31'],
    [months(1), '2024-03-30', '2024-02-29..2024-03-31'],
    [months(1), '2026-03-28', '2026-02-28..2026-03-29'],
    // Over a leap day.
    [months(12), '2024-02-28', '2023-02-28..2024-02-29'],
    [months(12), '2024-02-29', '2023-03-01..2024-03-01'],
    [months(12), '2025-02-28', '2024-03-01..2025-03-01'],
    [{ type: 'TRAILING_DAYS', days: 90 } as const, '2026-03-31', '2026-01-01..2026-04-01'],
    [{ type: 'TRAILING_DAYS', days: 1 } as const, '2026-03-29', '2026-03-29..2026-03-30'],
    [fiscal('YEAR', 0), '2026-09-30', '2025-10-01..2026-10-01'],
    [fiscal('YEAR', 0), '2026-10-01', '2026-10-01..2026-10-02'],
    [fiscal('YEAR', 1), '2026-10-01', '2025-10-01..2026-10-01'],
    [fiscal('YEAR', 1), '2026-09-30', '2024-10-01..2025-10-01'],
    [fiscal('QUARTER', 4), '2026-01-01', '2025-01-01..2026-01-01'],
    [fiscal('HALF_YEAR', 0), '2026-05-15', '2026-04-01..2026-05-16'],
    [
      { type: 'PERIODS', unit: 'YEAR', firstMonth: 1, last: 0 } as const,
      '2026-12-31',
      '2026-01-01..2027-01-01',
    ],
    [
      { type: 'PERIODS', unit: 'MONTH', firstMonth: 1, last: 2 } as const,
      '2026-01-15',
      '2025-11-01..2026-01-01',
    ],
    [{ type: 'ALL_TIME' } as const, '2026-11-23', '..2026-11-24'],
  ])('%j on %s are the days %s', (window, on, expected) => {
    expect(shown(window, on)).toBe(expected);
  });

  it.each([
    ['2020-02-29', '2023-02-27', '2022-02-28..2023-02-28'],
    ['2020-02-29', '2023-02-28', '2023-02-28..2023-03-01'],
    ['2020-02-29', '2024-02-28', '2023-02-28..2024-02-29'],
    ['2020-02-29', '2024-02-29', '2024-02-29..2024-03-01'],
    ['2020-12-31', '2026-12-30', '2025-12-31..2026-12-31'],
    ['2020-12-31', '2026-12-31', '2026-12-31..2027-01-01'],
  ])('since the anniversary of %s, %s has the days %s', (enrolledOn, on, expected) => {
    expect(shown({ type: 'ANNIVERSARY' }, on, enrolledOn)).toBe(expected);
  });

  it('count a fact on exactly the days whose window holds it', () => {
    checkProperty(
      fc.property(anySpan, anyDay, anyDay, anyDay, (span, occurredOn, enrolledOn, start) => {
        const window = { ...span, shift: null };
        expectToCount(countedDays(window, occurredOn, enrolledOn), occurredOn, start, (on) =>
          windowOn(window, on, enrolledOn),
        );
      }),
    );
  });
});

const anySpan: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ type: fc.constant('TRAILING_MONTHS' as const), months: fc.integer({ min: 1, max: 14 }) }),
  fc.record({ type: fc.constant('TRAILING_DAYS' as const), days: fc.integer({ min: 1, max: 100 }) }),
  fc.record({
    type: fc.constant('PERIODS' as const),
    unit: fc.constantFrom(...PERIOD_UNITS),
    firstMonth: fc.integer({ min: 1, max: 12 }),
    last: fc.integer({ min: 0, max: 3 }),
  }),
  fc.constant({ type: 'ANNIVERSARY' as const }),
  fc.constant({ type: 'ALL_TIME' as const }),
);
const anyDay = fc.integer({ min: day('2019-01-01'), max: day('2025-12-31') });

/** The days on which a fact counts are those near them, and near `start`, whose window holds it. */
function expectToCount(
  counted: { readonly from: Day; readonly until: Day },
  occurredOn: Day,
  start: Day,
  windowOf: (on: Day) => DayRange,
): void {
  const near = [counted.from, counted.until, start].filter(Number.isFinite);
  for (const on of near.flatMap((each) => [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((days) => each + days))) {
    const { from, until } = windowOf(on);
    const held = (from === null || from <= occurredOn) && (until === null || occurredOn < until);
    expect(counted.from <= on && on < counted.until, formatDay(on)).toBe(held);
  }
}

describe('rule 39: shifted windows', () => {
  const quarters = (count: number): Shift => ({ periods: count });
  const running = fiscal('YEAR', 0);
  it.each([
    // The 30 days up to a year ago.
    [{ type: 'TRAILING_DAYS', days: 30 } as const, { months: 12 }, '2026-03-31', '2025-03-02..2025-04-01'],
    [months(3), { months: 12 }, '2026-03-31', '2025-01-01..2025-04-01'],
    // The day after 27 February 2024 is the 28th, and so is the day after the one a year before.
    [months(1), { months: 12 }, '2024-02-27', '2023-01-28..2023-02-28'],
    // From 28 and 29 February on, a year before is 1 March 2023 at the earliest: 28 February comes twice.
    [months(1), { months: 12 }, '2024-02-28', '2023-01-28..2023-02-28'],
    [months(1), { months: 12 }, '2024-02-29', '2023-02-01..2023-03-01'],
    // Without the last seven days.
    [{ type: 'TRAILING_DAYS', days: 90 } as const, { days: 7 }, '2026-04-07', '2026-01-01..2026-04-01'],
    // Older than 90 days.
    [{ type: 'ALL_TIME' } as const, { days: 91 }, '2026-04-01', '..2026-01-01'],
    // The quarter before the last complete one.
    [fiscal('QUARTER', 1), quarters(1), '2026-05-15', '2025-10-01..2026-01-01'],
    [fiscal('QUARTER', 2), quarters(4), '2026-05-15', '2024-10-01..2025-04-01'],
    // The running year, to the same day of the year before.
    [running, { months: 12 }, '2026-05-15', '2024-10-01..2025-05-16'],
    [running, { months: 12 }, '2026-09-30', '2024-10-01..2025-10-01'],
    [running, { months: 12 }, '2026-10-01', '2025-10-01..2025-10-02'],
    [running, { days: 1 }, '2026-10-01', '2025-10-01..2026-10-01'],
  ])('%j moved back by %j on %s are the days %s', (span, shift, on, expected) => {
    expect(shown(span, on, '2020-01-01', shift)).toBe(expected);
  });

  it.each([
    ['2024-02-29', '2026-02-27', '2024-02-29..2025-02-28'],
    ['2024-02-29', '2026-02-28', '2025-02-28..2025-03-01'],
    ['2024-07-01', '2026-07-01', '2025-07-01..2025-07-02'],
    ['2024-07-01', '2026-06-30', '2024-07-01..2025-07-01'],
  ])('the year before the one since the anniversary of %s has on %s the days %s', (since, on, expected) => {
    expect(shown({ type: 'ANNIVERSARY' }, on, since, { months: 12 })).toBe(expected);
  });

  it('count a fact on one unbroken run of days: those whose earlier day looks at it', () => {
    const anyShift = fc.oneof(
      fc.record({ days: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ months: fc.integer({ min: 1, max: 26 }) }),
    );
    const theDayBefore = (on: Day, shift: { days: number } | { months: number }): Day =>
      'days' in shift ? on - shift.days : addMonths(on + 1, -shift.months) - 1;
    const isComplete = (span: Span): boolean => span.type === 'PERIODS' && span.last > 0;
    checkProperty(
      fc.property(anySpan, anyShift, anyDay, anyDay, anyDay, (span, shift, occurredOn, enrolledOn, start) => {
        if (isComplete(span)) return;
        const counted = countedDays({ ...span, shift }, occurredOn, enrolledOn);
        expectToCount(counted, occurredOn, start, (on) =>
          windowOn({ ...span, shift: null }, theDayBefore(on, shift), enrolledOn),
        );
      }),
    );
    checkProperty(
      fc.property(
        anySpan.filter(isComplete),
        fc.integer({ min: 1, max: 9 }),
        anyDay,
        anyDay,
        anyDay,
        (span, periods, occurredOn, enrolledOn, start) => {
          const counted = countedDays({ ...span, shift: { periods } }, occurredOn, enrolledOn);
          expectToCount(counted, occurredOn, start, (on) => {
            // So many periods that ended earlier: all up to the shift, without those within it.
            const { last, ...rest } = span as Extract<Span, { type: 'PERIODS' }>;
            const plain = (count: number) =>
              windowOn({ ...rest, last: count, shift: null }, on, enrolledOn).from;
            return { from: plain(last + periods), until: plain(periods) };
          });
        },
      ),
    );
  });
});
