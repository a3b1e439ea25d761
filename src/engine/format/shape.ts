import { isObject } from '../values/is-object.ts';
import { pointer, quoted } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import type { Format, RulebookReading } from './rulebook-reading.ts';

/** Keys of an object of no form that are looked at for a slip. */
const MOST_KEYS_LOOKED_AT = 20;

export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * The shape of one part of a rulebook document, defined once: `schema` describes it to other tools, and
 * `read` turns it into what the engine works with. `read` notes problems in the reading, and then returns
 * undefined.
 */
export type Shape<T> = {
  readonly schema: JsonSchema;
  read(value: unknown, path: string, reading: RulebookReading): T | undefined;
};

type Optional<T> = { readonly optional: Shape<T>; readonly since: Format };
type Fields = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>;
type Values<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Shape<infer T>
    ? T
    : F[K] extends Optional<infer T>
      ? T | undefined
      : never;
};

/** A field that may be left out. */
export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape, since: 1 };
}

/** A field that may be left out, and that only documents of format 2 have. */
export function optionalSince2<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape, since: 2 };
}

/**
 * An object with these fields and no others; of `exactlyOne` precisely one has to be there. `build` may
 * refuse it too.
 */
export function object<F extends Fields, T>(
  fields: F,
  build: (values: Values<F>, path: string, reading: RulebookReading) => T | undefined,
  exactlyOne: readonly (keyof F & string)[] = [],
): Shape<T> {
  const names = Object.keys(fields);
  const properties = Object.fromEntries(names.map((name) => [name, shapeOf(fields[name]).schema]));
  const required = names.filter((name) => !isOptional(fields[name]));
  return {
    schema: {
      type: 'object',
      properties,
      ...(required.length > 0 && { required }),
      additionalProperties: false,
      ...(exactlyOne.length > 0 && { oneOf: exactlyOne.map((name) => ({ required: [name] })) }),
    },
    read(value, path, reading) {
      if (!isObject(value)) return reading.refuse(path, 'An object is expected here.');
      let complete = true;
      const broken = (): void => {
        complete = false;
      };
      for (const key of Object.keys(value)) {
        if (Object.hasOwn(fields, key)) continue;
        const meant = reading.suggestion(key, names);
        reading.refuse(
          pointer(path, key),
          `${quoted(key)} is not known here${meant === '' ? '; known' : `${meant} Known`} are ${names.join(', ')}.`,
        );
        broken();
      }
      if (exactlyOne.length > 0 && exactlyOne.filter((name) => value[name] !== undefined).length !== 1) {
        reading.refuse(path, `Exactly one of ${exactlyOne.join(', ')} is expected here.`);
        broken();
      }
      const values: Record<string, unknown> = {};
      for (const name of names) {
        const field = fields[name];
        const raw = Object.hasOwn(value, name) ? value[name] : undefined;
        if (
          raw !== undefined &&
          isOptional(field) &&
          !reading.allows(field.since, quoted(name), pointer(path, name))
        ) {
          broken();
          continue;
        }
        if (raw === undefined) {
          if (isOptional(field)) continue;
          reading.refuse(path, `"${name}" is missing.`);
          broken();
          continue;
        }
        values[name] = shapeOf(field).read(raw, pointer(path, name), reading);
        if (values[name] === undefined) broken();
      }
      return complete ? build(values as Values<F>, path, reading) : undefined;
    },
  };
}

/** An object of one of several forms, told apart by the first of these keys that it has. */
export function byKey<T>(variants: Readonly<Record<string, Shape<T>>>): Shape<T> {
  const keys = Object.keys(variants);
  return {
    schema: { oneOf: Object.values(variants).map((variant) => variant.schema) },
    read(value, path, reading) {
      if (!isObject(value)) return reading.refuse(path, 'An object is expected here.');
      const key = keys.find((name) => Object.hasOwn(value, name));
      const variant = key === undefined ? undefined : variants[key];
      if (variant !== undefined) return variant.read(value, path, reading);
      const meant = Object.keys(value)
        .slice(0, MOST_KEYS_LOOKED_AT)
        .map((name) => ({ name, end: reading.suggestion(name, keys) }))
        .find(({ end }) => end !== '');
      const slip = meant === undefined ? '' : ` ${quoted(meant.name)} is none of them${meant.end}`;
      return reading.refuse(path, `An object with one of ${keys.join(', ')} is expected here.${slip}`);
    },
  };
}

/** An object of one of several forms, told apart by the text under `key`. */
export function byText<T>(key: string, variants: Readonly<Record<string, Shape<T>>>): Shape<T> {
  const names = Object.keys(variants);
  return {
    schema: { oneOf: Object.values(variants).map((variant) => variant.schema) },
    read(value, path, reading) {
      if (!isObject(value)) return reading.refuse(path, 'An object is expected here.');
      const name = value[key];
      const variant = typeof name === 'string' && Object.hasOwn(variants, name) ? variants[name] : undefined;
      const end = (typeof name === 'string' && reading.suggestion(name, names)) || '.';
      return variant === undefined
        ? reading.refuse(pointer(path, key), `One of ${names.join(', ')} is expected here${end}`)
        : variant.read(value, path, reading);
    },
  };
}

/** An object of one form, or else a text of the other. */
export function textOr<T>(ofText: Shape<T>, other: Shape<T>): Shape<T> {
  return {
    schema: { anyOf: [ofText.schema, other.schema] },
    read: (value, path, reading) => (isObject(value) ? other : ofText).read(value, path, reading),
  };
}

/** What of a rulebook has a limit. */
export type Limit = keyof typeof RULEBOOK_LIMITS;

/** A list of at least `minimum` items of one shape, and no more than the limit. */
export function list<T>(item: Shape<T>, limit: Limit, minimum = 0): Shape<readonly T[]> {
  const maxItems = RULEBOOK_LIMITS[limit];
  return {
    schema: { type: 'array', items: item.schema, ...(minimum > 0 && { minItems: minimum }), maxItems },
    read(value, path, reading) {
      if (!Array.isArray(value)) return reading.refuse(path, 'A list is expected here.');
      if (value.length < minimum)
        return reading.refuse(path, `At least ${minimum} of these ${minimum === 1 ? 'is' : 'are'} needed.`);
      if (!reading.within(value.length, limit, path)) return undefined;
      const items = value.map((each, index) => item.read(each, pointer(path, index), reading));
      const read = items.filter((each) => each !== undefined);
      return read.length === items.length ? read : undefined;
    },
  };
}

/** The shape that `$defs` of the schema has under a name: for shapes that hold themselves. */
export function reference<T>(name: string, shape: () => Shape<T>): Shape<T> {
  return {
    schema: { $ref: `#/$defs/${name}` },
    read: (value, path, reading) => reading.deeper(path, () => shape().read(value, path, reading)),
  };
}

/** The shape with its result turned into something else, or refused. */
export function mapped<T, U>(
  shape: Shape<T>,
  build: (value: T, path: string, reading: RulebookReading) => U | undefined,
): Shape<U> {
  return {
    schema: shape.schema,
    read(value, path, reading) {
      const read = shape.read(value, path, reading);
      return read === undefined ? undefined : build(read, path, reading);
    },
  };
}

function isOptional(field: Shape<unknown> | Optional<unknown> | undefined): field is Optional<unknown> {
  return field !== undefined && 'optional' in field;
}

function shapeOf(field: Shape<unknown> | Optional<unknown> | undefined): Shape<unknown> {
  if (field === undefined) throw new Error('a field without a shape');
  return isOptional(field) ? field.optional : field;
}
