import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/connection/database.ts';
import { migrate, readMigrations } from '../../src/store/migrations/migrate.ts';
import type { MigrationSession } from '../../src/store/migrations/migration-session.ts';
import { emptyDatabase } from '../support/database-template.ts';
import { schemaDiff } from '../support/schema-diff.ts';

const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function sessionOf(database: PGlite): MigrationSession {
  return {
    execute: async (sql) => void (await database.exec(sql)),
    query: async (sql, values) =>
      (await database.query<Record<string, unknown>>(sql, values && [...values])).rows,
  };
}

describe('migrations', () => {
  test('make exactly what schema.prisma says', async () => {
    const rest = await schemaDiff((database) => migrate(sessionOf(database)).then(() => undefined));
    expect(rest.trim()).toBe('-- This is an empty migration.');
  });

  test('a table that schema.prisma does not know is told', async () => {
    const rest = await schemaDiff(async (database) => {
      await migrate(sessionOf(database));
      await database.exec('CREATE TABLE stray (id int PRIMARY KEY)');
    });
    expect(rest).toContain('DROP TABLE "stray"');
  });

  test('are applied once, each with its record', async () => {
    const database = await PGlite.create({ loadDataDir: await emptyDatabase() });
    const session = sessionOf(database);
    const names = readMigrations().map(({ name }) => name);
    expect(await migrate(session)).toEqual(names);
    expect(await migrate(session)).toEqual([]);
    const { rows } = await database.query('SELECT migration_name FROM _prisma_migrations ORDER BY 1');
    expect(rows).toEqual(names.map((name) => ({ migration_name: name })));
    await database.close();
  });

  test('one that was changed after it had been applied stops the start, and so does one that failed halfway', async () => {
    const database = await PGlite.create({ loadDataDir: await emptyDatabase() });
    const session = sessionOf(database);
    const folder = makeFolder();
    cpSync(new URL('../../prisma/migrations', import.meta.url), folder, { recursive: true });
    const copy = pathToFileURL(`${folder}/`);
    await migrate(session, copy);
    const [first] = readMigrations(copy);
    writeFileSync(join(folder, first?.name ?? '', 'migration.sql'), `${first?.sql}-- changed\n`);
    await expect(migrate(session, copy)).rejects.toThrow('was changed after it had been applied');
    await database.exec('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(session, copy)).rejects.toThrow('is recorded as unfinished');
    await database.close();
  });

  test('one that fails leaves nothing of itself behind', async () => {
    const database = await PGlite.create({ loadDataDir: await emptyDatabase() });
    const folder = makeFolder();
    cpSync(new URL('../../prisma/migrations', import.meta.url), folder, { recursive: true });
    const broken = join(folder, '29990101000000_broken');
    cpSync(join(folder, readMigrations()[0]?.name ?? ''), broken, { recursive: true });
    writeFileSync(join(broken, 'migration.sql'), 'CREATE TABLE half (id int); SELECT 1/0;');
    await expect(migrate(sessionOf(database), pathToFileURL(`${folder}/`))).rejects.toThrow(
      '29990101000000_broken failed',
    );
    const { rows } = await database.query(
      "SELECT to_regclass('half') AS half, to_regclass('partner') IS NOT NULL AS rest",
    );
    expect(rows).toEqual([{ half: null, rest: true }]);
    await database.close();
  });
});

describe('the data folder', () => {
  test('keeps the data, is one process at a time, and is given back', async () => {
    const folder = makeFolder();
    const first = await openDatabase({ kind: 'embedded', folder });
    await first.prisma.epoch.update({ where: { id: 1 }, data: { number: 41 } });
    await expect(openDatabase({ kind: 'embedded', folder })).rejects.toThrow(
      `is in use by process ${process.pid}`,
    );
    await first.close();
    const second = await openDatabase({ kind: 'embedded', folder });
    expect(await second.prisma.epoch.findUnique({ where: { id: 1 } })).toMatchObject({ id: 1, number: 41n });
    await second.close();
  });
});
