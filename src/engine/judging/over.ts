import type { ItemAggregate } from '../rulebook/metric.ts';
import type { Comparison } from '../values/comparison.ts';
import { add, divide, type Fraction, greatest, least, wholeNumber, ZERO } from '../values/fraction.ts';
import { median } from '../values/median.ts';
import { type Bounds, certain, rising } from './bounds.ts';
import { isUpwards } from './shortfall.ts';
import type { Outcome } from './standing.ts';

/** The value of an item, and whether it counts: whether it passes the condition, if there is one. */
export type ItemValue = {
  readonly bounds: Bounds;
  readonly isIn: Outcome;
  readonly condition: ItemCondition | null;
};

/** What an item has to pass to count. */
export type ItemCondition = { readonly comparison: Comparison; readonly required: Fraction };

/** What is known of the value of an item that may count: no end where nothing is. */
type Ends = { readonly minimum: Fraction | null; readonly maximum: Fraction | null };

/**
 * What the values of items come to together: the tightest bounds over undecided items, each of which may
 * count or not. An average or median with such an item is unknown.
 */
export function boundsOver(aggregate: ItemAggregate, items: readonly ItemValue[]): Bounds {
  const counted = items.filter(({ isIn }) => isIn === 'MET').map(({ bounds }) => bounds);
  const open = items.filter(({ isIn }) => isIn === 'INSUFFICIENT_DATA').map(valueIfCounted);
  switch (aggregate) {
    case 'COUNT':
      return {
        minimum: wholeNumber(counted.length),
        maximum: wholeNumber(counted.length + open.length),
      };
    case 'SUM':
      return widened(
        rising(counted, (values) => values.reduce(add, ZERO)),
        open.map(({ minimum, maximum }) => ({
          minimum: minimum && least(minimum, ZERO),
          maximum: maximum && greatest(maximum, ZERO),
        })),
        { minimum: add, maximum: add },
      );
    case 'MINIMUM':
      if (counted.length === 0) return null;
      return widened(
        rising(counted, (values) => values.reduce(least)),
        open,
        { minimum: least },
      );
    case 'MAXIMUM':
      if (counted.length === 0) return null;
      return widened(
        rising(counted, (values) => values.reduce(greatest)),
        open,
        { maximum: greatest },
      );
    case 'AVERAGE':
      if (counted.length === 0 || open.length > 0) return null;
      return rising(counted, (values) => divide(values.reduce(add, ZERO), wholeNumber(values.length)));
    case 'MEDIAN':
      if (counted.length === 0 || open.length > 0) return null;
      return rising(counted, (values) => median(values) ?? ZERO);
  }
}

/** An undecided item that counts has passed the condition. */
function valueIfCounted({ bounds, condition }: ItemValue): Ends {
  const known: Ends = bounds ?? { minimum: null, maximum: null };
  if (condition === null) return known;
  const { comparison, required } = condition;
  return isUpwards(comparison)
    ? { ...known, minimum: known.minimum ? greatest(known.minimum, required) : required }
    : { ...known, maximum: known.maximum ? least(known.maximum, required) : required };
}

type Combine = (a: Fraction, b: Fraction) => Fraction;

/** The bounds of what counts for certain, moved at one end or both by what may count besides. */
function widened(
  bounds: Bounds,
  open: readonly Ends[],
  by: { readonly minimum?: Combine; readonly maximum?: Combine },
): Bounds {
  if (bounds === null) return null;
  const minimum = moved(
    bounds.minimum,
    open.map((ends) => ends.minimum),
    by.minimum,
  );
  const maximum = moved(
    bounds.maximum,
    open.map((ends) => ends.maximum),
    by.maximum,
  );
  if (minimum === null || maximum === null) return null;
  return open.length === 0 && bounds.minimum === bounds.maximum ? certain(minimum) : { minimum, maximum };
}

function moved(
  end: Fraction,
  by: readonly (Fraction | null)[],
  combine: Combine | undefined,
): Fraction | null {
  if (combine === undefined) return end;
  return by.reduce<Fraction | null>((sum, each) => sum && each && combine(sum, each), end);
}
