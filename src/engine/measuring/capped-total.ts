import {
  add,
  compare,
  divide,
  type Fraction,
  fraction,
  greatest,
  multiply,
  ONE,
  subtract,
  ZERO,
} from '../values/fraction.ts';

/**
 * The largest total in which each part counts at most in full and none is more than `maximumShare` of the
 * total. Parts below zero count as zero.
 */
export function cappedTotal(parts: readonly Fraction[], maximumShare: Fraction): Fraction {
  const descending = parts.map((part) => greatest(part, ZERO)).sort((a, b) => compare(b, a));
  let rest = descending.reduce(add, ZERO);
  // If the largest parts are cut to the share, the total follows from the others, which make up the rest.
  for (let cut = 0; cut <= descending.length; cut += 1) {
    const left = subtract(ONE, multiply(maximumShare, fraction(BigInt(cut))));
    const total = divide(rest, left);
    const next = descending[cut];
    if (next === undefined || compare(next, multiply(maximumShare, total)) <= 0) return total;
    rest = subtract(rest, next);
  }
  return ZERO;
}

/**
 * The greatest part as a share of all parts; parts below zero count as zero, and the share of nothing is 0.
 */
export function largestShare(parts: readonly Fraction[]): Fraction {
  const counted = parts.map((part) => greatest(part, ZERO));
  const total = counted.reduce(add, ZERO);
  return compare(total, ZERO) === 0 ? ZERO : divide(counted.reduce(greatest, ZERO), total);
}
