import type { Database } from '../store/connection/database.ts';
import type { LogEntry } from '../store/encoding/log-entry.ts';
import { type LogHead, type LogNews, readLogNews, readLogRange } from '../store/follow-log.ts';

/** Where the tail reads the logs. */
export type LogSource = {
  /**
   * The ends of all logs, with the epoch of the same snapshot, and of the logs of which the last known
   * position is given up to `limit` new entries.
   */
  readNews(
    known: readonly Pick<LogHead, 'programId' | 'position'>[],
    limit: number,
  ): Promise<{ readonly epoch: bigint; readonly news: readonly LogNews[] }>;
  /** All entries of a log in a range of positions (`from` exclusive, `to` inclusive), oldest first. */
  readRange(programId: string, from: number, to: number): Promise<readonly LogEntry[]>;
};

/** The logs in the database. */
export function createLogSource({ prisma }: Pick<Database, 'prisma'>): LogSource {
  return {
    readNews: (known, limit) => readLogNews(prisma, known, limit),
    readRange: (programId, from, to) => readLogRange(prisma, programId, from, to),
  };
}
