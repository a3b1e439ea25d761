import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/connection/database.ts';
import { lockFolder } from '../../src/store/connection/folder-lock.ts';
import { fillDataFolder } from '../support/database-template.ts';
import { long } from '../support/long.ts';
import { promised } from '../support/promised.ts';
import type { Order } from './lock-process.ts';

// Long, since two processes rarely take the lock in the same instant.
const PAIRS = long(100, 3_000);
const parent = mkdtempSync(join(tmpdir(), 'tiergraph-lock-'));
const children: ChildProcess[] = [];
let folders = 0;
function newPlace(): string {
  return join(parent, `${folders++}`);
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(parent, { recursive: true, force: true });
});

/** A process that takes folders. */
async function startTaker() {
  const child = fork(fileURLToPath(new URL('lock-process.ts', import.meta.url)));
  children.push(child);
  await once(child, 'message');
  const order = async (type: Order['type'], folder: string): Promise<string> => {
    const answer = once(child, 'message');
    child.send({ type, folder } satisfies Order);
    return String((await answer)[0]);
  };
  return {
    pid: child.pid,
    take: (folder: string) => order('TAKE', folder),
    giveBack: (folder: string) => order('GIVE_BACK', folder),
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * What is left of a holder that is gone: nothing, a file of another kind, or the files of one that was
 * killed.
 */
const REMAINS: readonly ((folder: string) => Promise<void>)[] = [
  async () => {},
  async (folder) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'tiergraph.pid'), '1');
  },
  async (folder) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'tiergraph.lock'), `${process.pid} 1 another-boot`);
  },
];

describe('a data folder', () => {
  test(`is taken by one of two processes that try at once, ${PAIRS} times`, async () => {
    promised('Its folder belongs to one process at a time.');
    const [one, other] = [await startTaker(), await startTaker()];
    const outcomes = new Map<string, number>();
    for (let pair = 0; pair < PAIRS; pair++) {
      const folder = newPlace();
      await REMAINS[pair % REMAINS.length]?.(folder);
      const [first, second] = await Promise.all([one.take(folder), other.take(folder)]);
      const outcome = [first, second]
        .map((answer) => (answer.includes('is in use by') ? 'REFUSED' : answer))
        .sort()
        .join();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(Object.fromEntries(outcomes)).toEqual({ 'REFUSED,TAKEN': PAIRS });
  });

  test('is free at once when its process was killed, and when it was given back', async () => {
    const [killed, next] = [await startTaker(), await startTaker()];
    const folder = newPlace();
    expect(await killed.take(folder)).toBe('TAKEN');
    expect(await next.take(folder)).toBe(
      `The data folder ${folder} is in use by process ${killed.pid}; stop it first, or set DATA_DIR to another folder.`,
    );
    await killed.kill();
    expect(await next.take(folder)).toBe('TAKEN');
    expect(await next.giveBack(folder)).toBe('GIVEN_BACK');
    lockFolder(folder)();
  });

  test('stays taken when memory is collected', async () => {
    const taker = await startTaker();
    const folder = newPlace();
    lockFolder(folder);
    for (let round = 0; round < 20; round++) new Array(1_000_000).fill(round);
    expect(await taker.take(folder)).toContain(`is in use by process ${process.pid}`);
  });
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('for other users of the machine, a data folder', () => {
  test('that is made is closed', () => {
    const folder = newPlace();
    lockFolder(join(folder, 'deeper'))();
    expect(modeOf(join(folder, 'deeper'))).toBe('700');
  });

  test('that was open is closed, with the database in it', async () => {
    promised('What it keeps there is closed to other users of the machine.');
    const folder = newPlace();
    await fillDataFolder(folder);
    for (const path of [folder, join(folder, 'postgres')]) chmodSync(path, 0o755);
    const { close } = await openDatabase({ kind: 'embedded', folder });
    expect([folder, join(folder, 'postgres')].map(modeOf)).toEqual(['700', '700']);
    await close();
  });

  test('that holds other things too stays as it is, and the database in it is closed', async () => {
    promised('What it keeps there is closed to other users of the machine.');
    const folder = newPlace();
    await fillDataFolder(folder);
    writeFileSync(join(folder, 'letter.txt'), 'of somebody else');
    for (const path of [folder, join(folder, 'postgres')]) chmodSync(path, 0o755);
    const { close } = await openDatabase({ kind: 'embedded', folder });
    expect([folder, join(folder, 'postgres')].map(modeOf)).toEqual(['755', '700']);
    await close();
  });
});

describe.skipIf(process.platform !== 'linux')('a data folder that cannot be used', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  test.each([
    ['/proc/x', 'no such file or directory'],
    ['/proc/x/y/z', 'no such file or directory'],
    [file, 'is no folder'],
    [join(file, 'below'), 'is no folder'],
    ['/dev/null', 'is no folder'],
    [join(parent, 'x'.repeat(300)), 'name too long'],
    [join(parent, 'a\0b'), 'null bytes'],
  ])('is told at once: %j', async (folder, reason) => {
    await expect(openDatabase({ kind: 'embedded', folder })).rejects.toThrow(
      `The data folder ${folder} can't be used: `,
    );
    await expect(openDatabase({ kind: 'embedded', folder })).rejects.toThrow(reason);
  });

  test('is told also where a file is in the place of the database, or of the lock', async () => {
    for (const name of ['postgres', 'lock.sqlite']) {
      const folder = newPlace();
      mkdirSync(folder);
      writeFileSync(join(folder, name), 'something else');
      await expect(openDatabase({ kind: 'embedded', folder })).rejects.toThrow(
        `The data folder ${folder} can't be used: `,
      );
    }
  });
});
