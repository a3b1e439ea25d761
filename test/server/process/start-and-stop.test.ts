import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { lockFolder } from '../../../src/store/connection/folder-lock.ts';
import { fillDataFolder } from '../../support/database-template.ts';
import { isLong } from '../../support/long.ts';
import { promised } from '../../support/promised.ts';
import { spawnServer } from '../../support/spawn-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer } from '../support/toy-server.ts';

const parent = mkdtempSync(join(tmpdir(), 'tiergraph-start-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, { headers, redirect: 'manual' });
  await response.body?.cancel();
  return response.status;
}

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

test('a data folder that cannot be used ends the start with a sentence', async () => {
  await expect(spawnServer({ DATA_DIR: '/proc/x' })).rejects.toThrow(
    "tiergraph could not start: The data folder /proc/x can't be used: ",
  );
});

test.runIf(isLong)(
  'a server that is killed while it seeds takes the seeding with it, and the next start goes on',
  async () => {
    const folder = join(parent, 'killed');
    const seeding = Promise.withResolvers<void>();
    const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [main], { env: { PATH, HOME, PORT: '0', DATA_DIR: folder } });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Seeding the demo')) seeding.resolve();
    });
    await seeding.promise;
    child.kill('SIGKILL');
    await waitFor(() => {
      lockFolder(folder)();
      return true;
    });
    const server = await spawnServer({ DATA_DIR: folder });
    const query = `${server.url}/graphql?query={partners(program:"connect",first:1){totalCount}}`;
    expect(await (await fetch(query)).json()).toMatchObject({ data: { partners: { totalCount: 300 } } });
    expect(await server.stop()).toBe(0);
  },
);

test('until the start is over the process says that it lives, and everything else is 503', async () => {
  promised('`UNAVAILABLE`: with status 503: the server is starting or stopping');
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
  promised('`UNAVAILABLE`: with status 503: the server is starting or stopping');
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
