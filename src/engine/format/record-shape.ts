import { isObject } from '../values/is-object.ts';
import { LONGEST_NAME, toName } from '../values/naming-text.ts';
import { pointer, quoted } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import { hiddenIn } from './scalar-shape.ts';
import type { Limit, Shape } from './shape.ts';

/**
 * An object whose keys name something and whose values have one shape. Each key is in its one form and there
 * once, and there are no more than the limit.
 */
export function namedRecord<T>(limit: Limit, item: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return {
    schema: {
      type: 'object',
      propertyNames: { pattern: '\\S' },
      additionalProperties: item.schema,
      maxProperties: RULEBOOK_LIMITS[limit],
    },
    read(value, path, reading) {
      if (!isObject(value)) return reading.refuse(path, 'An object is expected here.');
      if (!reading.within(Object.keys(value).length, limit, path)) return undefined;
      const items = new Map<string, T>();
      let complete = true;
      for (const [key, raw] of Object.entries(value)) {
        const at = pointer(path, key);
        const named = reading.name(key, at, LONGEST_NAME);
        const read = item.read(raw, at, reading);
        if (named !== undefined && items.has(named)) reading.refuse(at, `${quoted(named)} is there twice.`);
        if (named === undefined || items.has(named) || read === undefined) complete = false;
        else items.set(named, read);
      }
      return complete ? items : undefined;
    },
  };
}

/** The same of an object whose keys match `key`; `keyIs` says what they then are, with its article. */
export function record<T>(
  key: RegExp,
  keyIs: string,
  limit: Limit,
  item: Shape<T>,
): Shape<ReadonlyMap<string, T>> {
  return {
    schema: {
      type: 'object',
      propertyNames: { pattern: key.source },
      additionalProperties: item.schema,
      maxProperties: RULEBOOK_LIMITS[limit],
    },
    read(value, path, reading) {
      if (!isObject(value)) return reading.refuse(path, 'An object is expected here.');
      if (!reading.within(Object.keys(value).length, limit, path)) return undefined;
      const items = new Map<string, T>();
      let complete = true;
      for (const [written, raw] of Object.entries(value)) {
        const at = pointer(path, written);
        const name = toName(written);
        const read = item.read(raw, at, reading);
        if (!key.test(name)) reading.refuse(at, hiddenIn(name) ?? `${quoted(name)} is not ${keyIs}.`);
        else if (items.has(name)) reading.refuse(at, `${quoted(name)} is there twice.`);
        if (read === undefined || !key.test(name) || items.has(name)) complete = false;
        else items.set(name, read);
      }
      return complete ? items : undefined;
    },
  };
}
