import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseTypeScript, type SyntaxNode } from './syntax-tree.ts';

/** A source file; `file` is its path from the repository's root. */
export type SourceFile = { readonly file: string; readonly source: string };

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * All TypeScript below these folders, however deep, sorted by path; nothing that is generated. Throws when a
 * folder has fewer than `least` files: one that was moved or renamed must not leave its test without a word.
 */
export function sourcesIn(folders: readonly string[], least: number): readonly SourceFile[] {
  const files = folders.flatMap((folder) => {
    const found = globSync(`${folder}/**/*.{ts,tsx,mts,js,mjs}`, {
      cwd: ROOT,
      exclude: ['src/generated/**', '**/node_modules/**'],
    });
    if (found.length === 0) throw new Error(`There is no source file in ${folder}.`);
    return found;
  });
  if (files.length < least) {
    throw new Error(`${files.length} files are in ${folders.join(', ')}; there were ${least} once.`);
  }
  return files.sort().map((file) => ({ file, source: readFileSync(`${ROOT}/${file}`, 'utf8') }));
}

/** The syntax tree of a source file. */
export function treeOf({ file, source }: SourceFile): SyntaxNode {
  return parseTypeScript(source, file);
}
