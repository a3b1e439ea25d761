import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../src/app/access/api-key.ts';
import { ALL_RIGHTS, type Role } from '../../../src/app/access/rights.ts';
import { followStatusChanges } from '../../../src/client/follow-status-changes.ts';
import { fillDataFolder } from '../../support/database-template.ts';
import { createSmallProgram, granted } from '../../support/fixtures.ts';
import { openTestApp } from '../../support/test-app.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

let folder: string;
let server: TestServer;
const keys = new Map<string, { readonly id: string; readonly secret: string }>();
function keyOf(name: string) {
  return keys.get(name) ?? { id: '', secret: '' };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tiergraph-client-'));
  await fillDataFolder(folder);
  const location = { kind: 'embedded', folder } as const;
  const { app, close } = await openTestApp({ location });
  await createSmallProgram(app);
  const make = async (name: string, role: Role): Promise<void> => {
    const rights = { name, role, programs: null, partner: null, expiresAt: null };
    const { key, secret } = granted(await createApiKey(app, ALL_RIGHTS, rights));
    keys.set(name, { id: Buffer.from(`ApiKey:${key.id}`).toString('base64url'), secret });
  };
  await make('admin', 'ADMIN');
  await make('reader', 'READER');
  await make('other reader', 'READER');
  await make('ingest', 'INGEST');
  await close();
  server = await startTestServer({ database: { kind: 'EMBEDDED', folder }, demo: false, auth: 'keys' });
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function follow(token: string | (() => string)) {
  return followStatusChanges({
    url: `${server.url}/graphql`,
    program: 'small',
    token,
    retry: { firstMs: 1, longestMs: 10 },
  });
}

async function revoke(name: string): Promise<void> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf('admin').secret}` },
    body: JSON.stringify({ query: `mutation { revokeApiKey(id: "${keyOf(name).id}") { __typename } }` }),
  });
  expect(await response.json()).toMatchObject({ data: { revokeApiKey: { __typename: 'ApiKeyRevoked' } } });
}

test.each([
  ['nonsense', 'UNAUTHENTICATED'],
  ['ingest', 'FORBIDDEN'],
])('a follower with the key %j is refused with %s', async (name, code) => {
  const changes = follow(keys.get(name)?.secret ?? name);
  await expect(changes.next()).rejects.toMatchObject({ name: 'FollowingRefused', code });
});

test('a follower whose key is revoked goes on with another, and ends when there is none', async () => {
  const tokens = ['reader', 'other reader', 'other reader'].map((name) => keyOf(name).secret);
  const changes = follow(() => tokens.shift() ?? '');
  const { value } = await changes.next();
  expect(value).toMatchObject({ __typename: 'Checkpoint', caughtUp: true });
  await revoke('reader');
  expect(await changes.next()).toEqual({ done: false, value });
  expect(tokens).toHaveLength(1);
  await revoke('other reader');
  await expect(changes.next()).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    message: 'The key was revoked.',
  });
  expect(tokens).toHaveLength(0);
});
