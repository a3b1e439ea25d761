import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { reasonOf } from '../encoding/reason-of.ts';
import { runCodeMigrations } from './code-migrations.ts';
import type { MigrationSession } from './migration-session.ts';

const FOLDER = new URL('../../../prisma/migrations/', import.meta.url);

/** Any constant: all processes that migrate the same database take the same lock. */
const LOCK = '7236541903';

// As Prisma's own CLI makes it, so that `prisma migrate deploy` can take over at any time.
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/** The checked-in migrations, oldest first. */
export function readMigrations(folder = FOLDER): readonly Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(`${name}/migration.sql`, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Brings a database up to date, one process at a time: each migration in a transaction of its own together
 * with its record. Then what only code can bring along is. Fails, and changes nothing more, when an applied
 * migration's file was changed since, one is recorded as unfinished, or one is unknown: a later version is at
 * work on the database.
 */
export async function migrate(session: MigrationSession, folder = FOLDER): Promise<readonly string[]> {
  await session.execute(`SELECT pg_advisory_lock(${LOCK})`);
  try {
    await session.execute(TABLE);
    const rows = await session.query(
      'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const applied = new Map(rows.map((row) => [String(row.migration_name), row]));
    const done: string[] = [];
    const migrations = readMigrations(folder);
    const unknown = [...applied.keys()].find(
      (name) => !migrations.some((migration) => migration.name === name),
    );
    if (unknown !== undefined) {
      throw new Error(
        `The database has the migration ${unknown}, which only a later version knows; start that one.`,
      );
    }
    for (const migration of migrations) {
      const record = applied.get(migration.name);
      if (record === undefined) {
        await apply(session, migration);
        done.push(migration.name);
      } else if (record.finished !== true) {
        throw new Error(
          `The migration ${migration.name} is recorded as unfinished; resolve it with Prisma's CLI first.`,
        );
      } else if (record.checksum !== migration.checksum) {
        throw new Error(
          `The migration ${migration.name} was changed after it had been applied to this database.`,
        );
      }
    }
    if (folder === FOLDER) await runCodeMigrations(session);
    return done;
  } finally {
    await session.execute(`SELECT pg_advisory_unlock(${LOCK})`);
  }
}

async function apply(session: MigrationSession, { name, sql, checksum }: Migration): Promise<void> {
  await session.execute('BEGIN');
  try {
    await session.execute(sql);
    await session.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)',
      [randomUUID(), checksum, name],
    );
    await session.execute('COMMIT');
  } catch (error) {
    // Of a connection that was lost nothing is left to roll back.
    await session.execute('ROLLBACK').catch(() => {});
    throw new Error(`The migration ${name} failed: ${reasonOf(error)}${placeOf(error, sql)}`, {
      cause: error,
    });
  }
}

/** Where in a migration the database met what it says, if it says so. */
function placeOf(error: unknown, sql: string): string {
  const position = error instanceof Object && 'position' in error ? Number(error.position) : Number.NaN;
  if (!Number.isInteger(position)) return '';
  return ` (line ${sql.slice(0, position - 1).split('\n').length})`;
}
