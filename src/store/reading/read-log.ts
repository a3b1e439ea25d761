import type { Change, ChangeDetail, Trigger } from '../../engine/changes/change.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { familyIds } from '../encoding/family-sql.ts';
import type { LogEntry } from '../encoding/log-entry.ts';
import { dayOf, instantOf } from '../encoding/time-sql.ts';
import { alongProgram } from './along-program.ts';
import { inScope, type ReadScope, unindexed } from './read-scope.ts';

/** An entry as its columns give it. */
export type LogEntryRow = {
  readonly programId: string;
  readonly position: number;
  readonly id: string;
  readonly partnerId: string;
  readonly version: number;
  readonly on: Day;
  readonly recordedAt: Instant;
  readonly trigger: Trigger;
  readonly rulebookId: string | null;
  readonly previousRulebookId: string | null;
  readonly region: string;
  readonly familyIds: readonly string[];
  readonly detail: ChangeDetail;
  readonly causes: readonly string[];
  readonly causeCount: number;
};

/** SQL: the columns of an LogEntryRow, of the entry with the alias s. */
export const ENTRY_COLUMNS = Prisma.sql`s.program_id AS "programId", s.position::float8 AS position, s.id, s.partner_id AS "partnerId", s.version,
  ${dayOf('s."on"')} AS "on", ${instantOf('s.recorded_at')} AS "recordedAt", s.trigger,
  s.rulebook_id AS "rulebookId", s.previous_rulebook_id AS "previousRulebookId", s.region, s.family_ids AS "familyIds", s.detail, s.causes,
  s.cause_count AS "causeCount"`;

/** Reads an entry's columns. */
export function toEntry({
  on,
  trigger,
  rulebookId,
  previousRulebookId,
  detail,
  ...rest
}: LogEntryRow): LogEntry {
  const { programId, position, id, partnerId, version, recordedAt, region, familyIds, causes, causeCount } =
    rest;
  const change: Change = { on, trigger, rulebookId, previousRulebookId, detail };
  return {
    programId,
    position,
    id,
    partnerId,
    version,
    recordedAt,
    region,
    familyIds,
    change,
    causes,
    causeCount,
  };
}

function scoped(scope: ReadScope): Prisma.Sql {
  return inScope(scope, Prisma.sql`s.program_id`, Prisma.sql`s.partner_id`);
}

/** Which entries are wanted; a condition left out does not narrow. */
export type ChangeFilter = {
  readonly partnerIds?: readonly string[];
  /** Of any of these partners, or of one that was below them when it was logged. */
  readonly familyIds?: readonly string[];
  readonly types?: readonly ChangeDetail['type'][];
  /** TierChanged entries from or to any of these; other types don't pass. */
  readonly tiers?: readonly string[];
  readonly directions?: readonly string[];
  readonly specializations?: readonly string[];
  readonly regions?: readonly string[];
};

function conditions(scope: ReadScope, filter: ChangeFilter): Prisma.Sql {
  const all = [scoped(scope)];
  if (filter.familyIds) all.push(Prisma.sql`s.family_ids && ${[...filter.familyIds]}::uuid[]`);
  if (filter.types) all.push(Prisma.sql`s.type = ANY (${[...filter.types]})`);
  if (filter.tiers) {
    const tiers = Prisma.sql`${[...filter.tiers]}::text[]`;
    all.push(
      Prisma.sql`s.type = 'TierChanged' AND (s.detail->>'from' = ANY (${tiers}) OR s.detail->>'to' = ANY (${tiers}))`,
    );
  }
  if (filter.directions) all.push(Prisma.sql`s.detail->>'direction' = ANY (${[...filter.directions]})`);
  if (filter.specializations)
    all.push(Prisma.sql`s.detail->>'specialization' = ANY (${[...filter.specializations]})`);
  if (filter.regions) all.push(Prisma.sql`s.region = ANY (${[...filter.regions]})`);
  return unindexed(Prisma.join(all, ' AND '));
}

/** SQL: the ids of all partners whose entries can be wanted, as an array; null for any. */
function partnersAskedFor(scope: ReadScope, { partnerIds }: ChangeFilter): Prisma.Sql | null {
  if (partnerIds !== undefined) return Prisma.sql`${[...new Set(partnerIds)]}::uuid[]`;
  return scope.partner === null ? null : familyIds(scope.partner);
}

