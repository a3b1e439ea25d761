import { type ExecutionResult, graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { encodeGlobalId } from '../../../schema/base/global-id.ts';
import { schema } from '../../../schema/index.ts';
import { createApiKey, revokeApiKey } from '../../../src/app/access/api-key.ts';
import { ALL_RIGHTS, type Rights } from '../../../src/app/access/rights.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { listApiKeys } from '../../../src/store/reading/read-api-key.ts';
import { createSmallProgram, enroll, granted } from '../../support/fixtures.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';

let opened: OpenApp;
let mine: Rights;
let now = Date.UTC(2026, 10, 23, 12);
const secrets: string[] = [];
/** Ids by the names of the keys. */
const ids = new Map<string, string>();

type Command = Parameters<typeof createApiKey>[2];

async function make(name: string, command: Partial<Command> = {}): Promise<void> {
  const all = { role: 'READER', programs: null, partner: null, expiresAt: null } as const;
  const { key, secret } = granted(await createApiKey(opened.app, ALL_RIGHTS, { ...all, name, ...command }));
  secrets.push(secret);
  ids.set(name, key.id);
}

function idOf(name: string): string {
  return ids.get(name) ?? '';
}

/** A second lies between any two keys, except between the twins; `revoked` and `expired` let nobody in. */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  const programId = await createSmallProgram(opened.app, 'mine');
  await createSmallProgram(opened.app, 'other');
  await enroll(opened.app, ['A'], 'mine');
  mine = { ...ALL_RIGHTS, programs: [programId] };
  const commands: Record<string, Partial<Command>> = {
    'of all': { role: 'ADMIN' },
    'of mine': { programs: ['mine'] },
    'of other': { programs: ['other'] },
    'of both': { programs: ['mine', 'other'] },
    'of none': { programs: [] },
    'of a partner': { role: 'PARTNER', partner: { program: 'mine', externalRef: 'A' } },
    expired: { programs: ['mine'], expiresAt: now + 60_000 },
    revoked: { role: 'INGEST', programs: ['mine'] },
  };
  for (const [name, command] of Object.entries(commands)) {
    now += 1_000;
    await make(name, command);
  }
  now += 1_000;
  await make('twin', { programs: ['mine'] });
  await make('other twin', { programs: ['mine'] });
  now += 60_000;
  granted(await revokeApiKey(opened.app, ALL_RIGHTS, idOf('revoked')));
});

afterAll(() => opened.close());

async function ask(source: string, variableValues: object, rights: Rights): Promise<ExecutionResult> {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  const result = await graphql({ schema, source, variableValues: { ...variableValues }, contextValue });
  return JSON.parse(JSON.stringify(result));
}

