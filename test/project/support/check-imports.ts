import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { ambientUses } from './ambient-uses.ts';
import type { PlaceRule } from './import-table.ts';
import { type ModuleReference, moduleReferences } from './module-references.ts';
import type { SourceFile } from './sources.ts';
import { lineAt, parseTypeScript } from './syntax-tree.ts';

/** The sentences, each with file and line, that say where a file reaches what the table does not allow it. */
export function checkImports({ file, source }: SourceFile, table: readonly PlaceRule[]): string[] {
  const rule = ruleFor(file, table);
  if (rule === null) return [`${file}: no rule of the import table is for this place`];
  const program = parseTypeScript(source, file);
  const found = [
    ...moduleReferences(program).flatMap((reference) => {
      const what = refusal(reference, file, rule);
      return what === null ? [] : [{ what, start: reference.start }];
    }),
    ...ambientUses(program, rule.ambient).map(({ what, start }) => ({ what: `may not use ${what}`, start })),
  ];
  return found
    .sort((one, other) => one.start - other.start)
    .map(({ what, start }) => `${file}:${lineAt(source, start)}: ${rule.place} ${what}`);
}

/** The rule with the longest place that a file is in. */
export function ruleFor(file: string, table: readonly PlaceRule[]): PlaceRule | null {
  const fitting = table.filter((rule) => isIn(file, rule.place));
  return fitting.reduce<PlaceRule | null>(
    (best, rule) => (best === null || rule.place.length > best.place.length ? rule : best),
    null,
  );
}

function refusal({ specifier, typeOnly }: ModuleReference, file: string, rule: PlaceRule): string | null {
  if (specifier === null) return 'may not import a computed name';
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier);
    if (isIn(target, rule.place) || rule.imports.some((place) => isIn(target, place))) return null;
    if (!rule.importsTypesOf?.some((place) => isIn(target, place))) return `may not import ${target}`;
    return typeOnly ? null : `may import only types of ${target}`;
  }
  if (isBuiltin(specifier)) {
    const builtin = specifier.replace(/^node:/, '');
    return rule.builtins.includes('*') || rule.builtins.includes(builtin)
      ? null
      : `may not import node:${builtin}`;
  }
  const name = packageOf(specifier);
  const allowed = rule.packages.some((entry) =>
    entry.endsWith('/*') ? name.startsWith(entry.slice(0, -1)) : name === entry,
  );
  return allowed ? null : `may not import the package ${name}`;
}

/** Whether a path is a folder's or below it, or the file `place` plus an ending. */
export function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || path.startsWith(`${place}.`);
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
