import { itemScope, metricsOf } from '../rulebook/measuring-scope.ts';
import type { Slot } from '../rulebook/metric.ts';
import { everyPart } from '../rulebook/requirement-parts.ts';
import type {
  ForEach,
  HeldLength,
  NamedRequirement,
  Quantifier,
  Requirement,
  Threshold,
} from '../rulebook/rulebook.ts';
import { COMPARISONS } from '../values/comparison.ts';
import { checkBounds } from './check-bound.ts';
import { localizedTextShape, MEASURE_NAME, measureShape, NAME_FORM } from './parse-measure.ts';
import { checkField, checkFilters, fieldShape, scopeShape, whereShape } from './parse-metric.ts';
import { lastKey, pointer } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import { choice, integer, name, text } from './scalar-shape.ts';
import { byKey, list, object, optional, optionalSince2, reference, type Shape } from './shape.ts';
import { BOUND_KEYS, boundFields } from './varied-number.ts';

/** A code of a tier or a specialization. */
export const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
export const codeShape = text(CODE, 'a code in capitals, such as "GOLD"');

/** A condition of a tier or a specialization. */
export const requirementShape: Shape<Requirement> = reference('requirement', () => anyRequirement);

/** What decides where the data do not. */
const common = { otherwise: optionalSince2(choice(['MET', 'UNMET'])) };

const threshold: Shape<Threshold> = object(
  {
    ...common,
    measure: measureShape,
    unit: optional(name(64)),
    ...boundFields,
  },
  ({ measure, unit, otherwise = null, ...bounds }, path, reading) => {
    if (unit !== undefined && unit !== measure.unit) {
      const actual = measure.unit ?? 'no unit';
      return reading.refuse(pointer(path, 'unit'), `The measure has ${actual}, the threshold ${unit}.`);
    }
    for (const [key, comparison] of COMPARISONS) {
      const required = bounds[key];
      if (required === undefined) continue;
      checkBounds(measure, comparison, required, pointer(path, key), reading);
      return { type: 'THRESHOLD', path, otherwise, measure, comparison, required };
    }
    return undefined;
  },
  BOUND_KEYS,
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
    ...common,
    forEach: object(
      { dimension: fieldShape, where: threshold, need: needShape, body: requirementShape },
      (fields) => fields,
    ),
  },
  ({ otherwise = null, forEach: { dimension, where, need, body } }, path, reading): ForEach | undefined => {
    const at = pointer(path, 'forEach');
    if (everyPart(body).some(({ type }) => type === 'FOR_EACH'))
      return reading.refuse(pointer(at, 'body'), 'A forEach holds no other forEach.');
    if (metricsOf(where.measure).length === 0) {
      const message = 'Items are values of facts, but no metric is measured here.';
      return reading.refuse(pointer(pointer(at, 'where'), 'measure'), message);
    }
    // Facts without the field belong to no item, and a forEach without items is always met for all of them.
    const { metrics, groups } = itemScope({ where, body });
    const kinds = new Set([...metrics.keys()].map(({ kind }) => kind));
    if (groups.size > 0) kinds.add('certification');
    for (const kind of kinds) checkField(dimension, kind, pointer(at, 'dimension'), reading);
    return { type: 'FOR_EACH', path, otherwise, dimension, where, quantifier: need, body };
  },
);

const monthsShape = object({ months: integer(1, 1_200) }, (months) => months);
const daysShape = object({ days: integer(1, 36_500) }, (days) => days);

/** A tier that policy has held for so long. */
const heldShape: Shape<Requirement> = object(
  { held: codeShape, for: optional(monthsShape), total: optional(daysShape) },
  ({ held: tier, for: months, total: days }, path, reading) => {
    const at = pointer(path, 'held');
    if (!reading.allows(2, '"held"', at) || !reading.hasCode('tier', tier, at)) return undefined;
    const length: HeldLength | undefined = months ? { for: months } : days && { total: days };
    return length && { type: 'HELD', path, otherwise: null, tier, length };
  },
  ['for', 'total'],
);

