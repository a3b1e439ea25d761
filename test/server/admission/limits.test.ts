import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { GraphQLError } from 'graphql';
import { createClient as createWsClient } from 'graphql-ws';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Rights } from '../../../src/app/access/rights.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../src/server/settings/limits.ts';
import { promised } from '../../support/promised.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { byGet, byPost, openSocket, WAYS_TO_ASK } from '../support/ways-to-ask.ts';

let toy: ToyServer;

afterEach(async () => {
  toy.release();
  await toy.server.close();
});

async function start(limits: Partial<Limits> = {}): Promise<void> {
  toy = await startToyServer({
    limits: { ...DEFAULT_LIMITS, ...limits },
    identify: async (authorization) => {
      if (authorization === 'revoked') {
        throw new GraphQLError('The key was revoked.', { extensions: { code: 'UNAUTHENTICATED' } });
      }
      if (authorization === null) return null;
      const role = authorization === 'feed' ? 'INGEST' : 'ADMIN';
      const rights: Rights = { role, programs: [], partner: null, identity: authorization, expiresAt: null };
      return { rights, findEnd: async () => null };
    },
  });
}

function repeat(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

// What is too long for a URL is not sent by GET.
describe.each(WAYS_TO_ASK.filter(({ name }) => name !== 'GET'))('by $name', ({ ask }) => {
  test.each([
    ['tokens', 5_000, 5_003, `{ ${repeat(5_001, () => 'hello')} }`],
    ['nesting', 200, 1_001, `{ ${repeat(1_000, () => 'hello {')} hello ${repeat(1_000, () => '}')} }`],
    ['nesting', 200, 202, `{ echo(number: ${repeat(200, () => '[')} 1 ${repeat(200, () => ']')}) }`],
    ['depth', 25, 26, `{ ${repeat(25, () => 'hello {')} hello ${repeat(25, () => '}')} }`],
    [
      'depth',
      25,
      28,
      `{ ...A } fragment A on Query { ${repeat(14, () => 'hello {')} ...B ${repeat(14, () => '}')} } fragment B on Query { ${repeat(13, () => 'hello {')} hello ${repeat(13, () => '}')} }`,
    ],
    ['fields', 1_000, 1_001, `{ ${repeat(1_001, () => 'hello')} }`],
    [
      'fields',
      1_000,
      1_024,
      `{ ...F0 } ${repeat(10, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F10 on Query { hello }`,
    ],
    ['aliases', 100, 101, `{ ${repeat(101, (index) => `a${index}: hello`)} }`],
    ['aliases', 100, 101, `{ ${repeat(101, (index) => `a${index}: __typename`)} }`],
    ['aliases', 100, 120, `{ ${repeat(60, () => '...F')} } fragment F on Query { a: hello b: hello }`],
    ['directives', 100, 101, `{ hello ${repeat(101, () => '@include(if: true)')} }`],
    ['directives', 100, 101, `query ${repeat(101, () => '@skip')} { hello }`],
    [
      'introspectionDepth',
      2,
      3,
      '{ __schema { types { fields { type { interfaces { fields { name } } } } } } }',
    ],
    [
      'introspectionDepth',
      2,
      4,
      '{ __type(name: "Query") { ...A } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { inputFields { type { possibleTypes { fields { name } } } } }',
    ],
    ['cost', 20_000, 21_000, `{ ${repeat(21, (index) => `a${index}: __schema { types { name } }`)} }`],
  ])('%s: %i allow no %i', async (limit, allowed, actual, query) => {
    promised(
      'Limits are counted before any resolver runs, over every transport alike; a refusal names the limit, what it allows and what was asked.',
    );
    await start();
    const { errors } = await ask(toy.url, { query });
    expect(errors).toEqual([
      {
        message: expect.stringMatching(`\\b${allowed}\\b`),
        extensions: { code: 'LIMIT_EXCEEDED', limit, allowed, actual },
      },
    ]);
    expect(errors?.[0]?.message).toContain(`: here it is ${actual}, ${actual - allowed} too many.`);
    expect(toy.contexts()).toBe(0);
  });

  test.each([
    ['nearly as many fields', `{ ${repeat(500, () => 'hello')} }`],
    [
      'a query for the whole schema',
      '{ __schema { types { ...T fields { args { type { ...T ofType { ...T } } } } possibleTypes { ...T } } } } fragment T on __Type { name kind }',
    ],
    ['as many aliases', `{ ${repeat(100, (index) => `a${index}: hello`)} }`],
    ['a field of the name of a list of the schema', '{ hello }'],
  ])('%s is within the limits', async (_, query) => {
    await start();
    const answer = await ask(toy.url, { query });
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toBeDefined();
  });

  test.each([
    ['circular fragments', '{ ...A } fragment A on Query { hello ...B } fragment B on Query { hello ...A }'],
    ['a fragment within itself', '{ hello } fragment A on Query { ...A }'],
    [
      'long circles',
      `{ ...F0 } ${repeat(500, (index) => `fragment F${index} on Query { ...F${(index + 1) % 500} }`)}`,
    ],
  ])('%s are not valid', async (_, query) => {
    await start();
    const { errors } = await ask(toy.url, { query });
    expect(errors?.every(({ extensions }) => extensions.code === 'GRAPHQL_VALIDATION_FAILED')).toBe(true);
    expect(toy.contexts()).toBe(0);
  });

  test('an operation that takes too long is answered in time, and says so', async () => {
    await start({ operationMs: 30 });
    const { errors, status } = await ask(toy.url, { query: '{ slow }' });
    expect(errors).toEqual([
      {
        message: 'An operation may take 30 ms.',
        extensions: {
          code: 'TIME_LIMIT_EXCEEDED',
          limit: 'operationMs',
          allowed: 30,
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      },
    ]);
    expect([0, 200, 504]).toContain(status);
  });

  test.each([
    ['query', 0],
    ['mutation', 2],
  ])('what is left of a late %s is executed %i times', async (operation, looks) => {
    await start({ operationMs: 30 });
    const query = `${operation} { slowDepth { deeper { deeper { __typename } } } }`;
    const { errors } = await byPost(toy.url, { query });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['TIME_LIMIT_EXCEEDED']);
    toy.release();
    // All of it would be done in one turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(toy.looks()).toBe(looks);
    // That it was cut off is no fault of the server's, and is told once, as too late.
    expect(toy.errors).toEqual([]);
  });

  test('a key pays from its budget, and is told when to come back', async () => {
    promised('`extensions.cost.reading` says how much that was, if anything.');
    // One is what reading the query costs the first time.
    await start({ budget: { capacity: 1_501, perSecond: 1 } });
    const query = '{ __schema { queryType { name } } }';
    const first = await ask(toy.url, { query }, 'a');
    expect(first.extensions).toEqual({
      cost: { requested: 1_000, maximum: 20_000, reading: 1, remaining: 500, capacity: 1_501, perSecond: 1 },
    });
    const second = await ask(toy.url, { query }, 'a');
    expect(second.data).toBeUndefined();
    expect(second.errors).toMatchObject([
      {
        message: expect.stringMatching(/^The operation costs 1000 and 500 of 1501 is left/),
        extensions: {
          code: 'RATE_LIMITED',
          limit: 'budget',
          requested: 1_000,
          remaining: 500,
          capacity: 1_501,
          perSecond: 1,
        },
      },
    ]);
    const { retryAfterMs } = second.errors?.[0]?.extensions ?? {};
    expect(Number(retryAfterMs)).toBeGreaterThan(400_000);
    expect(Number(retryAfterMs)).toBeLessThanOrEqual(500_000);
    // Somebody else's budget is another, and whoever has no key has none.
    expect((await ask(toy.url, { query }, 'b')).errors).toBeUndefined();
    expect((await ask(toy.url, { query })).extensions).toMatchObject({ cost: { remaining: null } });
    const cheap = await ask(toy.url, { query: '{ hello }' }, 'a');
    expect(cheap).toMatchObject({ data: { hello: 'world' }, extensions: { cost: { remaining: 499 } } });
    expect(cheap.extensions?.cost).not.toHaveProperty('reading');
  });

  test('what is refused is paid for too', async () => {
    await start({ budget: { capacity: 100, perSecond: 1 } });
    for (const query of ['{ goodbye }', '{']) await ask(toy.url, { query }, 'a');
    const { errors } = await ask(toy.url, { query: '{ hello }' }, 'a');
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', remaining: 0 } }]);
  });

  test('a long name is not sent back whole', async () => {
    await start();
    const { errors } = await ask(toy.url, { query: `{ ${'a'.repeat(9_000)} }` });
    expect(errors?.[0]?.message).toHaveLength(1_001);
  });
});

test('the limits are one object, and each is described', () => {
  promised(
    'The limits are one documented object, `src/server/settings/limits.ts`: body and message size, tokens, depth, fields, aliases, directives, cost, time, operations per connection, connections and a budget per key.',
  );
  expect(Object.keys(DEFAULT_LIMITS)).toEqual(
    expect.arrayContaining([
      'bodyBytes',
      'tokens',
      'depth',
      'fields',
      'aliases',
      'directives',
      'cost',
      'operationMs',
      'operationsPerConnection',
      'connectionsPerIdentity',
      'budget',
    ]),
  );
  const source = readFileSync(new URL('../../../src/server/settings/limits.ts', import.meta.url), 'utf8');
  const described = [...source.matchAll(/\*\/\n {2}readonly (\w+):/g)].map(([, name]) => name);
  // What `costs` are is said with their type.
  expect(Object.keys(DEFAULT_LIMITS).filter((name) => !described.includes(name))).toEqual(['costs']);
});

describe('over HTTP', () => {
  test('GET has the same limits', async () => {
    promised(
      'Limits are counted before any resolver runs, over every transport alike; a refusal names the limit, what it allows and what was asked.',
    );
    await start();
    const query = `{ ${repeat(101, (index) => `a${index}: __typename`)} }`;
    const answer = await byGet(toy.url, { query });
    expect(answer).toMatchObject({
      status: 400,
      errors: [{ extensions: { limit: 'aliases', actual: 101 } }],
    });
  });

  test('the role INGEST may send four times as much', async () => {
    await start();
    const query = `{ hello } #${' '.repeat(3_000_000)}`;
    const padded = (key: string) =>
      byPost(toy.url, { query: '{ hello }', padding: ' '.repeat(3_000_000) }, key);
    expect(await padded('feed')).toMatchObject({ status: 200, data: { hello: 'world' } });
    expect(await padded('other')).toMatchObject({
      status: 413,
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', allowed: 1_048_576 } }],
    });
    const tooMuch = await byPost(toy.url, { query: query + query }, 'feed');
    expect(tooMuch).toMatchObject({ status: 413, errors: [{ extensions: { allowed: 4_194_304 } }] });
  });

  test('a body of 50 MB is refused, and the client reads why', async () => {
    await start();
    const { status, errors } = await byPost(toy.url, { query: ' '.repeat(50_000_000) });
    expect([status, errors?.[0]?.extensions]).toEqual([
      413,
      { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', allowed: 1_048_576, actual: 50_000_012 },
    ]);
  });

  test('a client that asks before it sends is told at once', async () => {
    await start();
    const answerTo = (bytes: number): Promise<string | number | undefined> =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${toy.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': bytes, expect: '100-continue' },
        });
        outgoing.on('error', reject);
        outgoing.once('continue', () => {
          resolve('continue');
          outgoing.destroy();
        });
        outgoing.once('response', ({ statusCode }) => {
          resolve(statusCode);
          outgoing.destroy();
        });
        outgoing.flushHeaders();
      });
    expect(await answerTo(1_000)).toBe('continue');
    expect(await answerTo(50_000_000)).toBe(413);
  });

  test('headers tell of the budget', async () => {
    promised(
      '`extensions.cost` of an answer says what it cost, and so do the headers `Operation-Cost` and `RateLimit`.',
    );
    await start({ budget: { capacity: 1_501, perSecond: 1 } });
    const query = '{ __schema { queryType { name } } }';
    const first = await byPost(toy.url, { query }, 'a');
    expect(first.headers.get('operation-cost')).toBe('requested=1000, maximum=20000');
    expect(first.headers.get('ratelimit-policy')).toBe('"cost";q=1501;w=1501');
    expect(first.headers.get('ratelimit')).toBe('"cost";r=500;t=1001');
    expect(first.extensions).toMatchObject({ cost: { requested: 1_000, remaining: 500, capacity: 1_501 } });
    const second = await byPost(toy.url, { query }, 'a');
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(400);
  });

  test('somebody who may not come in is told so', async () => {
    await start();
    const answer = await byPost(toy.url, { query: '{ hello }' }, 'revoked');
    expect(answer).toMatchObject({
      status: 401,
      errors: [{ message: 'The key was revoked.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('a key has so many event streams open at once', async () => {
    await start({ connectionsPerIdentity: 2 });
    const controllers = [new AbortController(), new AbortController(), new AbortController()];
    const open = (index: number, key: string) =>
      fetch(`${toy.url}/graphql?query=${encodeURIComponent('subscription { counted { number } }')}`, {
        headers: { accept: 'text/event-stream', authorization: key },
        signal: controllers[index]?.signal ?? null,
      });
    await Promise.all([open(0, 'a'), open(1, 'a')]);
    await toy.feed.subscribers(2);
    const third = await open(2, 'a');
    expect(await third.text()).toContain(
      '"code":"LIMIT_EXCEEDED","limit":"connectionsPerIdentity","allowed":2',
    );
    expect(third.status).toBe(429);
    const other = await open(2, 'b');
    expect(other.status).toBe(200);
    controllers[0]?.abort();
    await toy.feed.subscribers(2);
    await expect.poll(async () => (await open(2, 'a')).status).toBe(200);
    for (const controller of controllers) controller.abort();
    await toy.feed.subscribers(0);
  });
});

describe('over WebSocket', () => {
  test('a connection has so many operations open at once', async () => {
    await start({ operationsPerConnection: 2 });
    const client = createWsClient({
      url: `${toy.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
    });
    const open = [1, 2].map(() => client.iterate({ query: 'subscription { counted { number } }' }));
    for (const events of open) void events.next();
    await toy.feed.subscribers(2);
    await expect(client.iterate({ query: '{ hello }' }).next()).rejects.toEqual([
      {
        message: 'A connection may have 2 operations open at once: here it is 3, 1 too many.',
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'operationsPerConnection', allowed: 2, actual: 3 },
      },
    ]);
    await open[0]?.return?.();
    await toy.feed.subscribers(1);
    expect((await client.iterate({ query: '{ hello }' }).next()).value).toMatchObject({
      data: { hello: 'world' },
    });
    await client.dispose();
  });

  test('a key has so many connections open at once', async () => {
    await start({ connectionsPerIdentity: 1 });
    const connect = (key: string): Promise<[WebSocket, unknown]> =>
      new Promise((resolve) => {
        const socket = openSocket(toy.url);
        socket.once('open', () =>
          socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: key } })),
        );
        socket.once('message', (text) => resolve([socket, JSON.parse(String(text)).type]));
        socket.once('close', (code, sentence) => resolve([socket, [code, String(sentence)]]));
      });
    const [first, answer] = await connect('a');
    expect(answer).toBe('connection_ack');
    // After this code a client tries again.
    expect((await connect('a'))[1]).toEqual([1013, 'A key may have 1 connections open at once.']);
    const [other, otherAnswer] = await connect('b');
    expect(otherAnswer).toBe('connection_ack');
    other.terminate();
    first.terminate();
    await expect.poll(async () => (await connect('a'))[1]).toBe('connection_ack');
  });

  test('the key may be in the header too, and one that is revoked opens nothing', async () => {
    await start();
    const socket = openSocket(toy.url, { authorization: 'revoked' });
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    const closed = new Promise((resolve) =>
      socket.once('close', (code, text) => resolve([code, String(text)])),
    );
    expect(await closed).toEqual([4403, 'The key was revoked.']);
  });

  test('a message that is too large closes the connection, and says why', async () => {
    await start({ bodyBytes: 1_000 });
    const socket = openSocket(toy.url);
    socket.on('error', () => {});
    socket.once('open', () => socket.send(' '.repeat(1_001)));
    const closed = new Promise((resolve) =>
      socket.once('close', (code, text) => resolve([code, String(text)])),
    );
    expect(await closed).toEqual([1009, 'A message may have 1000 bytes']);
  });
});
