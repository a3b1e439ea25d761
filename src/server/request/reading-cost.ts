import type { Costs } from '../settings/limits.ts';

/** What of a request has to be read before it is known what it asks for. */
export type Readable =
  /** A document that memory does not have, before anything is done with it. */
  | { readonly type: 'TEXT'; readonly characters: number }
  /**
   * The same once its tokens and the pairs of its fields are counted, before it is checked against the
   * schema.
   */
  | { readonly type: 'CHECKS'; readonly tokens: number; readonly pairs: number }
  /** The values of variables, before they are coerced. */
  | { readonly type: 'VALUES'; readonly characters: number };

/** What reading costs; a short request costs nothing. */
export function readingCost(readable: Readable, { reading }: Costs): number {
  switch (readable.type) {
    case 'TEXT':
    case 'VALUES':
      return Math.floor(readable.characters / reading.characters);
    case 'CHECKS':
      // Whether fields can be merged is checked for each pair.
      return Math.floor(readable.tokens / reading.tokens + readable.pairs / reading.pairsOfFields);
  }
}

/** What a value has besides its text, in characters. */
const CHARACTERS_OF_A_VALUE = 8;

/**
 * The characters of an object's keys, and of what it holds that holds nothing else; the rest is left to be
 * read. An object may have a hundred thousand keys, for which no list is made.
 */
function readObject(value: object, left: unknown[]): number {
  let characters = 0;
  for (const key in value) {
    const each: unknown = Reflect.get(value, key);
    characters += key.length;
    if (typeof each === 'object' && each !== null) left.push(each);
    else characters += CHARACTERS_OF_A_VALUE + (typeof each === 'string' ? each.length : 0);
  }
  return characters;
}

/** How much there is to read in values, about as many characters as they have as JSON. Never calls itself. */
export function charactersIn(values: unknown): number {
  let characters = 0;
  const left: unknown[] = [values];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    characters += CHARACTERS_OF_A_VALUE;
    if (typeof value === 'string') characters += value.length;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) for (const each of value) left.push(each ?? null);
    else characters += readObject(value, left);
  }
  return characters;
}
