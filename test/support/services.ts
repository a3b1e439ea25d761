import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** The PostgreSQL database whose server the services suite uses; its role may create databases. */
export const postgresUrl = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** The NATS server that the services suite uses. */
export const natsUrl = process.env.TEST_NATS_URL ?? 'nats://127.0.0.1:4222';

/** A database of a test's own; `drop` ends the sessions that are still in it. */
export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

/** Creates an empty database on the PostgreSQL server. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `tiergraph_${randomUUID().replaceAll('-', '')}`;
  await execute(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function execute(sql: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
