import { foldText } from '../../engine/values/fold-text.ts';

/**
 * The key by which partners are searched and sorted: name and reference, both folded, with a line break
 * between them.
 */
export type SearchKey = { readonly searchKey: string; readonly grams: readonly string[] };

// Of each part; an index has no place for more.
const LONGEST = 200;
const GRAM = 3;
/** Of what is looked for: enough to leave few. The rest is compared. */
const MOST_GRAMS = 12;

/** The key of a partner, and all that is three characters long in it. */
export function searchKeyOf({ name, externalRef }: { name: string; externalRef: string }): SearchKey {
  const parts = [name, externalRef].map((text) => [...foldText(text)].slice(0, LONGEST));
  return {
    searchKey: parts.map((part) => part.join('')).join('\n'),
    grams: [...new Set(parts.flatMap(gramsOf))],
  };
}

/**
 * What a search looks for: a pattern for the key, and what is in the grams of all whom it fits; no grams
 * where it is too short for any.
 */
export type Needle = { readonly pattern: string; readonly grams: readonly string[] };

/** The needle of a text; null for one that says nothing. */
export function needleOf(text: string): Needle | null {
  const folded = foldText(text);
  if (folded === '') return null;
  const pattern = `%${folded.replace(/[\\%_]/g, '\\$&')}%`;
  return { pattern, grams: [...new Set(gramsOf([...folded]))].slice(0, MOST_GRAMS) };
}

function gramsOf(characters: readonly string[]): readonly string[] {
  return characters.slice(GRAM - 1).map((_, index) => characters.slice(index, index + GRAM).join(''));
}
