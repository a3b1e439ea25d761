import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';
import { reference } from './reference.ts';

/** What clients of the last release count on, see docs/deprecation.md. */
const RELEASED = new URL('released.graphql', import.meta.url);

/** The graph as SDL, sorted, as it is committed. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** What is printed, by where it is committed, from the root of the project. */
const PRINTED: Readonly<Record<string, () => string>> = {
  'schema/schema.graphql': printedSchema,
  'docs/reference.md': () => reference(schema),
};

/**
 * Writes what is printed, and with `--released` what is promised; or with `--check` fails if it is not what
 * the code says.
 */
async function run(): Promise<void> {
  if (process.argv.includes('--released')) await writeFile(RELEASED, printedSchema());
  for (const [path, printed] of Object.entries(PRINTED)) {
    const file = new URL(`../${path}`, import.meta.url);
    if (!process.argv.includes('--check')) {
      await mkdir(new URL('.', file), { recursive: true });
      await writeFile(file, printed());
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== printed()) {
      process.stderr.write(`${path} is not what the schema says: run \`node schema/print.ts\`.\n`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) await run();
