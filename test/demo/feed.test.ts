import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const FEED = fileURLToPath(new URL('../../src/demo/feed.ts', import.meta.url));
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/**
 * A server that knows one partner and records what it is sent; `onFacts` is called with each batch's external
 * ids.
 */
async function startServer(onFacts: (ids: readonly string[]) => void = () => {}): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ data: query.includes('mutation') ? record(variables.input.facts) : PARTNERS }),
    );
  });
  function record(facts: readonly { externalId: string }[]) {
    onFacts(facts.map(({ externalId }) => externalId));
    const rows = facts.map(() => ({ __typename: 'RowRecorded' }));
    const statusChanges = [{ partner: { externalRef: 'P-00001' }, explanation: 'Rose to Gold.' }];
    return { recordFacts: { __typename: 'FactsRecorded', rows, statusChanges } };
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/graphql`;
}

const NODE = { externalRef: 'P-00001', judgedOn: '2026-11-23', tier: null, standing: { next: null } };
const PARTNERS = { partners: { edges: [{ node: NODE }], pageInfo: { hasNextPage: false, endCursor: null } } };

function start(...args: readonly string[]) {
  return startWith({}, ...args);
}

function startWith(settings: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...settings };
  const feed = spawn(process.execPath, [FEED, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  cleanUps.push(() => feed.kill('SIGKILL'));
  const output = { out: '', err: '' };
  feed.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  feed.stderr.on('data', (chunk) => {
    output.err += chunk;
  });
  const ended = once(feed, 'close').then(([code]) => ({ code, ...output }));
  return { feed, ended };
}

describe('npm run feed', () => {
  test('sends the facts asked for, tells of changes and progress, and ends', async () => {
    const ids: string[] = [];
    const url = await startServer((batch) => ids.push(...batch));
    const { ended } = start('--url', url, '--rate', '1000', '--count', '250', '--seed', 's');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out.match(/P-00001: Rose to Gold\./g)).toHaveLength(3);
    expect(out.trimEnd().split('\n').at(-1)).toBe('250 sent, 250 recorded, 3 changes, done');
    expect(new Set(ids).size).toBe(250);
  });

  test('finds the server that has the same PORT', async () => {
    const { port } = new URL(await startServer());
    const { code, out } = await startWith({ PORT: port }, '--count', '1').ended;
    expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, '1 sent, 1 recorded, 1 changes, done']);
  });

  test.each([{ PORT: '0' }, { PORT: 'x' }])('asks for --url with %j', async (settings) => {
    const { code, err } = await startWith(settings).ended;
    expect(code).toBe(2);
    expect(err).toContain('--url: the settings do not say where the server is');
  });

  test('stops cleanly on SIGINT and says what it did', async () => {
    const first = Promise.withResolvers<void>();
    const url = await startServer(() => first.resolve());
    const { feed, ended } = start('--url', url, '--rate', '0.01');
    await first.promise;
    feed.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').at(-1)).toBe('1 sent, 1 recorded, 1 changes, done');
  });

  test('waits for a server that is not there until it is stopped', async () => {
    // The port was given out by the system and then closed, so nobody listens on it.
    const url = await startServer();
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    const { feed, ended } = start('--url', url);
    await once(feed.stdout, 'data');
    feed.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain(`waiting for ${url}: connect ECONNREFUSED`);
    expect(out.trimEnd().split('\n').at(-1)).toBe('0 sent, 0 recorded, 0 changes, done');
  });

  test.each([
    [['--rate', '0'], '--rate: a number above 0, at most 1000'],
    [['--count', '1.5'], '--count: a whole number above 0'],
    [['--url', 'nowhere'], '--url: nowhere is no URL'],
    [['--speed', '5'], "Unknown option '--speed'"],
  ])('refuses %j with a sentence and the usage', async (args, sentence) => {
    const { code, err } = await start(...args).ended;
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err).toContain('npm run feed --');
  });
});
