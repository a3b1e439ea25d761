import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sourcesIn, treeOf } from './support/sources.ts';
import { childOf, childrenOf, nameOf, type SyntaxNode, textsIn } from './support/syntax-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(`${ROOT}/docs/semantics.md`, 'utf8');

/**
 * The numbers of the rules that a text mentions, as in "rule 7", "rules 2, 3 and 24" and "rules 17 to 22".
 */
function rulesIn(text: string): readonly number[] {
  return [...text.matchAll(/\brules? (\d+(?:(?:,| and| to) ?\d+| (?:and|to) \d+)*)/gi)].flatMap(
    ([, list = '']) => {
      const numbers: number[] = [];
      for (const [, link = '', digits = ''] of list.matchAll(/(,|and|to|^) ?(\d+)/g)) {
        const number = Number(digits);
        const from = link === 'to' ? (numbers.at(-1) ?? number) + 1 : number;
        for (let each = from; each <= number; each++) numbers.push(each);
      }
      return numbers;
    },
  );
}

/** The texts that name tests and groups of tests. */
function* titlesIn(node: SyntaxNode): Generator<string> {
  if (node.type === 'CallExpression' && isTestCall(childOf(node, 'callee'))) {
    const first = [...childrenOf(node)].find(([property]) => property === 'arguments')?.[1];
    if (first !== undefined) {
      yield* textsIn(first);
      yield* piecesOf(first);
    }
  }
  for (const [, child] of childrenOf(node)) yield* titlesIn(child);
}

function* piecesOf(node: SyntaxNode): Generator<string> {
  if (
    node.type === 'TemplateElement' &&
    typeof node.value === 'object' &&
    node.value !== null &&
    'raw' in node.value
  ) {
    yield String(node.value.raw);
  }
  for (const [, child] of childrenOf(node)) yield* piecesOf(child);
}

/** Whether this is `test`, `it` or `describe`, or one of their variants such as `test.each(...)`. */
function isTestCall(callee: SyntaxNode | null): boolean {
  if (callee === null) return false;
  const name = nameOf(callee);
  if (name !== null) return ['test', 'it', 'describe'].includes(name);
  if (callee.type === 'MemberExpression') return isTestCall(childOf(callee, 'object'));
  return callee.type === 'CallExpression' && isTestCall(childOf(callee, 'callee'));
}

const rules = [...PAGE.matchAll(/^### (\d+)\. /gm)].map(([, number]) => Number(number));
const tests = sourcesIn(['test'], 240);
const titles = tests.flatMap((file) => [...titlesIn(treeOf(file))]);

describe('the rules of docs/semantics.md', () => {
  test('are numbered in order, up to 38 without a gap', () => {
    expect(rules).toEqual(rules.toSorted((a, b) => a - b));
    expect(new Set(rules).size).toBe(rules.length);
    expect(rules.slice(0, 38)).toEqual(Array.from({ length: 38 }, (_, index) => index + 1));
  });

  test('are each named by a test', () => {
    const named = new Set(titles.flatMap(rulesIn));
    expect(rules.filter((rule) => !named.has(rule))).toEqual([]);
  });

  test('are the only ones that anything mentions', () => {
    const pages = globSync('**/*.md', {
      cwd: ROOT,
      exclude: ['**/node_modules/**', 'src/generated/**', '.data/**'],
    });
    const texts = [
      ...[...tests, ...sourcesIn(['src', 'schema'], 351)].map(({ source }) => source),
      ...pages.map((page) => readFileSync(`${ROOT}/${page}`, 'utf8')),
    ];
    const mentioned = texts.flatMap(rulesIn);
    expect(mentioned.length).toBeGreaterThanOrEqual(350);
    expect([...new Set(mentioned)].filter((rule) => !rules.includes(rule))).toEqual([]);
  });
});

test('mentions of rules are read in all their forms', () => {
  expect(rulesIn('rule 7: rows; rules 2, 3 and 24; rules 17 to 20, 22; Rule 5')).toEqual([
    7, 2, 3, 24, 17, 18, 19, 20, 22, 5,
  ]);
});
