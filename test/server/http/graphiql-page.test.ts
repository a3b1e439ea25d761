import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parse, print, validate, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../../schema/index.ts';
import { tourQueries } from '../../../src/demo/tour-queries.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

const STRICT = "default-src 'none'; frame-ancestors 'none'";

let toy: ToyServer;
const metrics = createMetrics();

beforeAll(async () => {
  toy = await startToyServer({ metrics, examples: tourQueries('2026-11-23') });
});

afterAll(() => toy.server.close());

type Reply = {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
};

/** Sends exactly these headers. */
function send(path: string, headers: Record<string, string> = {}, method = 'GET', sent = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${toy.url}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

function getPage(headers: Record<string, string> = {}): Promise<Reply> {
  return send('/graphql', { accept: 'text/html', ...headers });
}

describe('the page', () => {
  test('is sent compressed where that is accepted, and is the same page', async () => {
    const [plain, packed] = [await getPage(), await getPage({ 'accept-encoding': 'br, gzip' })];
    expect(packed.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'gzip',
      'content-length': String(packed.body.length),
      'cache-control': 'no-cache',
      vary: 'Accept, Accept-Encoding, Origin',
    });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(packed.body.length).toBeLessThan(plain.body.length / 3);
  });

  test.each(['gzip;q=0', 'identity', 'br', '*;q=0', ''])('is not compressed for %j', async (encodings) => {
    expect((await getPage({ 'accept-encoding': encodings })).headers).not.toHaveProperty('content-encoding');
  });

  test('is not sent again to who has it', async () => {
    const { headers } = await getPage();
    const etag = String(headers.etag);
    const kept = await getPage({ 'if-none-match': `"other", ${etag}` });
    expect([kept.status, kept.body.length, kept.headers.etag]).toEqual([304, 0, etag]);
    expect((await getPage({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('may run its own script and nothing else', async () => {
    const { headers, body } = await getPage();
    const [script = '', ...others] = [...String(body).matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(
      ([, text]) => text ?? '',
    );
    expect(others).toEqual([]);
    expect(headers['content-security-policy']).toBe(
      [
        "default-src 'none'",
        `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
        "style-src 'unsafe-inline'",
        'worker-src blob:',
        'img-src data:',
        'font-src data:',
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
  });

  test.each(['gzip', 'identity'])(
    'costs no more than a piece for a reader that is slow (%s)',
    async (coding) => {
      const readers = Array.from({ length: 20 }, () =>
        request(`${toy.url}/graphql`, {
          headers: { accept: 'text/html', 'accept-encoding': coding },
          agent: false,
        }),
      );
      let begun = 0;
      for (const reader of readers) {
        reader.on('error', () => {});
        reader.once('response', (response) => {
          begun += 1;
          response.on('error', () => {}).pause();
        });
        reader.end();
      }
      await waitFor(() => begun === readers.length);
      let before = -1;
      const waiting = (): number => Number(/^tiergraph_waiting_bytes (\d+)$/m.exec(metrics.render())?.[1]);
      await waitFor(async () => {
        const now = waiting();
        for (let turn = 0; turn < 3; turn++) await send('/health/live');
        const isStill = now === before;
        before = now;
        return isStill;
      });
      expect(waiting()).toBeLessThan(readers.length * 3 * 65_536);
      for (const reader of readers) reader.destroy();
    },
  );
});

test('the operations that the page offers are those of the tour, and right', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const tour = /^## A tour.*?(?=^## )/ms.exec(readme)?.[0] ?? '';
  const printed = [...tour.matchAll(/'query=(.*?)'\n|"query": "(mutation.*?)",\n/gs)].map(([, get, post]) =>
    plain(get ?? (post ?? '').replaceAll('\\$', '$')),
  );
  const offered = tourQueries('2026-11-23').map(({ query }) => query);
  expect(offered.map(plain)).toEqual(printed);
  expect(offered.flatMap((query) => validate(schema, parse(query)))).toEqual([]);
});

/** An operation without its name, which only tells one tab from another. */
function plain(query: string): string {
  return print(visit(parse(query), { OperationDefinition: ({ name: _, ...node }) => node }));
}

describe('every answer', () => {
  const json = { 'content-type': 'application/json' };
  test.each<[string, string, Record<string, string>, string, string, number]>([
    ['an operation', '/graphql?query={hello}', {}, 'GET', '', 200],
    [
      'an operation by POST',
      '/graphql',
      { ...json, 'content-length': '19' },
      'POST',
      '{"query":"{hello}"}',
      200,
    ],
    ['a request that is none', '/graphql', {}, 'PUT', '', 405],
    ['another path', '/elsewhere', {}, 'GET', '', 404],
    ['a foreign page', '/graphql', { origin: 'https://evil.example' }, 'GET', '', 403],
    ['the start', '/', {}, 'GET', '', 302],
    ['liveness', '/health/live', {}, 'GET', '', 200],
    ['readiness', '/health/ready', {}, 'GET', '', 200],
    ['metrics', '/metrics', {}, 'GET', '', 200],
  ])('may be shown nowhere and is what it says it is: %s', async (_, path, headers, method, body, status) => {
    const reply = await send(path, headers, method, body);
    expect([reply.status, reply.headers]).toMatchObject([
      status,
      { 'x-content-type-options': 'nosniff', 'content-security-policy': STRICT },
    ]);
  });

  test('also to a WebSocket that is denied', async () => {
    const socket = openSocket(toy.url, { origin: 'https://evil.example' });
    socket.on('error', () => {});
    const headers = await new Promise((resolve) =>
      socket.once('unexpected-response', (_request, response) => resolve(response.headers)),
    );
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-security-policy': STRICT });
    socket.terminate();
  });
});

describe('an answer', () => {
  const ask = (bytes: number, encodings: string): Promise<Reply> =>
    send(`/graphql?query={large(bytes:${bytes})}`, {
      accept: 'application/json',
      'accept-encoding': encodings,
    });

  test('is compressed where it is worth it', async () => {
    const [small, large] = [await ask(100, 'gzip'), await ask(100_000, 'gzip, deflate, br')];
    expect(small.headers).not.toHaveProperty('content-encoding');
    expect(large.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(large.body.length),
      'content-type': 'application/json; charset=utf-8',
    });
    expect(large.body.length).toBeLessThan(2_000);
    expect(JSON.parse(String(gunzipSync(large.body))).data.large).toHaveLength(100_000);
  });

  test('is not compressed for a client that does not take that', async () => {
    const { headers, body } = await ask(100_000, 'identity');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(String(body)).data.large).toHaveLength(100_000);
  });
});
