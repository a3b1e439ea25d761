import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeedingReport } from './seed-process.ts';
import type { Log } from './server/settings/log.ts';

/**
 * Creates the database of an empty data folder and seeds the demo programme, in a process of its own: the
 * memory that this takes is never returned, and the server would keep it for good. An interrupted seeding is
 * continued elsewhere, when the database is open.
 */
export async function seedNewFolder(folder: string, log: Log): Promise<void> {
  if (existsSync(join(folder, 'postgres', 'PG_VERSION'))) return;
  const child = fork(fileURLToPath(new URL('seed-process.ts', import.meta.url)), [folder], { execArgv: [] });
  let problem: string | undefined;
  child.on('message', (report: SeedingReport) => {
    if ('problem' in report) problem = report.problem;
    else log.info(report.details, report.message);
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(problem ?? 'Seeding the demo programme ended before it was done.');
}
