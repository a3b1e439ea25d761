import { createHash, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, openAsBlob, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { migrate, readMigrations } from '../../src/store/migrations/migrate.ts';

// Making a database anew takes 2 to 4 s, reading one from a file 0.5 s.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The files are kept beside the packages, under a name that changes with what they are made of. */
const CACHE = join(ROOT, 'node_modules/.cache/tiergraph');
const ENGINE = readFileSync(join(ROOT, 'node_modules/@electric-sql/pglite/package.json'), 'utf8');

/**
 * Gives the file of a database, which it makes if it is not there. Two processes that make it at once make
 * the same.
 */
async function keep(kind: string, madeOf: readonly string[], make: () => Promise<PGlite>): Promise<Blob> {
  const hash = createHash('sha256').update(JSON.stringify([ENGINE, ...madeOf]));
  const path = join(CACHE, `${kind}-${hash.digest('hex').slice(0, 16)}.tar`);
  if (!existsSync(path)) {
    const database = await make();
    const dump = await database.dumpDataDir('none');
    await database.close();
    mkdirSync(CACHE, { recursive: true });
    const unfinished = `${path}.${randomUUID()}`;
    writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()));
    publishOnce(unfinished, path);
  }
  return openAsBlob(path);
}

/**
 * Gives a finished file its name, unless another process was first: a file that is being read elsewhere must
 * not be replaced.
 */
function publishOnce(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
  rmSync(unfinished);
}

let empty: Promise<Blob> | undefined;
let migrated: Promise<Blob> | undefined;

/** A database without a table. */
export function emptyDatabase(): Promise<Blob> {
  empty ??= keep('empty', [], () => PGlite.create());
  return empty;
}

/** An empty database with the tables of all migrations. */
export function migratedDatabase(): Promise<Blob> {
  const madeOf = readMigrations().map(({ name, checksum }) => `${name} ${checksum}`);
  migrated ??= keep('migrated', madeOf, async () => {
    const database = await PGlite.create({ loadDataDir: await emptyDatabase() });
    await migrate({
      execute: async (sql) => void (await database.exec(sql)),
      query: async (sql, values) =>
        (await database.query<Record<string, unknown>>(sql, values && [...values])).rows,
    });
    return database;
  });
  return migrated;
}

/** Puts a migrated database into a data folder, for a server to find. */
export async function fillDataFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = await PGlite.create(join(folder, 'postgres'), { loadDataDir: await migratedDatabase() });
  await database.close();
}
