import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../generated/prisma/client.ts';
import { unusable } from './data-folder.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import type { MigrationSession } from './migration-session.ts';
import { reasonOf } from './reason-of.ts';
import { createSessionPool } from './session-pool.ts';

/** Where the data lives: a PostgreSQL server, a folder of the embedded database, or, for tests, memory, filled from a dump if there is one. */
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

// Times in UTC because the driver reads and writes timestamps without their offset; no compiling of statements, which takes 300 ms
// for those that judge; no sorting bit by bit, by which a plan without statistics takes an index for half of an order that another has whole. The timeouts and keep-alives so that a process that was cut off or hangs holds no row longer than 10 s: what
// it holds ends after 4 s, and what still waits for that gives up before it gets it, or would hold it for another 4 s, one by one.
const SESSION = [
  '-c timezone=UTC',
  '-c jit=off',
  '-c enable_incremental_sort=off',
  '-c idle_in_transaction_session_timeout=4s',
  '-c lock_timeout=3s',
  '-c statement_timeout=60s',
  '-c tcp_keepalives_idle=5',
  '-c tcp_keepalives_interval=2',
  '-c tcp_keepalives_count=2',
].join(' ');

/** Is told each statement that is sent to the database, for whoever counts them. */
export type OnStatement = (sql: string) => void;

/** Opens a database and applies the migrations that it lacks. Close it before the process ends. */
export const openDatabase = (location: DatabaseLocation, onStatement?: OnStatement): Promise<Database> =>
  location.kind === 'server' ? openServer(location, onStatement) : openEmbedded(location, onStatement);

const createClient = (
  adapter: PrismaPg | PrismaPGlite,
  onStatement: OnStatement | undefined,
): PrismaClient => {
  if (onStatement === undefined) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', ({ query }) => onStatement(query));
  return client;
};

const openServer = async (
  { url, poolSize = 10, answerWithinMs = 15_000 }: DatabaseLocation & { kind: 'server' },
  onStatement: OnStatement | undefined,
): Promise<Database> => {
  const client = new Client({
    connectionString: url,
    options: '-c timezone=UTC',
    connectionTimeoutMillis: answerWithinMs,
  });
  await client.connect().catch((error: unknown) => {
    throw new Error(`The database of DATABASE_URL can't be used: ${reasonOf(error)}`, { cause: error });
  });
  try {
    await migrate({
      execute: async (sql) => void (await client.query(sql)),
      query: async (sql, values) =>
        (await client.query<Record<string, unknown>>(sql, values && [...values])).rows,
    });
  } finally {
    await client.end();
  }
  const { pool, close } = createSessionPool({ connectionString: url, options: SESSION, max: poolSize });
  const prisma = createClient(new PrismaPg(pool), onStatement);
  const [row] = await prisma.$queryRaw<{ zone: string }[]>`SELECT current_setting('timezone') AS zone`;
  const closeAll = () => prisma.$disconnect().then(close);
  if (row?.zone !== 'UTC') {
    await closeAll();
    throw new Error('The database does not keep the session in UTC; timestamps would be misread.');
  }
  return { prisma, exclusive: false, close: closeAll };
};

const openFolder = (folder: string): Promise<PGlite> =>
  PGlite.create(join(folder, 'postgres')).catch((error: unknown) => {
    throw unusable(folder, error);
  });

const openEmbedded = async (
  location: Exclude<DatabaseLocation, { kind: 'server' }>,
  onStatement: OnStatement | undefined,
): Promise<Database> => {
  const unlock = location.kind === 'embedded' ? lockFolder(location.folder) : () => {};
  let engine: PGlite | undefined;
  try {
    engine =
      location.kind === 'embedded'
        ? await openFolder(location.folder)
        : await PGlite.create(location.dump && { loadDataDir: location.dump });
    const database = engine;
    await database.exec('SET timezone = UTC; SET enable_incremental_sort = off');
    const session: MigrationSession = {
      execute: async (sql) => void (await database.exec(sql)),
      query: async (sql, values) =>
        (await database.query<Record<string, unknown>>(sql, values && [...values])).rows,
    };
    await migrate(session);
    const prisma = createClient(new PrismaPGlite(database), onStatement);
    const close = async () => {
      await prisma.$disconnect();
      if (!database.closed) await database.close();
      unlock();
    };
    return { prisma, exclusive: true, close };
  } catch (error) {
    await engine?.close();
    unlock();
    throw error;
  }
};
