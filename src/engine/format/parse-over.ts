import { measureScope } from '../rulebook/measuring-scope.ts';
import { ITEM_AGGREGATES, type ItemDimension, PERIOD_UNITS } from '../rulebook/metric.ts';
import type { Measure, MeasuringScope, OverMeasure } from '../rulebook/rulebook.ts';
import { COMPARISONS } from '../values/comparison.ts';
import { checkBounds } from './check-bound.ts';
import { checkField, fieldShape } from './parse-metric.ts';
import { pointer } from './problem.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import { choice } from './scalar-shape.ts';
import { mapped, object, optional, type Shape, textOr } from './shape.ts';
import { BOUND_KEYS, boundFields } from './varied-number.ts';

/** A field, or the periods in which facts occurred. */
const dimensionShape: Shape<ItemDimension> = textOr<ItemDimension>(
  mapped(fieldShape, (field) => ({ type: 'FIELD', field })),
  object(
    { occurredOn: choice(['WEEK', ...PERIOD_UNITS]), fiscal: optional(choice([true, false])) },
    ({ occurredOn: unit, fiscal = false }, path, reading) => {
      if (fiscal && unit === 'WEEK') {
        return reading.refuse(pointer(path, 'fiscal'), 'Weeks belong to no fiscal year.');
      }
      const firstMonth = fiscal ? reading.program.fiscalYearFirstMonth : 1;
      return { type: 'PERIOD', unit, firstMonth };
    },
  ),
);

const conditionShape: Shape<NonNullable<OverMeasure['where']>> = object(
  boundFields,
  (bounds) => {
    for (const [key, comparison] of COMPARISONS) {
      const required = bounds[key];
      if (required !== undefined) return { comparison, required };
    }
    return undefined;
  },
  BOUND_KEYS,
);

/** What a measure over items has under `over`. */
export function overShape(
  measure: Shape<Measure>,
): Shape<Pick<OverMeasure, 'dimension' | 'of' | 'where' | 'aggregate' | 'scope'>> {
  return object(
    {
      dimension: dimensionShape,
      of: measure,
      where: optional(conditionShape),
      aggregate: choice(ITEM_AGGREGATES),
    },
    ({ dimension, of, where = null, aggregate }, path, reading) => {
      const scope = measureScope(of);
      if (!canBeItems(dimension, scope, path, reading)) return undefined;
      if (where !== null) {
        const key = COMPARISONS.find(([, comparison]) => comparison === where.comparison)?.[0] ?? '';
        checkBounds(of, where.comparison, where.required, pointer(pointer(path, 'where'), key), reading);
      }
      return { dimension, of, where, aggregate, scope };
    },
  );
}

/** Whether what is measured for each item tells items apart, and is no measure over items itself. */
function canBeItems(
  dimension: ItemDimension,
  { metrics, overs }: MeasuringScope,
  path: string,
  reading: RulebookReading,
): boolean {
  const before = reading.problemCount();
  const of = pointer(path, 'of');
  if (overs.size > 0) reading.refuse(of, 'A measure over items holds no other one.');
  else if (metrics.size === 0) {
    reading.refuse(of, 'Items are values of facts, but no metric is measured here.');
  }
  if (dimension.type === 'FIELD') {
    const kinds = new Set([...metrics.keys()].map(({ kind }) => kind));
    for (const kind of kinds) checkField(dimension.field, kind, pointer(path, 'dimension'), reading);
  }
  return reading.problemCount() === before;
}
