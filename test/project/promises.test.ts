import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { promised, readPromises } from '../support/promised.ts';
import { childOf, childrenOf, nameOf, parseTypeScript, type SyntaxNode } from './support/syntax-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SELF = 'test/project/promises.test.ts';

/** The sentences that a file quotes as `promised('...')`; null for a call whose sentence can't be read. */
function quotesIn(source: string, file: string): readonly (string | null)[] {
  // Parsing is what costs here.
  return source.includes("support/promised.ts'") ? quotesBelow(parseTypeScript(source, file)) : [];
}

function quotesBelow(node: SyntaxNode): readonly (string | null)[] {
  const quotes: (string | null)[] = [];
  if (node.type === 'CallExpression' && nameOf(childOf(node, 'callee')) === 'promised') {
    const [sentence] = [...childrenOf(node)].filter(([property]) => property === 'arguments');
    const value = sentence?.[1].type === 'Literal' ? sentence[1].value : null;
    quotes.push(typeof value === 'string' ? value : null);
  }
  for (const [, child] of childrenOf(node)) quotes.push(...quotesBelow(child));
  return quotes;
}

/** What is promised and not quoted, and what is quoted and not promised. */
function compare(promises: readonly string[], quotes: readonly (string | null)[]) {
  return {
    unproved: promises.filter((promise) => !quotes.includes(promise)),
    notPromised: quotes.filter((quote) => quote === null || !promises.includes(quote)),
  };
}

test('every promise of README is quoted by a test, and nothing else is', () => {
  const quotes = globSync('test/**/*.test.ts', { cwd: ROOT })
    .filter((file) => file !== SELF)
    .flatMap((file) => quotesIn(readFileSync(`${ROOT}/${file}`, 'utf8'), file));
  expect(compare(readPromises(), quotes)).toEqual({ unproved: [], notPromised: [] });
});

test('a promise without a test and a quote without a promise are found', () => {
  const source = `
    import { promised } from '../support/promised.ts';
    test(promised('One thing holds.'), () => {});
    test('several', () => {
      promised("Another's too.");
      promised('It was ' + 'put together.');
      // promised('In a comment.');
    });
  `;
  const quotes = quotesIn(source, 'toy.test.ts');
  expect(quotes).toEqual(['One thing holds.', "Another's too.", null]);
  expect(compare(['One thing holds.', 'A third does.', 'In a comment.'], quotes)).toEqual({
    unproved: ['A third does.', 'In a comment.'],
    notPromised: ["Another's too.", null],
  });
});

test('README is read sentence by sentence', () => {
  const promises = readPromises();
  expect(promises.length).toBeGreaterThan(80);
  expect(new Set(promises).size).toBe(promises.length);
  // No mark-up is left, and each is one that a test may quote.
  for (const promise of promises) {
    expect(promise).toMatch(/^[^*[|\n]+$/);
    expect(promised(promise)).toBe(`README: ${promise}`);
  }
  expect(() => promised('All is well.')).toThrow('README does not promise: All is well.');
});
