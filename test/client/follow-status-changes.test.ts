import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket as WsWebSocket } from 'ws';
import {
  type ConnectionState,
  type FollowOptions,
  followStatusChanges,
  type StatusChangeEvent,
} from '../../src/client/follow-status-changes.ts';
import type { WebSocketConstructor } from '../../src/client/web-socket-like.ts';
import type { StatusChangedSubscriptionVariables } from '../../src/generated/graphql/graphql.ts';
import { isLong } from '../support/long.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  checkpoint,
  entries,
  entry,
  type Script,
  type ScriptedConnection,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  cleanUps.push(server.close);
  return server;
}

type Options = Partial<FollowOptions<StatusChangeEvent, StatusChangedSubscriptionVariables>>;

/** Follows with short pauses, and notes how it goes. */
function follow({ url }: { readonly url: string }, options: Options = {}) {
  const states: ConnectionState[] = [];
  const changes = followStatusChanges({
    url,
    program: 'connect',
    retry: { firstMs: 1, longestMs: 4 },
    onConnection: (state) => states.push(state),
    ...options,
  });
  cleanUps.push(async () => changes.return?.());
  return { changes, states, types: () => states.map(({ type }) => type) };
}

/** The cursors of the next events. */
async function take(changes: AsyncIterator<StatusChangeEvent>, count: number): Promise<string[]> {
  const cursors: string[] = [];
  while (cursors.length < count) {
    const { value } = await changes.next();
    cursors.push(value.cursor);
  }
  return cursors;
}

function cursorsOf(...positions: number[]) {
  return positions.map((position) => `c${position}`);
}
function range(first: number, last: number) {
  return entries(first, last).map(({ cursor }) => cursor);
}
/** Where a subscription goes on. */
function positionIn({ variables }: { readonly variables: Readonly<Record<string, unknown>> }) {
  return Number(String(variables.after ?? 'c0').slice(1));
}

class CountedWebSocket extends WsWebSocket {
  static made = 0;
  constructor(url: string, protocol: string) {
    super(url, protocol);
    CountedWebSocket.made += 1;
  }
}

describe('a follower', () => {
  test('asks with its programme, filter, place and token, and hands on every event as it is', async () => {
    const resync = { __typename: 'Resync', cursor: 'c9', reason: 'HISTORY_REPLACED' } as const;
    const server = await serve({
      onSubscribe: (connection) => connection.send(checkpoint(7), entry(8), resync),
    });
    const filter = { tiers: ['GOLD'] };
    const { changes, types } = follow(server, { filter, after: 'c7', token: 'tg_secret' });

    const events = [await changes.next(), await changes.next(), await changes.next()];
    expect(events).toEqual([checkpoint(7), entry(8), resync].map((value) => ({ done: false, value })));
    expect(server.connections).toMatchObject([
      {
        params: { authorization: 'Bearer tg_secret' },
        variables: { program: 'connect', filter, after: 'c7' },
      },
    ]);
    expect(types()).toEqual(['CONNECTING', 'CONNECTED']);
  });

  test('gives events in order to whoever asks several times at once', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(...entries(1, 5)) });
    const { changes } = follow(server);
    const asked = await Promise.all([1, 2, 3].map(() => changes.next()));
    expect(asked.map(({ value }) => value?.cursor)).toEqual(range(1, 3));
    expect(await take(changes, 2)).toEqual(range(4, 5));
  });

  test('connects when it is first asked, not before', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(checkpoint(0)) });
    const { changes, states } = follow(server);
    await new Promise(setImmediate);
    expect(states).toEqual([]);
    await take(changes, 1);
    expect(server.connections).toHaveLength(1);
  });

  test('takes the WebSocket that it is given', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1)) });
    const { changes } = follow(server, { webSocketImpl: CountedWebSocket });
    const before = CountedWebSocket.made;
    expect(await take(changes, 1)).toEqual(['c1']);
    expect(CountedWebSocket.made).toBe(before + 1);
  });

  test('asks by a document of its own, with variables of its own, and is typed by it', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1)) });
    const document: TypedDocumentNode<
      { statusChanged: { cursor: string; change?: { id: string } } },
      { program: string; after?: string | null; locale: 'EN' | 'DE' }
    > = parse(/* GraphQL */ `
      subscription ($program: String!, $after: String, $locale: Locale!) {
        statusChanged(program: $program, after: $after) {
          ... on StatusChanged { cursor change { id explanation(locale: $locale) } }
          ... on Checkpoint { cursor }
          ... on Resync { cursor }
        }
      }
    `);
    const changes = followStatusChanges({
      url: server.url,
      program: 'connect',
      document,
      variables: { locale: 'DE' },
    });
    cleanUps.push(async () => changes.return?.());
    const { value } = await changes.next();
    const id: string | undefined = value?.change?.id;
    expect(id).toBe('e1');
    expect(server.connections[0]?.variables).toEqual({ program: 'connect', after: null, locale: 'DE' });
    expect(server.connections[0]?.query).toContain('explanation(locale: $locale)');
  });

  test('refuses a document that could not be resumed, an address that is none, and a buffer for nothing', () => {
    const options = { url: 'http://127.0.0.1:1/graphql', program: 'connect' };
    const document: TypedDocumentNode<{ statusChanged: { cursor: string } }, { program: string }> = parse(
      'subscription ($program: String!) { statusChanged(program: $program) { ... on Checkpoint { cursor } } }',
    );
    expect(() => followStatusChanges({ ...options, document })).toThrow(TypeError);
    expect(() => followStatusChanges({ ...options, url: 'ftp://127.0.0.1' })).toThrow(TypeError);
    expect(() => followStatusChanges({ ...options, bufferSize: 0 })).toThrow(RangeError);
    const withoutCursor: TypedDocumentNode<{ statusChanged: { id: string } }> =
      parse('{ node(id: "1") { id } }');
    // @ts-expect-error: every member has to select its cursor.
    expect(() => followStatusChanges({ ...options, document: withoutCursor })).toThrow(TypeError);
  });
});

