import { describe, expect, it } from 'vitest';
import { addMonths, dayOf, formatDay, parseDay, yearMonthDay } from '../../../src/engine/values/day.ts';
import { day } from '../support/measuring.ts';

describe('rule 1: days', () => {
  it('are counted from 1970-01-01', () => {
    expect(parseDay('1970-01-01')).toBe(0);
    expect(parseDay('2026-11-23')).toBe(20_780);
    expect(formatDay(20_780)).toBe('2026-11-23');
    expect(yearMonthDay(20_780)).toEqual({ year: 2026, month: 11, dayOfMonth: 23 });
    expect(dayOf(2026, 14, 1)).toBe(parseDay('2027-02-01'));
  });

  it('are refused if the calendar does not have them', () => {
    for (const text of [
      '2026-02-29',
      '2026-13-01',
      '2026-04-31',
      '2026-1-1',
      '20261123',
      '2026-11-23T00:00',
      '0999-01-01',
    ]) {
      expect(parseDay(text), text).toBeNull();
    }
    expect(parseDay('2024-02-29')).toBe(19_782);
  });

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', -48, '2020-02-29'],
    ['2026-11-23', 2, '2027-01-23'],
    ['2026-01-01', -1, '2025-12-01'],
  ])('%s and %i months are %s, at most the last of the month', (from, months, to) => {
    expect(formatDay(addMonths(day(from), months))).toBe(to);
  });
});
