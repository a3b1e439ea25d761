import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Instant } from '../../engine/values/day.ts';
import { findTextProblem, LONGEST_NAME, toName } from '../../engine/values/naming-text.ts';
import { advanceEpoch, beginChange } from '../../store/catalogue/begin-write.ts';
import { inTransaction } from '../../store/connection/transaction.ts';
import { type ApiKeyRow, findApiKeyById } from '../../store/reading/read-api-key.ts';
import { insertApiKey, markRevoked } from '../../store/writing/api-key.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { findPartner, refuseName } from '../naming/references.ts';
import { type RightsClass, type Role, reaches, scopeOf } from './rights.ts';

export type CreateApiKey = {
  /** What it is for, for people. */
  readonly name: string;
  readonly role: Role;
  /** Codes of programmes; null for all. */
  readonly programs: readonly string[] | null;
  /** The partner whose key it is: required for the role PARTNER, and only for that. */
  readonly partner: { readonly program: string; readonly externalRef: string } | null;
  /** Null for a year from now. */
  readonly expiresAt: Instant | null;
};

/** `secret` is the whole key; it is shown here and never again. */
export type ApiKeyCreated = { readonly key: ApiKeyRow; readonly secret: string };

export type ApiKeyRefusal =
  | Refused<'PROGRAM_NOT_FOUND' | 'PARTNER_NOT_FOUND' | 'INVALID_KEY' | 'NOT_ALLOWED'>
  | (Refused<'INVALID_INPUT'> & { readonly path: string });

const YEAR_MS = 365 * 86_400_000;
const KEY = /^tg_([a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;

/** The public part of a key's text; null if the text is no key. */
export function prefixOf(text: string): string | null {
  return KEY.exec(text)?.[1] ?? null;
}

/**
 * What is kept of a key instead of its text: SHA-256, hexadecimal. A key has 256 random bits, so that no salt
 * is needed.
 */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function newSecret(): { readonly prefix: string; readonly secret: string } {
  // 12 of 32 letters: for finding the key, not for keeping it safe.
  const prefix = Array.from(randomBytes(12), (byte) => 'abcdefghijkmnpqrstuvwxyz23456789'[byte % 32]).join(
    '',
  );
  return { prefix, secret: `tg_${prefix}_${randomBytes(32).toString('base64url')}` };
}

/** Makes a key. It cannot have more rights than its maker. */
export async function createApiKey(
  app: App,
  rights: RightsClass,
  command: CreateApiKey,
): Promise<ApiKeyCreated | ApiKeyRefusal> {
  if (rights.role !== 'ADMIN') return refuse('NOT_ALLOWED', 'Only an ADMIN makes keys.');
  const problem = findTextProblem(command.name, LONGEST_NAME, 'ONE_LINE');
  if (problem !== null) return refuse('INVALID_KEY', `A key has a name that says what it is for. ${problem}`);
  if ((command.role === 'PARTNER') !== (command.partner !== null)) {
    return refuse('INVALID_KEY', 'A key with the role PARTNER is for one partner, and no other key is.');
  }
  return inTransaction(app.database, async (tx): Promise<ApiKeyCreated | ApiKeyRefusal> => {
    const { catalogue, databaseTime } = await beginChange(tx, app.catalogue);
    const now = app.clock(databaseTime);
    const expiresAt = command.expiresAt ?? now + YEAR_MS;
    if (expiresAt <= now) return refuse('INVALID_KEY', 'The key would have expired already.');
    const codes = command.partner === null ? command.programs : [command.partner.program];
    const programOf = (code: string) => {
      const program = catalogue.byCode.get(toName(code));
      return program !== undefined && reaches(rights, program.id) ? program : null;
    };
    // A programme out of reach is treated as missing, so that the caller does not learn which codes exist.
    const unknown = codes?.find((code) => programOf(code) === null);
    const named = codes?.map(programOf).filter((program) => program !== null);
    if (unknown !== undefined) {
      return refuse('PROGRAM_NOT_FOUND', `There is no programme with the code ${JSON.stringify(unknown)}.`);
    }
    const programs = named?.map(({ id }) => id) ?? 'ALL';
    // A key that reaches no programme could be managed by any programme's ADMIN; only an ADMIN of all
    // programmes may create it.
    if (rights.programs !== 'ALL' && (programs === 'ALL' || programs.length === 0)) {
      return refuse('NOT_ALLOWED', 'A key can reach only programmes that its maker reaches.');
    }
    let partnerId: string | null = null;
    if (command.partner !== null) {
      const { externalRef } = command.partner;
      const program = named?.[0];
      const found = program && (await findPartner(tx, program, externalRef));
      if (found === undefined) {
        return (
          refuseName(externalRef, 'partner.externalRef') ??
          refuse(
            'PARTNER_NOT_FOUND',
            `The programme has no partner with the reference ${JSON.stringify(externalRef)}.`,
          )
        );
      }
      partnerId = found;
    }
    const { prefix, secret } = newSecret();
    const key: ApiKeyRow = {
      id: randomUUIDv7(),
      prefix,
      name: command.name,
      role: command.role,
      programs,
      partnerId,
      createdAt: now,
      expiresAt,
      revokedAt: null,
    };
    await insertApiKey(tx, { ...key, hash: hashOf(secret) });
    await advanceEpoch(tx);
    return { key, secret };
  });
}

/**
 * Revokes a key that reaches no more than the rights do, and ends every subscription that was opened with it.
 * Revoking it again changes nothing.
 */
export async function revokeApiKey(
  app: App,
  rights: RightsClass,
  id: string,
): Promise<{ readonly key: ApiKeyRow } | Refused<'KEY_NOT_FOUND' | 'NOT_ALLOWED'>> {
  if (rights.role !== 'ADMIN') return refuse('NOT_ALLOWED', 'Only an ADMIN revokes keys.');
  const result = await inTransaction(app.database, async (tx) => {
    const { databaseTime } = await beginChange(tx, app.catalogue);
    const key = await findApiKeyById(scopeOf(rights), tx, id);
    if (key === null) return refuse('KEY_NOT_FOUND', 'There is no such key.');
    const revokedAt = key.revokedAt ?? app.clock(databaseTime);
    await markRevoked(tx, id, revokedAt);
    await advanceEpoch(tx);
    return { key: { ...key, revokedAt } };
  });
  if ('key' in result) {
    app.catalogue.expire();
    // The doorbell makes every process read the new epoch at once and check its subscribers.
    for (const programId of (await app.catalogue.current()).byId.keys()) app.doorbell.ring(programId);
  }
  return result;
}
