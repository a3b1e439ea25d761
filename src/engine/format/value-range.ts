import { factTypeOf } from '../rulebook/fact-type.ts';
import type { Metric } from '../rulebook/metric.ts';
import type { Measure, OverMeasure, PointScale, VariedNumber } from '../rulebook/rulebook.ts';
import {
  add,
  compare,
  divide,
  type Fraction,
  greatest,
  least,
  multiply,
  ONE,
  ZERO,
} from '../values/fraction.ts';
import type { ProgramSettings } from '../values/program.ts';
import { unreachable } from '../values/unreachable.ts';

/**
 * Between which numbers every value of a measure lies, by what kind of number it is; null where there is no
 * end.
 */
export type ValueRange = {
  readonly minimum: Fraction | null;
  readonly maximum: Fraction | null;
  /** No fact is behind it: the rulebook's author decided it. */
  readonly isConstant: boolean;
};
export type Ends = Omit<ValueRange, 'isConstant'>;

const ANY: Ends = { minimum: null, maximum: null };
const FROM_ZERO: Ends = { minimum: ZERO, maximum: null };

/** The range of a measure, from those of its parts. Wider than it need be, but never narrower. */
export function valueRange(
  measure: Measure,
  program: ProgramSettings,
  rangeOf: (part: Measure) => ValueRange,
): ValueRange {
  const range = rangeByData(measure, program, rangeOf);
  const { otherwise } = measure;
  if (otherwise === null) return range;
  return {
    ...range,
    minimum: range.minimum && least(range.minimum, otherwise),
    maximum: range.maximum && greatest(range.maximum, otherwise),
  };
}

function rangeByData(
  measure: Measure,
  program: ProgramSettings,
  rangeOf: (part: Measure) => ValueRange,
): ValueRange {
  if (measure.type === 'METRIC') return { ...metricRange(measure.metric, program), isConstant: false };
  if (measure.type === 'CONSTANT') {
    const numbers = everyNumber(measure.value);
    return { minimum: numbers.reduce(least), maximum: numbers.reduce(greatest), isConstant: true };
  }
  if (measure.type === 'OVER') return { ...overRange(measure, rangeOf(measure.of)), isConstant: false };
  const parts = measure.parts.map(rangeOf);
  return { ...calculationRange(measure, parts), isConstant: parts.every(({ isConstant }) => isConstant) };
}

function calculationRange(
  measure: Exclude<Measure, { readonly type: 'METRIC' | 'CONSTANT' | 'OVER' }>,
  parts: readonly Ends[],
): Ends {
  const [minima, maxima] = [parts.map(({ minimum }) => minimum), parts.map(({ maximum }) => maximum)];
  switch (measure.type) {
    case 'SUM':
      return { minimum: whole(minima, add), maximum: whole(maxima, add) };
    case 'MINIMUM':
      return { minimum: whole(minima, least), maximum: known(maxima, least) };
    case 'MAXIMUM':
      return { minimum: known(minima, greatest), maximum: whole(maxima, greatest) };
    case 'RATIO':
      return minima.every((minimum) => minimum !== null && compare(minimum, ZERO) >= 0) ? FROM_ZERO : ANY;
    case 'POINTS': {
      const most = maxima[0] == null ? null : mostPoints(maxima[0], measure.scale);
      return { minimum: ZERO, maximum: known([measure.cap, most], least) };
    }
    case 'CAPPED_TOTAL': {
      const counted = maxima.map((maximum) => maximum && greatest(maximum, ZERO));
      return { minimum: ZERO, maximum: whole(counted, add) };
    }
    case 'TIMES': {
      const [minimum = null, maximum = null] = [minima[0], maxima[0]].map(
        (end) => end && multiply(end, measure.factor),
      );
      return compare(measure.factor, ZERO) < 0
        ? { minimum: maximum, maximum: minimum }
        : { minimum, maximum };
    }
    case 'LARGEST_SHARE':
      return { minimum: ZERO, maximum: ONE };
  }
}

function overRange({ aggregate }: OverMeasure, item: Ends): Ends {
  switch (aggregate) {
    case 'COUNT':
      return FROM_ZERO;
    case 'SUM':
      return sumRange(item);
    case 'MINIMUM':
    case 'MAXIMUM':
    case 'AVERAGE':
    case 'MEDIAN':
      return item;
  }
}

/** The range of a sum of any number of values; of nothing it is 0. */
function sumRange({ minimum, maximum }: Ends): Ends {
  return {
    minimum: minimum !== null && compare(minimum, ZERO) >= 0 ? ZERO : null,
    maximum: maximum !== null && compare(maximum, ZERO) <= 0 ? ZERO : null,
  };
}

function metricRange({ kind, aggregate, by }: Metric, { satisfactionScale }: ProgramSettings): Ends {
  if (aggregate === 'COUNT' || aggregate === 'DISTINCT') return FROM_ZERO;
  const scale = scaleOf(kind, satisfactionScale);
  if (scale === null) return ANY;
  const { minimum, maximum } = scale;
  const isSum = aggregate === 'SUM' || (aggregate === 'LATEST' && by.length > 0);
  return isSum ? sumRange({ minimum, maximum }) : { minimum, maximum };
}

/** Between which ends the values of a kind are; null if it has none. */
function scaleOf(kind: string, satisfaction: ProgramSettings['satisfactionScale']) {
  const type = factTypeOf(kind);
  switch (type) {
    case 'satisfaction':
      return satisfaction;
    case 'revenue':
    case 'certification':
    case 'measurement':
      return null;
    default:
      return unreachable(type);
  }
}

/** The points for the greatest value, in the region that gives most; steps give what their cap says. */
function mostPoints(value: Fraction, scale: PointScale): Fraction | null {
  if (scale.type === 'STEPS') return null;
  const most = everyNumber(scale.points).reduce(greatest);
  return greatest(multiply(divide(value, scale.per), most), ZERO);
}

function everyNumber(number: VariedNumber): readonly Fraction[] {
  return [number.default, ...number.values.values()];
}

/** Combines the ends of all parts; null if one has none. */
function whole(
  ends: readonly (Fraction | null)[],
  f: (a: Fraction, b: Fraction) => Fraction,
): Fraction | null {
  const there = ends.filter((end) => end !== null);
  return there.length < ends.length ? null : there.reduce(f);
}

/** Combines the ends that exist. */
function known(
  ends: readonly (Fraction | null)[],
  f: (a: Fraction, b: Fraction) => Fraction,
): Fraction | null {
  const there = ends.filter((end) => end !== null);
  return there.length === 0 ? null : there.reduce(f);
}
