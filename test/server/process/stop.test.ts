import { Agent, get } from 'node:http';
import { createClient as createWsClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { isLong } from '../../support/long.ts';
import { CHEAP, startToyServer } from '../support/toy-server.ts';

const COUNTED = 'subscription { counted { number } }';

test('a stop finishes running queries, over HTTP and WebSocket, and accepts no new connection', async () => {
  const toy = await startToyServer();
  const overHttp = fetch(`${toy.url}/graphql?query={slow}`);
  const client = createWsClient({
    url: `${toy.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  const results = client.iterate({ query: '{ slow }' });
  const overWebSocket = results.next();
  await expect.poll(() => toy.contexts(), { timeout: 60_000 }).toBe(2);

  let isClosed = false;
  const closed = toy.server.close().then(() => {
    isClosed = true;
  });
  await expect(fetch(`${toy.url}/health/live`)).rejects.toThrow();
  expect(isClosed).toBe(false);

  toy.release();
  expect(await (await overHttp).json()).toEqual({ data: { slow: 'done' }, extensions: CHEAP });
  expect((await overWebSocket).value).toEqual({ data: { slow: 'done' }, extensions: CHEAP });
  // Without being told that it is complete, the client would send a mutation a second time.
  expect(await results.next()).toEqual({ value: undefined, done: true });
  // A client that comes back between the stop and its end would find nobody.
  await client.dispose();
  await closed;
});

test('a stop closes WebSockets with a code after which clients come back', async () => {
  const toy = await startToyServer();
  const codes: unknown[] = [];
  const messages: unknown[] = [];
  const socket = new WebSocket(`${toy.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('message', (data) => messages.push(JSON.parse(String(data)).type));
  const closed = new Promise<void>((resolve) =>
    socket.once('close', (code) => {
      codes.push(code);
      resolve();
    }),
  );
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await expect.poll(() => messages, { timeout: 60_000 }).toEqual(['connection_ack']);
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: COUNTED } }));
  await toy.feed.subscribers(1);
  toy.feed.push(1);
  await expect.poll(() => messages, { timeout: 60_000 }).toEqual(['connection_ack', 'next']);

  await toy.server.close();
  await closed;
  expect(codes).toEqual([1013]);
  // A `complete` would tell the client that there is nothing more to come.
  expect(messages).toEqual(['connection_ack', 'next']);
  await toy.feed.subscribers(0);
});

test('an idle WebSocket is closed too', async () => {
  const toy = await startToyServer();
  const socket = new WebSocket(`${toy.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const code = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  await toy.server.close();
  expect(await code).toBe(1012);
});

test('a stop breaks event streams off without saying that they are complete', async () => {
  const toy = await startToyServer();
  const url = `${toy.url}/graphql?query=${encodeURIComponent(COUNTED)}`;
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  await toy.feed.subscribers(1);
  let text = '';
  const read = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })();
  const failed = expect(read).rejects.toThrow();
  await toy.server.close();
  await failed;
  expect(text).not.toContain('complete');
  await toy.feed.subscribers(0);
});

test('closing twice waits for the same stop', async () => {
  const toy = await startToyServer();
  await Promise.all([toy.server.close(), toy.server.close()]);
  await expect(fetch(toy.url)).rejects.toThrow();
});

test('a stop does not wait for a connection that is kept alive, was busy, and is idle now', async () => {
  const toy = await startToyServer();
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise((resolve, reject) => {
    get(`${toy.url}/graphql?query={slow}`, { agent }, (response) =>
      response.resume().once('end', resolve),
    ).on('error', reject);
  });
  await expect.poll(() => toy.contexts(), { timeout: 60_000 }).toBe(1);
  const closed = toy.server.close();
  toy.release();
  await answered;
  const from = performance.now();
  await closed;
  // Node would wait for seconds.
  if (isLong) expect(performance.now() - from).toBeLessThan(500);
  agent.destroy();
});

test('a stop that drains ends the subscriptions one after the other', async () => {
  const drainMs = 400;
  const toy = await startToyServer({ drainMs });
  const url = `${toy.url}/graphql?query=${encodeURIComponent(COUNTED)}`;
  const endedAfter: number[] = [];
  let from = Number.POSITIVE_INFINITY;
  const streams = [];
  for (let index = 0; index < 4; index++) {
    const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
    await toy.feed.subscribers(index + 1);
    streams.push(
      (async () => {
        await expect(response.text()).rejects.toThrow();
        endedAfter.push(performance.now() - from);
      })(),
    );
  }
  from = performance.now();
  const closed = toy.server.close();
  await closed;
  await Promise.all(streams);
  await expect(fetch(url)).rejects.toThrow();
  expect(endedAfter).toHaveLength(4);
  // The i-th is due at i quarters of the time; none ends before that.
  for (const [index, ms] of endedAfter.entries()) expect(ms).toBeGreaterThan((drainMs * index) / 4 - 5);
  await toy.feed.subscribers(0);
});
