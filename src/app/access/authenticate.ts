import { timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { toName } from '../../engine/values/naming-text.ts';
import { findApiKey, type KeptApiKey } from '../../store/writing/api-key.ts';
import { type App, refuse } from '../context/app.ts';
import { findPartner } from '../naming/references.ts';
import { hashOf, prefixOf } from './api-key.ts';
import { type Rights, ROLES, type Role, type Unauthenticated } from './rights.ts';
import { createVerifiedTokens, KEPT_MS, type VerifiedTokens } from './verified-tokens.ts';

/** Rights that were proven, and whether they still hold. */
export type Session = {
  readonly rights: Rights;
  /** Why they no longer hold; null while they do. To be called before each event of a subscription. */
  findEnd(): Promise<Unauthenticated | null>;
};

export type Authenticator = {
  /** Who shows this key or JSON Web Token. */
  authenticate(token: string): Promise<Session | Unauthenticated>;
};

/** Where JSON Web Tokens come from; null if none are taken. */
export type JwtOptions = {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
};

const NO_ENTRY = 'The key or token is not known here.';
const CACHED = 10_000;

/** The last instant that can be represented. A token that expires later never expires. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

// Signatures whose keys can be published; never a shared secret, never "none".
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * Checks keys against the database, at most once per epoch each, and tokens against the published keys of
 * their issuer.
 */
export function createAuthenticator(app: App, jwt: JwtOptions | null): Authenticator {
  const keys = new LRUCache<string, { readonly epoch: bigint; readonly row: KeptApiKey | null }>({
    max: CACHED,
  });
  const now = async () => app.clock(await app.catalogue.databaseTime());

  /** The key's row as of the epoch that is trusted now. */
  const lookUp = async (prefix: string): Promise<KeptApiKey | null> => {
    const { epoch } = await app.catalogue.current();
    const cached = keys.get(prefix);
    if (cached?.epoch === epoch) return cached.row;
    const row = await findApiKey(app.database.prisma, prefix);
    keys.set(prefix, { epoch, row });
    return row;
  };

  const endOfKey = async (prefix: string): Promise<Unauthenticated | null> => {
    const row = await lookUp(prefix);
    if (row === null) return refuse('UNAUTHENTICATED', NO_ENTRY);
    if (row.revokedAt !== null) return refuse('UNAUTHENTICATED', 'The key was revoked.');
    return row.expiresAt <= (await now()) ? refuse('UNAUTHENTICATED', 'The key has expired.') : null;
  };

  const authenticateKey = async (text: string, prefix: string): Promise<Session | Unauthenticated> => {
    const row = await lookUp(prefix);
    const hash = Buffer.from(hashOf(text), 'hex');
    if (row === null || !timingSafeEqual(hash, Buffer.from(row.hash, 'hex'))) {
      return refuse('UNAUTHENTICATED', NO_ENTRY);
    }
    const end = await endOfKey(prefix);
    if (end !== null) return end;
    const rights: Rights = {
      role: roleNamed(row.role),
      programs: row.programs,
      partner: row.partnerId,
      identity: `key:${row.prefix}`,
      expiresAt: row.expiresAt,
    };
    return { rights, findEnd: () => endOfKey(prefix) };
  };

  const verify = async (
    text: string,
    key: JWTVerifyGetKey,
    { issuer, audience }: JwtOptions,
  ): Promise<Rights | Unauthenticated> => {
    try {
      const { payload } = await jwtVerify(text, key, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(await now()),
      });
      return await rightsOf(app, payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refuse('UNAUTHENTICATED', 'The token has expired.');
      // A wrong token is the caller's fault; an issuer that cannot be reached is an outage on our side.
      if (error instanceof errors.JOSEError && !isOutage(error)) return refuse('UNAUTHENTICATED', NO_ENTRY);
      throw error;
    }
  };

  const createTokens = (options: JwtOptions): VerifiedTokens => {
    const published = createRemoteJWKSet(new URL(options.jwksUrl), { cacheMaxAge: KEPT_MS });
    return createVerifiedTokens(
      hashOf,
      (text) => verify(text, published, options),
      () => performance.now(),
    );
  };
  const tokens = jwt && createTokens(jwt);

  const authenticateToken = async (text: string): Promise<Session | Unauthenticated> => {
    if (tokens === null) return refuse('UNAUTHENTICATED', NO_ENTRY);
    const rights = await tokens.find(text);
    if ('refused' in rights) return rights;
    const findEnd = async (): Promise<Unauthenticated | null> => {
      if (rights.expiresAt !== null && rights.expiresAt <= (await now())) {
        return refuse('UNAUTHENTICATED', 'The token has expired.');
      }
      const again = await tokens.find(text);
      return 'refused' in again ? again : null;
    };
    return (await findEnd()) ?? { rights, findEnd };
  };

  return {
    authenticate(text) {
      const prefix = prefixOf(text);
      return prefix === null ? authenticateToken(text) : authenticateKey(text, prefix);
    },
  };
}

/** True if the issuer's keys could not be read. jose has no error class for that. */
function isOutage(error: errors.JOSEError): boolean {
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === errors.JOSEError.code
  );
}

function roleNamed(name: string): Role {
  const role = ROLES.find((known) => known === name);
  if (role === undefined) throw new Error(`A key has the role ${name}, which is none.`);
  return role;
}

/**
 * Reads the claims `role`, `programs` (codes; all if left out, except for a partner) and `partner` (an
 * external reference).
 */
async function rightsOf(app: App, payload: JWTPayload): Promise<Rights | Unauthenticated> {
  const { role: name, programs: codes, partner: ref, sub, exp } = payload;
  const role = ROLES.find((known) => known === name);
  if (role === undefined) return refuse('UNAUTHENTICATED', 'The token has no role that is known here.');
  if (codes !== undefined && !(Array.isArray(codes) && codes.every((code) => typeof code === 'string'))) {
    return refuse('UNAUTHENTICATED', "The token's programs are no list of codes.");
  }
  const named = await Promise.all(
    (codes ?? []).map((code: string) => app.catalogue.find('code', toName(code))),
  );
  const programs = codes === undefined ? 'ALL' : named.flatMap((program) => program?.id ?? []);
  const base = {
    role,
    identity: `token:${sub}`,
    expiresAt: exp === undefined ? null : Math.min(exp * 1000, LAST_INSTANT),
  };
  if (role !== 'PARTNER') return { ...base, programs, partner: null };
  // One that is not there is named too.
  const program = named.length === 1 ? named[0] : undefined;
  if (typeof ref !== 'string' || program === undefined) {
    return refuse('UNAUTHENTICATED', "A partner's token names one programme and the partner's reference.");
  }
  const partner = await findPartner(app.database.prisma, program, ref);
  return partner === undefined
    ? refuse('UNAUTHENTICATED', 'The token names a partner that is not known here.')
    : { ...base, programs, partner };
}