/** How each kind of requirement is written: under one key, or under one of several. */
const forms = {
  THRESHOLD: { measure: threshold },
  COMPOSITE: {
    allOf: object(
      { ...common, allOf: list(requirementShape, 'requirementParts', 1) },
      ({ otherwise = null, allOf }, path) => composite({ path, otherwise }, { rule: 'ALL' }, allOf),
    ),
    anyOf: object(
      { ...common, anyOf: list(requirementShape, 'requirementParts', 1) },
      ({ otherwise = null, anyOf }, path) => composite({ path, otherwise }, { rule: 'ANY' }, anyOf),
    ),
    of: object(
      {
        ...common,
        atLeast: integer(1, 1_000),
        mandatory: optional(list(requirementShape, 'requirementParts', 1)),
        of: list(requirementShape, 'requirementParts'),
      },
      ({ otherwise = null, atLeast, mandatory = [], of }, path, reading) => {
        const available = mandatory.length + of.length;
        if (atLeast > available) {
          const message = `${atLeast} are needed, but there are only ${available}.`;
          return reading.refuse(pointer(path, 'atLeast'), message);
        }
        return composite({ path, otherwise }, { rule: 'AT_LEAST', needed: atLeast }, of, mandatory);
      },
    ),
  },
  SPECIALIZATION: {
    specialization: object(
      { ...common, specialization: codeShape },
      ({ otherwise = null, specialization }, path, reading) =>
        reading.hasCode('specialization', specialization, pointer(path, 'specialization'))
          ? { type: 'SPECIALIZATION', path, otherwise, specialization }
          : undefined,
    ),
  },
  PERSONS: {
    persons: object(
      { persons: list(slotShape, 'slots', 1), scope: optional(scopeShape) },
      ({ persons: slots, scope = 'OWN' }, path, reading) => {
        const persons = slots.reduce((sum, { count }) => sum + count, 0);
        if (!reading.within(persons, 'persons', pointer(path, 'persons'))) return undefined;
        return { type: 'PERSONS', path, otherwise: null, group: { path, scope, slots } };
      },
    ),
  },
  FOR_EACH: { forEach: forEachShape },
  HELD: { held: heldShape },
  NAMED: {
    requirement: object(
      { ...common, requirement: text(MEASURE_NAME, NAME_FORM) },
      ({ otherwise = null, requirement }, path, reading) => {
        if (!reading.allows(2, '"requirement"', pointer(path, 'requirement'))) return undefined;
        const named = reading.requirementNamed(requirement, pointer(path, 'requirement'));
        return named && { type: 'NAMED', path, otherwise, named };
      },
    ),
  },
} satisfies Record<Requirement['type'], Readonly<Record<string, Shape<Requirement>>>>;

const anyRequirement: Shape<Requirement> = byKey<Requirement>({
  ...forms.THRESHOLD,
  ...forms.COMPOSITE,
  ...forms.SPECIALIZATION,
  ...forms.PERSONS,
  ...forms.FOR_EACH,
  ...forms.HELD,
  ...forms.NAMED,
});

/** A requirement with a name for people, as the document's `requirements` have them. */
const namedShape: Shape<NamedRequirement> = object(
  { name: localizedTextShape, requirement: requirementShape },
  (fields, path) => ({ key: lastKey(path), ...fields }),
);

/** Reads one of the document's named requirements. */
export function readRequirement(
  value: unknown,
  path: string,
  reading: RulebookReading,
): NamedRequirement | undefined {
  return namedShape.read(value, path, reading);
}

/** What the published schema has under `$defs`. */
export const requirementDefinitions = { requirement: anyRequirement.schema, named: namedShape.schema };

function composite(
  common: Pick<Requirement, 'path' | 'otherwise'>,
  quantifier: Quantifier,
  parts: readonly Requirement[],
  mandatory: readonly Requirement[] = [],
): Requirement {
  const marked = [
    ...mandatory.map((requirement) => ({ mandatory: true, requirement })),
    ...parts.map((requirement) => ({ mandatory: false, requirement })),
  ];
  return { ...common, type: 'COMPOSITE', quantifier, parts: marked };
}
