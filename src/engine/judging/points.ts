import type { PointScale, RegionalNumber } from '../rulebook/rulebook.ts';
import {
  compare,
  divide,
  type Fraction,
  floor,
  greatest,
  least,
  multiply,
  ZERO,
} from '../values/fraction.ts';

/** The number for a region. */
export function inRegion(number: RegionalNumber, region: string): Fraction {
  return number.regions.get(region) ?? number.default;
}

/** The points for a value, before any cap. */
export function pointsFor(value: Fraction, scale: PointScale, region: string): Fraction {
  if (scale.type === 'STEPS') {
    return scale.steps.findLast(({ atLeast }) => compare(value, atLeast) >= 0)?.points ?? ZERO;
  }
  const units = divide(value, scale.per);
  const points = multiply(scale.type === 'LINEAR' ? units : floor(units), inRegion(scale.points, region));
  return greatest(points, ZERO);
}

export function capped(points: Fraction, cap: Fraction | null): Fraction {
  return cap === null ? points : least(points, cap);
}
