import type { Change, ChangeDetail, Trigger } from '../engine/change.ts';
import type { Day, Instant } from '../engine/day.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { inScope, type ReadScope } from './read-scope.ts';
import type { Session } from './transaction.ts';
import type { LogEntry } from './write-log.ts';

type EntryRow = {
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

const COLUMNS = Prisma.sql`s.program_id AS "programId", s.position::float8 AS position, s.id, s.partner_id AS "partnerId", s.version,
  s."on" - DATE '1970-01-01' AS "on", floor(extract(epoch FROM s.recorded_at) * 1000)::float8 AS "recordedAt", s.trigger,
  s.rulebook_id AS "rulebookId", s.previous_rulebook_id AS "previousRulebookId", s.region, s.family_ids AS "familyIds", s.detail, s.causes,
  s.cause_count AS "causeCount"`;

const toEntry = ({ on, trigger, rulebookId, previousRulebookId, detail, ...rest }: EntryRow): LogEntry => {
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
};

const scoped = (scope: ReadScope): Prisma.Sql =>
  inScope(scope, Prisma.sql`s.program_id`, Prisma.sql`s.partner_id`);

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

const conditions = (scope: ReadScope, programId: string, filter: ChangeFilter): Prisma.Sql => {
  const all = [Prisma.sql`s.program_id = ${programId}::uuid`, scoped(scope)];
  if (filter.partnerIds) all.push(Prisma.sql`s.partner_id = ANY (${[...filter.partnerIds]}::uuid[])`);
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
  return Prisma.join(all, ' AND ');
};

/** A slice of a list of entries: up to `limit` of them after (or, backwards, before) a position or a version. */
export type LogSlice = {
  readonly limit: number;
  readonly backwards: boolean;
  readonly beyond: number | null;
};

/** A slice of a programme's entries, oldest first. */
export const listChanges = async (
  scope: ReadScope,
  session: Session,
  programId: string,
  filter: ChangeFilter,
  { limit, backwards, beyond }: LogSlice,
): Promise<readonly LogEntry[]> => {
  const place =
    beyond === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`s.position ${backwards ? Prisma.sql`<` : Prisma.sql`>`} ${beyond}::bigint`;
  const rows = await session.$queryRaw<EntryRow[]>`
    SELECT ${COLUMNS} FROM status_change s WHERE ${conditions(scope, programId, filter)} AND ${place}
    ORDER BY s.position ${backwards ? Prisma.sql`DESC` : Prisma.sql`ASC`} LIMIT ${limit}::int`;
  const entries = rows.map(toEntry);
  return backwards ? entries.reverse() : entries;
};

/** How many of a programme's entries the filter leaves. */
export const countChanges = async (
  scope: ReadScope,
  session: Session,
  programId: string,
  filter: ChangeFilter,
): Promise<number> => {
  const [row] = await session.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM status_change s WHERE ${conditions(scope, programId, filter)}`;
  return row?.count ?? 0;
};

/** The same slice of the entries of each of these partners by version, newest first, in one statement. */
export const listPartnerChanges = async (
  scope: ReadScope,
  session: Session,
  partnerIds: readonly string[],
  { limit, backwards, beyond }: LogSlice,
): Promise<ReadonlyMap<string, readonly LogEntry[]>> => {
  const place =
    beyond === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`s.version ${backwards ? Prisma.sql`>` : Prisma.sql`<`} ${beyond}::int`;
  const rows = await session.$queryRaw<EntryRow[]>`
    SELECT listed.* FROM unnest(${[...partnerIds]}::uuid[]) AS partner(id)
    CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM status_change s WHERE s.partner_id = partner.id AND ${scoped(scope)} AND ${place}
      ORDER BY s.version ${backwards ? Prisma.sql`ASC` : Prisma.sql`DESC`} LIMIT ${limit}::int) AS listed
    ORDER BY listed.version DESC`;
  return Map.groupBy(rows.map(toEntry), ({ partnerId }) => partnerId);
};

/** How many entries each of these partners has in scope; partners without any are left out. */
export const countPartnerChanges = async (
  scope: ReadScope,
  session: Session,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const rows = await session.$queryRaw<{ id: string; count: number }[]>`
    SELECT s.partner_id AS id, count(*)::int AS count FROM status_change s
    WHERE s.partner_id = ANY (${[...partnerIds]}::uuid[]) AND ${scoped(scope)} GROUP BY s.partner_id`;
  return new Map(rows.map(({ id, count }) => [id, count]));
};

/** The entries with these ids that are in scope, in no order. */
export const readChanges = async (
  scope: ReadScope,
  session: Session,
  ids: readonly string[],
): Promise<readonly LogEntry[]> => {
  const rows = await session.$queryRaw<EntryRow[]>`
    SELECT ${COLUMNS} FROM status_change s WHERE s.id = ANY (${[...ids]}::uuid[]) AND ${scoped(scope)}`;
  return rows.map(toEntry);
};

/** The end of a programme's log: its latest position (0 when it is empty) and that entry's id. */
export type LogHead = {
  readonly programId: string;
  readonly position: number;
  readonly entryId: string | null;
};

/** The end of a log with what is new in it: entries without gaps from the place asked for on, that one included. */
export type LogNews = LogHead & { readonly entries: readonly LogEntry[] };

/**
 * The ends of all logs, with the epoch of the same snapshot, and up to `limit` new entries of each log of which the last known position is
 * given.
 */
export const readLogNews = async (
  session: Session,
  known: readonly Pick<LogHead, 'programId' | 'position'>[],
  limit: number,
): Promise<{ readonly epoch: bigint; readonly news: readonly LogNews[] }> => {
  const ids = known.map(({ programId }) => programId);
  const places = known.map(({ position }) => position);
  const rows = await session.$queryRaw<HeadRow[]>`
    SELECT e.number AS epoch, h.program_id AS "headOf", coalesce(h.position, 0)::float8 AS head, last.id AS "headId", ${COLUMNS}
    FROM epoch e LEFT JOIN log_head h ON TRUE
    LEFT JOIN status_change last ON last.program_id = h.program_id AND last.position = h.position
    LEFT JOIN unnest(${ids}::uuid[], ${places}::bigint[]) AS known(program_id, position) ON known.program_id = h.program_id
    LEFT JOIN status_change s ON s.program_id = h.program_id
      AND s.position BETWEEN known.position AND known.position + ${limit}::bigint
    ORDER BY h.program_id, s.position`;
  const epoch = rows[0]?.epoch;
  if (epoch === undefined) throw new Error('The epoch row is missing: the database was not migrated.');
  const news = Map.groupBy(rows, ({ headOf }) => headOf)
    .entries()
    .flatMap(([programId, [first, ...rest]]): LogNews[] => {
      if (programId === null || first === undefined) return [];
      const entries = [first, ...rest].flatMap((row) => (row.id === null ? [] : [toEntry(row)]));
      return [{ programId, position: first.head, entryId: first.headId, entries }];
    });
  return { epoch, news: [...news] };
};

type HeadRow = {
  readonly epoch: bigint;
  readonly headOf: string | null;
  readonly head: number;
  readonly headId: string | null;
} & (EntryRow | { readonly id: null });

/** All entries of a log in a range of positions (`from` exclusive, `to` inclusive), for the tail, which delivers to every scope. */
export const readLogRange = async (
  session: Session,
  programId: string,
  from: number,
  to: number,
): Promise<readonly LogEntry[]> => {
  const rows = await session.$queryRaw<EntryRow[]>`
    SELECT ${COLUMNS} FROM status_change s
    WHERE s.program_id = ${programId}::uuid AND s.position > ${from}::bigint AND s.position <= ${to}::bigint ORDER BY s.position`;
  return rows.map(toEntry);
};
