import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedDays, windowOn } from '../../../src/engine/measuring/window.ts';
import { PERIOD_UNITS, type Window } from '../../../src/engine/rulebook/metric.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { checkProperty } from '../support/check-property.ts';
import { day } from '../support/measuring.ts';

function shown(window: Window, on: string, enrolledOn = '2020-01-01'): string {
  const { from, until } = windowOn(window, day(on), day(enrolledOn));
  return `${from === null ? '' : formatDay(from)}..${until === null ? '' : formatDay(until)}`;
}

function months(count: number): Window {
  return { type: 'TRAILING_MONTHS', months: count };
}
function fiscal(unit: (typeof PERIOD_UNITS)[number], last: number): Window {
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
    const anyWindow: fc.Arbitrary<Window> = fc.oneof(
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
    checkProperty(
      fc.property(anyWindow, anyDay, anyDay, anyDay, (window, occurredOn, enrolledOn, start) => {
        const counted = countedDays(window, occurredOn, enrolledOn);
        const near = [counted.from, counted.until, start].filter(Number.isFinite);
        for (const on of near.flatMap((each) => [each - 2, each - 1, each, each + 1, each + 2])) {
          const { from, until } = windowOn(window, on, enrolledOn);
          const held = (from === null || from <= occurredOn) && (until === null || occurredOn < until);
          expect(counted.from <= on && on < counted.until, formatDay(on)).toBe(held);
        }
      }),
    );
  });
});