type Break = [name: string, breakOff: (connection: ScriptedConnection) => void];

describe('a follower goes on after its last event when', () => {
  const closedWith = (code: number): Break => [
    `the connection is closed with ${code}`,
    ({ socket }) => socket.close(code),
  ];
  const breaks: readonly Break[] = [
    ...[1000, 1001, 1011, 1012, 1013, 4401, 4403, 4408, 4429, 4499, 4500].map(closedWith),
    ['the connection breaks', ({ socket }) => socket.terminate()],
    ['the server completes the subscription', ({ message }) => message({ type: 'complete' })],
    ['what comes is no message', ({ socket }) => socket.send('{"type":"nothing"}')],
    [
      'an event came with an error',
      ({ message }) =>
        message({
          type: 'next',
          payload: {
            data: { statusChanged: { ...entry(3), change: null } },
            errors: [{ message: 'Something went wrong.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
          },
        }),
    ],
    ['the server has trouble', ({ fail }) => fail('INTERNAL_SERVER_ERROR')],
    ['it is slow', ({ fail }) => fail('TIME_LIMIT_EXCEEDED')],
    ['the right ended', ({ fail }) => fail('FORBIDDEN')],
  ];
  test.each(breaks)('%s', async (_, breakOff) => {
    const server = await serve({
      onSubscribe: async (connection) => {
        const position = positionIn(connection);
        await connection.send(checkpoint(position), entry(position + 1), entry(position + 2));
        if (connection.index < 2) breakOff(connection);
      },
    });
    const { changes, types } = follow(server, { after: 'c0' });
    expect(await take(changes, 9)).toEqual(cursorsOf(0, 1, 2, 2, 3, 4, 4, 5, 6));
    expect(server.connections.map(({ variables }) => variables.after)).toEqual(cursorsOf(0, 2, 4));
    expect(types().slice(0, 6)).toEqual([
      'CONNECTING',
      'CONNECTED',
      'WAITING',
      'CONNECTING',
      'CONNECTED',
      'WAITING',
    ]);
  });

  test('a Resync moved its place', async () => {
    const server = await serve({
      onSubscribe: async (connection) => {
        if (connection.index > 0) return connection.send(entry(51));
        await connection.send(checkpoint(3), {
          __typename: 'Resync',
          cursor: 'c50',
          reason: 'HISTORY_REPLACED',
        });
        connection.socket.terminate();
      },
    });
    const { changes } = follow(server, { after: 'c3' });
    expect(await take(changes, 3)).toEqual(cursorsOf(3, 50, 51));
    expect(server.connections[1]?.variables.after).toBe('c50');
  });

  test('the token was no longer taken: it asks for another', async () => {
    const server = await serve({
      onSubscribe: async (connection) => {
        await connection.send(entry(connection.index + 1));
        if (connection.index === 0) connection.fail('UNAUTHENTICATED');
      },
    });
    let tokens = 0;
    const { changes } = follow(server, { token: async () => `token-${++tokens}` });
    expect(await take(changes, 2)).toEqual(cursorsOf(1, 2));
    expect(server.connections.map(({ params }) => params)).toEqual([
      { authorization: 'Bearer token-1' },
      { authorization: 'Bearer token-2' },
    ]);
  });

  test('there was no token for a while', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1)) });
    let asked = 0;
    const token = (): string => {
      asked += 1;
      if (asked < 3) throw new Error('No token today.');
      return 'token';
    };
    const { changes, states } = follow(server, { token });
    expect(await take(changes, 1)).toEqual(['c1']);
    expect(states.filter(({ type }) => type === 'WAITING')).toMatchObject([
      { why: 'No token today.' },
      { why: 'No token today.' },
    ]);
  });

  test('nobody answers at its address for a while', async () => {
    const gone = await startScriptedServer({});
    await gone.close();
    const { changes, states } = follow(gone);
    const first = changes.next();
    await waitFor(() => states.filter(({ type }) => type === 'WAITING').length >= 5);
    await changes.return?.();
    expect(await first).toEqual({ done: true, value: undefined });
  });
});