const PAGE = /* GraphQL */ `
  query ($first: Int, $after: String, $last: Int, $before: String) {
    apiKeys(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { cursor node { name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

type Page = {
  readonly apiKeys: {
    readonly totalCount: number;
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
};

async function page(variables: object, rights: Rights = ALL_RIGHTS) {
  const { data, errors } = await ask(PAGE, variables, rights);
  expect(errors).toBeUndefined();
  const { totalCount, edges, pageInfo } = (data as Page).apiKeys;
  expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
    edges[0]?.cursor ?? null,
    edges.at(-1)?.cursor ?? null,
  ]);
  return { names: edges.map(({ node }) => node.name), totalCount, ...pageInfo };
}

/** The twins as the list has them: of the same instant, the greater id first. */
function twins(): string[] {
  return ['twin', 'other twin'].sort((one, other) => (idOf(one) < idOf(other) ? 1 : -1));
}

const BEFORE_THE_TWINS = [
  'revoked',
  'expired',
  'of a partner',
  'of none',
  'of both',
  'of other',
  'of mine',
  'of all',
];

test('come newest first, also those that let nobody in any more', async () => {
  expect(await page({})).toMatchObject({
    names: [...twins(), ...BEFORE_THE_TWINS],
    totalCount: 10,
    hasNextPage: false,
    hasPreviousPage: false,
  });
});

test('say all that is kept of them but the hash', async () => {
  const query = /* GraphQL */ `
    { apiKeys { nodes { id prefix name role programs { code } partner { externalRef } createdAt expiresAt revokedAt } } }
  `;
  const { data } = await ask(query, {}, ALL_RIGHTS);
  const keys = (data as { apiKeys: { nodes: { id: string; name: string }[] } }).apiKeys.nodes;
  const key = (name: string) => keys.find((each) => each.name === name);
  const prefixes = new Map([...ids.keys()].map((name, index) => [name, secrets[index]?.slice(3, 15)]));
  expect(key('revoked')).toEqual({
    id: encodeGlobalId('ApiKey', idOf('revoked')),
    prefix: prefixes.get('revoked'),
    name: 'revoked',
    role: 'INGEST',
    programs: [{ code: 'mine' }],
    partner: null,
    createdAt: '2026-11-23T12:00:08.000Z',
    expiresAt: '2027-11-23T12:00:08.000Z',
    revokedAt: '2026-11-23T12:01:09.000Z',
  });
  expect(key('expired')).toMatchObject({ expiresAt: '2026-11-23T12:01:00.000Z', revokedAt: null });
  expect(key('of all')).toMatchObject({ role: 'ADMIN', programs: null, partner: null });
  expect(key('of none')).toMatchObject({ programs: [] });
  expect(key('of both')).toMatchObject({ programs: [{ code: 'mine' }, { code: 'other' }] });
  expect(key('of a partner')).toMatchObject({
    role: 'PARTNER',
    programs: [{ code: 'mine' }],
    partner: { externalRef: 'A' },
  });
});

test('are read without what their secrets could be tried against', async () => {
  const everything = { limit: 100, backwards: false, beyond: null };
  const rows = await listApiKeys({ programs: 'ALL', partner: null }, opened.app.database.prisma, everything);
  expect(rows).toHaveLength(10);
  const columns = ['createdAt', 'expiresAt', 'id', 'name', 'partnerId', 'prefix', 'programs', 'revokedAt'];
  for (const row of rows) expect(Object.keys(row).sort()).toEqual([...columns, 'role']);
});

test('pages in both directions give each once, in order', async () => {
  const all = [...twins(), ...BEFORE_THE_TWINS];
  let [names, after]: [string[], string | null] = [[], null];
  // The first page ends between the twins.
  for (const first of [1, 4, 4, 4]) {
    const forwards = await page({ first, after });
    names = [...names, ...forwards.names];
    expect(forwards).toMatchObject({
      totalCount: 10,
      hasNextPage: names.length < 10,
      hasPreviousPage: after !== null,
    });
    after = forwards.endCursor;
  }
  expect(names).toEqual(all);
  let before: string | null = null;
  names = [];
  for (const last of [4, 5, 4]) {
    const backwards = await page({ last, before });
    names = [...backwards.names, ...names];
    expect(backwards).toMatchObject({ hasNextPage: before !== null, hasPreviousPage: names.length < 10 });
    before = backwards.startCursor;
  }
  expect(names).toEqual(all);
});

test.each([
  [{ first: 101 }, 'first', 'A page has 0 to 100 entries.'],
  [{ after: 'x' }, 'after', 'This is not a cursor of this list.'],
  [
    { before: Buffer.from('1 018f4c1e-0000-7000-8000-00000badcaf').toString('base64url') },
    'before',
    'This is not a cursor of this list.',
  ],
  [
    { after: Buffer.from('9999999999999999 018f4c1e-0000-7000-8000-00000badcafe').toString('base64url') },
    'after',
    'This is not a cursor of this list.',
  ],
])('a page that cannot be is bad input: %j', async (variables, argument, message) => {
  const { data, errors } = await ask(PAGE, variables, ALL_RIGHTS);
  expect([data, errors?.map((error) => [error.message, error.extensions])]).toEqual([
    null,
    [[message, { code: 'BAD_USER_INPUT', argument }]],
  ]);
});

test('an admin of some programmes sees those that it can revoke, and counts no others', async () => {
  const seen = [...twins(), 'revoked', 'expired', 'of a partner', 'of mine'];
  expect(await page({ first: 4 }, mine)).toMatchObject({
    names: seen.slice(0, 4),
    totalCount: 6,
    hasNextPage: true,
  });
  expect(await page({}, mine)).toMatchObject({ names: seen, hasNextPage: false });
});

test.each(['INGEST', 'READER', 'PARTNER'] as const)('are not for the role %s', async (role) => {
  const { data, errors } = await ask(PAGE, {}, { ...ALL_RIGHTS, role });
  expect([data, errors?.map(({ message, extensions }) => [message, extensions])]).toEqual([
    null,
    [[`The role ${role} may not use Query.apiKeys.`, { code: 'FORBIDDEN' }]],
  ]);
});

test('nor for whoever reads as a partner, whatever asks for them', async () => {
  const everything = { limit: 100, backwards: false, beyond: null };
  const scope = { programs: mine.programs, partner: '018f4c1e-0000-7000-8000-00000badcafe' };
  expect(await listApiKeys(scope, opened.app.database.prisma, everything)).toEqual([]);
});

test('a key whose id is lost is found and revoked; those that are not seen cannot be', async () => {
  promised(
    '`apiKeys` lists the keys that an `ADMIN` may revoke, also the revoked and the expired, so that a lost one is found by its name or public part and ended with `revokeApiKey`.',
  );
  promised('Nor does it see keys that reach further than its own, or that reach no programme.');
  const find = '{ apiKeys(first: 100) { nodes { id name prefix revokedAt } } }';
  const keysFor = async (rights: Rights) =>
    (
      (await ask(find, {}, rights)).data as {
        apiKeys: { nodes: { id: string; name: string; prefix: string; revokedAt: string | null }[] };
      }
    ).apiKeys.nodes;
  const revoke = `mutation ($id: ID!) { revokeApiKey(id: $id) { ... on ApiKeyRevoked { key { name revokedAt } } ... on Refusal { code } } }`;
  const seen = new Set((await keysFor(mine)).map(({ id }) => id));
  const byPrefix = new Map((await keysFor(mine)).map(({ id, prefix }) => [prefix, id]));
  const lost = secrets[[...ids.keys()].indexOf('expired')] ?? '';
  expect(byPrefix.get(lost.slice(3, 15))).toBe(encodeGlobalId('ApiKey', idOf('expired')));
  const [unseen, revoked]: [string[], string[]] = [[], []];
  for (const { id, name } of await keysFor(ALL_RIGHTS)) {
    const { data } = await ask(revoke, { id }, mine);
    const revokedAt = name === 'revoked' ? '2026-11-23T12:01:09.000Z' : new Date(now).toISOString();
    expect(data).toEqual({
      revokeApiKey: seen.has(id) ? { key: { name, revokedAt } } : { code: 'KEY_NOT_FOUND' },
    });
    (seen.has(id) ? revoked : unseen).push(name);
  }
  expect(unseen).toEqual(['of none', 'of both', 'of other', 'of all']);
  const ended = (await keysFor(ALL_RIGHTS)).filter(({ revokedAt }) => revokedAt !== null);
  expect(ended.map(({ name }) => name)).toEqual(revoked);
});

test('a page goes on where it ended when keys were made or revoked meanwhile', async () => {
  const { endCursor, names } = await page({ first: 3 });
  expect(names).toEqual([...twins(), 'revoked']);
  granted(await revokeApiKey(opened.app, ALL_RIGHTS, idOf('revoked')));
  now += 1_000;
  await make('of late');
  expect(await page({ first: 2, after: endCursor })).toMatchObject({
    names: ['expired', 'of a partner'],
    totalCount: 11,
  });
  expect((await page({ first: 2 })).names).toEqual(['of late', twins()[0]]);
});
