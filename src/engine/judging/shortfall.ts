import type { Aggregate } from '../rulebook/metric.ts';
import type { Comparison } from '../values/comparison.ts';
import { currencyDigits } from '../values/currency-digits.ts';
import {
  add,
  compare,
  type Fraction,
  fraction,
  placesOf,
  roundUp,
  subtract,
  ZERO,
} from '../values/fraction.ts';
import type { Grain, MeasureProof } from './standing.ts';

/** Digits after the point with which a value can be recorded. */
const RECORDED_PLACES = 6;

/** Whether the value has to come up to the threshold, rather than down to it. */
export function isUpwards(comparison: Comparison): boolean {
  return comparison === 'AT_LEAST' || comparison === 'ABOVE';
}

/** Whether the threshold itself is not enough. */
export function isStrict(comparison: Comparison): boolean {
  return comparison === 'ABOVE' || comparison === 'BELOW';
}

/**
 * The end of an undecided number's range that is nearest to a threshold that it misses; null if nothing is
 * known.
 */
export function nearestValue({ value, range }: MeasureProof, comparison: Comparison): Fraction | null {
  if (value !== null) return value;
  if (range === null) return null;
  return isUpwards(comparison) ? range.maximum : range.minimum;
}

/** How far the value is from the threshold, exactly; below zero on the other side. */
export function distance(value: Fraction, comparison: Comparison, required: Fraction): Fraction {
  return isUpwards(comparison) ? subtract(required, value) : subtract(value, required);
}

/** What it takes to change a metric. */
export function metricGrain(aggregate: Aggregate): Grain {
  if (aggregate === 'COUNT' || aggregate === 'DISTINCT') return 'COUNT';
  return aggregate === 'SUM' ? 'SUM' : 'OTHER';
}

/** Sums of sums and counts grow by what is recorded, as those do themselves. */
export function calculationGrain(operator: string, parts: readonly MeasureProof[]): Grain {
  if (operator !== 'SUM') return 'OTHER';
  const grains = new Set(parts.filter(({ type }) => type !== 'CONSTANT').map(({ grain }) => grain));
  if (grains.has('OTHER') || grains.size === 0) return 'OTHER';
  return grains.has('SUM') ? 'SUM' : 'COUNT';
}

/**
 * What is missing, with at most `most` digits after the point: the least such number that meets the threshold
 * when it is recorded. For `currency` it has at least the currency's digits, and counts are whole.
 */
export function shortfallWithin(
  exact: Fraction,
  comparison: Comparison,
  measure: MeasureProof,
  currency: string,
  most: number,
): Fraction {
  const { grain } = measure;
  const least = measure.unit === currency ? currencyDigits(currency) : 0;
  const needed = Math.min(placesOf(exact) ?? most, most);
  // A number that no single fact determines has no meaningful last digit: "more than" means the smallest step
  // that can be written.
  const places =
    grain === 'COUNT' ? 0 : grain === 'OTHER' && isStrict(comparison) ? most : Math.max(least, needed);
  const rounded = roundUp(exact, places);
  if (!isStrict(comparison) || compare(rounded, exact) > 0) return rounded;
  return add(rounded, fraction(1n, 10n ** BigInt(places)));
}

/**
 * The shortfall that a proof tells: to be recorded as it is. Zero for a threshold that is met, null for one
 * that is undecided.
 */
export function shortfallOf(
  measure: MeasureProof,
  comparison: Comparison,
  required: Fraction,
  outcome: 'MET' | 'UNMET' | 'INSUFFICIENT_DATA',
  currency: string,
): Fraction | null {
  if (outcome === 'MET') return ZERO;
  const value = outcome === 'UNMET' ? nearestValue(measure, comparison) : null;
  if (value === null) return null;
  return shortfallWithin(
    distance(value, comparison, required),
    comparison,
    measure,
    currency,
    RECORDED_PLACES,
  );
}
