import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A tiergraph in a process of its own. */
export type SpawnedServer = {
  readonly url: string;
  readonly pid: number;
  /** The process, with a channel for messages that a preloaded module of it may answer. */
  readonly child: ChildProcess;
  /** Ends it as a power failure would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop, and waits until it is gone; resolves to its exit code. */
  stop(): Promise<number | null>;
};

/** How a server is started: a program and its arguments. */
type Command = readonly [program: string, ...args: string[]];

/**
 * Starts `src/main.ts`, by `command` if it is given, on a free port unless the environment has one; resolves
 * when it serves, rejects with what it printed if it ends before. `onLine` is told everything that it prints.
 */
export async function spawnServer(
  environment: Record<string, string>,
  [program, ...args]: Command = [process.execPath, MAIN],
  onLine: (line: string) => void = () => {},
): Promise<SpawnedServer> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { PATH, HOME, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const url = await readUrl(child, onLine);
  const gone = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  };
  return {
    url,
    pid: child.pid ?? 0,
    child,
    kill: async () => void (await gone('SIGKILL')),
    stop: () => gone('SIGTERM'),
  };
}

function readUrl(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    let hasServed = false;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        onLine(line);
        if (hasServed) return;
        printed.push(line);
        const url = /"url":"(http[^"]+)\/graphql"/.exec(line)?.[1];
        if (url === undefined) return;
        hasServed = true;
        resolve(url);
      });
    }
    child.once('exit', () => reject(new Error(`the server ended before it served:\n${printed.join('\n')}`)));
  });
}
