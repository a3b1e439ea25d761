import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillDataFolder } from '../../support/database-template.ts';
import { type SpawnedServer, spawnServer } from '../../support/spawn-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'tiergraph-npm-start-'));
const pidFile = join(folder, 'tiergraph.pid');
let server: SpawnedServer;

beforeAll(async () => {
  await fillDataFolder(folder);
  server = await spawnServer({ DATA_DIR: folder, DEMO: 'off' }, ['npm', 'start']);
});
afterAll(() => {
  // A server that outlived what started it.
  if (existsSync(pidFile)) spawnSync('kill', ['-KILL', readFileSync(pidFile, 'utf8')]);
  rmSync(folder, { recursive: true, force: true });
});

test('what ends npm start, as soon as it says that it serves, stops the server in order', async () => {
  expect(await server.stop()).toBe(0);
  // Given back by a server that closed its database.
  expect(existsSync(pidFile)).toBe(false);
  await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
});

test('a Ctrl+C that npm hands on too is one wish to stop, and not a second one', async () => {
  const again = await spawnServer({ DATA_DIR: folder, DEMO: 'off' });
  process.kill(again.pid, 'SIGINT');
  process.kill(again.pid, 'SIGINT');
  expect(await again.stop()).toBe(0);
  expect(existsSync(pidFile)).toBe(false);
});
