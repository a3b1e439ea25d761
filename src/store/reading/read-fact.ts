import type { Fact, FactWarning } from '../../engine/partner/fact.ts';
import type { Day } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { FACT_JSON, type StoredFact, toFact } from '../encoding/stored-fact.ts';
import { toDate } from '../encoding/time-sql.ts';
import { inScope, type ReadScope } from './read-scope.ts';

function scoped(scope: ReadScope): Prisma.Sql {
  return inScope(scope, Prisma.sql`f.program_id`, Prisma.sql`f.partner_id`);
}

/** The fact versions with these ids that are in scope, in no order. */
export async function readFacts(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<readonly Fact[]> {
  const rows = await session.$queryRaw<{ fact: StoredFact }[]>`
    SELECT ${FACT_JSON} AS fact FROM unnest(${[...new Set(ids)]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM fact WHERE id = key.id OFFSET 0) AS f WHERE ${scoped(scope)}`;
  return rows.map(({ fact }) => toFact(fact));
}

/** Which of a partner's facts are listed; a condition left out does not narrow. */
export type FactFilter = {
  readonly kinds?: readonly string[];
  readonly from?: Day;
  /** Exclusive. */
  readonly until?: Day;
  /** Recorded with one of these warnings. */
  readonly warnings?: readonly FactWarning[];
};

/** A slice of a list of facts: up to `limit` of them after (or, backwards, before) a place. */
export type FactSlice = {
  readonly limit: number;
  readonly backwards: boolean;
  readonly beyond: { readonly occurredOn: Day; readonly id: string } | null;
};

/**
 * The same slice of the current versions of the facts of each of these partners, newest day first, in one
 * statement.
 */
export async function listFacts(
  scope: ReadScope,
  session: DatabaseClient,
  partnerIds: readonly string[],
  filter: FactFilter,
  { limit, backwards, beyond }: FactSlice,
): Promise<ReadonlyMap<string, readonly Fact[]>> {
  const place =
    beyond === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`(f.occurred_on, f.id) ${backwards ? Prisma.sql`>` : Prisma.sql`<`} (${toDate(beyond.occurredOn)}, ${beyond.id}::uuid)`;
  const direction = backwards ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const rows = await session.$queryRaw<{ fact: StoredFact }[]>`
    SELECT listed.fact FROM unnest(${[...partnerIds]}::uuid[]) AS partner(id)
    CROSS JOIN LATERAL (
      SELECT f.occurred_on, f.id, ${FACT_JSON} AS fact FROM fact f
      WHERE f.partner_id = partner.id AND ${conditions(scope, filter)} AND ${place}
      ORDER BY f.occurred_on ${direction}, f.id ${direction} LIMIT ${limit}::int) AS listed
    ORDER BY listed.occurred_on DESC, listed.id DESC`;
  return Map.groupBy(
    rows.map(({ fact }) => toFact(fact)),
    ({ partnerId }) => partnerId,
  );
}

/** How many facts of each of these partners the filter leaves; partners without any are left out. */
export async function countFacts(
  scope: ReadScope,
  session: DatabaseClient,
  partnerIds: readonly string[],
  filter: FactFilter,
): Promise<ReadonlyMap<string, number>> {
  const rows = await session.$queryRaw<{ id: string; count: number }[]>`
    SELECT partner.id, counted.count FROM unnest(${[...partnerIds]}::uuid[]) AS partner(id)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM fact f
      WHERE f.partner_id = partner.id AND ${conditions(scope, filter)}) AS counted
    WHERE counted.count > 0`;
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/**
 * All versions of the chains that these versions belong to, as far as they are in scope: by the id given,
 * ascending by version.
 */
export async function readFactChainsOf(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Fact[]>> {
  const rows = await session.$queryRaw<{ of: string; fact: StoredFact }[]>`
    SELECT key.id AS of, version.fact FROM unnest(${[...ids]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT program_id, source, external_id FROM fact WHERE id = key.id OFFSET 0) AS given
    CROSS JOIN LATERAL (
      SELECT f.version, ${FACT_JSON} AS fact FROM fact f
      WHERE f.program_id = given.program_id AND f.source = given.source AND f.external_id = given.external_id
        AND ${scoped(scope)} OFFSET 0) AS version
    ORDER BY version.version`;
  const chains = Map.groupBy(rows, (row) => row.of);
  return new Map([...chains].map(([id, chain]) => [id, chain.map(({ fact }) => toFact(fact))]));
}

function conditions(scope: ReadScope, { kinds, from, until, warnings }: FactFilter): Prisma.Sql {
  const all = [Prisma.sql`f.superseded_at IS NULL`, scoped(scope)];
  if (kinds) all.push(Prisma.sql`f.kind = ANY (${[...kinds]}::text[])`);
  if (from !== undefined) all.push(Prisma.sql`f.occurred_on >= ${toDate(from)}`);
  if (until !== undefined) all.push(Prisma.sql`f.occurred_on < ${toDate(until)}`);
  if (warnings) all.push(Prisma.sql`f.warning = ANY (${[...warnings]}::text[])`);
  return Prisma.join(all, ' AND ');
}
