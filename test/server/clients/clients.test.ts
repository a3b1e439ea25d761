import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  PartnerStandingNowDocument,
  RecordFactsDocument,
  StatusChangedDocument,
  type StatusChangedSubscription,
} from '../../../src/generated/graphql/graphql.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { BY_REF, missingRevenue } from './missing-revenue.ts';

let server: TestServer;
let url: string;
/** The end of the log before P-00042 became Gold. */
let before: string;
const closing: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  server = await startTestServer();
  url = `${server.url}/graphql`;
  const { program } = await server.ask('{ program(code: "connect") { cursor } }');
  before = (program as { cursor: string }).cursor;
  await server.ask(print(RecordFactsDocument), { input: await missingRevenue(server) });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => server?.close());

function webSocket() {
  const client = createWsClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  closing.push(() => client.dispose());
  return client;
}

/** What every client has to be told of the log after `before`. */
const PROMOTED = [
  { __typename: 'Checkpoint', caughtUp: false },
  {
    __typename: 'StatusChanged',
    change: {
      __typename: 'TierChanged',
      direction: 'UP',
      from: { code: 'SILVER', rank: 1 },
      to: { code: 'GOLD', rank: 2 },
      partner: { externalRef: 'P-00042', name: 'Lillehav Networks AS' },
      causeCount: 1,
    },
  },
  { __typename: 'Checkpoint', caughtUp: true },
];

type Event = StatusChangedSubscription['statusChanged'];
function isCaughtUp(event: Event): boolean {
  return event.__typename === 'Checkpoint' && event.caughtUp;
}

describe('urql', () => {
  let requests: number;
  beforeEach(() => {
    requests = 0;
  });

  const countedFetch: typeof fetch = (...args) => {
    requests += 1;
    return fetch(...args);
  };
  const createClient = (): Client => {
    const live = webSocket();
    return new Client({
      url,
      fetch: countedFetch,
      preferGetMethod: false,
      exchanges: [
        cacheExchange,
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: live.subscribe({ query, variables: variables ?? {} }, sink as never),
            }),
          }),
        }),
      ],
    });
  };

  test('a query is answered with its types, the second time by the cache', async () => {
    const client = createClient();
    const ask = () => client.query(PartnerStandingNowDocument, { by: BY_REF }).toPromise();
    const { data, error } = await ask();
    expect(error).toBeUndefined();
    expect(data?.partner?.name).toBe('Lillehav Networks AS');
    expect(data?.partner?.standing.tier).toMatchObject({ code: 'GOLD', name: 'Gold', rank: 2 });
    expect(data?.partner?.standing.next?.tier.code).toBe('PLATINUM');
    expect((await ask()).data).toEqual(data);
    expect(requests).toBe(1);
  });

  test('a mutation is answered, and the same again changes nothing', async () => {
    const input = await missingRevenue(server);
    const { data, error } = await createClient().mutation(RecordFactsDocument, { input }).toPromise();
    expect(error).toBeUndefined();
    expect(data?.recordFacts).toMatchObject({
      __typename: 'FactsRecorded',
      rows: [{ __typename: 'RowDuplicate', index: 0 }],
      statusChanges: [],
    });
  });

  test.each(['WebSocket', 'SSE'])('a subscription over %s replays from a cursor', async (transport) => {
    const client =
      transport === 'WebSocket'
        ? createClient()
        : new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
    const events: Event[] = [];
    const { unsubscribe } = client
      .subscription(StatusChangedDocument, { program: 'connect', after: before })
      .subscribe(({ data, error }) => {
        expect(error).toBeUndefined();
        if (data) events.push(data.statusChanged);
      });
    await waitFor(() => events.some(isCaughtUp));
    unsubscribe();
    expect(events).toMatchObject(PROMOTED);
  });
});

describe.each([
  ['graphql-ws', webSocket],
  [
    'graphql-sse',
    () => {
      const client = createSseClient({ url });
      closing.push(() => client.dispose());
      return client;
    },
  ],
])('%s', (_, open) => {
  test('a query is answered, and complete', async () => {
    const query =
      '{ partner(by: { ref: { program: "connect", externalRef: "P-00042" } }) { tier { code } } }';
    const results = open().iterate({ query });
    expect((await results.next()).value).toMatchObject({ data: { partner: { tier: { code: 'GOLD' } } } });
    expect((await results.next()).done).toBe(true);
  });

  test('a subscription replays from a cursor', async () => {
    const results = open().iterate<StatusChangedSubscription>({
      query: print(StatusChangedDocument),
      variables: { program: 'connect', after: before },
    });
    const events: Event[] = [];
    for await (const { data, errors } of results) {
      expect(errors).toBeUndefined();
      if (data) events.push(data.statusChanged);
      if (events.some(isCaughtUp)) break;
    }
    expect(events).toMatchObject(PROMOTED);
  });
});
