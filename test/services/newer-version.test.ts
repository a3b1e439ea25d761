import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { migrate, readMigrations } from '../../src/store/migrations/migrate.ts';
import type { MigrationSession } from '../../src/store/migrations/migration-session.ts';
import { promised } from '../support/promised.ts';
import { createDatabase } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';

test('processes of a newer version bring a database along one at a time, and an older one refuses it then', async () => {
  promised('A newer version brings an older database along at its start, one process at a time.');
  promised(
    'A process of an older version refuses a database that a newer one has migrated: stop the old ones first.',
  );
  const database = await createDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
  cpSync(new URL('../../prisma/migrations', import.meta.url), folder, { recursive: true });
  const names = readMigrations().map(({ name }) => name);
  for (const name of names.slice(-3)) rmSync(join(folder, name), { recursive: true });
  const older = pathToFileURL(`${folder}/`);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const session: MigrationSession = {
    execute: async (sql) => void (await client.query(sql)),
    query: async (sql, values) => (await client.query(sql, values && [...values])).rows,
  };
  expect(await migrate(session, older)).toEqual(names.slice(0, -3));

  const location = { kind: 'server', url: database.url } as const;
  const opened = await Promise.all(Array.from({ length: 4 }, () => openTestApp({ location })));
  const { rows } = await client.query('SELECT migration_name FROM _prisma_migrations ORDER BY 1');
  expect(rows.map(({ migration_name }) => migration_name)).toEqual(names);
  await expect(migrate(session, older)).rejects.toThrow('which only a later version knows; start that one.');

  await Promise.all(opened.map((process) => process.close()));
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});
