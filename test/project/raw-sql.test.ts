import { expect, test } from 'vitest';
import { sourcesIn, treeOf } from './support/sources.ts';
import { childOf, childrenOf, nameOf, type SyntaxNode, textsIn } from './support/syntax-tree.ts';

/** The calls in a tree, by the last name of what is called. */
function* callsIn(node: SyntaxNode): Generator<{ readonly name: string; readonly call: SyntaxNode }> {
  const callee = childOf(node, 'callee') ?? childOf(node, 'tag');
  const name = callee && (nameOf(childOf(callee, 'property')) ?? nameOf(callee));
  if (name !== null) yield { name, call: node };
  for (const [, child] of childrenOf(node)) yield* callsIn(child);
}

const CALLS = sourcesIn(['src', 'schema'], 250).flatMap((source) =>
  [...callsIn(treeOf(source))].map((found) => ({ ...found, file: source.file })),
);

test('no SQL is sent that was put together as text', () => {
  expect(CALLS.filter(({ name }) => name === '$queryRaw').length).toBeGreaterThan(40);
  expect(CALLS.filter(({ name }) => name.endsWith('Unsafe')).map(({ file }) => file)).toEqual([]);
});

test('parts of SQL are joined as conditions only: a list of values would make a text of its own for each length', () => {
  const joins = CALLS.filter(
    ({ name, call }) =>
      name === 'join' && nameOf(childOf(childOf(call, 'callee') ?? call, 'object')) === 'Prisma',
  );
  expect(joins.length).toBeGreaterThan(1);
  for (const { file, call } of joins) expect([file, ...textsIn(call)]).toEqual([file, ' AND ']);
});
