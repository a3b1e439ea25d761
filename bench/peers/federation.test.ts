import { createGatewayRuntime, type GatewayConfig, type GatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CRM_SDL, type CrmSubgraph, startCrmSubgraph } from '../../test/server/support/crm-subgraph.ts';
import { printDocument } from '../../test/server/support/print-document.ts';
import { startTestServer, type TestServer } from '../../test/support/test-server.ts';

type Transports = Exclude<NonNullable<GatewayConfig['transports']>, (kind: string) => unknown>;

let tiergraph: TestServer;
let crm: CrmSubgraph;
let gateway: GatewayRuntime;
/** Who was asked by the gateway, in order. */
let asked: string[];

/** How the gateway reaches its subgraphs: GraphQL over HTTP, and server-sent events. */
const transports: Transports = {
  http: {
    getSubgraphExecutor:
      ({ subgraphName, transportEntry: { location = '' } }) =>
      async ({ document, variables, operationType }) => {
        asked.push(subgraphName);
        const operation = { query: printDocument(document), variables: variables ?? {} };
        if (operationType === 'subscription') {
          return createSseClient({ url: location, retryAttempts: 0 }).iterate(operation);
        }
        const response = await fetch(location, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
          body: JSON.stringify(operation),
        });
        return response.json();
      },
  },
};

beforeAll(async () => {
  tiergraph = await startTestServer({ federation: true });
  crm = await startCrmSubgraph();
  const { _service } = (await tiergraph.ask('{ _service { sdl } }')) as { _service: { sdl: string } };
  const { supergraphSdl, errors } = composeServices([
    { name: 'tiergraph', typeDefs: parse(_service.sdl), url: `${tiergraph.url}/graphql` },
    { name: 'crm', typeDefs: parse(CRM_SDL), url: crm.url },
  ]);
  if (supergraphSdl === undefined) throw new Error(`it does not compose: ${errors?.join('; ')}`);
  gateway = createGatewayRuntime({ supergraph: supergraphSdl, transports, logging: false });
});
afterAll(async () => {
  await gateway?.dispose();
  await crm?.close();
  await tiergraph?.close();
});
beforeEach(() => {
  asked = [];
});

function request(accept: string, query: string, variables: Record<string, unknown> = {}) {
  return gateway.fetch('http://gateway.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });
}

async function ask(query: string, variables?: Record<string, unknown>): Promise<unknown> {
  return (await request('application/json', query, variables)).json();
}

type Answer = {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions: { readonly cost: { readonly requested: number } };
};

/** Asks tiergraph itself, as a gateway does. */
function post(query: string, variables: Record<string, unknown>): Promise<Answer> {
  return tiergraph.post(query, variables) as Promise<unknown> as Promise<Answer>;
}

test('what another subgraph refers to by the key of its vendor is resolved', async () => {
  const query = /* GraphQL */ `
    {
      account(number: "00042") {
        partner {
          name
          tier {
            code
          }
          manager
        }
        program {
          name
          currency
          budget
        }
      }
    }
  `;
  expect(await ask(query)).toEqual({
    data: {
      account: {
        partner: {
          name: 'Lillehav Networks AS',
          tier: { code: 'SILVER' },
          manager: 'Manager of P-00042',
        },
        program: { name: 'Connect', currency: 'EUR', budget: 1_000_000 },
      },
    },
  });
  expect(new Set(asked)).toEqual(new Set(['crm', 'tiergraph']));
});

test('a page is extended by another subgraph with one request to each', async () => {
  const query = /* GraphQL */ `
    query ($program: String!) {
      partners(program: $program, orderBy: { field: EXTERNAL_REF }, first: 3) {
        totalCount
        nodes {
          externalRef
          manager
        }
      }
    }
  `;
  expect(await ask(query, { program: 'connect' })).toEqual({
    data: {
      partners: {
        totalCount: 300,
        nodes: ['P-00001', 'P-00002', 'P-00003'].map((externalRef) => ({
          externalRef,
          manager: `Manager of ${externalRef}`,
        })),
      },
    },
  });
  expect(asked).toEqual(['tiergraph', 'crm']);
});

test('mutations and subscriptions pass, and events are extended too', async () => {
  const stream = await request(
    'text/event-stream',
    /* GraphQL */ `
      subscription {
        statusChanged(program: "connect") {
          ... on Checkpoint {
            caughtUp
          }
          ... on StatusChanged {
            change {
              partner {
                externalRef
                manager
              }
              ... on TierChanged {
                to {
                  code
                }
              }
            }
          }
        }
      }
    `,
  );
  const events = readEvents(stream);
  expect(await events.next()).toEqual({ data: { statusChanged: { caughtUp: true } } });

  const { program } = (await tiergraph.ask('{ program(code: "connect") { today } }')) as {
    program: { today: string };
  };
  const detail = { revenue: { amount: '25000', currency: 'EUR' } };
  const fact = { externalId: 'gateway-1', partner: 'P-00042', occurredOn: program.today, detail };
  expect(
    await ask(
      /* GraphQL */ `
        mutation ($input: RecordFactsInput!) {
          recordFacts(input: $input) {
            ... on FactsRecorded {
              rows {
                __typename
              }
            }
          }
        }
      `,
      { input: { program: 'connect', source: 'gateway', facts: [fact] } },
    ),
  ).toEqual({ data: { recordFacts: { rows: [{ __typename: 'RowRecorded' }] } } });

  expect(await events.next()).toEqual({
    data: {
      statusChanged: {
        change: {
          partner: { externalRef: 'P-00042', manager: 'Manager of P-00042' },
          to: { code: 'GOLD' },
        },
      },
    },
  });
  await events.stop();
});

test('what a gateway asks costs by the number of keys, and is answered alike when it is compiled', async () => {
  const query = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Program { code } } }';
  const found = { __typename: 'Program', code: 'connect' };
  const answers = [];
  for (let times = 0; times < 6; times += 1) {
    const { data, errors, extensions } = await post(query, { keys: [found, { __typename: 'Fact' }, found] });
    answers.push({ data, errors, cost: extensions.cost.requested });
  }
  const [first] = answers;
  expect(first).toMatchObject({
    data: { _entities: [{ code: 'connect' }, null, { code: 'connect' }] },
    errors: [
      {
        message: '`__typename` has to be one of Program, Partner.',
        path: ['_entities', 1],
        extensions: { code: 'BAD_USER_INPUT', argument: 'representations[1].__typename' },
      },
    ],
    cost: 3,
  });
  for (const answer of answers) expect(answer).toEqual(first);
  expect((await post(query, { keys: Array(50).fill(found) })).extensions.cost.requested).toBe(50);
});

test('an error of a subgraph keeps its code', async () => {
  expect(await ask('{ partners(program: "none") { totalCount } }')).toMatchObject({
    errors: [
      {
        message: 'There is no programme with the code "none".',
        extensions: { code: 'BAD_USER_INPUT', argument: 'program' },
      },
    ],
  });
});

/** Reads server-sent events one by one. */
function readEvents(response: Response) {
  if (response.body === null) throw new Error('the answer has no body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<unknown> => {
    const event = /event: next\ndata: (.*)\n\n/.exec(text);
    if (event?.[1] !== undefined) {
      text = text.slice(event.index + event[0].length);
      return JSON.parse(event[1]);
    }
    const { value, done } = await reader.read();
    if (done) throw new Error('the stream ended');
    text += value;
    return next();
  };
  return { next, stop: () => reader.cancel() };
}
