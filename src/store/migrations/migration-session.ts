/**
 * What the runners of migrations need of a session: one that can run several statements at a time, and stays
 * the same session.
 */
export type MigrationSession = {
  execute(sql: string): Promise<void>;
  query(sql: string, values?: readonly string[]): Promise<readonly Record<string, unknown>[]>;
};

/**
 * Work on stored rows that SQL can't do, in parts that are each a transaction together with the place that it
 * has come to: killed anywhere, it goes on there.
 */
export type CodeMigration = {
  /** For ever: by this a database knows that it is done. */
  readonly name: string;
  /**
   * Brings along what comes after the place; returns how far it came, null if nothing is left. The first
   * place is an empty text.
   */
  advance(session: MigrationSession, cursor: string): Promise<string | null>;
};

/** How many rows one transaction takes on. */
export const CHUNK = 500;

/** The place before the rows of a table that is gone through by id. */
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';

/** The id after which a part begins. */
export function idAfter(cursor: string): string {
  return cursor === '' ? BEFORE_ALL_IDS : cursor;
}

/** The place after these rows; null if they are not as many as were asked for. */
export function lastId(rows: readonly Record<string, unknown>[]): string | null {
  return rows.length < CHUNK ? null : String(rows.at(-1)?.id);
}
