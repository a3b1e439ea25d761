import { compare, type Fraction } from './fraction.ts';

export type Comparison = 'AT_LEAST' | 'ABOVE' | 'AT_MOST' | 'BELOW';

/** How a document writes each comparison. */
export const COMPARISONS = [
  ['atLeast', 'AT_LEAST'],
  ['above', 'ABOVE'],
  ['atMost', 'AT_MOST'],
  ['below', 'BELOW'],
] as const satisfies readonly (readonly [string, Comparison])[];

/** Whether the value stands in this relation to the bound. */
export function holds(value: Fraction, comparison: Comparison, bound: Fraction): boolean {
  const order = compare(value, bound);
  switch (comparison) {
    case 'AT_LEAST':
      return order >= 0;
    case 'ABOVE':
      return order > 0;
    case 'AT_MOST':
      return order <= 0;
    case 'BELOW':
      return order < 0;
  }
}
