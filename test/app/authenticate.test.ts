import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey, prefixOf, revokeApiKey } from '../../src/app/access/api-key.ts';
import { type Authenticator, createAuthenticator } from '../../src/app/access/authenticate.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/access/rights.ts';
import { listApiKeys } from '../../src/store/reading/read-api-key.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { createSmallProgram, enroll, granted } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let authenticator: Authenticator;
let issuer: Server;
let sign: (claims: JWTPayload, expiresAt?: number, audience?: string) => Promise<string>;
let programId: string;
let partnerId: string;
let now = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  programId = await createSmallProgram(opened.app);
  [partnerId = ''] = await enroll(opened.app, ['A']);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  issuer = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks)),
  );
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const address = issuer.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  authenticator = createAuthenticator(opened.app, {
    jwksUrl: `http://127.0.0.1:${port}/jwks`,
    issuer: 'https://issuer.example',
    audience: 'tiergraph',
  });
  sign = (claims, expiresAt = now + DAY_MS, audience = 'tiergraph') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer('https://issuer.example')
      .setAudience(audience)
      .setSubject('someone')
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(privateKey);
});
afterAll(async () => {
  issuer.close();
  await opened.close();
});

function create(command: Partial<Parameters<typeof createApiKey>[2]>, rights: Rights = ALL_RIGHTS) {
  return createApiKey(opened.app, rights, {
    name: 'a test',
    role: 'READER',
    programs: null,
    partner: null,
    expiresAt: null,
    ...command,
  });
}
function unauthenticated(message: string) {
  return { refused: 'UNAUTHENTICATED', message };
}

describe('API keys', () => {
  test('a key has 256 random bits behind a public prefix, and only its hash is kept', async () => {
    promised('A key is shown once, and only its SHA-256 is kept.');
    const { key, secret } = granted(await create({}));
    expect(secret).toMatch(/^tg_[a-z2-9]{12}_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(secret.slice(16), 'base64url')).toHaveLength(32);
    expect(prefixOf(secret)).toBe(key.prefix);
    const [row] = await opened.app.database.prisma.$queryRaw<
      object[]
    >`SELECT * FROM api_key WHERE id = ${key.id}::uuid`;
    expect(JSON.stringify(row)).not.toContain(secret.slice(16));
    const sha256 = createHash('sha256').update(secret).digest();
    expect(Object.values(row ?? {}).filter((value) => value instanceof Uint8Array)).toEqual([
      new Uint8Array(sha256),
    ]);
    // Asked for again, it is not shown.
    const whole = { limit: 100, backwards: false, beyond: null };
    const listed = await listApiKeys(FULL_SCOPE, opened.app.database.prisma, whole);
    expect(listed.map(({ id }) => id)).toContain(key.id);
    expect(JSON.stringify(listed)).not.toContain(secret.slice(16));
    expect(Object.keys(key)).not.toContain('secret');
  });

  test('a key lets in with its role and programmes; another secret behind the same prefix does not', async () => {
    const { key, secret } = granted(await create({ role: 'INGEST', programs: ['small'] }));
    const session = granted(await authenticator.authenticate(secret));
    expect(session.rights).toEqual({
      role: 'INGEST',
      programs: [programId],
      partner: null,
      identity: `key:${key.prefix}`,
      expiresAt: now + 365 * DAY_MS,
    });
    expect(await session.findEnd()).toBeNull();
    const forged = secret.slice(0, 16) + Buffer.alloc(32).toString('base64url');
    expect(await authenticator.authenticate(forged)).toMatchObject(
      unauthenticated('The key or token is not known here.'),
    );
    expect(await authenticator.authenticate(`tg_aaaaaaaaaaaa_${secret.slice(16)}`)).toMatchObject({
      refused: 'UNAUTHENTICATED',
    });
    expect(await authenticator.authenticate('nonsense')).toMatchObject({ refused: 'UNAUTHENTICATED' });
    expect(await authenticator.authenticate('')).toMatchObject({ refused: 'UNAUTHENTICATED' });
  });

  test('a revoked key ends at once, also for who is in already; revoking again changes nothing', async () => {
    const { key, secret } = granted(await create({}));
    const session = granted(await authenticator.authenticate(secret));
    const { key: revoked } = granted(await revokeApiKey(opened.app, ALL_RIGHTS, key.id));
    expect(await session.findEnd()).toEqual(unauthenticated('The key was revoked.'));
    expect(await authenticator.authenticate(secret)).toEqual(unauthenticated('The key was revoked.'));
    now += 1000;
    expect(granted(await revokeApiKey(opened.app, ALL_RIGHTS, key.id)).key.revokedAt).toBe(revoked.revokedAt);
  });

  test('a key ends when it expires', async () => {
    const { secret } = granted(await create({ expiresAt: now + DAY_MS }));
    const session = granted(await authenticator.authenticate(secret));
    now += DAY_MS;
    expect(await session.findEnd()).toEqual(unauthenticated('The key has expired.'));
    expect(await authenticator.authenticate(secret)).toEqual(unauthenticated('The key has expired.'));
    expect(await create({ expiresAt: now })).toMatchObject({ refused: 'INVALID_KEY' });
  });

  test("a partner's key is for one partner, and nobody gives more than they have", async () => {
    const { secret } = granted(
      await create({ role: 'PARTNER', partner: { program: 'small', externalRef: 'A' } }),
    );
    const { rights } = granted(await authenticator.authenticate(secret));
    expect(rights).toMatchObject({ role: 'PARTNER', programs: [programId], partner: partnerId });
    expect(await create({ role: 'PARTNER' })).toMatchObject({ refused: 'INVALID_KEY' });
    expect(await create({ partner: { program: 'small', externalRef: 'A' } })).toMatchObject({
      refused: 'INVALID_KEY',
    });
    expect(await create({ name: ' ' })).toMatchObject({ refused: 'INVALID_KEY' });
    expect(await create({ programs: ['none'] })).toMatchObject({ refused: 'PROGRAM_NOT_FOUND' });
    expect(await create({ role: 'PARTNER', partner: { program: 'small', externalRef: '?' } })).toMatchObject({
      refused: 'PARTNER_NOT_FOUND',
    });
    expect(await create({}, rights)).toMatchObject({ refused: 'NOT_ALLOWED' });
    const elsewhere: Rights = { ...ALL_RIGHTS, programs: ['018f4c1e-0000-7000-8000-00000badcafe'] };
    // Of a programme out of reach it is not even said that there is one.
    for (const code of ['small', 'none']) {
      expect(await create({ programs: [code] }, elsewhere)).toEqual({
        refused: 'PROGRAM_NOT_FOUND',
        message: `There is no programme with the code "${code}".`,
      });
      expect(
        await create(
          { role: 'PARTNER', programs: null, partner: { program: code, externalRef: 'A' } },
          elsewhere,
        ),
      ).toMatchObject({ refused: 'PROGRAM_NOT_FOUND' });
    }
    expect(await create({ programs: [] }, elsewhere)).toMatchObject({ refused: 'NOT_ALLOWED' });
    expect(await create({}, elsewhere)).toMatchObject({ refused: 'NOT_ALLOWED' });
    const { key } = granted(await create({ programs: ['small'] }));
    expect(await revokeApiKey(opened.app, elsewhere, key.id)).toMatchObject({ refused: 'KEY_NOT_FOUND' });
    expect(await revokeApiKey(opened.app, rights, key.id)).toMatchObject({ refused: 'NOT_ALLOWED' });
  });
});

