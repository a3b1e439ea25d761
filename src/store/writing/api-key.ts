import type { Instant } from '../../engine/values/day.ts';
import type { DatabaseClient, Transaction } from '../connection/transaction.ts';
import { API_KEY_COLUMNS, type ApiKeyRow } from '../reading/read-api-key.ts';

/** A key as it is kept: everything but its secret. */
export type KeptApiKey = ApiKeyRow & {
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
};

/** The key with this public part, revoked and expired ones too. */
export async function findApiKey(session: DatabaseClient, prefix: string): Promise<KeptApiKey | null> {
  const [row] = await session.$queryRaw<KeptApiKey[]>`
    SELECT ${API_KEY_COLUMNS}, encode(k.hash, 'hex') AS hash FROM api_key k WHERE k.prefix = ${prefix}`;
  return row ?? null;
}

/** Adds a key. */
export async function insertApiKey(tx: Transaction, key: KeptApiKey): Promise<void> {
  const programs = key.programs === 'ALL' ? [] : [...key.programs];
  await tx.$executeRaw`
    INSERT INTO api_key (id, prefix, hash, name, role, programs, all_programs, partner_id, created_at, expires_at)
    VALUES (${key.id}::uuid, ${key.prefix}, decode(${key.hash}, 'hex'), ${key.name}, ${key.role}, ${programs}::uuid[],
      ${key.programs === 'ALL'}, ${key.partnerId}::uuid, to_timestamp(${key.createdAt}::float8 / 1000.0),
      to_timestamp(${key.expiresAt}::float8 / 1000.0))`;
}

/** Ends a key for good; one that is revoked already keeps its time. */
export async function markRevoked(tx: Transaction, id: string, at: Instant): Promise<void> {
  await tx.$executeRaw`
    UPDATE api_key SET revoked_at = coalesce(revoked_at, to_timestamp(${at}::float8 / 1000.0)) WHERE id = ${id}::uuid`;
}
