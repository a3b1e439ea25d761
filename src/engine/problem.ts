/** Something wrong with a document: the JSON pointer of its place, and a sentence for people. */
export type Problem = { readonly path: string; readonly message: string };

/** The JSON pointer of a key or index below `path`. */
export function pointer(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The last key of a JSON pointer. */
export function lastKey(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}
