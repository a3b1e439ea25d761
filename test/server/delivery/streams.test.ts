import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CHEAP, startToyServer, type ToyServer } from '../support/toy-server.ts';

const COUNTED = 'subscription { counted { number context } }';

let toy: ToyServer;

type Client = {
  readonly name: string;
  open(): { iterate(query: string): AsyncIterableIterator<unknown>; dispose(): void };
};

const clients: Client[] = [
  {
    name: 'SSE',
    open() {
      const client = createSseClient({ url: `${toy.url}/graphql`, retryAttempts: 5, retry: async () => {} });
      return { iterate: (query) => client.iterate({ query }), dispose: () => client.dispose() };
    },
  },
  {
    name: 'WebSocket',
    open() {
      const client = createWsClient({
        url: `${toy.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryWait: async () => {},
      });
      return { iterate: (query) => client.iterate({ query }), dispose: () => void client.dispose() };
    },
  },
];

describe('streams', () => {
  beforeEach(async () => {
    toy = await startToyServer();
  });

  afterEach(() => toy.server.close());

  describe.each(clients)('over $name', ({ open }) => {
    test('every event arrives once, in order, each in a context of its own', async () => {
      const client = open();
      const events = client.iterate(COUNTED);
      const first = events.next();
      await toy.feed.subscribers(1);
      const before = toy.contexts();
      for (const number of [1, 2, 3]) toy.feed.push(number);
      expect([(await first).value, (await events.next()).value, (await events.next()).value]).toEqual(
        [1, 2, 3].map((number) => ({ data: { counted: { number, context: before + number } } })),
      );
      client.dispose();
      await toy.feed.subscribers(0);
    });

    test('a client that goes away ends its source', async () => {
      const client = open();
      void client.iterate(COUNTED).next();
      await toy.feed.subscribers(1);
      client.dispose();
      await toy.feed.subscribers(0);
    });

    test('a query runs too', async () => {
      const client = open();
      expect((await client.iterate('{ hello }').next()).value).toEqual({
        data: { hello: 'world' },
        extensions: CHEAP,
      });
      client.dispose();
    });

    test('bad input is told to the subscriber, which does not come back', async () => {
      const client = open();
      const events = client.iterate('subscription { refused { number } }');
      expect((await events.next()).value).toMatchObject({
        errors: [{ message: 'Not this one.', extensions: { code: 'BAD_USER_INPUT' } }],
      });
      expect(await events.next()).toEqual({ value: undefined, done: true });
      expect(toy.errors).toEqual([]);
      client.dispose();
    });

    test('a source that fails makes the subscriber come back instead of giving up', async () => {
      const client = open();
      const events = client.iterate(COUNTED);
      const first = events.next();
      await toy.feed.subscribers(1);
      toy.feed.push(1);
      expect((await first).value).toMatchObject({ data: { counted: { number: 1 } } });
      const second = events.next();
      toy.feed.fail(new Error('the database is away'));
      await toy.feed.subscribers(0);
      await toy.feed.subscribers(1);
      toy.feed.push(2);
      expect((await second).value).toMatchObject({ data: { counted: { number: 2 } } });
      expect(toy.errors).toMatchObject([{ err: new Error('the database is away') }]);
      client.dispose();
    });

    test('a subscription that cannot be opened for now is tried again', async () => {
      const client = open();
      const first = client.iterate('subscription { unavailable { number } }').next();
      await toy.feed.subscribers(1);
      toy.feed.push(1);
      expect((await first).value).toEqual({ data: { unavailable: { number: 1 } } });
      expect(toy.errors.map(({ err }) => err)).toEqual(Array(2).fill(new Error('the database is away')));
      client.dispose();
    });
  });

  describe('the WebSocket protocol', () => {
    test('a message larger than 1 MiB closes the connection', async () => {
      const socket = new WebSocket(`${toy.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      const code = new Promise((resolve) => socket.once('close', resolve));
      socket.once('open', () => socket.send(' '.repeat(1_048_577)));
      socket.on('error', () => {});
      expect(await code).toBe(1009);
    });

    test.each([
      ['another site’s page', '/graphql', { origin: 'https://evil.example' }, 403],
      ['a Host that is not loopback', '/graphql', { host: 'evil.example' }, 403],
      ['another path', '/elsewhere', {}, 404],
    ])('%s is denied', async (_, path, headers, status) => {
      const socket = new WebSocket(`${toy.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
        headers,
      });
      const answered = new Promise((resolve) =>
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)),
      );
      socket.on('error', () => {});
      expect(await answered).toBe(status);
      socket.terminate();
    });

    test('errors carry no advice for HTTP', async () => {
      const client = createWsClient({
        url: `${toy.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
      });
      const failed = client.iterate({ query: '{ goodbye }' }).next();
      await expect(failed).rejects.toEqual([
        {
          message: 'Cannot query field "goodbye" on type "Query".',
          locations: [{ line: 1, column: 3 }],
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ]);
      await client.dispose();
    });
  });

  test('plain HTTP reads a stream as text/event-stream', async () => {
    const controller = new AbortController();
    const url = `${toy.url}/graphql?query=${encodeURIComponent(COUNTED)}`;
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream' },
      signal: controller.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await toy.feed.subscribers(1);
    toy.feed.push(7);
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('data:')) break;
    }
    expect(text.replaceAll(':\n\n', '')).toMatch(
      /^event: next\ndata: \{"data":\{"counted":\{"number":7,"context":\d\}\}\}\n\n$/,
    );
    controller.abort();
    await toy.feed.subscribers(0);
  });

  test('a subscription is refused to a client that takes no event stream, and nothing stays open', async () => {
    const response = await fetch(`${toy.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: COUNTED }),
    });
    expect([response.status, await response.json()]).toEqual([
      406,
      {
        errors: [
          {
            message: 'A subscription is answered as text/event-stream: accept that.',
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      },
    ]);
    await toy.feed.subscribers(0);
  });
});

test('a client that is gone before its subscription is open leaves nothing open', async () => {
  let open = (): void => {};
  let isAsked = false;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const late = await startToyServer({
    context: async () => {
      isAsked = true;
      await opened;
      return {};
    },
  });
  const controller = new AbortController();
  const response = fetch(`${late.url}/graphql?query=${encodeURIComponent(COUNTED)}`, {
    headers: { accept: 'text/event-stream' },
    signal: controller.signal,
  });
  await expect.poll(() => isAsked).toBe(true);
  controller.abort();
  await expect(response).rejects.toThrow();
  // The server has seen it go once it answers on another connection that was opened later.
  await (await fetch(`${late.url}/health/live`)).text();
  const seen = late.feed.subscribers(1);
  open();
  await seen;
  await late.feed.subscribers(0);
  await late.server.close();
});
