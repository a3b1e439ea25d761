import type { PointScale, VariedNumber } from '../rulebook/rulebook.ts';
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

/** What numbers differ by, as it is where something is judged. */
export type Characteristics = {
  /** The partner's, or the item's of a forEach over regions. */
  readonly region: string;
  /** By name, the region aside; what the partner does not have is left out. */
  readonly others: Readonly<Record<string, string>>;
};

/** The number that holds where something is judged. */
export function numberFor(
  { by, values, ...number }: VariedNumber,
  { region, others }: Characteristics,
): Fraction {
  const value = by === 'region' ? region : Object.hasOwn(others, by) ? others[by] : undefined;
  return (value === undefined ? undefined : values.get(value)) ?? number.default;
}

/** The points for a value, before any cap. */
export function pointsFor(value: Fraction, scale: PointScale, of: Characteristics): Fraction {
  if (scale.type === 'STEPS') {
    return scale.steps.findLast(({ atLeast }) => compare(value, atLeast) >= 0)?.points ?? ZERO;
  }
  const units = divide(value, scale.per);
  const points = multiply(scale.type === 'LINEAR' ? units : floor(units), numberFor(scale.points, of));
  return greatest(points, ZERO);
}

export function capped(points: Fraction, cap: Fraction | null): Fraction {
  return cap === null ? points : least(points, cap);
}
