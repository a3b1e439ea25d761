import { composeServices } from '@theguild/federation-composition';
import { type ExecutionResult, graphql, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createContext } from '../../schema/base/context.ts';
import { encodeGlobalId } from '../../schema/base/global-id.ts';
import { schema } from '../../schema/index.ts';
import { printedSchema } from '../../schema/print.ts';
import { subgraphSdl, toSubgraph } from '../../schema/subgraph.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/access/rights.ts';
import { undescribed } from '../project/support/undescribed.ts';
import { createSmallProgram, enroll } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

const subgraph = toSubgraph(schema);

let opened: Awaited<ReturnType<typeof openTestApp>>;
let small: string;
let other: string;
let mine: string;

beforeAll(async () => {
  opened = await openTestApp({ pollEveryMs: 3_600_000 });
  small = await createSmallProgram(opened.app);
  other = await createSmallProgram(opened.app, 'other');
  [mine = ''] = await enroll(opened.app, ['A', 'B', 'C']);
  await enroll(opened.app, ['A'], 'other');
});
afterAll(() => opened.close());

const ENTITIES = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on Partner {
        externalRef
        program {
          code
        }
      }
      ... on Program {
        code
      }
    }
  }
`;

function ask(
  source: string,
  variableValues: Record<string, unknown> = {},
  rights: Rights = ALL_RIGHTS,
): Promise<ExecutionResult> {
  return graphql({
    schema: subgraph,
    source,
    variableValues,
    contextValue: createContext({ ...opened, requestId: 'test', rights }),
  });
}

async function find(representations: readonly unknown[], rights?: Rights) {
  const { data, errors = [] } = await ask(ENTITIES, { representations }, rights);
  return {
    entities: data && JSON.parse(JSON.stringify(data._entities)),
    problems: errors.map(({ path, message, extensions: { code, argument } }) => [
      path?.join('.'),
      code,
      argument,
      message,
    ]),
  };
}

function partner(externalRef: string, code = 'small') {
  return {
    __typename: 'Partner',
    program: { code },
    externalRef,
  };
}
function found(externalRef: string, code = 'small') {
  return partner(externalRef, code);
}

test('says of itself what is printed, with keys and nothing else', () => {
  const lines = subgraphSdl(schema).trimEnd().split('\n');
  const added = lines.filter((line) => line.includes('@key') || line.includes('@shareable'));
  expect(added).toEqual([
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])',
    'type PageInfo @shareable {',
    'type Partner implements Node @key(fields: "id") @key(fields: "program { code } externalRef") {',
    'type Program implements Node @key(fields: "id") @key(fields: "code") {',
  ]);
  const without = lines
    .slice(2)
    .map((line) => line.replaceAll(/ @(key\(fields: "[^"]*"\)|shareable)/g, ''))
    .join('\n');
  const printed = (sdl: string) => sdl.replaceAll(/\s+/g, ' ').trim();
  expect(printed(without)).toBe(printed(printedSchema()));
});

test('composes', () => {
  const { errors, supergraphSdl } = composeServices([
    { name: 'tiergraph', typeDefs: parse(subgraphSdl(schema)), url: 'http://tiergraph.test/graphql' },
  ]);
  expect(errors).toBeUndefined();
  expect(supergraphSdl).toContain('@join__type(graph: TIERGRAPH, key: "program { code } externalRef")');
});

test('leaves the graph itself as it is, and describes what it adds', () => {
  expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(printedSchema());
  expect(undescribed(subgraph)).toEqual([]);
});

test('tells its SDL to whoever asks', async () => {
  const answer = await ask('{ _service { sdl } }', {}, { ...ALL_RIGHTS, role: 'INGEST' });
  expect(answer.data?._service).toEqual({ sdl: subgraphSdl(schema) });
});

test('finds partners and programmes by each of their keys, in the order asked for', async () => {
  const representations = [
    partner('B'),
    { __typename: 'Program', code: 'other' },
    { __typename: 'Partner', id: encodeGlobalId('Partner', mine) },
    { __typename: 'Program', id: encodeGlobalId('Program', small) },
    partner('A', 'other'),
  ];
  expect(await find(representations)).toEqual({
    entities: [
      found('B'),
      { __typename: 'Program', code: 'other' },
      found('A'),
      { __typename: 'Program', code: 'small' },
      found('A', 'other'),
    ],
    problems: [],
  });
});

test('is null for what is not there', async () => {
  const representations = [
    partner('Z'),
    partner('A', 'none'),
    { __typename: 'Program', code: 'none' },
    { __typename: 'Program', id: encodeGlobalId('Partner', mine) },
    { __typename: 'Partner', id: encodeGlobalId('Program', small) },
    { __typename: 'Partner', id: '\u0000' },
  ];
  expect(await find(representations)).toEqual({ entities: representations.map(() => null), problems: [] });
});

test('what cannot be read is refused in its place and spoils no other', async () => {
  const representations = [
    partner('A'),
    'A',
    { __typename: 'Fact', id: '1' },
    { __typename: 'constructor' },
    { __typename: 'Partner', externalRef: 'A' },
    { __typename: 'Program', code: 7 },
    partner('\u0000'),
  ];
  expect(await find(representations)).toEqual({
    entities: [found('A'), null, null, null, null, null, null],
    problems: [
      ['_entities.1', 'BAD_USER_INPUT', 'representations[1]', 'A representation is an object.'],
      ...[2, 3].map((index) => [
        `_entities.${index}`,
        'BAD_USER_INPUT',
        `representations[${index}].__typename`,
        '`__typename` has to be one of Program, Partner.',
      ]),
      [
        '_entities.4',
        'BAD_USER_INPUT',
        'representations[4]',
        'A Partner is found by `id` or `program { code } externalRef`.',
      ],
      ['_entities.5', 'BAD_USER_INPUT', 'representations[5]', 'A Program is found by `id` or `code`.'],
      [
        '_entities.6',
        'BAD_USER_INPUT',
        'representations[6].externalRef',
        'The character U+0000 (NUL), number 1 of this text, is not allowed here.',
      ],
    ],
  });
  expect(await find(Array(1_001).fill(partner('A')))).toEqual({
    entities: null,
    problems: [
      ['_entities', 'BAD_USER_INPUT', 'representations', 'At most 1000 entities can be asked for at once.'],
    ],
  });
});

test('rights hold: out of scope is not there, and INGEST may not look', async () => {
  const representations = [
    partner('A'),
    partner('B'),
    partner('A', 'other'),
    { __typename: 'Program', code: 'other' },
  ];
  const entitiesFor = async (rights: Partial<Rights>) =>
    (await find(representations, { ...ALL_RIGHTS, ...rights })).entities;
  expect(await entitiesFor({ role: 'PARTNER', programs: [small], partner: mine })).toEqual([
    found('A'),
    null,
    null,
    null,
  ]);
  expect(await entitiesFor({ role: 'READER', programs: [other] })).toEqual([
    null,
    null,
    found('A', 'other'),
    { __typename: 'Program', code: 'other' },
  ]);
  expect(await find(representations, { ...ALL_RIGHTS, role: 'INGEST' })).toEqual({
    entities: null,
    problems: [['_entities', 'FORBIDDEN', undefined, 'The role INGEST may not use Query._entities.']],
  });
});

test('however many partners are asked for, there is one statement a kind of key', async () => {
  const statements = vi.spyOn(opened.app.database.prisma, '$queryRaw');
  await find(['A', 'B', 'C', 'A', 'Z'].map((ref) => partner(ref)));
  expect(statements).toHaveBeenCalledTimes(1);
  statements.mockRestore();
});
