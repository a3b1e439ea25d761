import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { promised } from '../../support/promised.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

const MEGABYTE = 1_048_576;
/**
 * What Node's streams take before they say that it is enough, and what one more read can be answered with.
 */
const STREAM_BYTES = 65_536;

let toy: ToyServer;
let metrics = createMetrics();

afterEach(() => toy.server.close());

async function startServer(limits: Partial<typeof DEFAULT_LIMITS> = {}): Promise<void> {
  metrics = createMetrics();
  toy = await startToyServer({ metrics, limits: { ...DEFAULT_LIMITS, ...limits } });
}

function read(name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics.render())?.[1] ?? 0);
}
function waitingBytes(): number {
  return read('tiergraph_waiting_bytes');
}

async function openSilent(isLetIn: boolean): Promise<WebSocket> {
  const socket = openSocket(toy.url);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  if (isLetIn) {
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once('message', resolve));
  }
  socket.pause();
  return socket;
}

const PINGS: readonly (readonly [string, (socket: WebSocket) => void])[] = [
  ['pings of WebSocket', (socket) => socket.ping('x'.repeat(125))],
  [
    'pings of the protocol with a small payload',
    (socket) => socket.send(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(100) } })),
  ],
  [
    'operations that are refused',
    (socket) => socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{' } })),
  ],
];

test.each(PINGS)('of %s no more is read and buffered than the network takes', async (_, ping) => {
  await startServer();
  const socket = await openSilent(true);
  const send = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent++) ping(socket);
    // The client writes on, and the server reads, once they had a turn.
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (let round = 0; round < 200 && waitingBytes() === 0; round++) await send(1_000);
  for (let round = 0; round < 5; round++) await send(1_000);
  await untilStill(waitingBytes);
  expect(waitingBytes()).toBeLessThan(8 * STREAM_BYTES);
  socket.terminate();
});

test('a large payload of a ping does not come back', async () => {
  await startServer();
  const socket = await openSilent(true);
  socket.resume();
  const messages: unknown[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const small = { x: 'x'.repeat(117) };
  for (const payload of [small, { x: 'x'.repeat(118) }])
    socket.send(JSON.stringify({ type: 'ping', payload }));
  await waitFor(() => messages.length === 2);
  expect(messages).toEqual([{ type: 'pong', payload: small }, { type: 'pong' }]);
  socket.terminate();
});

test.each([
  ['ten messages and one more', 11, (socket: WebSocket) => socket.send('{"type":"ping"}'), 4400],
  ['ten pings and one more', 11, (socket: WebSocket) => socket.ping(), 4400],
  ['16 KiB and a byte', 1, (socket: WebSocket) => socket.send('x'.repeat(16_385)), 1009],
  [
    'a fragment of 16 KiB and a byte',
    1,
    (socket: WebSocket) => socket.send('x'.repeat(16_385), { fin: false }),
    1009,
  ],
])('a client that was not let in is ended after %s', async (_, count, send, code) => {
  promised('Before it is acknowledged, a WebSocket client may send ten messages and 16 KiB.');
  await startServer();
  const socket = await openSilent(false);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (let index = 0; index < count; index++) send(socket);
  socket.resume();
  expect(await closed).toBe(code);
});

test('a client that does not say who it is is ended', async () => {
  await startServer({ greeting: { ...DEFAULT_LIMITS.greeting, ms: 50 } });
  const socket = await openSilent(false);
  socket.resume();
  expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4408);
});

test('of many queries over WebSocket few run and one waits as text, and all are answered once the client reads', async () => {
  promised('A client that does not read what it asked for is not read either.');
  await startServer();
  const socket = await openSilent(true);
  const queries = 40;
  for (let id = 0; id < queries; id++) {
    const payload = { query: `{ large(bytes: ${MEGABYTE}) }` };
    socket.send(JSON.stringify({ type: 'subscribe', id: `${id}`, payload }));
  }
  await waitFor(() => waitingBytes() > 0, { what: 'one to wait' });
  await untilStill(() => toy.contexts());
  // What the network takes, and those whose answers are not out.
  expect(toy.contexts()).toBeLessThan(12 + DEFAULT_LIMITS.runningPerConnection);
  expect(waitingBytes()).toBeLessThanOrEqual(MEGABYTE + 2 * STREAM_BYTES);
  const types: string[] = [];
  socket.on('message', (data) => types.push(JSON.parse(String(data)).type));
  socket.resume();
  await waitFor(() => types.length === 2 * queries, { what: 'all answers' });
  expect(types.filter((type) => type === 'next')).toHaveLength(queries);
  await waitFor(() => read('tiergraph_web_socket_operations') === 0, { what: 'the end of all' });
  socket.terminate();
});

function openStream(): Socket {
  const { hostname, port } = new URL(toy.url);
  return connect(Number(port), hostname).on('error', () => {});
}

function ask(query: string): string {
  return `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nhost: ${new URL(toy.url).host}\r\n\r\n`;
}

