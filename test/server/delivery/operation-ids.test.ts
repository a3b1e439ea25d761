import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { createRandom, type Random } from '../../../src/demo/random.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

const COUNTED = 'subscription { counted { number } }';
const SEED = Number(process.env.TEST_SEED ?? Date.now());
const SOCKETS = 12;
const STEPS = 60;

let toy: ToyServer;

afterEach(() => toy.server.close());

type Message = { readonly type: string; readonly id?: string; readonly payload?: unknown };

type Client = {
  readonly socket: WebSocket;
  readonly messages: Message[];
  send(message: object | string): void;
  subscribe(id: string, query: string): void;
  isOpen(): boolean;
};

async function openClient(): Promise<Client> {
  const socket = openSocket(toy.url);
  const messages: Message[] = [];
  socket.on('error', () => {});
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await new Promise((resolve) => socket.once('open', resolve));
  const send = (message: object | string): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  send({ type: 'connection_init' });
  await waitFor(() => messages.length === 1);
  messages.pop();
  return {
    socket,
    messages,
    send,
    subscribe: (id, query) => send({ id, type: 'subscribe', payload: { query } }),
    isOpen: () => socket.readyState === socket.OPEN,
  };
}

/** A server whose operations take some turns of the event loop to open, by turns more and fewer. */
async function startSlowServer(random: Random): Promise<() => readonly number[]> {
  const metrics = createMetrics();
  toy = await startToyServer({
    metrics,
    context: async () => {
      for (let turns = random.integer(0, 5); turns > 0; turns--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      return {};
    },
  });
  const read = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics.render())?.[1]);
  return () => ['tiergraph_open_subscriptions', 'tiergraph_web_socket_operations'].map(read);
}

/** The numbers that an id was given. */
function given({ messages }: Client, id: string): unknown[] {
  return messages.flatMap((message) =>
    message.type === 'next' && message.id === id ? [message.payload] : [],
  );
}

test('a long message and those sent with it are handled in their order', async () => {
  const counts = await startSlowServer(createRandom(1));
  const client = await openClient();
  for (const [index, characters] of [10, 20_000, 900_000, 100].entries()) {
    const variables = { unused: 'x'.repeat(characters) };
    client.send({ id: `a${index}`, type: 'subscribe', payload: { query: COUNTED, variables } });
    client.send({ id: `a${index}`, type: 'complete' });
  }
  // Long too, so that it is the last to be handled in any case.
  client.subscribe('last', `{ hello } #${'x'.repeat(20_000)}`);
  await waitFor(() => client.messages.some(({ id, type }) => id === 'last' && type === 'complete'));
  await waitFor(() => counts().every((count) => count === 0), { what: 'no operation to be left' });
  expect(client.messages.map(({ id, type }) => [id, type])).toEqual([
    ['last', 'next'],
    ['last', 'complete'],
  ]);
});

test('subscribe, complete and subscribe with one id, sent at once, leave one subscription, which gets each change once', async () => {
  const counts = await startSlowServer(createRandom(1));
  const client = await openClient();
  const pairs = 40;
  for (let pair = 0; pair < pairs; pair++) {
    client.subscribe(`a${pair}`, COUNTED);
    client.send({ id: `a${pair}`, type: 'complete' });
    client.subscribe(`a${pair}`, COUNTED);
  }
  await toy.feed.subscribers(pairs);
  await waitFor(() => counts()[0] === pairs, { what: 'the others to end' });
  toy.feed.push(1);
  toy.feed.push(2);
  const events = [1, 2].map((number) => ({ data: { counted: { number } } }));
  await waitFor(() => client.messages.length === 2 * pairs);
  for (let pair = 0; pair < pairs; pair++) expect(given(client, `a${pair}`)).toEqual(events);
  client.socket.close();
  await waitFor(() => counts().every((count) => count === 0), { what: 'the end of all' });
  await toy.feed.subscribers(0);
});

test('an operation that the client completed counts until it has ended', async () => {
  await startSlowServer(createRandom(1));
  const client = await openClient();
  for (let id = 0; id <= 100; id++) {
    client.subscribe('a', '{ slow }');
    client.send({ id: 'a', type: 'complete' });
  }
  await waitFor(() => client.messages.length > 0);
  expect(client.messages).toMatchObject([
    { id: 'a', type: 'error', payload: [{ extensions: { limit: 'operationsPerConnection', actual: 101 } }] },
  ]);
  toy.release();
  client.socket.terminate();
});

