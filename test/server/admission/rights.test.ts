import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ROOT_RULES, type RootField } from '../../../schema/base/root-rules.ts';
import { schema } from '../../../schema/index.ts';
import { createApiKey, revokeApiKey } from '../../../src/app/access/api-key.ts';
import { ALL_RIGHTS, ROLES, type Role } from '../../../src/app/access/rights.ts';
import { DATABASE_CLOCK } from '../../../src/app/context/clock.ts';
import { openApp } from '../../../src/app/open-app.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../../src/app/writing/save-rulebook-draft.ts';
import { updatePartner } from '../../../src/app/writing/update-partner.ts';
import { fillDataFolder } from '../../support/database-template.ts';
import {
  createSmallProgram,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../../support/fixtures.ts';
import { promised } from '../../support/promised.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

let server: TestServer;
let folder: string;
let shiftMs = 0;
const secrets = new Map<string, string>();
const ids = new Map<string, string>();
function globalId(type: string, id: string) {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}
function keyOf(name: string): string {
  return secrets.get(name) ?? '';
}
function idOf(name: string): string {
  return ids.get(name) ?? '';
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
  const silent = () => undefined;
  const log = { info: silent, warn: silent, error: silent };
  await fillDataFolder(folder);
  const opened = await openApp({ location: { kind: 'embedded', folder }, clock: DATABASE_CLOCK, log });
  const { app } = opened;
  await createSmallProgram(app, 'mine');
  const otherId = await createSmallProgram(app, 'other');
  const [top = '', child = '', peer = ''] = await enroll(app, ['TOP', 'CHILD', 'PEER'], 'mine');
  const [stranger = ''] = await enroll(app, ['STRANGER'], 'other');
  granted(await updatePartner(app, { program: 'mine', partner: 'CHILD', firstOn: null, parent: 'TOP' }));
  for (const [name, id] of Object.entries({ top, child, peer, stranger }))
    ids.set(name, globalId('Partner', id));
  ids.set('other', globalId('Program', otherId));
  for (const ref of ['TOP', 'PEER']) {
    const facts = [
      revenue(`r-${ref}`, ref, '150', '2026-06-01'),
      {
        externalId: `s-${ref}`,
        partner: ref,
        occurredOn: '2026-06-01',
        detail: {
          type: 'satisfaction' as const,
          score: '9',
          customer: 'a customer',
          respondent: 'a respondent',
          attributes: [],
        },
      },
    ];
    granted(await recordFacts(app, { program: 'mine', source: 's', facts, onError: 'REJECT_ALL' }));
  }
  const draft = granted(
    await saveRulebookDraft(app, { program: 'mine', document: SMALL_RULEBOOK, draft: null }),
  );
  ids.set('draft', globalId('Rulebook', draft.rulebookId));
  ids.set('published', globalId('Rulebook', await publish(app, 'mine', SMALL_RULEBOOK, '2099-01-01')));

  const make = async (
    name: string,
    role: Role,
    partner: string | null = null,
    expiresAt: number | null = null,
  ) => {
    const created = granted(
      await createApiKey(app, ALL_RIGHTS, {
        name,
        role,
        programs: partner === null ? ['mine'] : null,
        partner: partner === null ? null : { program: 'mine', externalRef: partner },
        expiresAt,
      }),
    );
    secrets.set(name, created.secret);
    ids.set(`key ${name}`, created.key.id);
    return created.key.id;
  };
  await make('ADMIN', 'ADMIN');
  await make('INGEST', 'INGEST');
  await make('READER', 'READER');
  await make('PARTNER', 'PARTNER', 'TOP');
  await make('peer', 'PARTNER', 'PEER');
  granted(await revokeApiKey(app, ALL_RIGHTS, await make('revoked', 'ADMIN')));
  const soon = Date.now() + 1;
  await make('expired', 'ADMIN', null, soon + 2_000);
  secrets.set(
    'everything',
    granted(
      await createApiKey(app, ALL_RIGHTS, {
        name: 'all',
        role: 'ADMIN',
        programs: null,
        partner: null,
        expiresAt: null,
      }),
    ).secret,
  );
  await opened.close();
  server = await startTestServer({
    database: { kind: 'EMBEDDED', folder },
    auth: 'keys',
    demo: false,
    // Past the end of the key that expires.
    clock: (time) => time + 60_000 + shiftMs,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
};
async function post(token: string | null, query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...(await response.json()) };
}

/** An operation for each field of the roots: without one this does not compile. */
function operations(): Readonly<Record<RootField, string>> {
  return {
    'Query.viewer': '{ viewer { role } }',
    'Query.program': '{ program(code: "mine") { name } }',
    'Query.programs': '{ programs { nodes { name } } }',
    'Query.node': `{ node(id: "${idOf('top')}") { id } }`,
    'Query.nodes': `{ nodes(ids: ["${idOf('top')}"]) { id } }`,
    'Query.partner': `{ partner(by: { id: "${idOf('top')}" }) { name tier { code } } }`,
    'Query.partners': '{ partners(program: "mine") { nodes { name } } }',
    'Query.statusChanges': '{ statusChanges(program: "mine") { nodes { id } } }',
    'Query.apiKeys': '{ apiKeys { totalCount nodes { id name } } }',
    'Mutation.recordFacts':
      'mutation { r: recordFacts(input: { program: "mine", source: "t", facts: [{ externalId: "r", partner: "nobody", occurredOn: "2026-01-01", detail: { revenue: { amount: "1", currency: "EUR" } } }] }) { __typename ... on Refusal { code } } }',
    'Mutation.correctFact': `mutation { r: correctFact(input: { program: "mine", source: "t", externalId: "none", expectedVersion: 1, fact: { partner: "TOP", occurredOn: "2026-01-01", detail: { revenue: { amount: "1", currency: "EUR" } } } }) { __typename ... on Refusal { code } } }`,
    'Mutation.voidFact':
      'mutation { r: voidFact(input: { program: "mine", source: "t", externalId: "none", expectedVersion: 1 }) { __typename ... on Refusal { code } } }',
    'Mutation.enrollPartner':
      'mutation { r: enrollPartner(input: { program: "mine", externalRef: "TOP", name: "x", country: "DE", region: "DACH" }) { __typename ... on Refusal { code } } }',
    'Mutation.updatePartner':
      'mutation { r: updatePartner(input: { program: "mine", partner: "nobody" }) { __typename ... on Refusal { code } } }',
    'Mutation.createProgram':
      'mutation { r: createProgram(input: { code: "mine", name: "x", timeZone: "UTC", currency: "EUR" }) { __typename ... on Refusal { code } } }',
    'Mutation.saveRulebookDraft':
      'mutation { r: saveRulebookDraft(input: { program: "mine", document: {} }) { __typename ... on Refusal { code } } }',
    'Mutation.publishRulebook': `mutation { r: publishRulebook(input: { rulebook: "${idOf('draft')}", effectiveFrom: "2000-01-01" }) { __typename ... on Refusal { code } } }`,
    'Mutation.withdrawRulebook': `mutation { r: withdrawRulebook(input: { rulebook: "${idOf('draft')}", reason: "A wrong hurdle." }) { __typename ... on Refusal { code } } }`,
    'Mutation.overrideTier':
      'mutation { r: overrideTier(input: { program: "mine", partner: "nobody", tier: "GOLD", endsOn: "2099-01-01", reason: "x", actor: "x" }) { __typename ... on Refusal { code } } }',
    'Mutation.endOverride': `mutation { r: endOverride(input: { override: "${globalId('TierOverride', '018f4c1e-0000-7000-8000-00000badcafe')}" }) { __typename ... on Refusal { code } } }`,
    'Mutation.createApiKey':
      'mutation { r: createApiKey(input: { name: "x", role: PARTNER }) { __typename ... on Refusal { code } } }',
    'Mutation.revokeApiKey': `mutation { r: revokeApiKey(id: "${globalId('ApiKey', '018f4c1e-0000-7000-8000-00000badcafe')}") { __typename ... on Refusal { code } } }`,
    'Subscription.statusChanged': 'subscription { statusChanged(program: "mine") { __typename } }',
    'Subscription.partnerStanding': `subscription { partnerStanding(partner: { id: "${idOf('top')}" }) { on } }`,
  };
}

function operationFor(field: string): string {
  const all: Readonly<Record<string, string>> = operations();
  const operation = all[field];
  if (operation === undefined) throw new Error(`say how ${field} is asked for`);
  return operation;
}

/** Every field of the roots, as the schema has them. */
const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (root) =>
    Object.keys(root?.getFields() ?? {})
      .filter((field) => !field.startsWith('_'))
      .map((field) => `${root?.name}.${field}`),
);

function wsClient(token: string, onClosed: (event: { code: number; reason: string }) => void = () => {}) {
  return createWsClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    on: { closed: (event) => onClosed(event as { code: number; reason: string }) },
  });
}

