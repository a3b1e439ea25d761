import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { emptyDatabase } from './database-template.ts';

/**
 * The SQL that turns the database which `prepare` makes into what `prisma/schema.prisma` says;
 * `-- This is an empty migration.` when nothing is left to do.
 */
export async function schemaDiff(prepare: (database: PGlite) => Promise<void>): Promise<string> {
  const database = await PGlite.create({ loadDataDir: await emptyDatabase() });
  try {
    await prepare(database);
    const content = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
    const files = [{ path: 'schema.prisma', content }];
    const adapters = new PrismaPGlite(database);
    const connect = () => adapters.connect();
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
    await database.close();
  }
}
