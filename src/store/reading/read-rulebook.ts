import type { Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import type { ReadScope } from './read-scope.ts';

/** A rulebook that was saved and not published yet. */
export type DraftRow = {
  readonly id: string;
  readonly programId: string;
  readonly number: number;
  readonly document: unknown;
  readonly createdAt: Instant;
};

// Rules are no partner's own: a viewer that may see the programme may see them.
function scoped({ programs }: ReadScope): Prisma.Sql {
  return programs === 'ALL' ? Prisma.sql`TRUE` : Prisma.sql`r.program_id = ANY (${[...programs]}::uuid[])`;
}

/** The documents of the rulebooks with these ids that are in scope, as they were saved; by id. */
export async function readDocuments(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const rows = await session.$queryRaw<{ id: string; document: unknown }[]>`
    SELECT r.id, r.document FROM rulebook r WHERE r.id = ANY (${[...ids]}::uuid[]) AND ${scoped(scope)}`;
  return new Map(rows.map(({ id, document }) => [id, document]));
}

/** Why the rulebooks with these ids that are in scope were withdrawn; by id, of those that were. */
export async function readWithdrawalReasons(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.$queryRaw<{ id: string; reason: string }[]>`
    SELECT r.id, r.withdrawal_reason AS reason FROM rulebook r
    WHERE r.id = ANY (${[...ids]}::uuid[]) AND r.withdrawal_reason IS NOT NULL AND ${scoped(scope)}`;
  return new Map(rows.map(({ id, reason }) => [id, reason]));
}

/** The drafts of these programmes, by number. */
export function listDrafts(
  scope: ReadScope,
  session: DatabaseClient,
  programIds: readonly string[],
): Promise<DraftRow[]> {
  return session.$queryRaw<DraftRow[]>`
    SELECT r.id, r.program_id AS "programId", r.number, r.document,
      floor(extract(epoch FROM r.created_at) * 1000)::float8 AS "createdAt"
    FROM rulebook r WHERE r.program_id = ANY (${[...programIds]}::uuid[]) AND r.state = 'DRAFT' AND ${scoped(scope)}
    ORDER BY r.number`;
}
