import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Clock, DATABASE_CLOCK } from '../../src/app/context/clock.ts';
import type { Config } from '../../src/config.ts';
import { start, type Tiergraph } from '../../src/main.ts';
import { fillDataFolder } from './database-template.ts';
import { fillWithDemo } from './seeded-folder.ts';

/** The result of an operation; errors fail the test that did not ask for them. */
export type GraphResult = {
  data?: Record<string, unknown> | null | undefined;
  errors?: readonly { message: string }[] | undefined;
};

/** A tiergraph of a test's own on a free port, with clients that speak to it over the network. */
export type TestServer = Tiergraph & {
  /** Posts an operation; throws if the answer has errors. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Posts an operation and gives back the answer as it is. */
  post(query: string, variables?: Record<string, unknown>): Promise<GraphResult>;
  /** Opens a subscription; what arrives is kept until it is taken. */
  subscribe(transport: 'WEBSOCKET' | 'SSE', query: string, variables?: Record<string, unknown>): Subscriber;
};

export type Subscriber = {
  /** The next event's data, waiting for it if need be. */
  next(): Promise<Record<string, unknown>>;
  /** How many events have arrived and were not taken. */
  readonly waiting: number;
  stop(): Promise<void>;
};

/** Collects what a client yields. */
function collect(
  results: AsyncIterableIterator<GraphResult>,
  dispose: () => void | Promise<void>,
): Subscriber {
  const arrived: Record<string, unknown>[] = [];
  const takers: { resolve(data: Record<string, unknown>): void; reject(error: unknown): void }[] = [];
  let failure: unknown;
  const fail = (error: unknown) => {
    failure = error;
    for (const taker of takers.splice(0)) taker.reject(error);
  };
  const read = async () => {
    for await (const { data, errors } of results) {
      if (errors || !data) throw new Error(`a subscription failed: ${JSON.stringify(errors)}`);
      const taker = takers.shift();
      if (taker) taker.resolve(data);
      else arrived.push(data);
    }
    throw new Error('the subscription ended');
  };
  read().catch(fail);
  return {
    get waiting() {
      return arrived.length;
    },
    next() {
      const data = arrived.shift();
      if (data) return Promise.resolve(data);
      if (failure) return Promise.reject(failure);
      return new Promise((resolve, reject) => takers.push({ resolve, reject }));
    },
    async stop() {
      await results.return?.();
      await dispose();
    },
  };
}

export type TestServerOptions = {
  readonly database?: Config['database'];
  readonly clock?: Clock;
  readonly demo?: boolean;
  readonly federation?: boolean;
  readonly auth?: Config['auth'];
  readonly metrics?: Config['metrics'];
};

/**
 * Starts tiergraph as `main` composes it, on a data folder that was filled before unless another database is
 * given. Its log keeps silent.
 */
export async function startTestServer({
  database,
  clock = DATABASE_CLOCK,
  demo = true,
  federation = false,
  auth = 'off',
  metrics = { at: 'GRAPH' },
}: TestServerOptions = {}): Promise<TestServer> {
  const folder = database === undefined ? mkdtempSync(join(tmpdir(), 'tiergraph-')) : undefined;
  if (folder !== undefined) await (demo ? fillWithDemo(folder) : fillDataFolder(folder));
  const silent = () => undefined;
  const tiergraph = await start({
    config: {
      port: 0,
      host: '127.0.0.1',
      metrics,
      database: database ?? { kind: 'EMBEDDED', folder: folder ?? '' },
      natsUrl: null,
      auth,
      jwt: null,
      corsOrigins: [],
      documents: 'any',
      trustedDocuments: null,
      demo,
      federation,
      drainSeconds: 0,
      logLevel: 'silent',
    },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    clock,
  });
  const url = `${tiergraph.url}/graphql`;
  const post = async (query: string, variables: Record<string, unknown> = {}): Promise<GraphResult> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  return {
    ...tiergraph,
    post,
    async ask(query, variables) {
      const { data, errors } = await post(query, variables);
      if (errors || !data) throw new Error(JSON.stringify(errors));
      return data;
    },
    subscribe(transport, query, variables = {}) {
      if (transport === 'SSE') {
        const client = createSseClient({ url, retryAttempts: 0 });
        return collect(client.iterate<Record<string, unknown>, never>({ query, variables }), () =>
          client.dispose(),
        );
      }
      const client = createWsClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      return collect(client.iterate<Record<string, unknown>, never>({ query, variables }), () =>
        client.dispose(),
      );
    },
    async close() {
      await tiergraph.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
