import type { Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { instantOf, toTimestamp } from '../encoding/time-sql.ts';
import type { ReadScope } from './read-scope.ts';

/** A key as it is shown: nothing of its secret, nor what that could be tried against. */
export type ApiKeyRow = {
  readonly id: string;
  /** The public part by which it is found. */
  readonly prefix: string;
  readonly name: string;
  readonly role: string;
  /** Ids. */
  readonly programs: 'ALL' | readonly string[];
  readonly partnerId: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
};

/** SQL: the columns of an ApiKeyRow, of the key with the alias k. */
export const API_KEY_COLUMNS = Prisma.sql`k.id, k.prefix, k.name, k.role, k.partner_id AS "partnerId",
  CASE WHEN k.all_programs THEN '"ALL"' ELSE to_jsonb(k.programs) END AS programs,
  ${instantOf('k.created_at')} AS "createdAt",
  ${instantOf('k.expires_at')} AS "expiresAt",
  ${instantOf('k.revoked_at')} AS "revokedAt"`;

/**
 * SQL: the key with the alias k reaches programmes, and none that is out of scope. One that reaches none is
 * in the scope of all programmes only. A partner's scope has no keys.
 */
function keyInScope({ programs, partner }: ReadScope): Prisma.Sql {
  if (partner !== null) return Prisma.sql`FALSE`;
  if (programs === 'ALL') return Prisma.sql`TRUE`;
  return Prisma.sql`(NOT k.all_programs AND cardinality(k.programs) > 0 AND k.programs <@ ${[...programs]}::uuid[])`;
}

/** The key with this id, if it is in scope. */
export async function findApiKeyById(
  scope: ReadScope,
  session: DatabaseClient,
  id: string,
): Promise<ApiKeyRow | null> {
  const [row] = await session.$queryRaw<ApiKeyRow[]>`
    SELECT ${API_KEY_COLUMNS} FROM api_key k WHERE k.id = ${id}::uuid AND ${keyInScope(scope)}`;
  return row ?? null;
}

/** A slice of the list of keys: up to `limit` of them after (or, backwards, before) a place. */
export type ApiKeySlice = {
  readonly limit: number;
  readonly backwards: boolean;
  readonly beyond: { readonly createdAt: Instant; readonly id: string } | null;
};

/** A slice of the keys in scope, newest first also when sliced backwards; revoked and expired ones too. */
export async function listApiKeys(
  scope: ReadScope,
  session: DatabaseClient,
  { limit, backwards, beyond }: ApiKeySlice,
): Promise<readonly ApiKeyRow[]> {
  const place =
    beyond === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`(k.created_at, k.id) ${backwards ? Prisma.sql`>` : Prisma.sql`<`} (${toTimestamp(beyond.createdAt)}::timestamptz(3), ${beyond.id}::uuid)`;
  const direction = backwards ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const rows = await session.$queryRaw<ApiKeyRow[]>`
    SELECT ${API_KEY_COLUMNS} FROM api_key k WHERE ${keyInScope(scope)} AND ${place}
    ORDER BY k.created_at ${direction}, k.id ${direction} LIMIT ${limit}::int`;
  return backwards ? rows.reverse() : rows;
}

/** How many keys are in scope, revoked and expired ones too. */
export async function countApiKeys(scope: ReadScope, session: DatabaseClient): Promise<number> {
  const [row] = await session.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM api_key k WHERE ${keyInScope(scope)}`;
  return row?.count ?? 0;
}