test('of many requests sent at once on a connection one answer waits, and all are answered in order once the client reads', async () => {
  promised('A client that does not read what it asked for is not read either.');
  await startServer();
  const bytes = 4 * MEGABYTE;
  const stream = openStream().pause();
  for (let index = 0; index < 8; index++)
    stream.write(ask(`{ large(bytes: ${bytes}) echo(number: ${index}) }`));
  await waitFor(() => waitingBytes() > 0, { what: 'an answer to wait' });
  // What the network takes of a client that doesn't read is less than three of them.
  await untilStill(() => toy.contexts());
  expect(toy.contexts()).toBeLessThan(5);
  expect(waitingBytes()).toBeLessThanOrEqual(bytes + STREAM_BYTES);
  const numbers: number[] = [];
  let rest = '';
  stream.on('data', (chunk) => {
    rest = `${rest.slice(-40)}${chunk.toString('latin1').replaceAll('x', '')}`;
    for (const [, number] of rest.matchAll(/"echo":(\d+)\}/g)) {
      if (!numbers.includes(Number(number))) numbers.push(Number(number));
    }
  });
  stream.resume();
  await waitFor(() => numbers.length === 8, { what: 'all answers' });
  expect(numbers).toEqual(Array.from({ length: 8 }, (_, index) => index));
  stream.destroy();
});

/** Resolves once a number is the same after the server had two turns. */
async function untilStill(read: () => number): Promise<void> {
  let before = -1;
  await waitFor(async () => {
    const now = read();
    for (let turn = 0; turn < 2; turn++) await (await fetch(`${toy.url}/health/live`)).text();
    const isStill = now === before;
    before = now;
    return isStill;
  });
}

test('of more requests than may wait on a connection the first ones are answered, and the last answer says that it is the last', async () => {
  await startServer({ pipelinedRequests: 3 });
  const stream = openStream();
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const ended = new Promise((resolve) => stream.once('close', resolve));
  stream.write(Array.from({ length: 10 }, (_, index) => ask(`{ slow echo(number: ${index}) }`)).join(''));
  await waitFor(() => toy.contexts() === 1);
  toy.release();
  await ended;
  expect([...text.matchAll(/"echo":(\d+)/g)].map(([, number]) => number)).toEqual(['0', '1', '2', '3']);
  expect([...text.matchAll(/^connection: (\S+)/gim)].map(([, value]) => value)).toEqual([
    'keep-alive',
    'keep-alive',
    'keep-alive',
    'close',
  ]);
  expect(toy.contexts()).toBe(4);
});

test('what waits for all clients together is bounded', async () => {
  const limit = 8 * MEGABYTE;
  await startServer({ waitingBytes: limit });
  const streams = Array.from({ length: 8 }, () => openStream().pause());
  for (const stream of streams) stream.write(ask(`{ large(bytes: ${8 * MEGABYTE - 1_000}) }`));
  await waitFor(() => toy.contexts() === 8 && read('tiergraph_cut_clients_total') > 0);
  await waitFor(() => waitingBytes() <= limit, { what: 'less to wait' });
  expect(await (await fetch(`${toy.url}/graphql?query={hello}`)).json()).toMatchObject({
    data: { hello: 'world' },
  });
  for (const stream of streams) stream.destroy();
});

test('an event stream that is not read ends its subscription after the time allowed', async () => {
  await startServer({ departureMs: 500 });
  const stream = openStream().pause();
  const accept = 'accept: text/event-stream\r\n\r\n';
  stream.write(ask(`subscription { counted { large(bytes: ${2 * MEGABYTE}) } }`).replace(/\r\n$/, accept));
  await toy.feed.subscribers(1);
  for (let number = 0; number < 10; number++) toy.feed.push(number);
  await toy.feed.subscribers(0);
  expect(read('tiergraph_open_subscriptions')).toBe(0);
});

test('an answer, an event and a mutation beyond the size allowed are refused', async () => {
  promised('Only the size of an answer, at most 8 MiB, is known afterwards.');
  await startServer({ answerBytes: 1_000 });
  expect(DEFAULT_LIMITS.answerBytes).toBe(8 * 1_048_576);
  const message = 'An answer may have about 1000 bytes.';
  const error = { message, extensions: { code: 'LIMIT_EXCEEDED', limit: 'answerBytes', allowed: 1_000 } };
  const get = async (query: string): Promise<string> => {
    const response = await fetch(`${toy.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'application/json, text/event-stream' },
    });
    return response.text();
  };
  expect(await get('{ large(bytes: 900) }')).toContain('"data"');
  const before = toy.contexts();
  expect(JSON.parse(await get('{ large(bytes: 1000) }')).errors).toEqual([error]);
  // Unlike what is beyond any other limit, it was executed.
  expect(toy.contexts()).toBe(before + 1);
  const wrong = Array.from({ length: 20 }, (_, index) => `a${index}: bad`).join(' ');
  expect(JSON.parse(await get(`{ ${wrong} }`)).errors).toEqual([error]);
  const stream = get('subscription { counted { large(bytes: 1000) } }');
  await toy.feed.subscribers(1);
  toy.feed.push(1);
  expect((await stream).replaceAll(/^:\n\n/gm, '')).toBe(
    `event: next\ndata: ${JSON.stringify({ errors: [error] })}\n\nevent: complete\ndata:\n\n`,
  );
});
