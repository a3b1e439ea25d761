import type { Measure, PointScale, VariedNumber } from '../rulebook/rulebook.ts';
import { compare, type Fraction, ONE, ZERO } from '../values/fraction.ts';
import { isObject } from '../values/is-object.ts';
import {
  canonicalLocale,
  DEFAULT_LOCALE,
  type Locale,
  type LocalizedText,
  withDefault,
} from '../values/language.ts';
import { LONGEST_NAME } from '../values/naming-text.ts';
import { isAlwaysDecided } from './always-decided.ts';
import { checkSteps } from './check-bound.ts';
import { commonUnit, kindName, metricUnit } from './measure-unit.ts';
import { metricShape } from './parse-metric.ts';
import { overShape } from './parse-over.ts';
import { pointer, quoted } from './problem.ts';
import { record } from './record-shape.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import { decimal, positiveDecimal, text, writing } from './scalar-shape.ts';
import {
  byKey,
  list,
  mapped,
  object,
  optional,
  optionalSince2,
  reference,
  type Shape,
  textOr,
} from './shape.ts';
import { variedNumberShape } from './varied-number.ts';

const nameText = writing(LONGEST_NAME, 'ONE_LINE');

/** A text in at least one language. */
export const localizedTextShape: Shape<LocalizedText> = mapped(
  record(/^[A-Za-z][A-Za-z0-9-]{1,34}$/, 'a language tag such as "en" or "de-CH"', 'languages', nameText),
  (texts, path, reading) => {
    const read: Record<Locale, string> = {};
    for (const [tag, text] of texts) {
      const locale = canonicalLocale(tag);
      if (locale === null || Object.hasOwn(read, locale)) {
        const problem = locale === null ? 'is not a language tag' : `is there twice, as ${locale}`;
        return reading.refuse(pointer(path, tag), `${quoted(tag)} ${problem}.`);
      }
      read[locale] = text;
    }
    if (texts.size === 0) return reading.refuse(path, 'A name in at least one language is needed here.');
    return withDefault(read, reading.program.defaultLocale ?? DEFAULT_LOCALE);
  },
);

/** Names of measures in the document. */
export const MEASURE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** What such a name has to be. */
export const NAME_FORM = 'a name of up to 64 letters, digits, "-" and "_" that begins with a letter';

/** A measure by its name, or written out. */
export const measureShape: Shape<Measure> = reference('measure', () => measureOrName);

const common = { name: optional(localizedTextShape), otherwise: optionalSince2(decimal) };
const parts = list(measureShape, 'measureParts', 1);

const factor = mapped(decimal, (value, path, reading) =>
  compare(value, ZERO) === 0 ? reading.refuse(path, 'A part that counts 0 times adds nothing.') : value,
);

const timesShape: Shape<Measure> = object(
  { ...common, times: factor, of: measureShape },
  ({ name, otherwise = null, times, of }, path, reading) =>
    reading.allows(2, '"times"', `${path}/times`)
      ? { path, name: name ?? of.name, unit: of.unit, otherwise, type: 'TIMES', parts: [of], factor: times }
      : undefined,
);

/** A part of a sum: a measure, or one that counts several times. */
const summandShape: Shape<Measure> = {
  schema: { anyOf: [timesShape.schema, measureShape.schema] },
  read: (value, path, reading) =>
    (isObject(value) && Object.hasOwn(value, 'times') ? timesShape : measureShape).read(value, path, reading),
};
const summands = list(summandShape, 'measureParts', 1);

const linear = object({ points: variedNumberShape, per: positiveDecimal }, (scale, path, reading) =>
  everyRegion(scale.points, (points) => compare(points, ZERO) >= 0)
    ? scale
    : reading.refuse(`${path}/points`, 'Points for a unit are not below zero.'),
);

const steps = mapped(
  list(
    object({ atLeast: decimal, points: decimal }, (step) => step),
    'steps',
    1,
  ),
  (read, path, reading) => {
    const ascending = read.every((step, index) => {
      const before = read[index - 1];
      if (before === undefined) return compare(step.points, ZERO) >= 0;
      return compare(step.atLeast, before.atLeast) > 0 && compare(step.points, before.points) >= 0;
    });
    return ascending
      ? read
      : reading.refuse(path, 'Steps ascend, and so do their points, from zero or more.');
  },
);

const pointsShape: Shape<{ of: Measure; scale: PointScale; cap: Fraction | null }> = object(
  {
    of: measureShape,
    linear: optional(linear),
    wholeUnits: optional(linear),
    steps: optional(steps),
    cap: optional(positiveDecimal),
  },
  ({ of, cap, ...scales }, path, reading) => {
    if (scales.steps !== undefined) {
      checkSteps(of, scales.steps, `${path}/steps`, reading);
      const most = scales.steps.at(-1)?.points ?? ZERO;
      const scale = { type: 'STEPS', steps: scales.steps } as const;
      return { of, scale, cap: cap !== undefined && compare(cap, most) < 0 ? cap : most };
    }
    if (scales.linear !== undefined)
      return { of, scale: { type: 'LINEAR', ...scales.linear }, cap: cap ?? null };
    if (scales.wholeUnits === undefined) return undefined;
    return { of, scale: { type: 'WHOLE_UNITS', ...scales.wholeUnits }, cap: cap ?? null };
  },
  ['linear', 'wholeUnits', 'steps'],
);

const share = mapped(decimal, (value, path, reading) =>
  compare(value, ZERO) > 0 && compare(value, ONE) <= 0
    ? value
    : reading.refuse(path, 'A share is above 0 and at most 1; 40 % is "0.4".'),
);

