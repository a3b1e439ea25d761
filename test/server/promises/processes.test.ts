import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillDataFolder } from '../../support/database-template.ts';
import { promised } from '../../support/promised.ts';
import { spawnServer } from '../../support/spawn-server.ts';
import { startTestServer } from '../../support/test-server.ts';

const KEY = fileURLToPath(new URL('../../../src/key.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
  await fillDataFolder(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ask(url: string, query: string): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data;
}

test(promised('The embedded database survives a crash of its process.'), async () => {
  const environment = { DATA_DIR: folder, DEMO: 'off' };
  const first = await spawnServer(environment);
  const codes = Array.from({ length: 20 }, (_, index) => `p${index}`);
  const create = (code: string) =>
    `${code}: createProgram(input: { code: "${code}", name: "P", timeZone: "UTC", currency: "EUR" }) { __typename }`;
  for (const code of codes) {
    const made = await ask(first.url, `mutation { ${create(code)} }`);
    expect(made).toEqual({ [code]: { __typename: 'ProgramCreated' } });
  }
  // It is killed while it writes more.
  const last = ask(first.url, `mutation { ${create('last')} }`).catch(() => null);
  await first.kill();
  const answered = await last;
  const second = await spawnServer(environment);
  const { programs } = (await ask(second.url, '{ programs(first: 100) { nodes { code } } }')) as {
    programs: { nodes: { code: string }[] };
  };
  await second.stop();
  const found = programs.nodes.map(({ code }) => code).filter((code) => code !== 'last' || answered !== null);
  expect(found).toEqual([...(answered === null ? [] : ['last']), ...codes.toSorted()]);
});

test('keys are made where there is none yet, and then by those that there are', async () => {
  promised('The first key is made on the command line, the others with the mutation `createApiKey`.');
  const run = promisify(execFile);
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, DATA_DIR: folder, DEMO: 'off' };
  const { stdout } = await run(process.execPath, [KEY, '--role', 'ADMIN'], { env });
  const [first = '', ...rest] = stdout.trim().split('\n');
  expect([first, rest]).toEqual([expect.stringMatching(/^tg_[a-z2-9]{12}_[A-Za-z0-9_-]{43}$/), []]);
  const server = await startTestServer({ database: { kind: 'EMBEDDED', folder }, auth: 'keys', demo: false });
  const askWith = async (secret: string, query: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
    return (await (await fetch(`${server.url}/graphql`, init)).json()).data;
  };
  const { createApiKey } = await askWith(
    first,
    'mutation { createApiKey(input: { name: "other", role: READER }) { ... on ApiKeyCreated { secret } } }',
  );
  expect(await askWith(createApiKey.secret, '{ viewer { role } }')).toEqual({ viewer: { role: 'READER' } });
  await server.close();
});