describe('JSON Web Tokens', () => {
  test('a token lets in with the role, programmes and partner that it claims', async () => {
    promised(
      'It names `role`, `programs` (codes; all if left out) and, for a partner, `partner` (its external reference) as claims.',
    );
    const reader = granted(
      await authenticator.authenticate(await sign({ role: 'READER', programs: ['small', 'none'] })),
    );
    expect(reader.rights).toMatchObject({
      role: 'READER',
      programs: [programId],
      partner: null,
      identity: 'token:someone',
    });
    const partner = granted(
      await authenticator.authenticate(await sign({ role: 'PARTNER', programs: ['small'], partner: 'A' })),
    );
    expect(partner.rights).toMatchObject({ role: 'PARTNER', programs: [programId], partner: partnerId });
    const admin = granted(await authenticator.authenticate(await sign({ role: 'ADMIN' })));
    expect(admin.rights.programs).toBe('ALL');
  });

  test('a token that ends later than can be told ends at the last instant that can', async () => {
    for (const at of [1e15, 1e16, 1e300]) {
      const { rights } = granted(await authenticator.authenticate(await sign({ role: 'READER' }, at)));
      expect(rights.expiresAt).toBe(Date.parse('9999-12-31T23:59:59.999Z'));
    }
  });

  test('rule 30: the texts of claims mean the same with what cannot be seen at their ends, and nothing with what no text has', async () => {
    const claims = { role: 'PARTNER', programs: ['\u00a0small\u200b'], partner: 'A\u3000' };
    const session = granted(await authenticator.authenticate(await sign(claims)));
    expect(session.rights).toMatchObject({ role: 'PARTNER', programs: [programId], partner: partnerId });
    for (const odd of ['A\0', '\ud800', 'A\u200bB', '']) {
      for (const wrong of [{ partner: odd }, { programs: [odd] }]) {
        const token = await sign({ role: 'PARTNER', programs: ['small'], partner: 'A', ...wrong });
        expect(await authenticator.authenticate(token)).toMatchObject({ refused: 'UNAUTHENTICATED' });
      }
    }
  });

  test('a token ends when it expires, also for who is in already', async () => {
    const session = granted(await authenticator.authenticate(await sign({ role: 'READER' }, now + 60_000)));
    now += 60_000;
    expect(await session.findEnd()).toEqual(unauthenticated('The token has expired.'));
    const late = await sign({ role: 'READER' }, now - 1000);
    expect(await authenticator.authenticate(late)).toEqual(unauthenticated('The token has expired.'));
  });

  test('what is forged, unsigned, for somebody else, without a role or for an unknown partner is refused', async () => {
    const token = await sign({ role: 'READER' });
    const [header = '', , signature = ''] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ role: 'ADMIN', sub: 's', exp: 9_999_999_999 })).toString(
      'base64url',
    );
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    for (const bad of [
      `${header}.${claims}.${signature}`,
      `${none}.${claims}.`,
      await sign({ role: 'READER' }, undefined, 'somebody else'),
      await sign({ role: 'OWNER' }),
      await sign({}),
      await sign({ role: 'READER', programs: 'small' }),
      await sign({ role: 'PARTNER', programs: ['small'], partner: '?' }),
      await sign({ role: 'PARTNER', partner: 'A' }),
      await sign({ role: 'PARTNER', programs: ['small', 'none'], partner: 'A' }),
      await sign({ role: 'PARTNER', programs: ['small'] }),
    ]) {
      expect(await authenticator.authenticate(bad)).toMatchObject({ refused: 'UNAUTHENTICATED' });
    }
    const withoutIssuer = createAuthenticator(opened.app, null);
    expect(await withoutIssuer.authenticate(token)).toMatchObject({ refused: 'UNAUTHENTICATED' });
  });
});
