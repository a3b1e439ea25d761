import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createDatabase, type TestDatabase } from '../../support/services.ts';
import { type SpawnedServer, spawnServer } from '../../support/spawn-server.ts';
import type { GaugeRequest, LoopReading } from './gauge.ts';

const GAUGE = fileURLToPath(new URL('./gauge.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** An attack may add as much to the memory of the process, in bytes. */
const MOST_GROWTH_BYTES = 100_000_000;

export const DATABASES = ['PostgreSQL', 'embedded'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

/**
 * For how long the thread may work at a stretch, in milliseconds, the longest garbage collection left out.
 * The embedded database runs its statements on the same thread.
 */
const MOST_STRETCH_MS: Readonly<Record<DatabaseKind, number>> = { PostgreSQL: 50, embedded: 250 };

/** What an attack cost the process. */
export type Toll = LoopReading & { readonly growthBytes: number };

/** A tiergraph in a process of its own that tells what it goes through. */
export type ObservedServer = SpawnedServer & {
  readonly database: DatabaseKind;
  /** Runs an attack and fails when it costs more memory or a longer stretch than is promised. */
  withstand<T>(attack: () => Promise<T>): Promise<T>;
  /** Stops it and removes what it stored. */
  remove(): Promise<void>;
};

/** Starts an observed server on a database of its own, with the demo programme. */
export async function startObservedServer(
  database: DatabaseKind,
  settings: Readonly<Record<string, string>> = {},
): Promise<ObservedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-hostile-'));
  const printed: string[] = [];
  let isAsked = false;
  let own: TestDatabase | undefined;
  if (database === 'PostgreSQL') own = await createDatabase();
  const server = await spawnServer(
    {
      ...(own === undefined ? { DATA_DIR: join(folder, 'data') } : { DATABASE_URL: own.url, DEMO: 'on' }),
      ...settings,
    },
    [process.execPath, '--expose-gc', '--import', GAUGE, MAIN],
    (line) => printed.push(line.slice(0, 500)),
  );
  server.child.once('exit', (code, signal) => {
    if (!isAsked)
      console.log(`The server ended by itself: ${code ?? signal}\n${printed.slice(-20).join('\n')}`);
  });
  const ask = async (request: GaugeRequest): Promise<Record<string, unknown>> => {
    const answered = once(server.child, 'message');
    server.child.send(request);
    const [answer] = await answered;
    return answer;
  };
  const measure = async <T>(attack: () => Promise<T>): Promise<readonly [T, Toll]> => {
    await ask('begin');
    resetPeak(server.pid);
    const before = peakBytes(server.pid);
    const result = await attack();
    const growthBytes = peakBytes(server.pid) - before;
    const { longestStretchMs, longestWorkMs, longestCollectionMs } = await ask('end');
    return [
      result,
      {
        growthBytes,
        longestStretchMs: Number(longestStretchMs),
        longestWorkMs: Number(longestWorkMs),
        longestCollectionMs: Number(longestCollectionMs),
      },
    ];
  };
  return {
    ...server,
    database,
    async withstand(attack) {
      const [result, toll] = await measure(attack);
      const sentence = `${Math.round(toll.growthBytes / 1e6)} MB more, ${Math.round(toll.longestWorkMs)} ms of work at a stretch of ${Math.round(toll.longestStretchMs)}, ${Math.round(toll.longestCollectionMs)} ms of collection`;
      console.log(`${database}: ${expect.getState().currentTestName}: ${sentence}`);
      expect(toll.growthBytes, sentence).toBeLessThanOrEqual(MOST_GROWTH_BYTES);
      expect(toll.longestWorkMs - toll.longestCollectionMs, sentence).toBeLessThanOrEqual(
        MOST_STRETCH_MS[database],
      );
      return result;
    },
    async remove() {
      isAsked = true;
      const code = await server.stop();
      await own?.drop();
      rmSync(folder, { recursive: true, force: true });
      expect(code, 'exit code').toBe(0);
    },
  };
}

/** Lets the kernel's record of the most memory that a process had begin anew. */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peakBytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('The kernel does not say how much memory the process had.');
  return Number(kilobytes) * 1_024;
}
