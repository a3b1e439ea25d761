import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Session } from '../app/access/authenticate.ts';
import { createGiveWay, type GiveWay } from '../app/context/give-way.ts';
import { createAdmissionControl } from './admission/admission.ts';
import { createBacklog } from './admission/backlog.ts';
import {
  checkSource,
  corsHeaders,
  type Denial,
  denial,
  HEADERS,
  isPreflight,
  type Sources,
} from './admission/check-request.ts';
import { createConnectionCount } from './admission/connection-count.ts';
import { deny } from './admission/deny.ts';
import { limitSignIns } from './admission/limit-sign-ins.ts';
import { maskError } from './admission/mask-error.ts';
import { type Budgets, createBudgets } from './admission/rate-limit.ts';
import { takeTurns } from './admission/take-turns.ts';
import type { Pay } from './delivery/event-streams.ts';
import { createExecution } from './execution/execution.ts';
import { createGraphiQLPage, type Example } from './http/graphiql-page.ts';
import { listenOn } from './http/listen-on.ts';
import { createRouter, GRAPH_PATH, NOT_FOUND, pathOf } from './http/router.ts';
import { type HttpContext, useAdmission } from './http/use-admission.ts';
import { useCompression } from './http/use-compression.ts';
import type { Identify, MakeContext } from './request/caller.ts';
import type { FindSizes } from './request/cost-formula.ts';
import { createDocuments, type TrustedDocuments } from './request/documents.ts';
import { DEFAULT_LIMITS, type Limits } from './settings/limits.ts';
import type { Log } from './settings/log.ts';
import type { Metrics } from './settings/metrics.ts';
import { createWebSockets } from './web-socket/web-sockets.ts';

/** How long a stop waits for what is running, in milliseconds. */
const STOP_GRACE_MS = 10_000;

const STARTING = denial(503, 'UNAVAILABLE', 'The server is starting.');
const STOPPING = denial(503, 'UNAVAILABLE', 'The server is stopping.');

export type ServerOptions = {
  readonly schema: GraphQLSchema;
  readonly context: MakeContext;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Null when the server may be sent requests, otherwise a sentence that says why not. */
  readonly ready: () => Promise<string | null>;
  /** Absent: callers prove nothing, and have no limits of their own. */
  readonly identify?: Identify;
  /** Absent: loopback only. */
  readonly sources?: Sources;
  /** Absent: any document. */
  readonly documents?: TrustedDocuments;
  readonly limits?: Limits;
  /** What of an answer's size is known beforehand, for types that are sized at all. Absent: nothing. */
  readonly sizes?: {
    readonly types: ReadonlySet<string>;
    /** What a caller with this session may be given; null where no rights have to be proved. */
    find(session: Session | null): FindSizes;
  };
  /** Over how long a stop spreads the end of open subscriptions, in milliseconds. Absent: all end at once. */
  readonly drainMs?: number;
  /** Whether nothing can be answered yet but that the process lives. Absent: never. */
  readonly isStarting?: () => boolean;
  /** Whether the metrics are served here; they are shown without a key. */
  readonly showsMetrics?: boolean;
  /** What the page of GraphiQL offers. */
  readonly examples?: readonly Example[];
  /** Asked before a request or a WebSocket begins. Absent: one of the server's own. */
  readonly giveWay?: GiveWay;
};

export type Server = {
  /** Starts to accept connections; port 0 lets the system choose. Rejects if the address can't be had. */
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /**
   * Stops: not ready from now on; for `drainMs` requests are still answered while the subscribers are told to
   * come back one after the other; then no new connections, running requests finished within a grace period,
   * then resolves. Calling it again waits for the same stop.
   */
  close(): Promise<void>;
};

