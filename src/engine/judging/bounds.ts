import { largestShare } from '../measuring/capped-total.ts';
import type { Comparison } from '../values/comparison.ts';
import { holds } from '../values/comparison.ts';
import { add, compare, divide, type Fraction, greatest, multiply, ZERO } from '../values/fraction.ts';
import type { Outcome } from './standing.ts';

/**
 * A number as far as the data decide it. It lies between the two bounds, which are equal if it is certain;
 * null if nothing is known.
 */
export type Bounds = { readonly minimum: Fraction; readonly maximum: Fraction } | null;

/** A number that is certain. */
export function certain(value: Fraction): Bounds {
  return { minimum: value, maximum: value };
}

/** The bounds of a function that never falls while an argument rises; unknown if an argument is unknown. */
export function rising(parts: readonly Bounds[], f: (values: readonly Fraction[]) => Fraction): Bounds {
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) return null;
  const minimum = f(known.map((part) => part.minimum));
  if (known.every((part) => part.minimum === part.maximum)) return { minimum, maximum: minimum };
  return { minimum, maximum: f(known.map((part) => part.maximum)) };
}

/** The bounds of a number times an exact factor, which turns them round below zero. */
export function times(value: Bounds, factor: Fraction): Bounds {
  if (value === null) return null;
  const [atMinimum, atMaximum] = [multiply(value.minimum, factor), multiply(value.maximum, factor)];
  if (value.minimum === value.maximum) return certain(atMinimum);
  return compare(factor, ZERO) < 0
    ? { minimum: atMaximum, maximum: atMinimum }
    : { minimum: atMinimum, maximum: atMaximum };
}

/** The bounds of a quotient; unknown if the divisor may be zero. */
export function quotient(dividend: Bounds, divisor: Bounds): Bounds {
  if (dividend === null || divisor === null) return null;
  const [low, high] = [compare(divisor.minimum, ZERO), compare(divisor.maximum, ZERO)];
  if (low === 0 || high === 0 || low !== high) return null;
  const corners = [dividend.minimum, dividend.maximum]
    .flatMap((above) => [divisor.minimum, divisor.maximum].map((below) => divide(above, below)))
    .sort(compare);
  const [minimum, maximum] = [corners[0], corners.at(-1)];
  return minimum === undefined || maximum === undefined ? null : { minimum, maximum };
}

/** Whether a number meets a threshold: decided if both its bounds agree. */
export function against(value: Bounds, comparison: Comparison, required: Fraction): Outcome {
  if (value === null) return 'INSUFFICIENT_DATA';
  const atMinimum = holds(value.minimum, comparison, required);
  if (value.minimum !== value.maximum && atMinimum !== holds(value.maximum, comparison, required)) {
    return 'INSUFFICIENT_DATA';
  }
  return atMinimum ? 'MET' : 'UNMET';
}

/**
 * A part's share rises with it and falls with the others; these bounds are safe, and exact if the parts are
 * certain.
 */
export function shareBounds(parts: readonly Bounds[]): Bounds {
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) return null;
  if (known.every((part) => part.minimum === part.maximum)) {
    return certain(largestShare(known.map((part) => part.minimum)));
  }
  const shares = (own: 'minimum' | 'maximum', others: 'minimum' | 'maximum') =>
    known
      .map((part) => {
        const all = known
          .map((each) => greatest(each === part ? each[own] : each[others], ZERO))
          .reduce(add, ZERO);
        return compare(all, ZERO) === 0 ? ZERO : divide(greatest(part[own], ZERO), all);
      })
      .reduce(greatest, ZERO);
  return { minimum: shares('minimum', 'maximum'), maximum: shares('maximum', 'minimum') };
}
