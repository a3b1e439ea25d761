import type { Database } from '../store/database.ts';
import { type LogHead, readLogHeads, readLogRange } from '../store/read-log.ts';
import type { LogEntry } from '../store/write-log.ts';

/** Where the tail reads the logs. */
export type LogSource = {
  /** The ends of all logs, with the epoch of the same snapshot. */
  readHeads(): Promise<{ readonly epoch: bigint; readonly heads: readonly LogHead[] }>;
  /** All entries of a log in a range of positions (`from` exclusive, `to` inclusive), oldest first. */
  readRange(programId: string, from: number, to: number): Promise<readonly LogEntry[]>;
};

/** The logs in the database. */
export const createLogSource = ({ prisma }: Pick<Database, 'prisma'>): LogSource => ({
  readHeads: () => readLogHeads(prisma),
  readRange: (programId, from, to) => readLogRange(prisma, programId, from, to),
});
