import { globSync, readFileSync } from 'node:fs';

/** The contents of files by path, at one moment. */
export type FileStates = ReadonlyMap<string, string>;

/** Reads the files under `root` that the patterns name; none where there are none. */
export function readFileStates(root: string, patterns: readonly string[]): FileStates {
  const files = globSync([...patterns], { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => `${entry.parentPath}/${entry.name}`).sort();
  return new Map(
    paths.map((path) => [path.slice(root.length).replace(/^\//, ''), readFileSync(path, 'utf8')]),
  );
}

/** One line for each file that came, went or has other contents. */
export function differences(before: FileStates, after: FileStates): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === is) return [];
    if (was === undefined) return [`${path} was missing`];
    return is === undefined ? [`${path} is no longer made`] : [`${path} was out of date`];
  });
}
