import { chmodSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from '../encoding/reason-of.ts';

/** What a data folder holds; the last but one is of earlier versions, the last of file systems. */
const OURS: ReadonlySet<string> = new Set([
  'postgres',
  'lock.sqlite',
  'lock.sqlite-journal',
  'tiergraph.pid',
  'tiergraph.lock',
  'lost+found',
]);

/** Says that a data folder can't be used, and why. */
export function unusable(folder: string, error: unknown): Error {
  return new Error(
    `The data folder ${folder} can't be used: ${reasonOf(error)}. Set DATA_DIR to another folder.`,
    { cause: error },
  );
}

/**
 * Makes a data folder if it is not there, and closes it to other users of the machine: a user that reads it
 * has all data, and one that writes to it may add a key. One in which other things lie keeps its rights, and
 * the database within is closed. Throws a sentence if it can't be used.
 */
export function makeDataFolder(folder: string): void {
  const database = join(folder, 'postgres');
  try {
    make(resolve(folder));
    if (readdirSync(folder).every((name) => OURS.has(name))) closeIfOwn(folder);
    make(resolve(database));
    close(database);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** One after the other: `recursive` does not come back where a folder can't be made, as below /proc. */
function make(path: string): void {
  const found = find(path);
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new Error(`${path} is no folder`);
  const above = dirname(path);
  if (above !== path) make(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (find(path)?.isDirectory() !== true) throw error;
  }
}

function find(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function close(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
}

/** A volume may belong to another user and be lent by way of its group; what is made in it is this user's. */
function closeIfOwn(path: string): void {
  const { getuid } = process;
  if (getuid === undefined || statSync(path).uid === getuid()) close(path);
}