type Answer = [name: string, code: string, script: Script];

describe('a follower ends with what the server answered, after all that came before, when', () => {
  /** Sends three entries, then what ends it. */
  const after3 = (end: (connection: ScriptedConnection) => void): Script => ({
    async onSubscribe(connection) {
      if (connection.index === 0) await connection.send(...entries(1, 3));
      end(connection);
    },
  });
  const answers: readonly Answer[] = [
    ...['BAD_USER_INPUT', 'LIMIT_EXCEEDED', 'PERSISTED_QUERY_NOT_FOUND'].map(
      (code): Answer => [`an answer has the code ${code}`, code, after3(({ fail }) => fail(code))],
    ),
    ['an answer has no code', 'BAD_RESPONSE', after3(({ fail }) => fail(undefined))],
    [
      'an event has no cursor',
      'BAD_RESPONSE',
      after3(({ message }) => message({ type: 'next', payload: { data: { statusChanged: { id: 'e4' } } } })),
    ],
    ...[4400, 4406].map(
      (status): Answer => [
        `the connection is closed with ${status}`,
        'BAD_REQUEST',
        after3(({ socket }) => socket.close(status, 'It is so.')),
      ],
    ),
    ...[4401, 4403].map(
      (status): Answer => [
        `it is not let in again, with ${status}`,
        'UNAUTHENTICATED',
        {
          ...after3(({ socket }) => socket.terminate()),
          onInit(socket, index) {
            if (index === 0) return 'ACKNOWLEDGE';
            socket.close(status, 'It is so.');
            return 'HANDLED';
          },
        },
      ],
    ),
    ...['UNAUTHENTICATED', 'FORBIDDEN'].map(
      (code): Answer => [
        `it is answered ${code} from the start`,
        code,
        after3(({ index, socket, fail }) => (index === 0 ? socket.terminate() : fail(code))),
      ],
    ),
  ];
  test.each(answers)('%s', async (_, code, script) => {
    const server = await serve(script);
    const { changes, states } = follow(server);
    expect(await take(changes, 1)).toEqual(['c1']);
    await waitFor(() => server.open === 0);
    expect(await take(changes, 2)).toEqual(range(2, 3));
    await expect(changes.next()).rejects.toMatchObject({
      name: 'FollowingRefused',
      code,
      message: expect.any(String),
    });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(states.at(-1)?.type).not.toBe('WAITING');
  });

  test('somebody waits: the first is told, the others are at the end', async () => {
    const server = await serve({
      onSubscribe: (connection) => connection.fail('BAD_USER_INPUT', { argument: 'after' }),
    });
    const { changes } = follow(server);
    const [first, second] = await Promise.allSettled([changes.next(), changes.next()]);
    expect(first).toMatchObject({
      reason: {
        errors: [{ message: 'It is so.', extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }],
      },
    });
    expect(second).toEqual({ status: 'fulfilled', value: { done: true, value: undefined } });
  });
});