test.each([
  ['of one byte', 'a'.repeat(256)],
  ['of two bytes', 'é'.repeat(256)],
  ['of two halves', '😀'.repeat(128)],
])('an id that is in use closes the connection, also if it is long, of characters %s', async (_, id) => {
  await startSlowServer(createRandom(1));
  const client = await openClient();
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  for (let twice = 0; twice < 2; twice++) client.subscribe(id, COUNTED);
  expect(await closed).toBe(4409);
  await toy.feed.subscribers(0);
});

test.each([
  '[]',
  '{',
  '{"type":"next"}',
  '{"type":"constructor"}',
  '{"type":"subscribe","payload":{}}',
  '{"type":"subscribe","id":7,"payload":{}}',
  '{"type":"complete"}',
  '{"type":"ping","payload":7}',
  `{"type":"complete","id":"${'a'.repeat(257)}"}`,
])('%s is no message', async (message) => {
  await startSlowServer(createRandom(1));
  const client = await openClient();
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  client.send(message);
  expect(await closed).toBe(4400);
});

describe(`mixed at random (seed ${SEED})`, () => {
  test('every operation ends with its complete or its socket, and what is wanted gets each change once', async () => {
    const random = createRandom(SEED);
    const counts = await startSlowServer(random);
    const clients = await Promise.all(Array.from({ length: SOCKETS }, openClient));
    /** The subscriptions that each client waits for. */
    const wanted = new Map<Client, Set<string>>(clients.map((client) => [client, new Set()]));
    let queries = 0;

    const act = (client: Client, ids: Set<string>): void => {
      const id = `s${random.integer(0, 5)}`;
      const kind = random.integer(0, 99);
      if (kind < 45) {
        if (ids.has(id)) return;
        ids.add(id);
        client.subscribe(id, COUNTED);
      } else if (kind < 75) {
        client.send({ id, type: 'complete' });
        ids.delete(id);
      } else if (kind < 85) {
        queries += 1;
        client.subscribe(
          `q${queries}`,
          random.pick(['{ hello }', 'mutation { touch }', '{ bad }', '{ wrong }', '{']),
        );
        if (random.integer(0, 1) === 0) client.send({ id: `q${queries}`, type: 'complete' });
      } else if (kind < 90) {
        queries += 1;
        client.subscribe(`q${queries}`, 'subscription { refused { number } }');
      } else if (kind < 94) client.send({ type: 'ping' });
      else if (kind < 96) client.socket.terminate();
      else if (kind < 97) client.socket.close();
      else if (kind < 98) client.send('nonsense');
      else if (kind < 99) client.send({ type: 'connection_init' });
      else if (ids.size > 0) client.subscribe(random.pick([...ids]), COUNTED);
    };
    for (let step = 0; step < STEPS; step++) {
      for (const [client, ids] of wanted) if (client.isOpen()) act(client, ids);
      if (step % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    }
    // Each answers once it has dealt with what was sent before, or is closed.
    await Promise.all(
      clients.map(async (client) => {
        if (client.isOpen()) client.send({ type: 'ping', payload: { last: true } });
        const isLast = ({ type, payload }: Message) => type === 'pong' && payload !== undefined;
        await waitFor(
          () => client.socket.readyState === client.socket.CLOSED || client.messages.some(isLast),
        );
      }),
    );
    const left = [...wanted].filter(([client]) => client.isOpen());
    const expected = left.reduce((sum, [, ids]) => sum + ids.size, 0);
    await waitFor(() => counts()[0] === expected && counts()[1] === 0, { what: 'what is not wanted to end' });
    await toy.feed.subscribers(expected);
    for (const { messages } of clients) messages.length = 0;
    toy.feed.push(7);
    toy.feed.push(8);
    const events = [7, 8].map((number) => ({ data: { counted: { number } } }));
    for (const [client, ids] of left) {
      await waitFor(() => client.messages.length >= 2 * ids.size);
      for (const id of ids) expect(given(client, id)).toEqual(events);
      expect(client.messages).toHaveLength(2 * ids.size);
    }
    for (const [client] of left) {
      if (random.integer(0, 1) === 0) client.socket.close();
      else client.socket.terminate();
    }
    await waitFor(() => counts().every((count) => count === 0), { what: 'the end of all' });
    await toy.feed.subscribers(0);
    expect(toy.errors).toEqual([]);
  });
});
