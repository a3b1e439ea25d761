import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import type { QueryConfig } from 'pg';
import { createEmbeddedPool } from '../../src/store/connection/embedded-pool.ts';
import { emptyDatabase } from './database-template.ts';

const CHAR = 18;
const TEXT = 25;

/**
 * The SQL that turns the database which `prepare` makes into what `prisma/schema.prisma` says;
 * `-- This is an empty migration.` when nothing is left to do.
 */
export async function schemaDiff(prepare: (database: PGlite) => Promise<void>): Promise<string> {
  const database = await PGlite.create({ loadDataDir: await emptyDatabase() });
  const pool = createEmbeddedPool(database);
  const query = pool.query.bind(pool);
  /**
   * Whether each column of the last result is a "char" of PostgreSQL's catalogue, which the adapter does not
   * know.
   */
  let areChars: readonly boolean[] = [];
  Object.assign(pool, {
    query: async (config: QueryConfig) => {
      const result = await query(config);
      areChars = result.fields.map(({ dataTypeID }) => dataTypeID === CHAR);
      for (const field of result.fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
      return result;
    },
  });
  try {
    await prepare(database);
    const content = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
    const files = [{ path: 'schema.prisma', content }];
    const adapters = new PrismaPg(pool);
    const connect = async () => {
      const adapter = await adapters.connect();
      const queryRaw = adapter.queryRaw.bind(adapter);
      adapter.queryRaw = async (asked) => {
        const result = await queryRaw(asked);
        const columnTypes = result.columnTypes.map((type, index) =>
          areChars[index] === true ? ColumnTypeEnum.Character : type,
        );
        return { ...result, columnTypes };
      };
      return adapter;
    };
    const factory = bindMigrationAwareSqlAdapterFactory({
      provider: 'postgres',
      adapterName: 'pglite',
      connect,
      connectToShadowDb: connect,
    });
    const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', content]] }, () => {}, factory);
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
    });
    return result.stdout ?? '';
  } finally {
    await pool.end();
    await database.close();
  }
}
