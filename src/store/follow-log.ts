import type { DatabaseClient } from './connection/transaction.ts';
import type { LogEntry } from './encoding/log-entry.ts';
import { ENTRY_COLUMNS, type LogEntryRow, toEntry } from './reading/read-log.ts';

// What the tail reads: for all subscribers, so in no viewer's scope. Which of them may see an entry is
// decided where it is delivered.

/** The end of a programme's log: its latest position (0 when it is empty) and that entry's id. */
export type LogHead = {
  readonly programId: string;
  readonly position: number;
  readonly entryId: string | null;
};

/**
 * The end of a log with what is new in it: entries without gaps from the place asked for on, that one
 * included.
 */
export type LogNews = LogHead & { readonly entries: readonly LogEntry[] };

/**
 * The ends of all logs, with the epoch of the same snapshot, and up to `limit` new entries of each log of
 * which the last known position is given. The limit tells the planner how few they are: it would read the
 * whole log to join it otherwise.
 */
export async function readLogNews(
  session: DatabaseClient,
  known: readonly Pick<LogHead, 'programId' | 'position'>[],
  limit: number,
): Promise<{ readonly epoch: bigint; readonly news: readonly LogNews[] }> {
  const ids = known.map(({ programId }) => programId);
  const places = known.map(({ position }) => position);
  const rows = await session.$queryRaw<HeadRow[]>`
    SELECT e.number AS epoch, h.program_id AS "headOf", coalesce(h.position, 0)::float8 AS head, last.id AS "headId", ${ENTRY_COLUMNS}
    FROM epoch e LEFT JOIN log_head h ON TRUE
    LEFT JOIN LATERAL (
      SELECT id FROM status_change WHERE program_id = h.program_id AND position = h.position OFFSET 0
    ) last ON TRUE
    LEFT JOIN unnest(${ids}::uuid[], ${places}::bigint[]) AS known(program_id, position) ON known.program_id = h.program_id
    LEFT JOIN LATERAL (
      SELECT * FROM status_change WHERE program_id = h.program_id
        AND position BETWEEN known.position AND known.position + ${limit}::bigint
      ORDER BY position LIMIT ${limit}::bigint + 1
    ) s ON TRUE
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
}

type HeadRow = {
  readonly epoch: bigint;
  readonly headOf: string | null;
  readonly head: number;
  readonly headId: string | null;
} & (LogEntryRow | { readonly id: null });

/**
 * All entries of a log in a range of positions (`from` exclusive, `to` inclusive), for the tail, which
 * delivers to every scope.
 */
export async function readLogRange(
  session: DatabaseClient,
  programId: string,
  from: number,
  to: number,
): Promise<readonly LogEntry[]> {
  const rows = await session.$queryRaw<LogEntryRow[]>`
    SELECT ${ENTRY_COLUMNS} FROM status_change s
    WHERE s.program_id = ${programId}::uuid AND s.position > ${from}::bigint AND s.position <= ${to}::bigint ORDER BY s.position`;
  return rows.map(toEntry);
}
