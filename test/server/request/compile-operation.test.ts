import { buildSchema, execute, getVariableValues, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { compileOperation } from '../../../src/server/execution/compile-operation.ts';
import { compiledSize } from '../../../src/server/execution/compiled-size.ts';
import { createDocuments } from '../../../src/server/request/documents.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';

const schema = buildSchema(/* GraphQL */ `
  scalar Any
  enum Color {
    RED
    GREEN
  }
  input Choice @oneOf {
    number: Int
    text: String
  }
  input Box {
    color: Color = GREEN
    sizes: [Int!]
    inner: Box
  }
  interface Animal {
    name: String
    friends(first: Int = 2): [Animal]
  }
  type Dog implements Animal {
    name: String
    friends(first: Int = 2): [Animal]
    barks: Boolean!
  }
  type Cat implements Animal {
    name: String
    friends(first: Int = 2): [Animal]
    broken: String!
  }
  union Pet = Dog | Cat
  type Query {
    say(text: Any, number: Int! = 7, color: Color): String
    choose(by: Choice!): String
    pack(box: Box): String
    animals: [Animal!]!
    pets: [Pet!]!
    refuse: [String!]
  }
`);

const cat = {
  __typename: 'Cat',
  name: 'Tom',
  friends: () => [dog, null],
  broken: () => Promise.reject(new Error('hiss')),
};
const dog: object = {
  __typename: 'Dog',
  name: 'Rex',
  friends: ({ first }: { first: number }) => [cat, dog].slice(0, first),
  barks: async () => true,
};
const root = {
  say: (args: object) => JSON.stringify(args),
  choose: ({ by }: { by: object }) => JSON.stringify(by),
  pack: (args: object) => JSON.stringify(args),
  animals: () => [cat, dog],
  pets: async () => [dog, cat],
  refuse: () => ['a', null],
};

// Compiled operations read properties, but call only resolvers.
for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type) || type.name.startsWith('__')) continue;
  for (const field of Object.values(type.getFields())) {
    field.resolve = (source, args) => {
      const value = source[field.name];
      return typeof value === 'function' ? value(args) : value;
    };
  }
}

function prepare(query: string) {
  const documents = createDocuments({
    schema,
    limits: DEFAULT_LIMITS,
    trusted: { texts: new Map(), only: false },
  });
  const prepared = documents.prepare({ text: query, id: null, operationName: null, variables: {} });
  if (!prepared.ok) throw new Error(prepared.errors.join('\n'));
  return prepared.operation;
}

/** The answers of graphql-js and of the compiled operation, as a client sees them. */
async function both(query: string, variables: Record<string, unknown> = {}): Promise<[unknown, unknown]> {
  const operation = prepare(query);
  const compiled = compileOperation(operation);
  if (compiled === null) throw new Error('not compiled');
  const { coerced = {} } = getVariableValues(schema, operation.node.variableDefinitions ?? [], variables);
  if (!compiled.fits(coerced)) throw new Error('does not fit');
  const plain = await execute({
    schema,
    document: operation.document,
    rootValue: root,
    variableValues: variables,
  });
  const fast = await compiled.run(root, {}, coerced);
  return [JSON.parse(JSON.stringify(plain)), JSON.parse(JSON.stringify(fast))];
}

