import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createAuthenticator } from '../../src/app/access/authenticate.ts';
import { createVerifiedTokens } from '../../src/app/access/verified-tokens.ts';
import { createSmallProgram, granted } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { openTestApp } from '../support/test-app.ts';

const MINUTE_MS = 60_000;
const REFUSED = { refused: 'UNAUTHENTICATED', message: 'The key or token is not known here.' };

let opened: Awaited<ReturnType<typeof openTestApp>>;
let issuer: Server;
let jwksUrl: string;
let published: { readonly status: number; readonly body: string };
let asked = 0;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 2, 1) });
  await createSmallProgram(opened.app);
  issuer = createServer((_, response) => {
    asked += 1;
    response.writeHead(published.status, { 'content-type': 'application/json' }).end(published.body);
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const address = issuer.address();
  jwksUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/jwks`;
});
afterAll(async () => {
  issuer.close();
  await opened.close();
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Publishes a key, and makes a token that is signed by it. */
async function makeToken(): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  publish([{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }]);
  return new SignJWT({ role: 'READER' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer('https://issuer.example')
    .setAudience('tiergraph')
    .setSubject('someone')
    .setExpirationTime(Date.UTC(2026, 2, 2) / 1000)
    .sign(privateKey);
}

function publish(keys: readonly object[]): void {
  published = { status: 200, body: JSON.stringify({ keys }) };
}

function authenticator() {
  return createAuthenticator(opened.app, {
    jwksUrl,
    issuer: 'https://issuer.example',
    audience: 'tiergraph',
  });
}

test.each([
  ['the key is gone', async () => publish([])],
  ['another key has its name', async () => void (await makeToken())],
])(
  'a token that was seen, and who is in with it, are refused within 5 minutes after %s',
  async (_, withdraw) => {
    promised('A JSON Web Token ends at most 5 minutes after the key that signed it has left the JWKS.');
    const token = await makeToken();
    const { authenticate } = authenticator();
    const session = granted(await authenticate(token));
    // As late as a verification may use keys that were read before.
    vi.advanceTimersByTime(2 * MINUTE_MS - 1);
    expect(await session.findEnd()).toBeNull();
    await withdraw();
    vi.advanceTimersByTime(5 * MINUTE_MS);
    expect(await session.findEnd()).toEqual(REFUSED);
    expect(await authenticate(token)).toEqual(REFUSED);
  },
);

test('the issuer is asked once for all who are in, and not again before its keys may have changed', async () => {
  const token = await makeToken();
  const { authenticate } = authenticator();
  asked = 0;
  const sessions = (await Promise.all(Array.from({ length: 50 }, () => authenticate(token)))).map(granted);
  expect(asked).toBe(1);
  vi.advanceTimersByTime(2 * MINUTE_MS - 1);
  for (const session of sessions) expect(await session.findEnd()).toBeNull();
  expect(asked).toBe(1);
  vi.advanceTimersByTime(1);
  await Promise.all(sessions.map((session) => session.findEnd()));
  expect(asked).toBe(2);
});

test.each([
  ['answers with an error', { status: 503, body: '{"keys":[]}' }],
  ['answers with something else', { status: 200, body: '<html>' }],
  ['answers with other JSON', { status: 200, body: '{}' }],
])('an issuer that %s ends nothing for 3 minutes, and then is an outage', async (_, answer) => {
  const token = await makeToken();
  const { authenticate } = authenticator();
  const session = granted(await authenticate(token));
  published = answer;
  vi.advanceTimersByTime(3 * MINUTE_MS - 1);
  expect(await session.findEnd()).toBeNull();
  vi.advanceTimersByTime(11_000);
  await expect(session.findEnd()).rejects.toThrow();
  await expect(authenticate(token)).rejects.toThrow();
  const again = await makeToken();
  expect(granted(await authenticate(again)).rights.role).toBe('READER');
});

test('of tokens that are refused nothing is remembered', async () => {
  let verified = 0;
  const tokens = createVerifiedTokens(
    (text) => text,
    async () => {
      verified += 1;
      return { refused: 'UNAUTHENTICATED', message: 'No.' };
    },
    () => 0,
  );
  await tokens.find('a');
  await tokens.find('a');
  expect(verified).toBe(2);
});
