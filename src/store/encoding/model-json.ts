import { isObject } from '../../engine/values/is-object.ts';
import type { Prisma } from '../../generated/prisma/client.ts';

/** JSON as a model takes it. Throws for what is none, null included. */
export function toModelJson(value: unknown): Prisma.InputJsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(toPart);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toPart(part)]));
  }
  throw new Error(`This is no JSON: ${typeof value}.`);
}

function toPart(value: unknown): Prisma.InputJsonValue | null {
  return value === null ? null : toModelJson(value);
}
