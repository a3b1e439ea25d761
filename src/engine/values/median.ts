import { add, compare, divide, type Fraction, fraction } from './fraction.ts';

/** The value in the middle, or the average of the two there; null of nothing. */
export function median(values: readonly Fraction[]): Fraction | null {
  const ordered = values.toSorted(compare);
  const middle = ordered[Math.floor((ordered.length - 1) / 2)];
  const other = ordered[Math.floor(ordered.length / 2)];
  return middle === undefined || other === undefined ? null : divide(add(middle, other), fraction(2n));
}