describe('rights', () => {
  test.each(rootFields)(
    '%s: with no key, a wrong, a revoked or an expired one nothing, and a typed error',
    async (field) => {
      promised('With `AUTH=keys` every operation needs a key or a token.');
      const operation = operationFor(field);
      const wrong = `tg_aaaaaaaaaaaa_${'a'.repeat(43)}`;
      for (const token of [null, 'nonsense', wrong, keyOf('revoked'), keyOf('expired')]) {
        const { status, data, errors } = await post(token, operation);
        expect([status, data ?? null, errors?.map(({ extensions }) => extensions.code)]).toEqual([
          401,
          null,
          ['UNAUTHENTICATED'],
        ]);
      }
    },
  );

  const ofRequests = rootFields.filter((field) => !field.startsWith('Subscription'));
  test.each(ofRequests)('%s: each role may or may not, as its rule says', async (field) => {
    const operation = operationFor(field);
    for (const role of ROLES) {
      const { data, errors } = await post(keyOf(role), operation);
      const codes = errors?.map(({ extensions }) => extensions.code) ?? [];
      const result = data?.r as { __typename: string; code?: string } | undefined;
      const isForbidden = codes.includes('FORBIDDEN') || result?.code === 'NOT_ALLOWED';
      // Making programmes takes rights over all of them, which none of these keys has.
      const isAllowed = ROOT_RULES[field]?.includes(role) === true && field !== 'Mutation.createProgram';
      expect([role, isForbidden]).toEqual([role, !isAllowed]);
      if (isAllowed) expect([role, codes]).toEqual([role, []]);
    }
  });

  test("with another partner's key nothing of a partner is there, and with its own only its own and its affiliates'", async () => {
    promised("`PARTNER`: read what is its own and its affiliates'.");
    const query = /* GraphQL */ `
      query ($top: ID!, $child: ID!, $peer: ID!) {
        top: node(id: $top) { id }
        child: partner(by: { id: $child }) { externalRef }
        peer: partner(by: { ref: { program: "mine", externalRef: "PEER" } }) { externalRef }
        both: nodes(ids: [$top, $peer]) { id }
        partners(program: "mine") { nodes { externalRef } }
        statusChanges(program: "mine", first: 50) { nodes { partner { externalRef } } }
        other: program(code: "other") { name }
        stranger: partner(by: { ref: { program: "other", externalRef: "STRANGER" } }) { externalRef }
      }
    `;
    const variables = { top: idOf('top'), child: idOf('child'), peer: idOf('peer') };
    const own = (await post(keyOf('PARTNER'), query, variables)).data;
    expect(own).toMatchObject({
      top: { id: idOf('top') },
      child: { externalRef: 'CHILD' },
      peer: null,
      both: [{ id: idOf('top') }, null],
      other: null,
      stranger: null,
    });
    const refs = (value: unknown): string[] => [
      ...new Set(JSON.stringify(value).match(/(?<="externalRef":")[^"]+/g) ?? []),
    ];
    expect(refs(own?.partners).sort()).toEqual(['CHILD', 'TOP']);
    expect(refs(own?.statusChanges).sort()).toEqual(['CHILD', 'TOP']);
    const peers = (await post(keyOf('peer'), query, variables)).data;
    expect(peers).toMatchObject({
      top: null,
      child: null,
      peer: { externalRef: 'PEER' },
      both: [null, { id: idOf('peer') }],
    });
    expect(refs(peers?.partners)).toEqual(['PEER']);
    expect(refs(peers?.statusChanges)).toEqual(['PEER']);
  });

  test('who may only bring in is told by a mutation what became of that, and reads nothing from there', async () => {
    const update = (fields: string) =>
      post(
        keyOf('INGEST'),
        `mutation { updatePartner(input: { program: "mine", partner: "PEER" }) { ... on PartnerUpdated { partner { ${fields} } } } }`,
      );
    const own = 'externalRef program { code }';
    expect((await update(own)).data).toMatchObject({ updatePartner: { partner: { externalRef: 'PEER' } } });
    for (const field of [
      // Nothing of this was changed.
      'name',
      'country',
      'region',
      'enrolledOn',
      'leftOn',
      'parent { externalRef }',
      'judgedOn',
      'tier { code }',
      'specializations { since }',
      'standing { on }',
      'facts { totalCount }',
      'history { totalCount }',
      'statusChanges { totalCount }',
      'overrides { totalCount }',
      'affiliates { totalCount }',
      'program { distribution { count } }',
      'program { judging { total } }',
      'program { cursor }',
    ]) {
      const { data, errors } = await update(field);
      expect([field, errors?.map(({ extensions }) => extensions.code)]).toEqual([field, ['FORBIDDEN']]);
      // Where it can be null, it alone is.
      expect(JSON.stringify(data ?? null)).toMatch(
        /^(null|\{"updatePartner":\{"partner":\{"\w+":null\}\}\})$/,
      );
    }
  });

  test('respondents and customers are masked for a partner, and small groups of its peers are not counted for it', async () => {
    const query = /* GraphQL */ `
      query ($id: ID!) {
        partner(by: { id: $id }) { facts(first: 10) { nodes { ... on SatisfactionFact { score customer respondent } } } }
        program(code: "mine") { distribution { tier { code } count } }
      }
    `;
    const answer = async (name: string) => (await post(keyOf(name), query, { id: idOf('top') })).data;
    const partner = JSON.stringify(await answer('PARTNER'));
    expect(partner).toContain('"score":"9"');
    expect(partner).not.toContain('a customer');
    expect(partner).not.toContain('a respondent');
    expect(partner).toContain('"count":null');
    const reader = JSON.stringify(await answer('READER'));
    expect(reader).toContain('"customer":"a customer"');
    expect(reader).toContain('"respondent":"a respondent"');
    expect(reader).not.toContain('"count":null');
  });

  test('an admin of some programmes finds the keys to them by name, and none that reaches further', async () => {
    type Keys = { readonly totalCount: number; readonly nodes: { readonly name: string }[] };
    const list = async (token: string): Promise<Keys> => {
      const { apiKeys } = (await post(token, operationFor('Query.apiKeys'))).data ?? {};
      const { totalCount, nodes } = apiKeys as Keys;
      // Some may be of the same instant.
      return { totalCount, nodes: nodes.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    };
    const names = ['ADMIN', 'INGEST', 'PARTNER', 'READER', 'expired', 'peer', 'revoked'];
    const nodes = names.map((name) => ({ id: globalId('ApiKey', idOf(`key ${name}`)), name }));
    expect(await list(keyOf('ADMIN'))).toEqual({ totalCount: 7, nodes });
    const all = await list(keyOf('everything'));
    expect([all.totalCount, all.nodes.map(({ name }) => name)]).toEqual([
      8,
      ['ADMIN', 'INGEST', 'PARTNER', 'READER', 'all', 'expired', 'peer', 'revoked'],
    ]);
  });

  test(
    promised('`ADMIN`: everything in its programmes: rules, partners, facts, overrides, keys'),
    async () => {
      for (const field of ofRequests) {
        const { data, errors } = await post(keyOf('ADMIN'), operationFor(field));
        // Whatever it is answered with, it is not that it may not.
        expect([field, errors]).toEqual([field, undefined]);
        const answer = JSON.stringify(data);
        expect([field, answer.includes('NOT_ALLOWED')]).toEqual([field, field === 'Mutation.createProgram']);
      }
    },
  );

  test(promised('`READER`: read everything in its programmes but keys, and subscribe to it'), async () => {
    for (const field of rootFields.filter((field) => !field.startsWith('Mutation'))) {
      const operation = operationFor(field);
      if (field.startsWith('Subscription')) {
        const client = wsClient(keyOf('READER'));
        const { value } = await client.iterate({ query: operation }).next();
        expect([field, value?.errors]).toEqual([field, undefined]);
        await client.dispose();
      } else {
        const { errors } = await post(keyOf('READER'), operation);
        const codes = errors?.map(({ extensions }) => extensions.code);
        expect([field, codes]).toEqual([field, field === 'Query.apiKeys' ? ['FORBIDDEN'] : undefined]);
      }
    }
  });

  test('to an admin of one programme another one is as none', async () => {
    promised(
      'An `ADMIN` of some programmes does not see the others: whatever it asks, it is answered as if there were none.',
    );
    const strangers = [
      ['"mine"', '"other"', '"none"'],
      ['"TOP"', '"STRANGER"', '"NOBODY"'],
      [idOf('top'), idOf('stranger'), globalId('Partner', '018f4c1e-0000-7000-8000-00000badcafe')],
    ] as const;
    // Those that ask about no programme, or make one, are left out.
    for (const field of ofRequests.filter((field) => field !== 'Mutation.createProgram')) {
      const operation = operationFor(field);
      const asked = (which: 1 | 2) =>
        strangers.reduce((text, names) => text.replaceAll(names[0], names[which]), operation);
      const [other, none] = [await post(keyOf('ADMIN'), asked(1)), await post(keyOf('ADMIN'), asked(2))];
      const told = (answer: Answer) =>
        strangers
          .reduce(
            (text, names) => text.replaceAll(names[1], names[2]),
            JSON.stringify(answer).replaceAll('\\"', '"'),
          )
          // A text that was sent before is not read again.
          .replaceAll(/"(reading|remaining)":\d+,/g, '');
      expect([field, told(other)]).toEqual([field, told(none)]);
    }
  });

  test(promised('Introspection is open to every role and costs 1,000 each time.'), async () => {
    for (const role of ROLES) {
      const answer = await post(keyOf(role), '{ __schema { queryType { name } } }');
      expect([role, answer]).toMatchObject([
        role,
        { data: { __schema: { queryType: { name: 'Query' } } }, extensions: { cost: { requested: 1_000 } } },
      ]);
    }
  });

  test(
    promised('`PARTNER`: Who answered a survey is masked, and so is who set a tier by hand.'),
    async () => {
      const set = await post(
        keyOf('ADMIN'),
        'mutation { overrideTier(input: { program: "mine", partner: "PEER", tier: "SILVER", endsOn: "2099-01-01", reason: "A reason.", actor: "Ms Ray" }) { __typename } }',
      );
      expect(set.data).toEqual({ overrideTier: { __typename: 'TierOverridden' } });
      const query = /* GraphQL */ `
      query ($id: ID!) {
        partner(by: { id: $id }) {
          overrides { nodes { reason actor } }
          facts(first: 10) { nodes { ... on SatisfactionFact { score customer respondent } } }
        }
      }
    `;
      const asked = async (name: string) => {
        const { data } = await post(keyOf(name), query, { id: idOf('peer') });
        const { partner } = data as {
          partner: { overrides: { nodes: object[] }; facts: { nodes: object[] } };
        };
        const answers = partner.facts.nodes.filter((fact) => 'score' in fact);
        return [...partner.overrides.nodes, ...answers];
      };
      expect(await asked('READER')).toEqual([
        { reason: 'A reason.', actor: 'Ms Ray' },
        { score: '9', customer: 'a customer', respondent: 'a respondent' },
      ]);
      const own = await asked('peer');
      expect(own).toMatchObject([{ reason: 'A reason.', actor: null }, { score: '9' }]);
      expect(JSON.stringify(own)).not.toMatch(/Ray|a customer|a respondent/);
    },
  );

  test('who may make programmes: an admin of all, and of no other', async () => {
    const operation = operationFor('Mutation.createProgram');
    expect((await post(keyOf('everything'), operation)).data?.r).toMatchObject({ code: 'PROGRAM_EXISTS' });
    expect((await post(keyOf('ADMIN'), operation)).data?.r).toMatchObject({ code: 'NOT_ALLOWED' });
  });
});

describe('rights of subscriptions', () => {
  const SUBSCRIPTION = /* GraphQL */ `
    subscription {
      statusChanged(program: "mine") { __typename ... on StatusChanged { change { partner { externalRef } } } }
    }
  `;
  const record = (partner: string, externalId: string, amount: string) =>
    post(
      keyOf('INGEST'),
      /* GraphQL */ `
      mutation {
        recordFacts(input: { program: "mine", source: "sub", facts: [
          { externalId: "${externalId}", partner: "${partner}", occurredOn: "2026-06-01", detail: { revenue: { amount: "${amount}", currency: "EUR" } } }
        ] }) { __typename }
      }
    `,
    );

  test('a WebSocket without a right to be there is closed as forbidden', async () => {
    let closed: (event: { code: number; reason: string }) => void = () => {};
    const closing = new Promise<{ code: number; reason: string }>((resolve) => {
      closed = resolve;
    });
    const client = wsClient(keyOf('revoked'), closed);
    await expect(client.iterate({ query: SUBSCRIPTION }).next()).rejects.toMatchObject({ code: 4403 });
    expect(await closing).toMatchObject({ code: 4403, reason: 'The key was revoked.' });
    await client.dispose();
  });

  test('a role that may not subscribe is told so', async () => {
    const client = wsClient(keyOf('INGEST'));
    const { value } = await client.iterate({ query: SUBSCRIPTION }).next();
    expect(JSON.stringify(value)).toContain('FORBIDDEN');
    await client.dispose();
  });

  test("a partner's subscription gets its own changes and its affiliates', and no others", async () => {
    promised('`PARTNER`: It may subscribe to that.');
    const client = wsClient(keyOf('PARTNER'));
    const events = client.iterate<{ statusChanged: { change?: { partner: { externalRef: string } } } }>({
      query: SUBSCRIPTION,
    });
    await events.next();
    await record('PEER', 'peer-down', '-200');
    await record('CHILD', 'child-up', '200');
    const { value } = await events.next();
    expect(value?.data?.statusChanged.change?.partner.externalRef).toBe('CHILD');
    await client.dispose();
  });

  test.each(['WEBSOCKET', 'SSE'] as const)(
    '%s: a right revoked while somebody listens ends it with a typed end, and no later change gets through',
    async (transport) => {
      promised(
        'It is sent as `authorization: Bearer tg_...` with HTTP and server-sent events, and as `connectionParams.authorization` with WebSocket.',
      );
      promised('No change committed after a revocation is delivered.');
      const admin = keyOf('everything');
      const made = await post(
        admin,
        `mutation { createApiKey(input: { name: "short", role: READER }) { ... on ApiKeyCreated { secret key { id } } } }`,
      );
      const { createApiKey: created } = made.data ?? {};
      const { secret, key } = created as { secret: string; key: { id: string } };
      const wsOrSse =
        transport === 'SSE'
          ? createSseClient({
              url: `${server.url}/graphql`,
              headers: { authorization: `Bearer ${secret}` },
              retryAttempts: 0,
            })
          : wsClient(secret);
      const events = wsOrSse.iterate<Record<string, unknown>>({ query: SUBSCRIPTION });
      const { value: first } = await events.next();
      expect(JSON.stringify(first)).toContain('Checkpoint');
      const revoked = await post(admin, `mutation { revokeApiKey(id: "${key.id}") { __typename } }`);
      expect(revoked.data).toEqual({ revokeApiKey: { __typename: 'ApiKeyRevoked' } });
      await record('TOP', `after-${transport}`, transport === 'SSE' ? '500' : '-500');
      const end = await events.next().catch((error: unknown) => ({ value: { error } }));
      expect(JSON.stringify(end)).not.toContain('StatusChanged');
      expect(`${JSON.stringify(end)} ${String(Object.values(end)[0])}`).toMatch(
        /UNAUTHENTICATED|4403|revoked/,
      );
      await wsOrSse.dispose();
    },
  );

  test.each(['WEBSOCKET', 'SSE'] as const)('%s: the end of a right is told as such', async (transport) => {
    promised(
      'When a key or token is revoked or expires, the subscriptions that were opened with it end with the code `UNAUTHENTICATED`.',
    );
    const admin = keyOf('everything');
    for (const end of ['REVOKED', 'EXPIRED']) {
      const expiresAt = new Date(Date.now() + shiftMs + 3_600_000).toISOString();
      const { data } = await post(
        admin,
        `mutation { createApiKey(input: { name: "short", role: READER, expiresAt: "${expiresAt}" }) { ... on ApiKeyCreated { secret key { id } } } }`,
      );
      const { createApiKey: created } = data ?? {};
      const { secret, key } = created as { secret: string; key: { id: string } };
      const authorization = `Bearer ${secret}`;
      const client =
        transport === 'SSE'
          ? createSseClient({ url: `${server.url}/graphql`, headers: { authorization }, retryAttempts: 0 })
          : wsClient(secret);
      const events = client.iterate<Record<string, unknown>>({ query: SUBSCRIPTION });
      expect(JSON.stringify(await events.next())).toContain('Checkpoint');
      if (end === 'REVOKED') await post(admin, `mutation { revokeApiKey(id: "${key.id}") { __typename } }`);
      else shiftMs += 2 * 3_600_000;
      const { value } = await events.next();
      expect(value?.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(await events.next()).toMatchObject({ done: true });
      await client.dispose();
    }
  });
});
