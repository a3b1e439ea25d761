import { itemScope, metricsOf } from '../rulebook/measuring-scope.ts';
import type { Slot } from '../rulebook/metric.ts';
import type { ForEach, Quantifier, Requirement, Threshold } from '../rulebook/rulebook.ts';
import { COMPARISONS } from '../values/comparison.ts';
import { checkBounds } from './check-bound.ts';
import { localizedTextShape, measureShape, regionalNumberShape } from './parse-measure.ts';
import { checkField, checkFilters, fieldShape, scopeShape, whereShape } from './parse-metric.ts';
import { pointer } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import { integer, name, text } from './scalar-shape.ts';
import { byKey, list, object, optional, reference, type Shape } from './shape.ts';

/** A code of a tier or a specialization. */
export const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
export const codeShape = text(CODE, 'a code in capitals, such as "GOLD"');

/** A condition of a tier or a specialization. */
export const requirementShape: Shape<Requirement> = reference('requirement', () => anyRequirement);

const threshold: Shape<Threshold> = object(
  {
    measure: measureShape,
    unit: optional(name(64)),
    atLeast: optional(regionalNumberShape),
    above: optional(regionalNumberShape),
    atMost: optional(regionalNumberShape),
    below: optional(regionalNumberShape),
  },
  ({ measure, unit, ...bounds }, path, reading) => {
    if (unit !== undefined && unit !== measure.unit) {
      const actual = measure.unit ?? 'no unit';
      return reading.refuse(pointer(path, 'unit'), `The measure has ${actual}, the threshold ${unit}.`);
    }
    for (const [key, comparison] of COMPARISONS) {
      const required = bounds[key];
      if (required === undefined) continue;
      checkBounds(measure, comparison, required, pointer(path, key), reading);
      return { type: 'THRESHOLD', path, measure, comparison, required };
    }
    return undefined;
  },
  COMPARISONS.map(([key]) => key),
);

const slotShape: Shape<Slot> = object(
  {
    name: localizedTextShape,
    count: integer(1, RULEBOOK_LIMITS.personsPerSlot),
    where: optional(whereShape),
  },
  ({ name, count, where = [] }, path, reading) => {
    checkFilters(where, 'certification', pointer(path, 'where'), reading);
    return { path, name, count, where };
  },
);

/** How many items of a forEach have to meet its body. */
const needShape: Shape<Quantifier> = {
  schema: { anyOf: [{ enum: ['ALL', 'ANY'] }, { type: 'integer', minimum: 1, maximum: 1_000 }] },
  read(value, path, reading) {
    if (value === 'ALL' || value === 'ANY') return { rule: value };
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000) {
      return { rule: 'AT_LEAST', needed: value };
    }
    return reading.refuse(path, 'ALL, ANY or a whole number from 1 to 1000 is expected here.');
  },
};

const forEachShape: Shape<Requirement> = object(
  {
    forEach: object(
      { dimension: fieldShape, where: threshold, need: needShape, body: requirementShape },
      (fields) => fields,
    ),
  },
  ({ forEach: { dimension, where, need, body } }, path, reading): ForEach | undefined => {
    const at = pointer(path, 'forEach');
    if (holdsForEach(body)) return reading.refuse(pointer(at, 'body'), 'A forEach holds no other forEach.');
    if (metricsOf(where.measure).length === 0) {
      const message = 'Items are values of facts, but no metric is measured here.';
      return reading.refuse(pointer(pointer(at, 'where'), 'measure'), message);
    }
    // Facts without the field belong to no item, and a forEach without items is always met for all of them.
    const { metrics, groups } = itemScope({ where, body });
    const kinds = new Set([...metrics.keys()].map(({ kind }) => kind));
    if (groups.size > 0) kinds.add('certification');
    for (const kind of kinds) checkField(dimension, kind, pointer(at, 'dimension'), reading);
    return { type: 'FOR_EACH', path, dimension, where, quantifier: need, body };
  },
);

const anyRequirement: Shape<Requirement> = byKey<Requirement>({
  measure: threshold,
  allOf: object({ allOf: list(requirementShape, 'requirementParts', 1) }, ({ allOf }, path) =>
    composite(path, { rule: 'ALL' }, allOf),
  ),
  anyOf: object({ anyOf: list(requirementShape, 'requirementParts', 1) }, ({ anyOf }, path) =>
    composite(path, { rule: 'ANY' }, anyOf),
  ),
  of: object(
    {
      atLeast: integer(1, 1_000),
      mandatory: optional(list(requirementShape, 'requirementParts', 1)),
      of: list(requirementShape, 'requirementParts'),
    },
    ({ atLeast, mandatory = [], of }, path, reading) => {
      const available = mandatory.length + of.length;
      if (atLeast > available) {
        return reading.refuse(
          pointer(path, 'atLeast'),
          `${atLeast} are needed, but there are only ${available}.`,
        );
      }
      return composite(path, { rule: 'AT_LEAST', needed: atLeast }, of, mandatory);
    },
  ),
  specialization: object({ specialization: codeShape }, ({ specialization }, path, reading) =>
    reading.hasSpecialization(specialization, pointer(path, 'specialization'))
      ? { type: 'SPECIALIZATION', path, specialization }
      : undefined,
  ),
  persons: object(
    { persons: list(slotShape, 'slots', 1), scope: optional(scopeShape) },
    ({ persons: slots, scope = 'OWN' }, path, reading) => {
      const persons = slots.reduce((sum, { count }) => sum + count, 0);
      if (!reading.within(persons, 'persons', pointer(path, 'persons'))) return undefined;
      return { type: 'PERSONS', path, group: { path, scope, slots } };
    },
  ),
  forEach: forEachShape,
});

/** What the published schema has under `$defs`. */
export const requirementDefinitions = { requirement: anyRequirement.schema };

function composite(
  path: string,
  quantifier: Quantifier,
  parts: readonly Requirement[],
  mandatory: readonly Requirement[] = [],
): Requirement {
  const marked = [
    ...mandatory.map((requirement) => ({ mandatory: true, requirement })),
    ...parts.map((requirement) => ({ mandatory: false, requirement })),
  ];
  return { type: 'COMPOSITE', path, quantifier, parts: marked };
}

function holdsForEach(requirement: Requirement): boolean {
  switch (requirement.type) {
    case 'FOR_EACH':
      return true;
    case 'COMPOSITE':
      return requirement.parts.some((part) => holdsForEach(part.requirement));
    case 'THRESHOLD':
    case 'PERSONS':
    case 'SPECIALIZATION':
      return false;
  }
}
