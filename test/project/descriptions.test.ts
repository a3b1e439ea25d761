import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { emptyDescriptions } from './support/empty-descriptions.ts';
import { undescribed } from './support/undescribed.ts';

test('everything in the graph has a description', () => {
  expect(undescribed(schema)).toEqual([]);
});

test('a missing description is found on everything that can have one', () => {
  const bare = `
    directive @d(a: Int) on FIELD
    scalar S
    enum E { V }
    interface I { f(a: Int): Int }
    type Query implements I { f(a: Int): Int }
    union U = Query
    input N { f: Int }`;
  const all = ['@d', '@d(a:)', 'E', 'E.V', 'I', 'I.f', 'I.f(a:)', 'N', 'N.f'];
  const rest = ['Query', 'Query.f', 'Query.f(a:)', 'S', 'U'];
  expect(undescribed(buildSchema(bare))).toEqual([...all, ...rest]);
});

test('an empty description is none', () => {
  const empty = '"What one asks." type Query { " " f("What for." a: Int): Int }';
  expect(undescribed(buildSchema(empty))).toEqual(['Query.f']);
});

test('every description in the graph says something that the name does not', () => {
  expect(emptyDescriptions(schema)).toEqual([]);
});

test('a description that repeats the name, or says nothing, is found', () => {
  const idle = `
    "Everything that clients can read."
    type Query {
      "The partner's names."
      partnerNames: [String]
      "What it is."
      hold("The hold's code." code: String): String
      "Whether the tier is kept although the data would not give it."
      isHeld: Boolean
    }`;
  expect(emptyDescriptions(buildSchema(idle))).toEqual([
    "Query.hold(code:): The hold's code.",
    'Query.hold: What it is.',
    "Query.partnerNames: The partner's names.",
  ]);
});
