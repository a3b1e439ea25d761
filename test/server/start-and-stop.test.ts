import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fillDataFolder } from '../support/database-template.ts';
import { spawnServer } from '../support/spawn-server.ts';
import { startToyServer } from './toy-server.ts';

const parent = mkdtempSync(join(tmpdir(), 'tiergraph-start-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const status = async (url: string, headers: Record<string, string> = {}): Promise<number> => {
  const response = await fetch(url, { headers, redirect: 'manual' });
  await response.body?.cancel();
  return response.status;
};

test('a port in use is told before anything is done with the database', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const folder = join(parent, 'unused');
  await expect(spawnServer({ PORT: `${port}`, DATA_DIR: folder })).rejects.toThrow(
    `tiergraph could not start: port ${port} of 127.0.0.1 is in use; set PORT to another one.`,
  );
  expect(existsSync(folder)).toBe(false);
  other.close();
});

test('a data folder that can not be used ends the start with a sentence', async () => {
  await expect(spawnServer({ DATA_DIR: '/proc/x' })).rejects.toThrow(
    "tiergraph could not start: The data folder /proc/x can't be used: ",
  );
});

test('until the start is over the process says that it lives, and everything else is 503', async () => {
  let isStarting = true;
  const toy = await startToyServer({ isStarting: () => isStarting });
  const statuses = async (): Promise<Record<string, number>> => {
    const paths = ['/health/live', '/health/ready', '/graphql?query={hello}', '/', '/elsewhere'];
    const answers = await Promise.all(paths.map((path) => status(`${toy.url}${path}`)));
    return Object.fromEntries(paths.map((path, index) => [path, answers[index] ?? 0]));
  };
  expect(await statuses()).toEqual({
    '/health/live': 200,
    '/health/ready': 503,
    '/graphql?query={hello}': 503,
    '/': 503,
    '/elsewhere': 503,
  });
  const answer = await fetch(`${toy.url}/graphql?query={hello}`);
  expect(await answer.json()).toEqual({
    errors: [{ message: 'The server is starting.', extensions: { code: 'UNAVAILABLE' } }],
  });
  isStarting = false;
  expect(await statuses()).toEqual({
    '/health/live': 200,
    '/health/ready': 200,
    '/graphql?query={hello}': 200,
    '/': 302,
    '/elsewhere': 404,
  });
  await toy.server.close();
});

test('for DRAIN_SECONDS after SIGTERM requests are answered, and what would last or ask for more is sent elsewhere', async () => {
  const folder = join(parent, 'drained');
  await fillDataFolder(folder);
  const environment = { DATA_DIR: folder, DEMO: 'off', DRAIN_SECONDS: '600' };
  const stopping = Promise.withResolvers<void>();
  const server = await spawnServer(environment, undefined, (line) => {
    if (line.includes('Stopping.')) stopping.resolve();
  });
  expect(await status(`${server.url}/health/ready`)).toBe(200);
  process.kill(server.pid, 'SIGTERM');
  await stopping.promise;
  const query = `${server.url}/graphql?query={__typename}`;
  expect(await status(`${server.url}/health/ready`)).toBe(503);
  expect(await status(`${server.url}/health/live`)).toBe(200);
  expect(await status(query)).toBe(200);
  expect(await status(query, { accept: 'text/event-stream' })).toBe(503);
  await server.kill();
});