/** Composes the HTTP, SSE and WebSocket server around a schema; it knows nothing of what the schema does. */
export function createServer({
  schema,
  context,
  log,
  metrics,
  ready,
  identify,
  sources = { loopbackOnly: true, origins: [] },
  documents: trusted = { texts: new Map(), only: false },
  limits = DEFAULT_LIMITS,
  drainMs = 0,
  isStarting = () => false,
  showsMetrics = true,
  examples = [],
  giveWay = createGiveWay(),
  sizes,
}: ServerOptions): Server {
  const identifyCaller: Identify =
    identify === undefined
      ? async () => null
      : thenGiveWay(
          limitSignIns(identify, limits.failedSignIns, () => performance.now()),
          giveWay,
        );
  const page = createGraphiQLPage({ examples, needsKey: identify !== undefined, giveWay, log });
  const documents = createDocuments({
    schema,
    limits,
    trusted,
    ...(sizes && { sizedTypes: sizes.types }),
  });
  const budgets = createBudgets(limits.budget, () => performance.now());
  const admissionControl = createAdmissionControl({
    documents,
    limits,
    budgets,
    ...(sizes && { sizes: sizes.find }),
    log,
    metrics,
  });
  const { operationMs, answerBytes, costly, connectionsPerIdentity } = limits;
  const execution = createExecution({
    context,
    operationMs,
    answerBytes,
    costly,
    pay: payFrom(budgets),
    log,
    metrics,
  });
  const connections = createConnectionCount(connectionsPerIdentity);
  const yoga = createYoga<HttpContext>({
    schema,
    graphqlEndpoint: GRAPH_PATH,
    // The limit is enforced in front, see checkBodySize.
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    cors: false,
    landingPage: false,
    graphiql: false,
    logging: {
      debug() {},
      info() {},
      warn: (...parts) => log.warn({ parts }, 'Yoga warned.'),
      // Masked errors come here too; execution and the masking below have logged them with their request.
      error() {},
    },
    maskedErrors: {
      errorMessage: '',
      maskError: (error) =>
        maskError(error, randomUUID(), (cause) =>
          log.error({ err: cause }, 'A request failed outside execution.'),
        ),
    },
    plugins: [
      useAdmission({ admissionControl, execution, connections, connectionsPerIdentity, giveWay }),
      useCompression(),
    ],
  });

  const webSockets = createWebSockets({
    admissionControl,
    execution,
    connections,
    identify: identifyCaller,
    limits,
    log,
    metrics,
  });

  let closing: Promise<void> | null = null;
  const answering = new Set<ServerResponse>();

  /** Why no long-lived request may begin. */
  const unavailable = (): Denial | null => {
    if (isStarting()) return STARTING;
    return closing === null ? null : STOPPING;
  };

  const route = createRouter({
    yoga,
    page,
    identify: identifyCaller,
    giveWay,
    ready,
    unavailable,
    isStarting,
    showsMetrics,
    limits,
    log,
    metrics,
  });

  const serve = takeTurns((request, response) => {
    answering.add(response);
    response.once('close', () => {
      answering.delete(response);
      // Node closes a connection that was busy when the server stopped only when it has been idle for
      // seconds.
      if (closing !== null) setImmediate(() => http.closeIdleConnections());
    });
    if (closing !== null) response.setHeader('connection', 'close');
    response.setHeaders(HEADERS);
    const refused = checkSource(request, sources);
    if (refused === null) {
      response.setHeaders(new Map(Object.entries(corsHeaders(request, sources))));
      if (isPreflight(request)) response.writeHead(204).end();
      else route(request, response);
    } else deny(request, response, refused);
  }, limits.pipelinedRequests);

  const http = createHttpServer(
    { requestTimeout: limits.arrivalMs, headersTimeout: limits.arrivalMs },
    serve,
  );
  // A client that asks before it sends a large body is told at once that it is too large.
  http.on('checkContinue', serve);
  // Below HTTP and WebSocket alike.
  const backlog = createBacklog({ limits, log, metrics });
  http.on('connection', backlog.watch);

  http.on('upgrade', async (request, socket, head) => {
    // While it waits for its turn nothing else listens to it.
    const ignore = (): void => {};
    socket.on('error', ignore);
    await giveWay();
    socket.off('error', ignore);
    if (socket.destroyed) return;
    const refused =
      unavailable() ?? checkSource(request, sources) ?? (pathOf(request) === GRAPH_PATH ? null : NOT_FOUND);
    if (refused === null) return webSockets.upgrade(request, socket, head);
    const headers = [...HEADERS, ['connection', 'close'], ['content-length', '0']];
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${refused.status} Denied\r\n${lines.join('')}\r\n`);
  });

  const stop = async (): Promise<void> => {
    if (drainMs > 0 && !isStarting()) {
      // What sends requests here learns from `/health/ready` to send no more, and until then gets answers.
      await Promise.all([execution.stop(drainMs), pause(drainMs)]);
    }
    const drained = new Promise<void>((resolve) => http.close(() => resolve()));
    for (const response of answering) if (!response.headersSent) response.setHeader('connection', 'close');
    await execution.stop(0);
    await webSockets.close(STOP_GRACE_MS);
    const impatience = setTimeout(() => http.closeAllConnections(), STOP_GRACE_MS);
    await drained;
    clearTimeout(impatience);
    await yoga.dispose();
  };

  return {
    listen: async (port, host) => ({ url: await listenOn(http, port, host, log) }),
    close() {
      closing ??= stop();
      return closing;
    },
  };
}

/** Callers that wait for the same query would all resume in the turn in which it answers. */
function thenGiveWay(identify: Identify, giveWay: GiveWay): Identify {
  return async (authorization, address) => {
    try {
      return await identify(authorization, address);
    } finally {
      await giveWay();
    }
  };
}

function payFrom(budgets: Budgets): Pay {
  return ({ cost }, { identity }) => (identity === null ? 0 : budgets.spend(identity, cost.requested).waitMs);
}