/**
 * A slice of a list of entries: up to `limit` of them after (or, backwards, before) a position or a version.
 */
export type LogSlice = {
  readonly limit: number;
  readonly backwards: boolean;
  readonly beyond: number | null;
};

/** A slice of a programme's entries, oldest first. */
export async function listChanges(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string,
  filter: ChangeFilter,
  { limit, backwards, beyond }: LogSlice,
): Promise<readonly LogEntry[]> {
  const after =
    beyond === null ? null : { columns: Prisma.sql`s.position`, values: Prisma.sql`${beyond}::bigint` };
  const place = alongProgram(Prisma.sql`s.program_id`, programId, { downwards: backwards, after });
  const where = Prisma.sql`${conditions(scope, filter)} AND ${place}`;
  const direction = backwards ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const partnerIds = partnersAskedFor(scope, filter);
  // A partner's versions are in the order of positions.
  const wanted =
    partnerIds === null
      ? Prisma.sql`status_change s WHERE ${where}`
      : Prisma.sql`unnest(${partnerIds}) AS partner(id) CROSS JOIN LATERAL (
          SELECT * FROM status_change s WHERE s.partner_id = partner.id AND ${unindexed(where)}
          ORDER BY s.version ${direction} LIMIT ${limit}::int) AS s`;
  const rows = await session.$queryRaw<LogEntryRow[]>`
    SELECT ${ENTRY_COLUMNS} FROM ${wanted} ORDER BY s.program_id ${direction}, s.position ${direction} LIMIT ${limit}::int`;
  const entries = rows.map(toEntry);
  return backwards ? entries.reverse() : entries;
}

/** How many of a programme's entries the filter leaves. */
export async function countChanges(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string,
  filter: ChangeFilter,
): Promise<number> {
  const partnerIds = partnersAskedFor(scope, filter);
  const where = Prisma.sql`s.program_id = ${programId}::uuid AND ${conditions(scope, filter)}`;
  const counted =
    partnerIds === null
      ? Prisma.sql`status_change s WHERE ${where}`
      : Prisma.sql`unnest(${partnerIds}) AS partner(id) CROSS JOIN LATERAL (
          SELECT FROM status_change s WHERE s.partner_id = partner.id AND ${unindexed(where)}) AS s`;
  const [row] = await session.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM ${counted}`;
  return row?.count ?? 0;
}

/** The same slice of the entries of each of these partners by version, newest first, in one statement. */
export async function listPartnerChanges(
  scope: ReadScope,
  session: DatabaseClient,
  partnerIds: readonly string[],
  { limit, backwards, beyond }: LogSlice,
): Promise<ReadonlyMap<string, readonly LogEntry[]>> {
  const place =
    beyond === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`s.version ${backwards ? Prisma.sql`>` : Prisma.sql`<`} ${beyond}::int`;
  const rows = await session.$queryRaw<LogEntryRow[]>`
    SELECT listed.* FROM unnest(${[...partnerIds]}::uuid[]) AS partner(id)
    CROSS JOIN LATERAL (
      SELECT ${ENTRY_COLUMNS} FROM status_change s WHERE s.partner_id = partner.id AND ${scoped(scope)} AND ${place}
      ORDER BY s.version ${backwards ? Prisma.sql`ASC` : Prisma.sql`DESC`} LIMIT ${limit}::int) AS listed
    ORDER BY listed.version DESC`;
  return Map.groupBy(rows.map(toEntry), ({ partnerId }) => partnerId);
}

/** How many entries each of these partners has in scope; partners without any are left out. */
export async function countPartnerChanges(
  scope: ReadScope,
  session: DatabaseClient,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await session.$queryRaw<{ id: string; count: number }[]>`
    SELECT partner.id, counted.count FROM unnest(${[...partnerIds]}::uuid[]) AS partner(id)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM status_change s
      WHERE s.partner_id = partner.id AND ${scoped(scope)}) AS counted
    WHERE counted.count > 0`;
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** The entries with these ids that are in scope, in no order. */
export async function readChanges(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<readonly LogEntry[]> {
  const rows = await session.$queryRaw<LogEntryRow[]>`
    SELECT ${ENTRY_COLUMNS} FROM unnest(${[...new Set(ids)]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM status_change WHERE id = key.id OFFSET 0) AS s WHERE ${scoped(scope)}`;
  return rows.map(toEntry);
}
