import type { RegionalNumber } from '../rulebook/rulebook.ts';
import { COMPARISONS } from '../values/comparison.ts';
import { namedRecord } from './record-shape.ts';
import { decimal } from './scalar-shape.ts';
import { mapped, object, optional, type Shape, textOr } from './shape.ts';

/** One number for all regions, or one per region with a default for the others. */
export const regionalNumberShape: Shape<RegionalNumber> = textOr<RegionalNumber>(
  mapped(decimal, (number) => ({ default: number, regions: new Map() })),
  object({ default: decimal, regions: namedRecord('regions', decimal) }, (numbers) => numbers),
);

/** The fields of which one has to be there: how something compares with a number. */
export const boundFields = {
  atLeast: optional(regionalNumberShape),
  above: optional(regionalNumberShape),
  atMost: optional(regionalNumberShape),
  below: optional(regionalNumberShape),
};

export const BOUND_KEYS = COMPARISONS.map(([key]) => key);
