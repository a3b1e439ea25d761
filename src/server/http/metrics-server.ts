import { createServer, type ServerResponse } from 'node:http';
import { checkSource, denial, HEADERS, type Sources } from '../admission/check-request.ts';
import { deny } from '../admission/deny.ts';
import type { Log } from '../settings/log.ts';
import type { Metrics } from '../settings/metrics.ts';
import { listenOn } from './listen-on.ts';

const NOT_FOUND = denial(404, 'NOT_FOUND', 'The metrics are at /metrics.');

/** Serves the metrics and nothing else, on a port of their own. */
export type MetricsServer = {
  /** See `Server`. */
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /** Stops at once: what is asked here can be asked again. */
  close(): Promise<void>;
};

type Options = { readonly metrics: Metrics; readonly sources: Sources; readonly log: Log };

export function createMetricsServer({ metrics, sources, log }: Options): MetricsServer {
  const http = createServer((request, response) => {
    response.setHeaders(HEADERS);
    const isMetrics = request.method === 'GET' && request.url === '/metrics';
    const refused = checkSource(request, sources) ?? (isMetrics ? null : NOT_FOUND);
    if (refused === null) answerMetrics(response, metrics);
    else deny(request, response, refused);
  });
  return {
    listen: async (port, host) => ({ url: await listenOn(http, port, host, log) }),
    close() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      return closed;
    },
  };
}

/** Answers with the metrics in the text format of Prometheus. */
export function answerMetrics(response: ServerResponse, metrics: Metrics): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics.render());
}
