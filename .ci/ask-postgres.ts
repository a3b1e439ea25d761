import { Client, escapeIdentifier } from 'pg';

// Exits with 0 when the server of TEST_DATABASE_URL answers; creates the database where it is missing.
const url = new URL(process.env.TEST_DATABASE_URL ?? '');
const database = decodeURIComponent(url.pathname.slice(1));

async function countRows(inDatabase: string, sql: string, values: readonly string[] = []): Promise<number> {
  const connectionString = Object.assign(new URL(url), { pathname: `/${inDatabase}` }).href;
  const client = new Client({ connectionString, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

if ((await countRows('postgres', 'SELECT 1 FROM pg_database WHERE datname = $1', [database])) === 0) {
  await countRows('postgres', `CREATE DATABASE ${escapeIdentifier(database)}`);
}
await countRows(database, 'SELECT 1');
