import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDataFolder, unusable } from './data-folder.ts';

/** SQLite's word for a file that another connection has locked. */
const SQLITE_BUSY = 5;

/** The connections whose transactions are the locks: one that is collected would be closed. */
const held = new Set<DatabaseSync>();

/**
 * Takes the data folder for this process, making it if need be; the returned function gives it back. The lock
 * is an open writing transaction of SQLite on a file in the folder, which the system ends with the process,
 * however that ends: no lock is ever stale, and there is no moment between looking and taking. The file
 * stays; nothing else may open it, since closing it would end the lock. Fails with a sentence when another
 * process has the folder, or when it can't be used.
 */
export function lockFolder(folder: string): () => void {
  makeDataFolder(folder);
  const pidFile = join(folder, 'tiergraph.pid');
  const connection = openLock(folder);
  try {
    // Not EXCLUSIVE, which is taken in steps: of two that try at once both may be refused.
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    connection.close();
    if (!isBusy(error)) throw unusable(folder, error);
    throw new Error(
      `The data folder ${folder} is in use by process ${pidIn(pidFile)}; stop it first, or set DATA_DIR to another folder.`,
    );
  }
  held.add(connection);
  const release = (): void => {
    rmSync(pidFile, { force: true });
    held.delete(connection);
    connection.close();
  };
  try {
    // Only for the sentence above.
    writeFileSync(pidFile, String(process.pid));
  } catch (error) {
    release();
    throw unusable(folder, error);
  }
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    release();
  };
}

function openLock(folder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, 'lock.sqlite'));
  } catch (error) {
    throw unusable(folder, error);
  }
}

function isBusy(error: unknown): boolean {
  // The low byte is the kind, the others say more.
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}

function pidIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}