describe('the pauses of a follower', () => {
  const pausesOf = (states: readonly ConnectionState[]) =>
    states.flatMap((state) => (state.type === 'WAITING' ? [state.retryInMs] : []));

  test('double up to the longest, with all of it left to chance', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const server = await serve({
      onInit(socket) {
        socket.terminate();
        return 'HANDLED';
      },
    });
    const { changes, states } = follow(server, { retry: { firstMs: 2, longestMs: 20 } });
    void changes.next();
    expect((await waitFor(() => pausesOf(states).length >= 6 && pausesOf(states))).slice(0, 6)).toEqual([
      1, 2, 4, 8, 10, 10,
    ]);
  });

  // By the clock, so it needs a machine that does nothing else.
  test.runIf(isLong)(
    'are short again after a connection that lasted, not after one that did not',
    async () => {
      vi.spyOn(Math, 'random').mockReturnValue(1);
      const server = await serve({
        async onSubscribe({ index, send, socket }) {
          await send(entry(index + 1));
          if (index < 3) socket.terminate();
          else if (index === 3) setTimeout(() => socket.terminate(), 1_500);
        },
      });
      const { changes, states } = follow(server, { retry: { firstMs: 100, longestMs: 1_000 } });
      expect(await take(changes, 5)).toEqual(range(1, 5));
      expect(pausesOf(states)).toEqual([100, 200, 400, 100]);
    },
  );

  test('are longer if the server asks for it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const server = await serve({
      onSubscribe(connection) {
        if (connection.index === 0) connection.fail('RATE_LIMITED', { retryAfterMs: 50 });
        else void connection.send(entry(1));
      },
    });
    const { changes, states } = follow(server);
    expect(await take(changes, 1)).toEqual(['c1']);
    expect(pausesOf(states)).toEqual([50.5]);
  });
});

const implementations: readonly { readonly name: string; readonly WebSocket: WebSocketConstructor }[] = [
  { name: 'the global WebSocket', WebSocket: globalThis.WebSocket },
  { name: 'that of ws', WebSocket: WsWebSocket },
];

describe('a quiet connection', () => {
  const patience = { pingAfterMs: 30, pongWithinMs: 30 };

  test('is given up after a ping without an answer', async () => {
    const server = await serve({
      onSubscribe: (connection) => connection.send(entry(connection.index + 1)),
      answersPings: false,
    });
    const { changes, states } = follow(server, { patience });
    expect(await take(changes, 3)).toEqual(range(1, 3));
    expect(states).toContainEqual(expect.objectContaining({ why: 'Nothing was heard from the server.' }));
    expect(server.heard.filter((type) => type === 'ping').length).toBeGreaterThanOrEqual(2);
  });

  test('is kept as long as pings are answered', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1)) });
    const { changes } = follow(server, { patience: { ...patience, pongWithinMs: 60_000 } });
    await take(changes, 1);
    void changes.next();
    await waitFor(() => server.heard.filter((type) => type === 'ping').length >= 5);
    expect(server.connections).toHaveLength(1);
  });

  test('answers the pings of the server', async () => {
    const server = await serve({ onSubscribe: ({ socket }) => socket.send('{"type":"ping"}') });
    const { changes } = follow(server);
    void changes.next();
    await waitFor(() => server.heard.includes('pong'));
  });

  // By the clock, so it needs a machine that does nothing else.
  test.runIf(isLong)('is no silent one while events come, even if a pong does not', async () => {
    const server = await serve({
      answersPings: false,
      async onSubscribe({ send }) {
        for (let position = 1; position <= 50; position += 1) {
          await send(entry(position));
          // Longer than until the ping, shorter than until the end.
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
      },
    });
    const { changes } = follow(server, { patience: { ...patience, pongWithinMs: 1_500 } });
    expect(await take(changes, 50)).toEqual(range(1, 50));
    expect(server.connections).toHaveLength(1);
    expect(server.heard).toContain('ping');
  });

  test.each(implementations)('is given up when it does not come about, with $name', async ({ WebSocket }) => {
    const held: Socket[] = [];
    const mute = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    cleanUps.push(async () => {
      for (const socket of held) socket.destroy();
      mute.close();
    });
    const address = mute.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const { changes } = follow({ url }, { patience: { connectWithinMs: 50 }, webSocketImpl: WebSocket });
    void changes.next();
    await waitFor(() => held.length >= 3);
  });

  test('is given up when it is not acknowledged', async () => {
    const server = await serve({
      onInit: (_, index) => (index < 2 ? 'HANDLED' : 'ACKNOWLEDGE'),
      onSubscribe: (connection) => connection.send(entry(1)),
    });
    const { changes } = follow(server, { patience: { connectWithinMs: 50 } });
    expect(await take(changes, 1)).toEqual(['c1']);
    expect(server.heard.filter((type) => type === 'connection_init').length).toBeGreaterThanOrEqual(3);
  });
});

