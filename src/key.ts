import { parseArgs } from 'node:util';
import { createApiKey } from './app/access/api-key.ts';
import { ALL_RIGHTS, ROLES } from './app/access/rights.ts';
import { DATABASE_CLOCK } from './app/context/clock.ts';
import { openApp } from './app/open-app.ts';
import { readConfig } from './config.ts';
import { parseDay } from './engine/values/day.ts';

const USAGE = `npm run key -- --role ADMIN|INGEST|READER|PARTNER [--name TEXT] [--program CODE ...] [--partner REF] [--expires 2027-12-31]

Makes an API key in the database that the settings name, and prints it: once, since only its hash is kept.
Without --program it is for all programmes. --partner, the partner's external reference, goes with --role PARTNER and one --program.
The embedded database is one process's: stop the server first, or use the mutation createApiKey.`;

/** Makes a key as the command line says; throws what the operator is to read. */
async function makeKey(): Promise<string> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string' },
      name: { type: 'string', default: 'made on the command line' },
      program: { type: 'string', multiple: true },
      partner: { type: 'string' },
      expires: { type: 'string' },
    },
  });
  const role = ROLES.find((known) => known === values.role);
  if (role === undefined) throw new Error(USAGE);
  const { expires } = values;
  if (expires !== undefined && parseDay(expires) === null)
    throw new Error(`--expires is ${expires}: write a day like 2027-12-31.`);
  const [program, ...more] = values.program ?? [];
  if (values.partner !== undefined && (program === undefined || more.length > 0)) throw new Error(USAGE);
  const read = readConfig(process.env);
  if (!read.ok) throw new Error(read.problem);
  const { database } = read.config;
  const silent = () => undefined;
  const opened = await openApp({
    location:
      database.kind === 'EMBEDDED'
        ? { kind: 'embedded', folder: database.folder }
        : { kind: 'server', url: database.url },
    clock: DATABASE_CLOCK,
    log: { info: silent, warn: silent, error: silent },
  });
  try {
    const created = await createApiKey(opened.app, ALL_RIGHTS, {
      name: values.name,
      role,
      programs: values.program ?? null,
      partner:
        values.partner === undefined || program === undefined
          ? null
          : { program, externalRef: values.partner },
      expiresAt: expires === undefined ? null : Date.parse(`${expires}T00:00:00Z`),
    });
    if ('refused' in created) throw new Error(created.message);
    return created.secret;
  } finally {
    await opened.close();
  }
}

try {
  process.stdout.write(`${await makeKey()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
