import { describe, expect, test } from 'vitest';
import { displayDay, displayExact, displayNumber, displayRange } from '../../../src/engine/text/display.ts';
import { type Fraction, fraction, parseDecimal } from '../../../src/engine/values/fraction.ts';
import { day } from '../support/policy-inputs.ts';

function decimal(text: string): Fraction {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new Error(`Not a decimal: ${text}`);
  return parsed;
}

describe('displayNumber', () => {
  test.each([
    ['400000', 'EUR', '400,000.00 EUR', '400.000,00 EUR'],
    ['-1234567.5', 'EUR', '-1,234,567.50 EUR', '-1.234.567,50 EUR'],
    ['0', 'EUR', '0.00 EUR', '0,00 EUR'],
    ['999.125', 'EUR', 'about 999.13 EUR', 'rund 999,13 EUR'],
    ['999.125', 'hours', '999.125 hours', '999,125 hours'],
    ['0.0001', '%', '0.01%', '0,01 %'],
    ['1000', null, '1,000', '1.000'],
    ['7.5', null, '7.5', '7,5'],
    ['0.7', '%', '70%', '70 %'],
    ['1', 'points', '1 point', '1 Punkt'],
    ['70', 'points', '70 points', '70 Punkte'],
    ['1', 'persons', '1 person', '1 Person'],
    ['3', 'persons', '3 persons', '3 Personen'],
    ['12', 'seats', '12 seats', '12 seats'],
  ])('rule 10: %s %s reads %s and %s', (text, unit, en, de) => {
    expect(displayNumber(decimal(text), { unit, currency: 'EUR' }, 'en')).toBe(en);
    expect(displayNumber(decimal(text), { unit, currency: 'EUR' }, 'de')).toBe(de);
  });

  test('rule 10: what is rounded for display says so', () => {
    const third = fraction(10_000n, 3n);
    expect(displayNumber(third, { unit: 'EUR', currency: 'EUR' }, 'en')).toBe('about 3,333.33 EUR');
    expect(displayNumber(third, { unit: 'EUR', currency: 'EUR' }, 'de')).toBe('rund 3.333,33 EUR');
    expect(displayNumber(third, { unit: null, currency: 'EUR' }, 'en')).toBe('about 3,333.3333');
  });

  test.each([
    ['JPY', '1,235 JPY', 'about 1,235 JPY'],
    ['EUR', '1,235.00 EUR', 'about 1,234.57 EUR'],
    ['KWD', '1,235.000 KWD', 'about 1,234.568 KWD'],
    ['CLF', '1,235.0000 CLF', '1,234.5678 CLF'],
  ])("rule 32: money in %s has that currency's digits", (currency, whole, parts) => {
    const unit = { unit: currency, currency };
    expect(displayNumber(decimal('1235'), unit, 'en')).toBe(whole);
    expect(displayNumber(decimal('1234.5678'), unit, 'en')).toBe(parts);
  });

  test('rule 32: it is rounded to the side that is asked for, below zero too', () => {
    const unit = { unit: 'EUR', currency: 'EUR' };
    const shown = (text: string) =>
      (['DOWN', 'NEAREST', 'UP'] as const).map((rounding) =>
        displayNumber(decimal(text), unit, 'en', rounding).replace(' EUR', ''),
      );
    expect(shown('1.006')).toEqual(['about 1.00', 'about 1.01', 'about 1.01']);
    expect(shown('-1.006')).toEqual(['about -1.01', 'about -1.01', 'about -1.00']);
    expect(shown('1.01')).toEqual(['1.01', '1.01', '1.01']);
  });

  test('rule 32: a threshold is shown with every digit that it has', () => {
    expect(displayExact(decimal('300.00512'), { unit: 'EUR', currency: 'EUR' }, 'de')).toBe('300,00512 EUR');
    expect(displayExact(decimal('0.7000001'), { unit: '%', currency: 'EUR' }, 'en')).toBe('70.00001%');
  });

  test('rule 10: a number too small to show is not nothing', () => {
    const tiny = { unit: 'EUR', currency: 'EUR' };
    expect(displayNumber(fraction(1n, 30_000n), tiny, 'en')).toBe('less than 0.01 EUR');
    expect(displayNumber(fraction(1n, 30_000n), tiny, 'de')).toBe('weniger als 0,01 EUR');
  });
});

test('displayDay writes ISO 8601 in English and day.month.year in German', () => {
  expect(displayDay(day('2026-03-01'), 'en')).toBe('2026-03-01');
  expect(displayDay(day('2026-03-01'), 'de')).toBe('01.03.2026');
});

describe('displayRange', () => {
  test.each([
    ['2025-11-24', '2026-11-24', ' in the 12 months up to 2026-11-23', ' in den 12 Monaten bis 23.11.2026'],
    ['2026-08-26', '2026-11-24', ' from 2026-08-26 to 2026-11-23', ' vom 26.08.2026 bis 23.11.2026'],
    ['2026-10-24', '2026-11-24', ' from 2026-10-24 to 2026-11-23', ' vom 24.10.2026 bis 23.11.2026'],
    [null, '2026-11-24', ' up to 2026-11-23', ' bis 23.11.2026'],
    ['2026-10-01', null, ' since 2026-10-01', ' seit dem 01.10.2026'],
    [null, null, '', ''],
  ])('a window from %s until %s', (from, until, en, de) => {
    const range = { from: from === null ? null : day(from), until: until === null ? null : day(until) };
    expect(displayRange(range, 'en')).toBe(en);
    expect(displayRange(range, 'de')).toBe(de);
  });
});
