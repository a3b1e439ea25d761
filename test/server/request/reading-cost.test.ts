import { buildSchema, GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createAdmissionControl } from '../../../src/server/admission/admission.ts';
import { createBudgets } from '../../../src/server/admission/rate-limit.ts';
import { createDocuments } from '../../../src/server/request/documents.ts';
import { charactersIn, type Readable, readingCost } from '../../../src/server/request/reading-cost.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { promised } from '../../support/promised.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    name(of: String, all: [String!]): String
    item: Item
  }
  type Item {
    name: String
    item: Item
  }
`);
const TRUSTED = '{ name(of: "trusted") }';
function list(count: number, item: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => item(index)).join(' ');
}

function documents() {
  return createDocuments({
    schema,
    limits: DEFAULT_LIMITS,
    trusted: { texts: new Map([['t', TRUSTED]]), only: false },
  });
}
function asked(text: string) {
  return { text, id: null, operationName: null, variables: {} };
}

/** What a document costs to be read, in the order of the work. */
function pricesOf(text: string, from = documents()): readonly number[] {
  const paid: Readable[] = [];
  from.prepare(asked(text), (what) => paid.push(what));
  return paid.map((what) => readingCost(what, DEFAULT_LIMITS.costs));
}

describe('reading a document costs', () => {
  test.each<[string, string, readonly number[]]>([
    ['nothing if it is short', '{ name }', [0, 0]],
    ['its length', `{ name(of: "${'x'.repeat(99_000)}") }`, [198, 1]],
    ['its tokens', `{ name(all: [${list(4_900, () => '"x"')}]) }`, [39, 981]],
    [
      'the pairs of its fields, whether they are executed or not',
      `{ ${list(90, (index) => `a${index}: item @include(if: false) { name item { name } }`)} }`,
      [9, 2_157],
    ],
    [
      'as much where they hide in fragments',
      `{ ${list(200, () => '...F')} } fragment F on Query { item { name } }`,
      [2, 2_368],
    ],
    [
      'those of each of its operations',
      list(5, (index) => `query Q${index} { ${list(300, () => 'name')} }`),
      [15, 6_732],
    ],
    ['nothing where it came with the server', TRUSTED, []],
  ])('%s', (_, text, prices) => {
    expect(pricesOf(text)).toEqual(prices);
  });

  test('nothing once it is remembered, and again where it was not valid', () => {
    const from = documents();
    const text = `{ ${list(200, (index) => `item { name } #${index}\n`)} }`;
    expect(pricesOf(text, from)).toEqual([7, 2_446]);
    expect(pricesOf(text, from)).toEqual([]);
    expect(pricesOf('{ nothing }', from)).toEqual([0, 0]);
    expect(pricesOf('{ nothing }', from)).toEqual([0, 0]);
  });

  test('before the work is done: who cannot pay is told so and nothing else', () => {
    const poor = (type: Readable['type']) => (what: Readable) => {
      if (what.type === type) throw new GraphQLError('Too poor.', { extensions: { code: 'RATE_LIMITED' } });
    };
    const codeOf = (text: string, type: Readable['type']) => {
      const prepared = documents().prepare(asked(text), poor(type));
      return prepared.ok ? 'OK' : prepared.errors.map(({ extensions }) => extensions.code).join();
    };
    expect(codeOf('no document', 'TEXT')).toBe('RATE_LIMITED');
    expect(codeOf('no document', 'CHECKS')).toBe('GRAPHQL_PARSE_FAILED');
    expect(codeOf('{ nothing }', 'CHECKS')).toBe('RATE_LIMITED');
  });

  test('nothing at all beyond the limit of its length, for it is not read', () => {
    const paid: Readable[] = [];
    const prepared = documents().prepare(asked(`{ name(of: "${'x'.repeat(1_000_000)}") }`), (what) =>
      paid.push(what),
    );
    expect(prepared.ok ? [] : prepared.errors.map(({ message }) => message)).toEqual([
      'A document may have 100000 characters: here it is 1000016, 900016 too many.',
    ]);
    expect(paid).toEqual([]);
  });
});

describe('the values of variables', () => {
  test('are counted however they are nested', () => {
    expect(charactersIn({})).toBe(8);
    expect(charactersIn({ name: 'x'.repeat(100), list: [1, null, undefined, { a: true }] })).toBe(
      8 + 4 + 108 + 4 + 8 + 24 + 8 + 1 + 8,
    );
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(charactersIn(deep)).toBe(8 * 100_001);
  });

  test('are paid before they are read, and told apart from what the operation costs', () => {
    const budget = { capacity: 3_000, perSecond: 1 };
    const admissionControl = createAdmissionControl({
      documents: documents(),
      limits: { ...DEFAULT_LIMITS, budget },
      budgets: createBudgets(budget, () => 0),
      log: { info() {}, warn() {}, error() {}, debug() {} },
      metrics: createMetrics(),
    });
    const caller = { requestId: 'r', session: null, identity: 'key', isGone: () => false, interrupt() {} };
    const ask = (values: readonly string[]) =>
      admissionControl.admit(
        { ...asked('query ($all: [String!]) { name(all: $all) }'), variables: { all: values } },
        caller,
        { mutations: true },
      );
    const values = Array.from({ length: 10_000 }, () => 'x'.repeat(92));
    const first = ask(values);
    expect(first.ok && first.operation.cost).toMatchObject({ requested: 1, reading: 2_000 + 3 });
    const second = ask(values);
    expect(second.ok ? [] : second.errors.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'RATE_LIMITED', requested: 2_000 },
    ]);
    const third = ask([]);
    expect(third.ok && third.operation.cost).toMatchObject({ requested: 1, reading: 0 });
  });
});

test('what is paid before anything is read', () => {
  promised(
    'Reading a request is paid for in advance: variables by their length, a document that the server does not remember by its length, tokens and pairs of fields.',
  );
  const { characters, tokens, pairsOfFields } = DEFAULT_LIMITS.costs.reading;
  const paid: Readable[] = [];
  const from = documents();
  const text = `{ ${list(200, () => 'item { name }')} }`;
  expect(from.prepare(asked(text), (what) => paid.push(what)).ok).toBe(true);
  // 200 times four tokens, and two brackets; the fields of each of the two levels are compared with one
  // another.
  const prices = paid.map((what) => readingCost(what, DEFAULT_LIMITS.costs));
  expect(prices[0]).toBe(Math.floor(text.length / characters));
  expect(prices[1]).toBeGreaterThan(Math.floor(802 / tokens));
  expect(prices[1]).toBeGreaterThan(Math.floor((2 * 200 * 199) / 2 / pairsOfFields));
  // It is remembered now.
  expect(pricesOf(text, from)).toEqual([]);
  const variables: Readable = { type: 'VALUES', characters: charactersIn({ name: 'x'.repeat(50_000) }) };
  expect(readingCost(variables, DEFAULT_LIMITS.costs)).toBe(Math.floor(50_000 / characters));
  for (const refusing of ['TEXT', 'CHECKS'] as const) {
    const prepared = documents().prepare(asked('{ nothing }'), ({ type }) => {
      if (type === refusing) throw new GraphQLError('Too poor.', { extensions: { code: 'RATE_LIMITED' } });
    });
    // That there is no such field was not found out.
    expect(prepared.ok ? [] : prepared.errors.map(({ message }) => message)).toEqual(['Too poor.']);
  }
});
