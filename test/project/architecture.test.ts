import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { childOf, childrenOf, nameOf, parseTypeScript, type SyntaxNode } from './support/syntax-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(`${ROOT}/docs/architecture.md`, 'utf8');

/** The steps of a walk: each names a function or class and the file that declares it. */
function stepsOf(heading: string): readonly { readonly name: string; readonly file: string }[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\d+\. `(\w+)` in `([^`]+)`: \S/gm)].map(([, name = '', file = '']) => ({
    name,
    file,
  }));
}

/** The names of the functions and classes that a file declares at its top. */
function functionsOf(file: string): readonly string[] {
  const program = parseTypeScript(readFileSync(`${ROOT}/${file}`, 'utf8'), file);
  return [...childrenOf(program)].flatMap(([, node]) => declaredBy(node));
}

function declaredBy(node: SyntaxNode): readonly string[] {
  if (node.type === 'ExportNamedDeclaration') {
    const declaration = childOf(node, 'declaration');
    return declaration === null ? [] : declaredBy(declaration);
  }
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration')
    return [nameOf(childOf(node, 'id')) ?? []].flat();
  if (node.type !== 'VariableDeclaration') return [];
  return [...childrenOf(node)].flatMap(([, declarator]) => nameOf(childOf(declarator, 'id')) ?? []);
}

describe.each([
  ['The walk of one fact', 44],
  ['The walk of one query', 7],
])('%s', (heading, count) => {
  const steps = stepsOf(heading);

  test('has its steps', () => {
    expect(steps).toHaveLength(count);
  });

  test('names each function or class once', () => {
    expect(new Set(steps.map(({ name }) => name)).size).toBe(count);
  });

  test.each(steps.map((step) => [step.name, step.file]))('%s is declared in %s', (name, file) => {
    expect(existsSync(`${ROOT}/${file}`)).toBe(true);
    expect(functionsOf(file)).toContain(name);
  });
});
