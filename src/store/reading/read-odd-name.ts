import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { inScope, type ReadScope } from './read-scope.ts';

/** A reference of a partner or a key of a fact that was left as it is: its form is that of another. */
export type CollidingName = {
  readonly programId: string;
  readonly kind: 'REFERENCE' | 'FACT_KEY';
  /** Of a fact's key; null for a reference. */
  readonly source: string | null;
  readonly text: string;
  /** What it would be. */
  readonly form: string;
};

/** Up to `limit` names that collide, of one programme or of all in scope, in the order of their forms. */
export function listCollidingNames(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string | null,
  limit: number,
): Promise<CollidingName[]> {
  return session.$queryRaw<CollidingName[]>`
    SELECT o.program_id AS "programId", o.kind, CASE WHEN o.kind = 'FACT_KEY' THEN to_jsonb(o.source) END AS source, to_jsonb(o.text) AS text, o.form
    FROM odd_name o WHERE ${conditions(scope, programId)}
    ORDER BY o.program_id, o.kind, o.form, o.text LIMIT ${limit}::int`;
}

/** How many names collide, of one programme or of all in scope. */
export async function countCollidingNames(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string | null,
): Promise<number> {
  const [row] = await session.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM odd_name o WHERE ${conditions(scope, programId)}`;
  return row?.count ?? 0;
}

/** Names of other partners are not for a viewer that sees one partner alone. */
function conditions(scope: ReadScope, programId: string | null): Prisma.Sql {
  const ofProgram = programId === null ? Prisma.sql`TRUE` : Prisma.sql`o.program_id = ${programId}::uuid`;
  return Prisma.sql`o.collides AND ${ofProgram} AND ${inScope(scope, Prisma.sql`o.program_id`, Prisma.sql`NULL::uuid`)}`;
}
