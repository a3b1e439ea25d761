import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

/** What clients of the last release count on, see docs/deprecation.md. */
const RELEASED = new URL('released.graphql', import.meta.url);

/** The graph as SDL, sorted, as it is committed. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

const COMMITTED = new URL('schema.graphql', import.meta.url);

/**
 * Writes the SDL, and with `--released` also what is promised; or with `--check` fails if the committed SDL
 * is not what the code says.
 */
async function run(): Promise<void> {
  const printed = printedSchema();
  if (process.argv.includes('--released')) await writeFile(RELEASED, printed);
  if (!process.argv.includes('--check')) await writeFile(COMMITTED, printed);
  else if ((await readFile(COMMITTED, 'utf8').catch(() => '')) !== printed) {
    process.stderr.write('schema/schema.graphql is not what the code says: run `npm run print:schema`.\n');
    process.exitCode = 1;
  }
}

if (import.meta.main) await run();
