import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, DatabaseError, type Pool } from 'pg';
import { PrismaClient } from '../../generated/prisma/client.ts';
import { reasonOf } from '../encoding/reason-of.ts';
import { migrate } from '../migrations/migrate.ts';
import type { MigrationSession } from '../migrations/migration-session.ts';
import { unusable } from './data-folder.ts';
import { createEmbeddedPool } from './embedded-pool.ts';
import { lockFolder } from './folder-lock.ts';
import { createSessionPool } from './session-pool.ts';
import {
  findWrongSetting,
  PATIENT,
  READ_SETTINGS,
  refuseServer,
  SERVER_FACTS,
  SET_EMBEDDED,
  type ServerFacts,
  sessionConfig,
  settingsOn,
  TOO_OLD,
  UNKNOWN_SETTING,
} from './session-settings.ts';
import { createStatementNames } from './statement-names.ts';

/**
 * Where the data lives: a PostgreSQL server, a folder of the embedded database, or, for tests, memory, filled
 * from a dump if there is one.
 */
export type DatabaseLocation =
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly poolSize?: number;
      readonly answerWithinMs?: number;
    }
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'memory'; readonly dump?: Blob };

/** An open, migrated database. */
export type Database = {
  readonly prisma: PrismaClient;
  /** Whether only this process can write to it. */
  readonly exclusive: boolean;
  close(): Promise<void>;
};

/** Is told each statement that is sent to the database, with its values as JSON, for what counts them. */
export type OnStatement = (sql: string, values: string) => void;

/** Opens a database and applies the migrations that it lacks. Close it before the process ends. */
export function openDatabase(location: DatabaseLocation, onStatement?: OnStatement): Promise<Database> {
  return location.kind === 'server' ? openServer(location, onStatement) : openEmbedded(location, onStatement);
}

function createClient(pool: Pool, onStatement: OnStatement | undefined): PrismaClient {
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() });
  if (onStatement === undefined) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', ({ query, params }) => onStatement(query, params));
  return client;
}

async function openServer(
  { url, poolSize = 10, answerWithinMs = 15_000 }: DatabaseLocation & { kind: 'server' },
  onStatement: OnStatement | undefined,
): Promise<Database> {
  const unusable = (why: string, cause?: unknown): Error =>
    new Error(`The database of DATABASE_URL ${why}`, { cause });
  const client = new Client({
    ...sessionConfig(url, PATIENT),
    connectionTimeoutMillis: answerWithinMs,
  });
  // The statement that was under way reports the error.
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    if (error instanceof DatabaseError && error.code === UNKNOWN_SETTING) throw unusable(TOO_OLD, error);
    throw unusable(`can't be used: ${reasonOf(error)}`, error);
  });
  let settings: Readonly<Record<string, string>>;
  try {
    const { rows } = await client.query<ServerFacts>(SERVER_FACTS);
    const [server] = rows;
    const refusal = server && refuseServer(server);
    if (server === undefined || refusal !== null) throw unusable(refusal ?? 'says nothing of itself.');
    settings = settingsOn(server);
    if (settings.transaction_timeout !== undefined) await client.query('SET transaction_timeout = 0');
    await migrate({
      execute: async (sql) => void (await client.query(sql)),
      query: async (sql, values) =>
        (await client.query<Record<string, unknown>>(sql, values && [...values])).rows,
    });
  } finally {
    await client.end();
  }
  const { pool, close } = createSessionPool({ ...sessionConfig(url, settings), max: poolSize });
  const prisma = createClient(pool, onStatement);
  const closeAll = () => prisma.$disconnect().then(close);
  const wrong = await pool.query<{ name: string; setting: string }>(READ_SETTINGS).then(
    ({ rows }) => findWrongSetting(settings, rows),
    async (error: unknown) => {
      await closeAll();
      throw error;
    },
  );
  if (wrong !== null) {
    await closeAll();
    throw unusable(wrong);
  }
  return { prisma, exclusive: false, close: closeAll };
}

function openFolder(folder: string): Promise<PGlite> {
  return PGlite.create(join(folder, 'postgres')).catch((error: unknown) => {
    throw unusable(folder, error);
  });
}

async function openEmbedded(
  location: Exclude<DatabaseLocation, { kind: 'server' }>,
  onStatement: OnStatement | undefined,
): Promise<Database> {
  const unlock = location.kind === 'embedded' ? lockFolder(location.folder) : () => {};
  let engine: PGlite | undefined;
  try {
    engine =
      location.kind === 'embedded'
        ? await openFolder(location.folder)
        : await PGlite.create(location.dump && { loadDataDir: location.dump });
    const database = engine;
    await database.exec(SET_EMBEDDED);
    const session: MigrationSession = {
      execute: async (sql) => void (await database.exec(sql)),
      query: async (sql, values) =>
        (await database.query<Record<string, unknown>>(sql, values && [...values])).rows,
    };
    await migrate(session);
    const pool = createEmbeddedPool(database);
    const prisma = createClient(pool, onStatement);
    const close = async () => {
      await prisma.$disconnect();
      await pool.end();
      if (!database.closed) await database.close();
      unlock();
    };
    return { prisma, exclusive: true, close };
  } catch (error) {
    await engine?.close();
    unlock();
    throw error;
  }
}
