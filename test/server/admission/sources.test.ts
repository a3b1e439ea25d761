import { request } from 'node:http';
import { connect as connectTo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { Sources } from '../../../src/server/admission/check-request.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

let toy: ToyServer;

afterEach(() => toy.server.close());

const PARTNERS = 'https://partners.example';
const OPEN: Sources = { loopbackOnly: false, origins: [PARTNERS] };

/** Any headers, which `fetch` would not send. */
function send(
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${toy.url}/graphql?query={hello}`, { method, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function connect(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = openSocket(toy.url, headers);
    socket.on('error', () => {});
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
  });
}

describe('a page of another server', () => {
  test.each([
    [PARTNERS, 200, 101],
    ['https://evil.example', 403, 403],
    ['http://partners.example', 403, 403],
    ['https://partners.example:8443', 403, 403],
    ['http://localhost:5173', 403, 403],
    ['null', 403, 403],
  ])('from %s gets %i by HTTP and %i by WebSocket', async (origin, byHttp, byWebSocket) => {
    toy = await startToyServer({ sources: OPEN });
    const host = 'graph.example';
    expect((await send({ origin, host })).status).toBe(byHttp);
    expect(await connect({ origin, host })).toBe(byWebSocket);
  });

  test('may read the answer if it is on the list', async () => {
    toy = await startToyServer({ sources: OPEN });
    const { headers } = await send({ origin: PARTNERS });
    expect(headers).toMatchObject({
      vary: expect.stringContaining('Origin'),
      'access-control-allow-origin': PARTNERS,
      'access-control-expose-headers': 'Operation-Cost, RateLimit, RateLimit-Policy, Retry-After',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('may ask before it sends if it is on the list', async () => {
    toy = await startToyServer({ sources: OPEN });
    const asked = await send({ origin: PARTNERS, 'access-control-request-method': 'POST' }, 'OPTIONS');
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': PARTNERS,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Accept, Authorization, Content-Type',
    });
    const refused = await send(
      { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      'OPTIONS',
    );
    expect(refused.status).toBe(403);
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('is on the list also where there are no keys', async () => {
    toy = await startToyServer({ sources: { loopbackOnly: true, origins: [PARTNERS] } });
    expect((await send({ origin: PARTNERS })).status).toBe(200);
    expect((await send({ origin: PARTNERS, host: 'graph.example' })).status).toBe(403);
  });
});

describe('without keys, a page', () => {
  test.each([
    ['of the server itself', (own: string) => own, 200, 101],
    ['of the server itself, with its name', (own: string) => own, 200, 101, 'localhost'],
    ['of another port of this machine', () => 'http://localhost:9999', 403, 403],
    ['of another port of the same address', () => 'http://127.0.0.1:9999', 403, 403],
    ['of the same port under another name', (own: string) => own.replace('127.0.0.1', 'localhost'), 403, 403],
    ['of the port that has no number', () => 'http://127.0.0.1', 403, 403],
    ['of the same address by https', (own: string) => own.replace('http:', 'https:'), 403, 403],
    [
      'of the same address by another scheme',
      (own: string) => own.replace('http:', 'moz-extension:'),
      403,
      403,
    ],
    ['that says more than its origin', (own: string) => `${own}/`, 403, 403],
    ['of an origin in capitals', (own: string) => own.toUpperCase(), 403, 403],
    ['of no origin', () => 'null', 403, 403],
    ['of an empty origin', () => '', 403, 403],
    ['of several origins', (own: string) => `${own}, ${own}`, 403, 403],
  ])('%s: HTTP %#', async (_, originOf, byHttp, byWebSocket, name = '127.0.0.1') => {
    toy = await startToyServer();
    const host = new URL(toy.url).host.replace('127.0.0.1', name);
    const origin = originOf(`http://${host}`);
    expect((await send({ origin, host })).status).toBe(byHttp);
    expect(await connect({ origin, host })).toBe(byWebSocket);
  });

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '[::2]',
    '0.0.0.0',
    '',
  ])('under the name %j, which it has made to mean this machine, is refused', async (name) => {
    toy = await startToyServer();
    const host = `${name}:${new URL(toy.url).port}`;
    for (const headers of [{ host }, { host, origin: `http://${host}` }]) {
      expect((await send(headers)).status).toBe(403);
      expect(await connect(headers)).toBe(403);
    }
  });
});

test('the server’s own pages may use it under whatever name it has', async () => {
  toy = await startToyServer({ sources: OPEN });
  expect((await send({ origin: 'https://graph.example', host: 'graph.example' })).status).toBe(200);
  expect(await connect({ origin: 'https://graph.example', host: 'graph.example' })).toBe(101);
});

describe('a simple request, for which a browser names no origin,', () => {
  test.each([
    ['cross-site', 'no-cors', 'image', 403],
    ['cross-site', 'navigate', 'iframe', 403],
    ['same-site', 'no-cors', 'script', 403],
    ['same-origin', 'cors', 'empty', 200],
    ['none', 'navigate', 'document', 200],
    ['cross-site', 'navigate', 'document', 200],
  ])('from %s by %s for %s gets %i', async (site, mode, destination, status) => {
    toy = await startToyServer();
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination };
    expect((await send(headers)).status).toBe(status);
  });
});

test('two Host headers are refused, whichever comes first', async () => {
  toy = await startToyServer({ sources: OPEN });
  const { hostname, port } = new URL(toy.url);
  const client = connectTo(Number(port), hostname);
  client.end('GET /graphql?query={hello} HTTP/1.1\r\nhost: localhost\r\nHost: evil.example\r\n\r\n');
  expect(await text(client)).toMatch(/^HTTP\/1\.1 400 /);
});
