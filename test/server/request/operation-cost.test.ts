import { buildSchema, getVariableValues, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createDocuments } from '../../../src/server/request/documents.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { promised } from '../../support/promised.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    name: String
    names: [String]
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    items(first: Int, last: Int): ItemConnection!
    letters: [Letter!]!
    dear: Item
    cheap: [Item]
    dated(on: String, at: String): Item
  }
  type ItemConnection {
    edges: [ItemEdge!]!
    nodes: [Item!]!
    total: Int
  }
  type ItemEdge {
    node: Item!
  }
  interface Node {
    id: ID!
    parent: Node
  }
  type Item implements Node {
    id: ID!
    parent: Node
    items(first: Int): ItemConnection!
  }
  type Letter implements Node {
    id: ID!
    parent: Node
    items: [Item]
  }
  input Row {
    number: Int
  }
  input Rows {
    rows: [Row!]!
    label: String
  }
  type Mutation {
    save(input: Rows!): [Item]
    touch: Int
    record(input: Rows!): Record
  }
  union Record = Recorded | Letter
  type Recorded {
    rows: [Item!]!
    others: [Item!]!
  }
`);
const query = schema.getQueryType()?.getFields();
Object.assign(query?.dear ?? {}, { extensions: { cost: 40 } });
Object.assign(query?.cheap ?? {}, { extensions: { listSize: 3 } });
Object.assign(query?.dated ?? {}, { extensions: { costOfArguments: { on: 7, at: 30 } } });

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const documents = createDocuments({
    schema,
    limits: DEFAULT_LIMITS,
    trusted: { texts: new Map(), only: false },
  });
  const prepared = documents.prepare({ text, id: null, operationName: null, variables });
  if (!prepared.ok) throw new Error(prepared.errors.join('\n'));
  const read = getVariableValues(schema, prepared.operation.node.variableDefinitions ?? [], variables);
  if (read.errors !== undefined) throw new Error('wrong variables');
  return prepared.operation.cost(read.variableValues, () => []);
}

test('the schema has what the costs below rely on', () => {
  expect(isObjectType(schema.getType('Item'))).toBe(true);
  expect(DEFAULT_LIMITS.costs).toEqual({
    listSize: 5,
    pageSize: 20,
    mutation: 10,
    introspection: 1000,
    refused: 50,
    reading: { characters: 500, tokens: 5, pairsOfFields: 70 },
  });
});

test(promised('Other lists are taken to have five entries, or as many as a page.'), () => {
  expect(costOf('{ letters { id } }')).toBe(5);
  expect(costOf('{ items { nodes { id } } }')).toBe(1 + 20);
  expect(costOf('{ items(first: 7) { nodes { id } } }')).toBe(1 + 7);
  expect(costOf('{ items(last: 100) { nodes { id } } }')).toBe(1 + 100);
});

describe('an operation costs', () => {
  test.each([
    ['1 at least', '{ name names __typename }', {}, 1],
    ['1 for an object', '{ node(id: 1) { id parent { id } } }', {}, 2],
    ['as many objects as a list is taken to have', '{ letters { id } }', {}, 5],
    ['as many as the list says in the schema', '{ cheap { id } }', {}, 3],
    ['what the field says in the schema', '{ dear { id parent { id } } }', {}, 41],
    [
      'nothing more for arguments that are not given',
      '{ dated { id } other: dated(on: null) { id } }',
      {},
      2,
    ],
    ['what the given ones add in the schema', '{ dated(on: "x", at: "y") { id } }', {}, 38],
    [
      'what they add if variables give them',
      'query ($on: String, $at: String) { dated(on: $on, at: $at) { id } }',
      { at: 'y' },
      31,
    ],
    ['a page and its edges and nodes', '{ items(first: 10) { total edges { node { id } } } }', {}, 21],
    ['the nodes alone', '{ items(last: 10) { nodes { id } } }', {}, 11],
    ['20 for a page that says nothing', '{ items { nodes { id } } }', {}, 21],
    ['nothing for a page of nothing', '{ items(first: 0) { nodes { id } } }', {}, 1],
    ['not less for a page below nothing', '{ items(first: -5) { nodes { id } } }', {}, 1],
    [
      'pages within pages, multiplied',
      '{ items(first: 10) { nodes { items(first: 3) { nodes { id } } } } }',
      {},
      51,
    ],
    ['what the variables say', 'query ($n: Int) { items(first: $n) { nodes { id } } }', { n: 7 }, 8],
    ['what the variables say by default', 'query ($n: Int = 6) { items(first: $n) { nodes { id } } }', {}, 7],
    ['20 for a page of null', 'query ($n: Int) { items(first: $n) { nodes { id } } }', { n: null }, 21],
    ['as many nodes as are asked for', '{ nodes(ids: ["a", "b", "c"]) { id parent { id } } }', {}, 6],
    [
      'the dearest of what an object may be',
      '{ node(id: 1) { id ... on Item { some: items(first: 4) { nodes { id } } } ... on Letter { items { id } } } }',
      {},
      6,
    ],
    [
      'what is common to all types, and the dearest',
      '{ node(id: 1) { parent { id } ... on Node { parent { id } } ... on Letter { items { id } } } }',
      {},
      8,
    ],
    [
      'what fragments hold',
      '{ node(id: 1) { ...F } } fragment F on Item { items(first: 2) { ...P } } fragment P on ItemConnection { nodes { id } }',
      {},
      4,
    ],
    [
      'nothing for what is left out',
      'query ($no: Boolean!) { letters @include(if: $no) { id } dear @skip(if: true) { id } }',
      { no: false },
      1,
    ],
    [
      'what is not left out',
      'query ($yes: Boolean!) { letters @include(if: $yes) { id } }',
      { yes: true },
      5,
    ],
    ['each alias', '{ a: letters { id } b: letters { id } }', {}, 10],
    ['10 for a mutation', 'mutation { a: touch b: touch }', {}, 20],
    [
      'each row of a mutation',
      'mutation ($i: Rows!) { save(input: $i) { id } }',
      { i: { rows: [{}, {}, {}] } },
      18,
    ],
    [
      'what is asked of each row that comes back',
      'mutation ($i: Rows!) { record(input: $i) { ... on Recorded { rows { parent { id } } others { id } } } }',
      { i: { rows: Array.from({ length: 100 }, () => ({})) } },
      10 + 100 + 1 + 100 * 2 + 5,
    ],
    [
      'each row that is written out',
      'mutation { save(input: { rows: [{}, {}], label: "x" }) { id } }',
      {},
      17,
    ],
    [
      '1,000 for a look at the schema',
      '{ __schema { types { name } } __type(name: "Item") { name } name }',
      {},
      2000,
    ],
  ])('%s', (_, text, variables, cost) => {
    expect(costOf(text, variables)).toBe(cost);
  });
});
