import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};

/** When a process started, in clock ticks since boot: tells a process from a later one with the same pid. Null if unknown. */
const startOf = (pid: number): string | null =>
  read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19] ?? null;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Whether the process that wrote the lock still runs. In a container every process may have pid 1, hence boot and start. */
const isHeld = (content: string): boolean => {
  const [pidText, start, boot] = content.split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  if (boot !== (read(BOOT_ID) ?? '-')) return false;
  return start === (startOf(pid) ?? '-');
};

/**
 * Takes the data folder for this process, making it if need be; the returned function gives it back. A lock left by a process
 * that is gone is taken over. Fails with a sentence when another process has it.
 */
export const lockFolder = (folder: string): (() => void) => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'tiergraph.lock');
  const mine = `${process.pid} ${startOf(process.pid) ?? '-'} ${read(BOOT_ID) ?? '-'}`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = read(path) ?? '';
      if (isHeld(holder)) break;
      rmSync(path, { force: true });
    }
  }
  throw new Error(
    `The data folder ${folder} is in use by process ${read(path)?.split(' ')[0] ?? 'unknown'}; stop it first, or set DATA_DIR to another folder.`,
  );
};
