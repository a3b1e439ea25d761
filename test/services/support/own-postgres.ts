import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { waitFor } from '../../support/wait-for.ts';
import { endWith, endWithUs } from './child-process.ts';
import { findBinary } from './find-binary.ts';
import { lastingPort } from './lasting-port.ts';

/** A PostgreSQL server of a test's own, with the settings that it has by itself. */
export type OwnPostgres = {
  readonly port: number;
  /** The one database that a test needs. */
  readonly url: string;
  /**
   * Stops it in immediate mode, which is like a crash, and starts it again; resolves when it takes
   * connections.
   */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
};

/** Makes a cluster in a folder of its own and serves it; resolves when it takes connections. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-postgres-'));
  const as = unprivileged();
  if ('uid' in as) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const logFile = join(folder, 'log');
  const port = await lastingPort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const initialize = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(findBinary('initdb'), initialize, { ...as, cwd: folder, stdio: 'pipe' });

  const start = async (): Promise<ChildProcess> => {
    const log = openSync(logFile, 'a');
    const listen = ['-h', '127.0.0.1', '-p', `${port}`, '-k', ''];
    const child = spawn(findBinary('postgres'), ['-D', data, ...listen], {
      ...as,
      cwd: folder,
      stdio: ['ignore', log, log],
    });
    endWithUs(child);
    await waitFor(() => takesConnections(url), { timeoutMs: 30_000, what: 'PostgreSQL' }).catch((error) => {
      throw new Error(`PostgreSQL does not start:\n${readFileSync(logFile, 'utf8')}`, { cause: error });
    });
    return child;
  };
  let server = await start();
  return {
    port,
    url,
    async restart() {
      await endWith(server, 'SIGQUIT');
      server = await start();
    },
    async close() {
      await endWith(server, 'SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function takesConnections(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.end();
  return true;
}

/** PostgreSQL refuses to run as root, for whom the user that its packages make stands in. */
function unprivileged(): { readonly uid: number; readonly gid: number } | Record<never, never> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (option: string): number => {
    try {
      return Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
    } catch {
      throw new Error('PostgreSQL does not run as root, and there is no user postgres for it.');
    }
  };
  return { uid: idOf('-u'), gid: idOf('-g') };
}
