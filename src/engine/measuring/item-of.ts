import type { Fact } from '../partner/fact.ts';
import { fieldText, type WorthOf } from '../partner/fact-field.ts';
import type { ItemDimension } from '../rulebook/metric.ts';
import { formatDay } from '../values/day.ts';
import { periodStart, weekStart } from './period.ts';

/** The item of a dimension that a fact belongs to: a period is named by its first day; null if to none. */
export function itemOf(fact: Fact, dimension: ItemDimension, worthOf: WorthOf): string | null {
  if (dimension.type === 'FIELD') return fieldText(fact, dimension.field, worthOf);
  const { unit, firstMonth } = dimension;
  const { occurredOn } = fact;
  return formatDay(unit === 'WEEK' ? weekStart(occurredOn) : periodStart(occurredOn, unit, firstMonth));
}

/** The dimension as one text: a field by its name. */
export function dimensionText(dimension: ItemDimension): string {
  if (dimension.type === 'FIELD') return dimension.field;
  const { unit, firstMonth } = dimension;
  return unit === 'WEEK' ? 'occurredOn/WEEK' : `occurredOn/${unit}/${firstMonth}`;
}
