import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createContext } from '../../../schema/base/context.ts';
import { schema } from '../../../schema/index.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { createServer, type ServerOptions } from '../../../src/server/create-server.ts';
import { createMetrics, type Metrics } from '../../../src/server/settings/metrics.ts';
import { openTestApp, type TestLog } from '../../support/test-app.ts';

/** The graph on a free port. */
export type LiveGraph = OpenApp & {
  readonly url: string;
  readonly log: TestLog;
  readonly metrics: Metrics;
};

/** Serves the graph from a database in memory, on 2026-11-23; the caller closes it. */
export async function startLiveGraph(
  options: Partial<ServerOptions> = {},
  onStatement: (sql: string) => void = () => {},
  pollEveryMs?: number,
): Promise<LiveGraph> {
  const metrics = createMetrics();
  const clock = () => Date.UTC(2026, 10, 23, 12);
  const opened = await openTestApp({
    clock,
    onStatement,
    gauges: metrics,
    ...(pollEveryMs !== undefined && { pollEveryMs }),
  });
  const server = createServer({
    schema,
    context: ({ requestId, rights }) =>
      createContext({ ...opened, requestId, ...(rights !== null && { rights }) }),
    log: { ...opened.log, debug() {} },
    metrics,
    ready: async () => null,
    ...options,
  });
  const { url } = await server.listen(0, '127.0.0.1');
  const close = async (): Promise<void> => {
    await server.close();
    await opened.close();
  };
  return { ...opened, url, metrics, close };
}

export type Subscribe = (
  url: string,
  query: string,
  variables: Record<string, unknown>,
) => AsyncIterableIterator<unknown>;

/** The two ways to subscribe, each with a client of its own. */
export const TRANSPORTS: readonly { readonly name: string; readonly subscribe: Subscribe }[] = [
  {
    name: 'SSE',
    subscribe: (url, query, variables) =>
      createSseClient({ url: `${url}/graphql` }).iterate({ query, variables }),
  },
  {
    name: 'WebSocket',
    subscribe: (url, query, variables) =>
      createWsClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket }).iterate({
        query,
        variables,
      }),
  },
];
