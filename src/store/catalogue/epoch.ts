import type { Instant } from '../../engine/values/day.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { instantOf } from '../encoding/time-sql.ts';

/** The epoch as a session sees it now, and the database's clock. */
export type Epoch = { readonly epoch: bigint; readonly databaseTime: Instant };

/** Reads both in one statement. */
export async function readEpoch(session: DatabaseClient): Promise<Epoch> {
  const [row] = await session.$queryRaw<Epoch[]>`
    SELECT number AS epoch, ${instantOf('clock_timestamp()')} AS "databaseTime" FROM epoch`;
  if (row === undefined) throw new Error('The epoch row is missing: the database was not migrated.');
  return row;
}

/**
 * The key by which places in the logs of this database are sealed: the same for all of its processes, and in
 * its backups.
 */
export async function readCursorKey(session: DatabaseClient): Promise<Uint8Array> {
  const [row] = await session.$queryRaw<{ key: Uint8Array }[]>`SELECT cursor_key AS key FROM epoch`;
  if (row === undefined) throw new Error('The epoch row is missing: the database was not migrated.');
  return row.key;
}
