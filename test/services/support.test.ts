import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createDatabase } from '../support/services.ts';

test('a test database starts empty and is dropped with sessions still in it', async () => {
  const database = await createDatabase();
  const client = new Client({ connectionString: database.url });
  const ended = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  const tables = await client.query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'");
  expect(tables.rowCount).toBe(0);

  await database.drop();
  expect(await ended).toMatchObject({ code: '57P01' });
  await expect(new Client({ connectionString: database.url }).connect()).rejects.toMatchObject({
    code: '3D000',
  });
});
