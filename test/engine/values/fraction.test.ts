import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  divide,
  floor,
  formatDecimal,
  fraction,
  fractionFromText,
  fractionToText,
  multiply,
  parseDecimal,
  subtract,
} from '../../../src/engine/values/fraction.ts';
import { number } from '../support/measuring.ts';

describe('rule 10: numbers are exact', () => {
  it('reads decimals and nothing else', () => {
    expect(parseDecimal('1250.50')).toEqual({ numerator: 2501n, denominator: 2n });
    expect(parseDecimal('-0.1')).toEqual({ numerator: -1n, denominator: 10n });
    for (const text of ['', '1e3', '.5', '5.', '+1', ' 1', '1,5', 'NaN', '0x1', `1${'0'.repeat(30)}`]) {
      expect(parseDecimal(text), text).toBeNull();
    }
  });

  it('calculates without rounding', () => {
    expect(add(number('0.1'), number('0.2'))).toEqual(number('0.3'));
    expect(subtract(number('1'), fraction(1n, 3n))).toEqual(fraction(2n, 3n));
    expect(multiply(fraction(7_500n), fraction(100n, 75n))).toEqual(fraction(10_000n));
    expect(divide(number('-1'), number('-3'))).toEqual(fraction(1n, 3n));
    expect(() => divide(number('1'), number('0'))).toThrow(RangeError);
  });

  it('compares and rounds down', () => {
    expect(compare(fraction(2n, 3n), number('0.6666666666'))).toBe(1);
    expect(compare(number('2.50'), number('2.5'))).toBe(0);
    expect(floor(number('-0.5'))).toEqual(number('-1'));
    expect(floor(number('-2'))).toEqual(number('-2'));
    expect(floor(number('2.99'))).toEqual(number('2'));
  });

  it('shows what is finite exactly, and rounds only what is not, or when asked to', () => {
    expect(formatDecimal(number('1250.50'))).toBe('1250.5');
    expect(formatDecimal(number('0.00000001'))).toBe('0.00000001');
    expect(formatDecimal(fraction(2n, 3n))).toBe('0.666667');
    expect(formatDecimal(fraction(-2n, 3n), 2)).toBe('-0.67');
    expect(formatDecimal(number('0.125'), 2)).toBe('0.13');
    expect(formatDecimal(number('-0.001'), 2)).toBe('0');
    expect(formatDecimal(number('99.999'), 2)).toBe('100');
    expect(formatDecimal(number('100'), 0)).toBe('100');
  });

  it('is stored and read back as it was', () => {
    for (const value of [fraction(0n), fraction(-22n, 7n), number('1250.5')]) {
      expect(fractionFromText(fractionToText(value))).toEqual(value);
    }
    expect(fractionToText(fraction(-22n, 7n))).toBe('-22/7');
    expect(() => fractionFromText('1.5')).toThrow(SyntaxError);
  });
});
