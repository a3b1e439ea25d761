import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillWithDemo } from '../../support/seeded-folder.ts';
import { type SpawnedServer, spawnServer } from '../../support/spawn-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tiergraph-examples-'));
let server: SpawnedServer;

beforeAll(async () => {
  await fillWithDemo(join(folder, 'data'));
  server = await spawnServer({ DATA_DIR: join(folder, 'data') });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, TIERGRAPH_URL: `${server.url}/graphql` });

function runExample(file: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [join('examples', file), ...args], { cwd: ROOT, env: environment() });
}

/** Follows until it has printed so many lines; stops it in the way that a person does. */
async function follow(
  cursor: string,
  lines: number,
  meanwhile: () => Promise<unknown>,
): Promise<readonly string[]> {
  const child: ChildProcess = spawn(process.execPath, ['examples/follow.ts', cursor], {
    cwd: ROOT,
    env: environment(),
  });
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const isThere = existsSync(cursor);
  if (!isThere) await waitFor(() => existsSync(cursor), { what: 'the first place' });
  await meanwhile();
  await waitFor(() => printed.split('\n').length > lines, { what: `${lines} lines` });
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  return printed.trimEnd().split('\n');
}

test('ask.sh asks and records with curl', async () => {
  const { stdout } = await run('sh', ['examples/ask.sh', 'P-00042'], { cwd: ROOT, env: environment() });
  const [question, change] = stdout.trim().split('\n');
  expect(JSON.parse(question ?? '')).toMatchObject({ data: { partner: { name: expect.any(String) } } });
  expect(JSON.parse(change ?? '')).toMatchObject({
    data: { recordFacts: { rows: [{ __typename: 'RowRecorded' }] } },
  });
});

test('record-invoices.ts may be sent again, and follow.ts goes on where it stopped', async () => {
  const file = join(folder, 'invoices.csv');
  const cursor = join(folder, 'cursor.txt');
  const write = (...lines: readonly string[]) =>
    writeFileSync(file, ['number,partner,date,amount,currency', ...lines].join('\n'));
  const today = new Date().toISOString().slice(0, 10);

  write(`R-1,P-00042,${today},30000,EUR`, `R-2,nobody,${today},1,EUR`);
  let first = { stdout: '', stderr: '' };
  const seen = await follow(cursor, 1, async () => {
    first = await runExample('record-invoices.ts', file);
  });
  expect(first.stdout).toMatch(/RowRecorded 1, RowRejected 1\n$/);
  expect(first.stderr).toMatch(/^facts\[1\]\.partner: /);
  expect(seen[0]).toMatch(/^P-00042: /);
  expect((await runExample('record-invoices.ts', file)).stdout).toBe('RowDuplicate 1, RowRejected 1\n');

  // While nobody follows.
  write(`R-3,P-00042,${today},-30000,EUR`);
  await runExample('record-invoices.ts', file);
  const later = await follow(cursor, 1, async () => {});
  expect(later[0]).toMatch(/^P-00042: /);
  expect(later).not.toContain(seen[0]);
  expect(readFileSync(cursor, 'utf8')).not.toBe('');
});