describe('a compiled operation gives what graphql-js gives', () => {
  test.each([
    ['arguments, literal and default', '{ say(text: "a\\u0022b", color: RED) other: say(number: 8) }', {}],
    [
      'variables and their defaults',
      'query ($n: Int! = 3, $c: Color) { say(number: $n, color: $c) }',
      { c: 'RED' },
    ],
    [
      'variables within literals',
      'query ($s: [Int!]) { pack(box: { sizes: $s, inner: { color: RED } }) }',
      { s: [1] },
    ],
    ['variables that are not given', 'query ($b: Box, $n: Int! = 2) { pack(box: $b) say(number: $n) }', {}],
    ['lists of one', 'query ($b: Box) { pack(box: $b) }', { b: { sizes: 4, inner: {} } }],
    [
      'interfaces',
      '{ animals { __typename name ... on Dog { barks } friends { name friends(first: 1) { name } } } }',
      {},
    ],
    [
      'unions and errors below non-null fields',
      '{ pets { ... on Animal { name } ... on Cat { broken } } }',
      {},
    ],
    ['null where a list allows none', '{ refuse\n  say }', {}],
    [
      'a fragment under two conditions',
      'query ($yes: Boolean!, $no: Boolean!) { animals { ...F @include(if: $no) } pets { ... on Animal { ...F @include(if: $yes) @skip(if: $no) } } } fragment F on Animal { name friends @skip(if: $no) { name } }',
      { yes: true, no: false },
    ],
    [
      'a fragment left out',
      'query ($yes: Boolean!) { animals { ...F @skip(if: $yes) __typename } } fragment F on Animal { name }',
      { yes: true },
    ],
    ['one of several inputs', 'query ($t: String!) { choose(by: { text: $t }) }', { t: 'x' }],
    ['one of several inputs, as a variable', 'query ($c: Choice!) { choose(by: $c) }', { c: { number: 1 } }],
    ['the schema', '{ __schema { queryType { name fields { name } } } __type(name: "Dog") { kind } }', {}],
  ])('%s', async (_, query, variables) => {
    const [plain, fast] = await both(query, variables);
    expect(fast).toEqual(plain);
    expect(plain).toHaveProperty('data');
  });

  test('line and column of an error, after line ends of all kinds', async () => {
    const [plain, fast] = await both('{\r\n\n\r  refuse\r  pets { ... on Cat {\n broken } } }');
    expect(fast).toEqual(plain);
    expect(plain).toMatchObject({ errors: [{ locations: [{ line: 4, column: 3 }] }, {}] });
  });
});

describe('left to graphql-js is', () => {
  test.each([
    [
      'a string that graphql-jit would run as code',
      '{ say(text: "__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d(globalThis.ran=1)") }',
    ],
    ['the same deeper', '{ say(text: { a: ["x__MAGIC_NAN__"] }) }'],
    ['the same as a key', '{ say(text: { __MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dx: 1 }) }'],
    [
      'the same, written with escapes',
      '{ say(text: "\\u005f\\u005fMAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d(1)") }',
    ],
    ['the same in a block', '{ say(text: """\n__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d(1)\n""") }'],
    ['a field named like a prototype', '{ __proto__: say }'],
    ['a key named like a prototype', '{ say(text: { __proto__: { a: 1 } }) }'],
  ])('%s', (_, query) => {
    expect(compileOperation(prepare(query))).toBeNull();
  });

  test('what would be there once for each of too many types', () => {
    const nested = (levels: number): string => (levels === 0 ? 'name' : `friends { ${nested(levels - 1)} }`);
    expect(compileOperation(prepare(`{ animals { ${nested(7)} } }`))).not.toBeNull();
    expect(compileOperation(prepare(`{ animals { ${nested(8)} } }`))).toBeNull();
    expect(compiledSize(prepare(`{ animals { ${nested(1)} } }`))).toBe(1 + 2 + 4);
    expect(compiledSize(prepare(`{ animals { ${nested(20)} } }`))).toBe(2 ** 22 - 1);
  });

  test('null for a variable that may be null, where null is refused', () => {
    const compiled = compileOperation(prepare('query ($n: Int = 3, $t: Any) { say(number: $n, text: $t) }'));
    expect(compiled?.fits({ n: null })).toBe(false);
    expect(compiled?.fits({ n: 4, t: null })).toBe(true);
    expect(compiled?.fits({})).toBe(true);
  });

  test('a variable within a literal, where it is not given', () => {
    const compiled = compileOperation(prepare('query ($s: [Int!]) { pack(box: { sizes: $s }) }'));
    expect(compiled?.fits({})).toBe(false);
    expect(compiled?.fits({ s: null })).toBe(true);
  });
});
