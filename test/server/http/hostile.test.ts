import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../../schema/index.ts';
import { createRandom } from '../../../src/demo/random.ts';
import { isLong, long } from '../../support/long.ts';
import { fillWithDemo } from '../../support/seeded-folder.ts';
import { type SpawnedServer, spawnServer } from '../../support/spawn-server.ts';
import { type AnyRequest, anyRequest } from '../support/any-request.ts';
import { spoil } from '../support/spoil.ts';
import { openSocket } from '../support/ways-to-ask.ts';

/** HOSTILE_DOCUMENTS=10000 asks for more. */
// Long, since documents are drawn at random, and growth of memory shows after many rounds.
const DOCUMENTS = Number(process.env.HOSTILE_DOCUMENTS ?? long(200, 1_000));
const ROUNDS = long(3, 20);
const LONGEST_MS = 1_000;
const MOST_GROWTH_BYTES = 50_000_000;

let server: SpawnedServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
  await fillWithDemo(folder);
  server = await spawnServer({ DATA_DIR: folder });
}, 120_000);

afterAll(async () => {
  expect(await server.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

type Reply = { readonly status: number; readonly text: string; readonly ms: number };

async function post(body: string, accept = 'application/json'): Promise<Reply> {
  const from = performance.now();
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body,
  });
  const text = accept === 'text/event-stream' ? await firstEvent(response) : await response.text();
  return { status: response.status, text, ms: performance.now() - from };
}

async function firstEvent({ body }: Response): Promise<string> {
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    const event = /^data: (.+)\n/m.exec(text)?.[1];
    if (event !== undefined) return event;
  }
  return text;
}

function bySocket({ query, variables }: AnyRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(server.url);
    let from = 0;
    const end = (text: string): void => {
      resolve({ status: 200, text, ms: performance.now() - from });
      socket.terminate();
    };
    socket.on('error', reject);
    socket.on('close', (code, reason) => end(JSON.stringify({ closed: [code, String(reason)] })));
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === 'connection_ack') {
        from = performance.now();
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } }));
      }
      if (type === 'next') end(JSON.stringify(payload));
      if (type === 'error') end(JSON.stringify({ errors: payload }));
      if (type === 'complete') end('{"data":{}}');
    });
  });
}

type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
};

/** How long it takes is asked on a machine that does nothing else. */
function isSlow({ ms }: Reply): boolean {
  return isLong && ms > LONGEST_MS;
}

/** What is wrong with an answer; null if nothing. */
function complaintAbout({ text, status }: Reply): string | null {
  let answer: Answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return `${status}: no JSON: ${text.slice(0, 300)}`;
  }
  for (const { message, extensions } of answer.errors ?? []) {
    if (typeof extensions?.code !== 'string') return `no code: ${message}`;
    if (extensions.code === 'INTERNAL_SERVER_ERROR') return `our fault: ${message}`;
    if (message.length > 2_000) return `long: ${message.slice(0, 300)}`;
  }
  return 'data' in answer || (answer.errors?.length ?? 0) > 0 ? null : `nothing: ${text.slice(0, 300)}`;
}

