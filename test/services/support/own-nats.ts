import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from '@nats-io/transport-node';
import { waitFor } from '../../support/wait-for.ts';
import { endWith, endWithUs } from './child-process.ts';
import { findBinary } from './find-binary.ts';
import { lastingPort } from './lasting-port.ts';

/** A NATS server of a test's own. */
export type OwnNats = {
  readonly port: number;
  stop(): Promise<void>;
  /** Starts it again on the same port; resolves when it takes connections. */
  start(): Promise<void>;
};

/** Starts one; resolves when it takes connections. */
export async function startOwnNats(): Promise<OwnNats> {
  const port = await lastingPort();
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(findBinary('nats-server'), ['--addr', '127.0.0.1', '--port', `${port}`], {
      stdio: 'ignore',
    });
    endWithUs(child);
    await waitFor(
      async () => {
        const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 1_000 });
        await connection.close();
        return true;
      },
      { timeoutMs: 20_000, what: 'NATS' },
    );
    return child;
  };
  let server = await start();
  return {
    port,
    stop: () => endWith(server, 'SIGTERM'),
    async start() {
      server = await start();
    },
  };
}