describe('what is not asked for', () => {
  test.each(implementations)(
    'does not pile up: $name is closed, and what is missing asked for again',
    async ({ WebSocket }) => {
      const LAST = 20_000;
      const server = await serve({
        onSubscribe: (connection) => connection.send(...entries(positionIn(connection) + 1, LAST)),
      });
      const { changes, types } = follow(server, { bufferSize: 10, webSocketImpl: WebSocket });
      expect(await take(changes, 1)).toEqual(['c1']);
      await waitFor(() => types().at(-1) === 'PAUSED' && server.open === 0);
      expect(server.connections).toHaveLength(1);
      // One was handed out, ten wait; at half of them it goes on.
      expect(await take(changes, 4)).toEqual(range(2, 5));
      expect(types()).toEqual(['CONNECTING', 'CONNECTED', 'PAUSED']);
      expect(await take(changes, 95)).toEqual(range(6, 100));
      expect(server.connections.map(({ variables }) => variables.after).slice(0, 2)).toEqual([null, 'c11']);
    },
  );

  test('is all there is, in order, for one who is slow now and then', async () => {
    const LAST = 3000;
    const server = await serve({
      onSubscribe: (connection) => connection.send(...entries(positionIn(connection) + 1, LAST)),
    });
    const { changes } = follow(server, { bufferSize: 50 });
    const cursors: string[] = [];
    for await (const { cursor } of changes) {
      cursors.push(cursor);
      if (cursors.length === LAST) break;
      if (cursors.length % 400 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(cursors).toEqual(range(1, LAST));
    expect(server.connections.length).toBeGreaterThan(2);
  });
});

describe('return()', () => {
  test('ends at once, and closes the connection', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1), entry(2)) });
    const { changes, types } = follow(server);
    await take(changes, 2);
    const next = changes.next();
    expect(await changes.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    await waitFor(() => server.closed.length === 1);
    expect(server.closed).toEqual([1000]);
    expect(types()).toEqual(['CONNECTING', 'CONNECTED']);
  });

  test('drops what waits', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(...entries(1, 100)) });
    const { changes } = follow(server, { bufferSize: 3 });
    await take(changes, 1);
    await waitFor(() => server.open === 0);
    await changes.return?.();
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  test('before the first question opens nothing', async () => {
    const server = await serve({});
    const { changes, states } = follow(server);
    await changes.return?.();
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(states).toEqual([]);
  });

  test.each(implementations)('while it connects ends that, with $name', async ({ WebSocket }) => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1)) });
    let made = 0;
    class NotedWebSocket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        made += 1;
        void changes.return?.();
      }
    }
    const { changes } = follow(server, { webSocketImpl: NotedWebSocket });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(made).toBe(1);
    await waitFor(() => server.open === 0);
    expect(server.connections).toEqual([]);
  });

  test('while it waits for its token ends that', async () => {
    const server = await serve({});
    const token = Promise.withResolvers<string>();
    const { changes, states } = follow(server, {
      token: () => token.promise,
      webSocketImpl: CountedWebSocket,
    });
    const before = CountedWebSocket.made;
    const next = changes.next();
    await changes.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    token.resolve('token');
    await new Promise(setImmediate);
    expect(states).toEqual([{ type: 'CONNECTING' }]);
    expect(CountedWebSocket.made).toBe(before);
  });

  test('while it waits to try again ends that', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const server = await serve({ onSubscribe: ({ socket }) => socket.terminate() });
    const { changes, types } = follow(server, { retry: { firstMs: 300, longestMs: 300 } });
    void changes.next();
    await waitFor(() => types().includes('WAITING'));
    await changes.return?.();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(types()).toEqual(['CONNECTING', 'WAITING']);
  });

  test('is what leaving a loop or a block does', async () => {
    const server = await serve({ onSubscribe: (connection) => connection.send(entry(1)) });
    {
      await using changes = followStatusChanges({ url: server.url, program: 'connect' });
      for await (const { cursor } of changes) {
        expect(cursor).toBe('c1');
        break;
      }
    }
    await waitFor(() => server.closed.length === 1);
    {
      await using changes = followStatusChanges({ url: server.url, program: 'connect' });
      await changes.next();
    }
    await waitFor(() => server.closed.length === 2);
    expect(server.closed).toEqual([1000, 1000]);
  });
});

test('what onConnection throws stops nothing', async () => {
  const thrown: unknown[] = [];
  vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((callBack) => {
    Promise.resolve()
      .then(callBack)
      .catch((error: unknown) => thrown.push(error));
  });
  const server = await serve({
    async onSubscribe({ index, send, socket }) {
      await send(entry(index + 1));
      if (index === 0) socket.terminate();
    },
  });
  const { changes } = follow(server, {
    onConnection: ({ type }) => {
      throw new Error(type);
    },
  });
  expect(await take(changes, 2)).toEqual(range(1, 2));
  expect(thrown.map(String)).toContain('Error: WAITING');
});
