import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { spawnServer } from './spawn-server.ts';
import { waitFor } from './wait-for.ts';

/**
 * Makes a data folder as a first start leaves it. The first test file of a run that asks makes it, the others
 * wait for it.
 */
async function seededFolder(): Promise<string> {
  const run = process.env.TEST_RUN_FOLDER;
  if (run === undefined) throw new Error('TEST_RUN_FOLDER is set before all tests.');
  const folder = join(run, 'seeded');
  if (existsSync(folder)) return folder;
  const unfinished = join(run, 'seeding');
  try {
    mkdirSync(unfinished);
  } catch {
    await waitFor(() => existsSync(folder), { timeoutMs: 120_000, what: 'the demo programme' });
    return folder;
  }
  const server = await spawnServer({ DATA_DIR: unfinished });
  await server.stop();
  renameSync(unfinished, folder);
  return folder;
}

/** Puts the database of a server that has seeded the demo programme today into a data folder. */
export async function fillWithDemo(folder: string): Promise<void> {
  cpSync(join(await seededFolder(), 'postgres'), join(folder, 'postgres'), { recursive: true });
}