const anyMeasure: Shape<Measure> = byKey<Measure>({
  metric: object(
    { ...common, metric: metricShape },
    ({ name, otherwise = null, metric: read }, path, reading) => {
      const { metric, minimumSample } = read;
      const unit = metricUnit(read.metric, reading);
      return {
        path,
        name: name ?? kindName(metric.kind, reading),
        unit,
        otherwise,
        type: 'METRIC',
        metric,
        minimumSample,
      };
    },
  ),
  constant: object(
    { ...common, constant: variedNumberShape },
    ({ name, otherwise = null, constant }, path) => ({
      path,
      name: name ?? { en: 'a fixed number', de: 'eine feste Zahl' },
      unit: null,
      otherwise,
      type: 'CONSTANT',
      value: constant,
    }),
  ),
  maximumShare: object(
    { ...common, sum: summands, maximumShare: share },
    ({ name, otherwise = null, sum, maximumShare }, path, reading) => {
      const unit = commonUnit(sum, `${path}/sum`, reading);
      if (unit === undefined || !areAllAdded(sum, `${path}/sum`, reading)) return undefined;
      const named = name ?? { en: 'total with a maximum share', de: 'Summe mit Höchstanteil' };
      return { path, name: named, unit, otherwise, type: 'CAPPED_TOTAL', parts: sum, maximumShare };
    },
  ),
  sum: object({ ...common, sum: summands }, ({ name, otherwise = null, sum }, path, reading) => {
    const unit = commonUnit(sum, `${path}/sum`, reading);
    if (unit === undefined) return undefined;
    return { path, name: name ?? { en: 'sum', de: 'Summe' }, unit, otherwise, type: 'SUM', parts: sum };
  }),
  minimum: object({ ...common, minimum: parts }, ({ name, otherwise = null, minimum }, path, reading) => {
    const unit = commonUnit(minimum, `${path}/minimum`, reading);
    if (unit === undefined) return undefined;
    const named = name ?? { en: 'least', de: 'Minimum' };
    return { path, name: named, unit, otherwise, type: 'MINIMUM', parts: minimum };
  }),
  maximum: object({ ...common, maximum: parts }, ({ name, otherwise = null, maximum }, path, reading) => {
    const unit = commonUnit(maximum, `${path}/maximum`, reading);
    if (unit === undefined) return undefined;
    const named = name ?? { en: 'greatest', de: 'Maximum' };
    return { path, name: named, unit, otherwise, type: 'MAXIMUM', parts: maximum };
  }),
  largestShare: object(
    { ...common, largestShare: parts },
    ({ name, otherwise = null, largestShare }, path, reading) => {
      const unit = commonUnit(largestShare, `${path}/largestShare`, reading);
      if (unit === undefined) return undefined;
      const named = name ?? { en: 'largest share', de: 'größter Anteil' };
      return { path, name: named, unit: '%', otherwise, type: 'LARGEST_SHARE', parts: largestShare };
    },
  ),
  ratio: object(
    { ...common, ratio: object({ of: measureShape, to: measureShape }, (sides) => sides) },
    ({ name, otherwise = null, ratio: { of, to } }, path) => ({
      path,
      name: name ?? { en: 'ratio', de: 'Verhältnis' },
      unit: of.unit === to.unit ? '%' : null,
      otherwise,
      type: 'RATIO',
      parts: [of, to],
    }),
  ),
  over: object(
    { ...common, over: overShape(measureShape) },
    ({ name, otherwise = null, over }, path, reading) => {
      if (!reading.allows(2, '"over"', `${path}/over`)) return undefined;
      const unit = over.aggregate === 'COUNT' ? null : over.of.unit;
      return { path, name: name ?? over.of.name, unit, otherwise, type: 'OVER', ...over };
    },
  ),
  points: object(
    { ...common, points: pointsShape },
    ({ name, otherwise = null, points: { of, scale, cap } }, path) => {
      const named = name ?? of.name;
      return { path, name: named, unit: 'points', otherwise, type: 'POINTS', parts: [of], scale, cap };
    },
  ),
});

/** A measure that is written out. */
const writtenOut: Shape<Measure> = mapped(anyMeasure, (measure, path, reading) =>
  measure.otherwise !== null && isAlwaysDecided({ ...measure, otherwise: null }, new Map())
    ? reading.refuse(`${path}/otherwise`, 'The data always decide this measure, so nothing stands in for it.')
    : measure,
);

/** A share of a total is one of parts that add to it. */
function areAllAdded(sum: readonly Measure[], path: string, reading: RulebookReading): boolean {
  const index = sum.findIndex((part) => part.type === 'TIMES' && compare(part.factor, ZERO) < 0);
  if (index < 0) return true;
  reading.refuse(`${path}/${index}/times`, 'No part with a maximum share is subtracted.');
  return false;
}

const measureOrName: Shape<Measure> = textOr<Measure>(
  mapped(text(MEASURE_NAME, NAME_FORM), (name, path, reading) => reading.measureNamed(name, path)),
  reference('writtenMeasure', () => writtenOut),
);

/** Reads a measure that is written out, as each of the document's `measures` is. */
export function readMeasure(value: unknown, path: string, reading: RulebookReading): Measure | undefined {
  return writtenOut.read(value, path, reading);
}

/** What the published schema has under `$defs`. */
export const measureDefinitions = { measure: measureOrName.schema, writtenMeasure: writtenOut.schema };

function everyRegion(number: VariedNumber, test: (value: Fraction) => boolean): boolean {
  return test(number.default) && [...number.values.values()].every(test);
}
