import { readFileSync } from 'node:fs';

/** The sub-folders of a folder from the lowest to the highest, as the table in its README lists them. */
export function readCorridors(parent: string): readonly string[] {
  const page = readFileSync(new URL(`../../../${parent}/README.md`, import.meta.url), 'utf8');
  const folders = [...page.matchAll(/^\| `([\w-]+)` \| \S.* \|$/gm)].flatMap(([, folder = '']) => folder);
  if (folders.length === 0) throw new Error(`${parent}/README.md lists no folders.`);
  return folders;
}
