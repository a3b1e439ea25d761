import { describe, expect, test } from 'vitest';
import {
  againstCorridors,
  arrowsBetweenRooms,
  circlesIn,
  crowdedFolders,
  importGraph,
} from './support/import-graph.ts';
import { readCorridors } from './support/read-corridors.ts';
import { sourcesIn } from './support/sources.ts';

const sources = sourcesIn(['src', 'schema'], 351);
const tests = sourcesIn(['test'], 240);
const graph = importGraph(sources);

describe('the project', () => {
  test('has no circle of imports', () => {
    expect(circlesIn(graph)).toEqual([]);
  });

  test.each(['src/engine', 'src/store', 'src/app', 'schema', 'src/server'])(
    'keeps to the order of the folders in %s',
    (parent) => {
      expect(againstCorridors(graph, { [parent]: readCorridors(parent) })).toEqual([]);
    },
  );

  test('has no crowded folder', () => {
    const files = [...sources, ...tests].map(({ file }) => file);
    expect(crowdedFolders(files, 25)).toEqual([]);
  });

  test('has few arrows between the rooms of the server', () => {
    expect(arrowsBetweenRooms(graph, 'src/server')).toBeLessThanOrEqual(35);
  });
});

describe('a graph of imports', () => {
  const toy = importGraph([
    { file: 'a/low/one.ts', source: "import { two } from './two.ts';\nimport 'node:fs';" },
    { file: 'a/low/two.ts', source: "import type { Three } from '../high/three.ts';" },
    { file: 'a/high/three.ts', source: "export * from '../low/one.ts';\nimport { main } from '../main.ts';" },
    { file: 'a/main.ts', source: "import '../a/high/three.ts';\nimport './low/one.ts';" },
    { file: 'b/self.ts', source: "import './self.ts';" },
    { file: 'b/other.ts', source: "import '../a/low/one.ts';\nimport './gone.ts';" },
  ]);

  test('has the files that each file imports', () => {
    expect(toy.get('a/low/one.ts')).toEqual(['a/low/two.ts']);
    expect(toy.get('b/other.ts')).toEqual(['a/low/one.ts']);
  });

  test('shows its circles, those of types and of a file with itself too', () => {
    expect(circlesIn(toy)).toEqual([
      ['a/high/three.ts', 'a/low/one.ts', 'a/low/two.ts', 'a/main.ts'],
      ['b/self.ts'],
    ]);
  });

  test('shows what is against the order of corridors', () => {
    expect(againstCorridors(toy, { a: ['low', 'high'] })).toEqual([
      'a/low/two.ts may not import a/high/three.ts',
      'a/high/three.ts may not import a/main.ts',
    ]);
    expect(againstCorridors(toy, { a: ['low', 'middle'] })).toEqual([
      'a/high has no place in the order',
      'there is no a/middle',
      'a/low/two.ts may not import a/high/three.ts',
      'a/high/three.ts may not import a/low/one.ts',
      'a/high/three.ts may not import a/main.ts',
    ]);
  });

  test('counts the arrows between rooms', () => {
    expect(arrowsBetweenRooms(toy, 'a')).toBe(5);
    expect(arrowsBetweenRooms(toy, 'b')).toBe(0);
  });

  test('shows crowded folders', () => {
    expect(crowdedFolders(['a/1', 'a/2', 'a/3', 'a/b/1', 'c/1'], 2)).toEqual([
      'a has 3 files; at most 2 are allowed',
    ]);
  });
});
