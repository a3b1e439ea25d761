import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { waitFor } from '../support/wait-for.ts';
import { ask } from './support/ask.ts';
import { type ObservedServer, startObservedServer } from './support/observed-server.ts';

// Clients that talk much, read nothing, come in numbers, or say things in the wrong order. None of them has
// to have a key.

let server: ObservedServer;
beforeAll(async () => {
  server = await startObservedServer('PostgreSQL');
}, 180_000);
afterAll(() => server?.remove());

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

async function initiated(): Promise<WebSocket> {
  const socket = await open();
  const acknowledged = once(socket, 'message');
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  return socket;
}

async function openHttp(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function request(body: string, more = ''): string {
  return `POST /graphql HTTP/1.1\r\nhost: ${new URL(server.url).host}\r\ncontent-type: application/json\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const LARGE = JSON.stringify({
  query:
    '{ partners(program: "connect", first: 100) { nodes { id externalRef name country region tier { name } standing { on next { missing { explanation } } } } } }',
});

/** How many bytes a client sends at most before it takes the server's silence for an answer. */
const FLOOD_BYTES = 64_000_000;

/** Sends until the connection is closed, takes nothing more for a while, or the flood has been sent. */
async function flood(
  socket: Pick<Socket, 'write' | 'destroyed' | 'once' | 'off'>,
  chunk: string | Buffer,
): Promise<void> {
  const size = Buffer.byteLength(chunk);
  for (let sent = 0; sent < FLOOD_BYTES && !socket.destroyed; sent += size) {
    if (socket.write(chunk)) continue;
    const isStuck = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), 2_000);
      const go = () => {
        clearTimeout(timer);
        resolve(false);
      };
      socket.once('drain', go);
      socket.once('close', go);
    });
    if (isStuck) return;
  }
}

function rawOf(socket: WebSocket): Socket {
  return Reflect.get(socket, '_socket');
}

describe('messages that ask for an answer, by a client that reads none', () => {
  test.each([
    ['pings of graphql-transport-ws', 'ping', true],
    ['pings before connection_init', 'ping', false],
    ['pings of WebSocket', 'frame', true],
    ['queries', 'query', true],
    ['operations that are wrong', 'wrong', true],
  ])('%s', async (_, kind, isInitiated) => {
    await server.withstand(async () => {
      const sockets = await Promise.all(Array.from({ length: 4 }, isInitiated ? initiated : open));
      await Promise.all(
        sockets.map(async (socket) => {
          socket.pause();
          const payload = 'x'.repeat(10_000);
          for (let index = 0; index < 5_000 && socket.readyState === WebSocket.OPEN; index++) {
            if (kind === 'ping') socket.send(JSON.stringify({ type: 'ping', payload: { payload } }));
            if (kind === 'frame') socket.ping('x'.repeat(125));
            if (kind === 'query')
              socket.send(JSON.stringify({ id: `${index}`, type: 'subscribe', payload: JSON.parse(LARGE) }));
            if (kind === 'wrong')
              socket.send(
                JSON.stringify({ id: `${index}`, type: 'subscribe', payload: { query: `{ ${payload} }` } }),
              );
            if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
          const raw = rawOf(socket);
          await waitFor(() => socket.readyState !== WebSocket.OPEN || raw.writableLength === 0, {
            timeoutMs: 5_000,
            what: 'the server to take or refuse it all',
          }).catch(() => undefined);
          socket.terminate();
        }),
      );
    });
  });

  test('a hundred requests at once on each of ten connections, none of whose answers is read', async () => {
    await server.withstand(async () => {
      const sockets = await Promise.all(Array.from({ length: 10 }, openHttp));
      for (const socket of sockets) {
        socket.pause();
        socket.write(request(LARGE).repeat(100));
      }
      // The server goes on answering others meanwhile.
      for (let round = 0; round < 50; round++) expect((await ask(server, '{ __typename }')).status).toBe(200);
      for (const socket of sockets) socket.destroy();
    });
  });

  test('event streams that nothing is read from', async () => {
    await server.withstand(async () => {
      const sockets = await Promise.all(Array.from({ length: 200 }, openHttp));
      const body = JSON.stringify({
        query: 'subscription { statusChanged(program: "connect") { __typename } }',
      });
      for (const socket of sockets) {
        socket.pause();
        socket.write(request(body, 'accept: text/event-stream\r\n'));
      }
      for (let round = 0; round < 20; round++) expect((await ask(server, '{ __typename }')).status).toBe(200);
      for (const socket of sockets) socket.destroy();
    });
  });

  test('the page of GraphiQL, asked for by 200 who read nothing', async () => {
    await server.withstand(async () => {
      const sockets = await Promise.all(Array.from({ length: 200 }, openHttp));
      const { host } = new URL(server.url);
      for (const socket of sockets) {
        socket.pause();
        socket.write(
          `GET /graphql HTTP/1.1\r\nhost: ${host}\r\naccept: text/html\r\naccept-encoding: gzip, br\r\n\r\n`.repeat(
            10,
          ),
        );
      }
      for (let round = 0; round < 20; round++) expect((await ask(server, '{ __typename }')).status).toBe(200);
      for (const socket of sockets) socket.destroy();
    });
  });
});

describe('too much', () => {
  test('a body without an end', async () => {
    await server.withstand(async () => {
      const socket = await openHttp();
      const { host } = new URL(server.url);
      socket.resume();
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
      await flood(socket, `10000\r\n${'x'.repeat(0x1_00_00)}\r\n`);
      socket.destroy();
    });
  });

  test('headers without an end', async () => {
    await server.withstand(async () => {
      const socket = await openHttp();
      socket.resume();
      socket.write('GET / HTTP/1.1\r\n');
      await flood(socket, `x-more: ${'x'.repeat(8_000)}\r\n`);
      socket.destroy();
    });
  });

  test('WebSocket messages in fragments without an end', async () => {
    await server.withstand(async () => {
      const socket = await initiated();
      const fragment = Buffer.alloc(60_000, 'x');
      for (let index = 0; index < 2_000 && socket.readyState === WebSocket.OPEN; index++) {
        socket.send(fragment, { fin: false, binary: false });
        if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await waitFor(() => socket.readyState === WebSocket.CLOSED, { what: 'the server to close it' });
    });
  });

  test('1,000 connections that say nothing', async () => {
    await server.withstand(async () => {
      const sockets = await Promise.all(Array.from({ length: 1_000 }, open));
      expect((await ask(server, '{ __typename }')).status).toBe(200);
      for (const socket of sockets) socket.terminate();
    });
  });

  test('wrong keys by the thousand', async () => {
    await server.withstand(async () => {
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 100 }, async (_, index) => {
            const response = await fetch(`${server.url}/graphql`, {
              method: 'POST',
              headers: { 'content-type': 'application/json', authorization: `Bearer tg_${round}_${index}` },
              body: '{"query":"{ __typename }"}',
            });
            await response.text();
          }),
        );
      }
    });
  });
});

test('operations opened, completed and opened again under one id, 4,500 times, leave none open', async () => {
  await server.withstand(async () => {
    const socket = await initiated();
    socket.resume();
    const subscribe = (id: string): string =>
      JSON.stringify({
        id,
        type: 'subscribe',
        payload: { query: 'subscription { statusChanged(program: "connect") { __typename } }' },
      });
    for (let index = 0; index < 4_500 && socket.readyState === WebSocket.OPEN; index++) {
      const id = `${index % 7}`;
      socket.send(subscribe(id));
      socket.send(JSON.stringify({ id, type: 'complete' }));
      socket.send(subscribe(id));
      socket.send(JSON.stringify({ id, type: 'complete' }));
      if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    socket.close(1000);
    await waitFor(async () => (await openSubscriptions()) === 0, { what: 'no open subscription' });
  });
});

async function openSubscriptions(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const count = /^tiergraph_open_subscriptions(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1];
  if (count === undefined) throw new Error('The metrics do not say how many subscriptions are open.');
  return Number(count);
}
