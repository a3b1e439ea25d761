import { posix } from 'node:path';
import { moduleReferences } from './module-references.ts';
import type { SourceFile } from './sources.ts';
import { parseTypeScript } from './syntax-tree.ts';

/** Which files of a project each of its files imports, types included. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** For a folder, its sub-folders from the lowest to the highest: each may import those before it. */
export type Corridors = Readonly<Record<string, readonly string[]>>;

export function importGraph(files: readonly SourceFile[]): ImportGraph {
  const known = new Set(files.map(({ file }) => file));
  return new Map(
    files.map(({ file, source }) => {
      const targets = moduleReferences(parseTypeScript(source, file)).flatMap(({ specifier }) => {
        if (specifier === null || !specifier.startsWith('.')) return [];
        const target = posix.join(posix.dirname(file), specifier);
        return known.has(target) ? target : [];
      });
      return [file, [...new Set(targets)]];
    }),
  );
}

/** The files that import one another in a circle, each circle once and sorted. */
export function circlesIn(graph: ImportGraph): readonly (readonly string[])[] {
  // Tarjan's strongly connected components.
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = order.size;
    order.set(file, number);
    let low = number;
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (stack.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    lowest.set(file, low);
    if (low === number) {
      const members = stack.splice(stack.indexOf(file));
      if (members.length > 1 || graph.get(file)?.includes(file)) circles.push(members.sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** The folders with more than `most` files of their own, as a sentence each. */
export function crowdedFolders(files: readonly string[], most: number): readonly string[] {
  return [...Map.groupBy(files, (file) => posix.dirname(file))]
    .filter(([, inside]) => inside.length > most)
    .map(([folder, inside]) => `${folder} has ${inside.length} files; at most ${most} are allowed`);
}

/**
 * What is against the order of the corridors, as a sentence each: a sub-folder that imports a later one or a
 * file that stands beside them, and a sub-folder that the order doesn't name or that isn't there.
 */
export function againstCorridors(graph: ImportGraph, corridors: Corridors): readonly string[] {
  return Object.entries(corridors).flatMap(([parent, rooms]) => {
    const present = new Set([...graph.keys()].flatMap((file) => roomOf(file, parent) ?? []));
    const unnamed = [...present].filter((room) => room !== BESIDE && !rooms.includes(room));
    const absent = rooms.filter((room) => !present.has(room));
    const backwards = [...graph].flatMap(([file, targets]) => {
      const room = roomOf(file, parent);
      if (room === null || room === BESIDE) return [];
      return targets.flatMap((target) => {
        const other = roomOf(target, parent);
        if (other === null || other === room) return [];
        const isAllowed = rooms.includes(other) && rooms.indexOf(other) < rooms.indexOf(room);
        return isAllowed ? [] : `${file} may not import ${target}`;
      });
    });
    return [
      ...unnamed.map((room) => `${parent}/${room} has no place in the order`),
      ...absent.map((room) => `there is no ${parent}/${room}`),
      ...backwards,
    ];
  });
}

/**
 * How many pairs of sub-folders there are of which the first imports the second; files beside them count as
 * one.
 */
export function arrowsBetweenRooms(graph: ImportGraph, parent: string): number {
  const arrows = [...graph].flatMap(([file, targets]) => {
    const room = roomOf(file, parent);
    return targets.flatMap((target) => {
      const other = roomOf(target, parent);
      return room === null || other === null || room === other ? [] : `${room} ${other}`;
    });
  });
  return new Set(arrows).size;
}

const BESIDE = '.';

/**
 * The sub-folder of `parent` that a file is in, BESIDE if it is in `parent` itself, null if it is elsewhere.
 */
function roomOf(file: string, parent: string): string | null {
  if (!file.startsWith(`${parent}/`)) return null;
  const [room = BESIDE, ...deeper] = file.slice(parent.length + 1).split('/');
  return deeper.length === 0 ? BESIDE : room;
}
