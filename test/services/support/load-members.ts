import { type SpawnedServer, spawnServer } from '../../support/spawn-server.ts';
import { lastingPort } from './lasting-port.ts';

/** One of several processes of tiergraph on one database. */
export type Member = {
  /** Where its graph is served, always the same. */
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Errors that it logged. */
  readonly errors: readonly string[];
};

const ERROR_LEVEL = /"level":[56]0/;

/** Starts a process that rings the others by NATS. */
export async function startMember(databaseUrl: string, natsPort: number): Promise<Member> {
  const port = await lastingPort();
  const environment = {
    PORT: `${port}`,
    DATABASE_URL: databaseUrl,
    NATS_URL: `nats://127.0.0.1:${natsPort}`,
    DEMO: 'off',
  };
  const errors: string[] = [];
  const spawn = (): Promise<SpawnedServer> =>
    spawnServer(environment, undefined, (line) => {
      if (ERROR_LEVEL.test(line)) errors.push(line);
    });
  let server = await spawn();
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    errors,
    async start() {
      server = await spawn();
    },
    kill: () => server.kill(),
  };
}