test(`${DOCUMENTS} documents, right, nearly right and spoiled, are each answered without a fault`, async () => {
  const { next } = createRandom('hostile', process.env.HOSTILE_SEED ?? 1);
  const complaints: string[] = [];
  const codes = new Map<string, number>();
  for (let index = 0; index < DOCUMENTS; index++) {
    const right = anyRequest(schema, next);
    const request = index % 2 === 0 ? right : spoil(right, next);
    const isStream = request.query.startsWith('subscription');
    const send = (): Promise<Reply> =>
      index % 10 === 9 || (isStream && index % 2 === 0)
        ? bySocket(request)
        : post(JSON.stringify(request), isStream ? 'text/event-stream' : 'application/json');
    let reply = await send();
    // The machine may have been busy with something else.
    for (let retry = 0; retry < 2 && isSlow(reply); retry++) reply = await send();
    const complaint = isSlow(reply) ? `${Math.round(reply.ms)} ms` : complaintAbout(reply);
    if (complaint !== null) complaints.push(`${complaint}\n${JSON.stringify(request).slice(0, 2_000)}`);
    const code = /"code":"(\w+)"/.exec(reply.text)?.[1] ?? 'OK';
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect(complaints).toEqual([]);
  // They were not all alike.
  for (const code of ['OK', 'BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']) {
    expect(codes.get(code) ?? 0).toBeGreaterThan(DOCUMENTS / 100);
  }
}, 600_000);

function repeat(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

const ATTACKS: readonly (readonly [string, string, string])[] = [
  ['depth 1,000', 'LIMIT_EXCEEDED', `{ ${repeat(1_000, () => 'node {')} id ${repeat(1_000, () => '}')} }`],
  ['10,000 aliases', 'LIMIT_EXCEEDED', `{ ${repeat(10_000, (index) => `a${index}: viewer { id }`)} }`],
  [
    '10,000 aliases of __typename',
    'LIMIT_EXCEEDED',
    `{ ${repeat(10_000, (index) => `a${index}: __typename`)} }`,
  ],
  ['10,000 directives', 'LIMIT_EXCEEDED', `{ __typename ${repeat(10_000, () => '@include(if: true)')} }`],
  ['1,000,000 brackets', 'LIMIT_EXCEEDED', `{ program(code: ${'['.repeat(1_000_000)}`],
  [
    'deep introspection',
    'LIMIT_EXCEEDED',
    `{ __schema { types { ${repeat(8, () => 'fields { type {')} name ${repeat(8, () => '} }')} } } }`,
  ],
  [
    'much introspection',
    'LIMIT_EXCEEDED',
    `{ ${repeat(50, (index) => `a${index}: __schema { types { fields { name } } }`)} }`,
  ],
  [
    'pages within pages',
    'LIMIT_EXCEEDED',
    '{ partners(program: "connect", first: 100) { nodes { affiliates(first: 100) { nodes { affiliates(first: 100) { nodes { id } } } } } } }',
  ],
  [
    'standings of many days',
    'LIMIT_EXCEEDED',
    `{ partners(program: "connect", first: 100) { nodes { ${repeat(90, (index) => `a${index}: standing(on: "2026-${10 + (index % 3)}-${10 + (index % 20)}") { on }`)} } } }`,
  ],
  [
    'documents by the thousand',
    'LIMIT_EXCEEDED',
    `{ partners(program: "connect", first: 100) { nodes { standing { rulebook { ${repeat(99, (index) => `a${index}: document`)} } } } } }`,
  ],
  [
    'fragments that double',
    'LIMIT_EXCEEDED',
    `{ ...F0 } ${repeat(90, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F90 on Query { __typename }`,
  ],
  [
    'circular fragments',
    'GRAPHQL_VALIDATION_FAILED',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A __typename }',
  ],
  [
    '500 circular fragments',
    'GRAPHQL_VALIDATION_FAILED',
    `{ ...F0 } ${repeat(500, (index) => `fragment F${index} on Query { ...F${(index + 1) % 500} }`)}`,
  ],
];

/** How much the server's memory grows at most while `work` runs, in bytes. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = residentBytes();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentBytes());
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, residentBytes()) - before;
}

function residentBytes(): number {
  const pages = readFileSync(`/proc/${server.pid}/statm`, 'utf8').split(' ')[1];
  return Number(pages) * 4_096;
}

async function executedOperations(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return [...text.matchAll(/^tiergraph_operations_total\{[^}]*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

describe.skipIf(process.platform !== 'linux')(
  'refused before a resolver runs, without much memory, is',
  () => {
    test.each(ATTACKS)('%s: %s', async (_, code, query) => {
      const executed = await executedOperations();
      const growth = await growthDuring(async () => {
        for (let round = 0; round < ROUNDS; round++) {
          const byPost = await post(JSON.stringify({ query }));
          const replies =
            Buffer.byteLength(query) > 1_000_000
              ? [byPost]
              : [byPost, await bySocket({ query, variables: {} })];
          for (const { text } of replies) expect(/"code":"(\w+)"/.exec(text)?.[1]).toBe(code);
        }
      });
      expect(await executedOperations()).toBe(executed);
      if (isLong) expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
    });

    test('a body of 50 MB', async () => {
      const body = JSON.stringify({ query: ' '.repeat(50_000_000) });
      const growth = await growthDuring(async () => {
        for (let round = 0; round < ROUNDS / 3; round++) {
          const { status, text } = await post(body);
          expect(status).toBe(413);
          expect(text).toContain('"limit":"bodyBytes","allowed":1048576,"actual":50000012');
        }
      });
      if (isLong) expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
    });

    test('a WebSocket message of 100 MB', async () => {
      const message = Buffer.alloc(100_000_000, ' ');
      const growth = await growthDuring(async () => {
        for (let round = 0; round < ROUNDS / 3; round++) {
          const socket = openSocket(server.url);
          socket.on('error', () => {});
          socket.once('open', () => socket.send(message));
          expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(1009);
        }
      });
      if (isLong) expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
    });
  },
);
