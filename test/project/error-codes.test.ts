import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/app/context/error-code.ts';
import { sourcesIn, treeOf } from './support/sources.ts';
import { textsIn } from './support/syntax-tree.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The codes in the table of README that has a column for them. */
function documented(): readonly string[] {
  const [, table = ''] = /^\| code \| when \|\n\|[-| ]+\n((?:\|.*\n)+)/m.exec(README) ?? [];
  return [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => cell.match(/[A-Z_]+/g) ?? []);
}

/** The texts of all files below these folders. */
function textsBelow(folders: readonly string[], least: number): ReadonlySet<string> {
  return new Set(sourcesIn(folders, least).flatMap((file) => [...textsIn(treeOf(file))]));
}

test('every code of an error is in the table, and nothing else is', () => {
  expect([...documented()].sort()).toEqual([...ERROR_CODES].sort());
});

test('every code is given somewhere', () => {
  const given = textsBelow(['src/server', 'schema'], 126);
  expect(ERROR_CODES.filter((code) => !given.has(code))).toEqual([]);
});

test('every code is named by a test of the graph or the server', () => {
  const tested = textsBelow(['test/schema', 'test/server'], 85);
  expect(ERROR_CODES.filter((code) => !tested.has(code))).toEqual([]);
});
