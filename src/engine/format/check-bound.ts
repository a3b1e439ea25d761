import type { Filter } from '../rulebook/metric.ts';
import type { Measure, VariedNumber } from '../rulebook/rulebook.ts';
import type { Comparison } from '../values/comparison.ts';
import { holds } from '../values/comparison.ts';
import { compare, divide, type Fraction, formatDecimal, ONE, wholeNumber } from '../values/fraction.ts';
import { pointer } from './problem.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import type { Ends, ValueRange } from './value-range.ts';

const WORDS: Readonly<Record<Comparison, string>> = {
  AT_LEAST: 'at least',
  ABOVE: 'above',
  AT_MOST: 'at most',
  BELOW: 'below',
};

/**
 * Refuses a threshold that every value of a measure meets, or none: it decides nothing. Measures made of
 * constants alone are exempt, since their author decides them on purpose.
 */
export function checkBounds(
  measure: Measure,
  comparison: Comparison,
  required: VariedNumber,
  path: string,
  reading: RulebookReading,
): void {
  if (reading.isPublished) return;
  const range = reading.rangeOf(measure);
  if (range.isConstant) return;
  checkBound(measure, comparison, required.default, range, path, reading);
  for (const [value, bound] of required.values) {
    const at = pointer(pointer(path, required.by === 'region' ? 'regions' : 'values'), value);
    checkBound(measure, comparison, bound, range, at, reading);
  }
}

/** Refuses a step of points that no value of the measure reaches. */
export function checkSteps(
  measure: Measure,
  steps: readonly { readonly atLeast: Fraction }[],
  path: string,
  reading: RulebookReading,
): void {
  if (reading.isPublished) return;
  const range = reading.rangeOf(measure);
  if (range.isConstant) return;
  for (const [index, { atLeast }] of steps.entries()) {
    if (!meetsNone(range, 'AT_LEAST', atLeast)) continue;
    const at = pointer(pointer(path, index), 'atLeast');
    const value = formatDecimal(atLeast);
    reading.refuse(at, `This measure is ${displayRange(range)}, so no value reaches the step at ${value}.`);
  }
}

/** Refuses a filter that every answer on the programme's scale passes, or none. */
export function checkFilterBound(filter: Filter, kind: string, path: string, reading: RulebookReading): void {
  const isScore = kind === 'satisfaction' && filter.field === 'value';
  if (reading.isPublished || !isScore || 'values' in filter || filter.as !== 'DECIMAL') return;
  const scale = reading.program.satisfactionScale;
  const every = meetsAll(scale, filter.type, filter.value);
  if (!every && !meetsNone(scale, filter.type, filter.value)) return;
  const bound = `${WORDS[filter.type]} ${formatDecimal(filter.value)}`;
  reading.refuse(
    path,
    `Answers are ${displayRange(scale)}, so ${every ? 'every' : 'no'} answer is ${bound}, and the filter decides nothing.`,
  );
}

function checkBound(
  measure: Measure,
  comparison: Comparison,
  bound: Fraction,
  range: ValueRange,
  path: string,
  reading: RulebookReading,
): void {
  const every = meetsAll(range, comparison, bound);
  if (!every && !meetsNone(range, comparison, bound)) return;
  const shown = formatDecimal(bound);
  const share =
    measure.unit === '%' && compare(bound, ONE) > 0
      ? ` ${shown} % is written "${formatDecimal(divide(bound, wholeNumber(100)))}".`
      : '';
  reading.refuse(
    path,
    `This measure is ${displayRange(range)}, so ${every ? 'every' : 'no'} value is ${WORDS[comparison]} ${shown}, and the bound decides nothing.${share}`,
  );
}

/** Whether the value that is hardest to meet it meets it. */
function meetsAll({ minimum, maximum }: Ends, comparison: Comparison, bound: Fraction): boolean {
  const hardest = comparison === 'AT_LEAST' || comparison === 'ABOVE' ? minimum : maximum;
  return hardest !== null && holds(hardest, comparison, bound);
}

/** Whether the value that is easiest to meet it misses it. */
function meetsNone({ minimum, maximum }: Ends, comparison: Comparison, bound: Fraction): boolean {
  const easiest = comparison === 'AT_LEAST' || comparison === 'ABOVE' ? maximum : minimum;
  return easiest !== null && !holds(easiest, comparison, bound);
}

function displayRange({ minimum, maximum }: Ends): string {
  if (minimum === null) return `at most ${maximum === null ? 'anything' : formatDecimal(maximum)}`;
  if (maximum === null) return `${formatDecimal(minimum)} or more`;
  return `from ${formatDecimal(minimum)} to ${formatDecimal(maximum)}`;
}
