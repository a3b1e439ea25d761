import type { Day } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { dateFrom } from '../encoding/time-sql.ts';
import { partnerInScope } from './read-partner.ts';
import type { ReadScope } from './read-scope.ts';

/** How many partners of a programme have a tier of a rulebook. */
export type TierTally = {
  readonly programId: string;
  readonly rulebookId: string;
  readonly tier: string;
  readonly count: number;
};

/**
 * How many partners of each programme have each tier; those without one are left out. On the day judged last
 * (`on` null), from the rows themselves; on any other day, from what each row tells of all days.
 */
export function countByTier(
  scope: ReadScope,
  session: DatabaseClient,
  programIds: readonly string[],
  on: Day | null,
): Promise<TierTally[]> {
  const tallied =
    on === null
      ? Prisma.sql`SELECT p.program_id, p.rulebook_id, p.tier FROM partner p`
      : Prisma.sql`
        SELECT p.program_id, (segment.status->>'rulebookId')::uuid AS rulebook_id, segment.status->>'tier' AS tier
        FROM partner p CROSS JOIN LATERAL (
          SELECT x.status FROM jsonb_to_recordset(p.timeline) AS x("from" int, status jsonb)
          WHERE x."from" <= ${on}::int ORDER BY x."from" DESC LIMIT 1) AS segment`;
  return session.$queryRaw<TierTally[]>`
    SELECT program_id AS "programId", rulebook_id AS "rulebookId", tier, count(*)::int AS count
    FROM (${tallied} WHERE p.program_id = ANY (${[...programIds]}::uuid[]) AND ${partnerInScope(scope)}) AS tallied
    WHERE tier IS NOT NULL GROUP BY 1, 2, 3`;
}

/** How far a programme's partners are judged by all that makes them due. */
export type Progress = { readonly total: number; readonly judged: number };

/**
 * Of each programme how many partners there are, and how many of them are judged as of `today` by all its
 * rulebooks.
 */
export async function countJudged(
  scope: ReadScope,
  session: DatabaseClient,
  programs: readonly { readonly id: string; readonly today: Day; readonly rulesVersion: number }[],
): Promise<ReadonlyMap<string, Progress>> {
  const rows = await session.$queryRaw<(Progress & { id: string })[]>`
    SELECT x.id, counted.total, counted.judged
    FROM jsonb_to_recordset(${JSON.stringify(programs)}::jsonb) AS x(id uuid, today int, "rulesVersion" int)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS total, count(*) FILTER (
        WHERE p.rules_version >= x."rulesVersion" AND coalesce(p.due_on > ${dateFrom('x.today')}, TRUE))::int AS judged
      FROM partner p WHERE p.program_id = x.id AND ${partnerInScope(scope)}) AS counted
    WHERE counted.total > 0`;
  return new Map(rows.map(({ id, total, judged }) => [id, { total, judged }]));
}
