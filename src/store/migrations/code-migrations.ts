import type { CodeMigration, MigrationSession } from './migration-session.ts';
import { NAME_MIGRATIONS } from './name-migrations.ts';
import { foldPartners } from './search-migration.ts';

/** All of them, in the order in which they run. */
const CODE_MIGRATIONS: readonly CodeMigration[] = [...NAME_MIGRATIONS, foldPartners];

/** Runs what is not finished. The caller holds the lock of migrations: one process at a time. */
export async function runCodeMigrations(
  session: MigrationSession,
  migrations: readonly CodeMigration[] = CODE_MIGRATIONS,
): Promise<void> {
  const rows = await session.query(
    'SELECT name, cursor, finished_at IS NOT NULL AS finished FROM code_migration',
  );
  const begun = new Map(rows.map((row) => [String(row.name), row]));
  for (const migration of migrations) {
    const row = begun.get(migration.name);
    if (row?.finished === true) continue;
    let cursor: string | null = String(row?.cursor ?? '');
    while (cursor !== null) cursor = await advance(session, migration, cursor);
  }
}

async function advance(
  session: MigrationSession,
  { name, advance: bringAlong }: CodeMigration,
  cursor: string,
): Promise<string | null> {
  await session.execute('BEGIN');
  try {
    const next = await bringAlong(session, cursor);
    await session.query(
      `INSERT INTO code_migration (name, cursor, finished_at)
       VALUES ($1, $2, CASE WHEN $3 = 'finished' THEN now() END)
       ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, finished_at = excluded.finished_at`,
      [name, next ?? cursor, next === null ? 'finished' : 'goes on'],
    );
    await session.execute('COMMIT');
    return next;
  } catch (error) {
    await session.execute('ROLLBACK');
    throw new Error(`Bringing stored rows along (${name}) failed.`, { cause: error });
  }
}
