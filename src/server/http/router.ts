import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { YogaServerInstance } from 'graphql-yoga';
import type { Session } from '../../app/access/authenticate.ts';
import type { GiveWay } from '../../app/context/give-way.ts';
import { identityOf } from '../admission/authentication.ts';
import { checkBody, checkBodySize, type Denial, denial } from '../admission/check-request.ts';
import { deny, httpOf } from '../admission/deny.ts';
import { isMasked, maskError } from '../admission/mask-error.ts';
import type { Identify } from '../request/caller.ts';
import type { Limits } from '../settings/limits.ts';
import type { Log } from '../settings/log.ts';
import type { Metrics } from '../settings/metrics.ts';
import type { GraphiQLPage } from './graphiql-page.ts';
import { answerLive, answerReady } from './health.ts';
import { answerMetrics } from './metrics-server.ts';
import type { HttpCaller, HttpContext } from './use-admission.ts';

/** Where the graph is served. */
export const GRAPH_PATH = '/graphql';

export const NOT_FOUND = denial(404, 'NOT_FOUND', `GraphQL is at ${GRAPH_PATH}.`);

type Options = {
  readonly yoga: YogaServerInstance<HttpContext, object>;
  readonly page: GraphiQLPage;
  readonly identify: Identify;
  readonly giveWay: GiveWay;
  /** See `ServerOptions`. */
  readonly ready: () => Promise<string | null>;
  /** Why no long-lived request may begin; null if it may. */
  readonly unavailable: () => Denial | null;
  readonly isStarting: () => boolean;
  readonly showsMetrics: boolean;
  readonly limits: Limits;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Makes what answers each HTTP request by its path. */
export function createRouter(options: Options): (request: IncomingMessage, response: ServerResponse) => void {
  const {
    yoga,
    page,
    identify,
    giveWay,
    ready,
    unavailable,
    isStarting,
    showsMetrics,
    limits,
    log,
    metrics,
  } = options;

  const serveGraph = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Hundreds may arrive in one turn of the event loop.
    await giveWay();
    const wrongBody = checkBody(request);
    if (wrongBody !== null) return deny(request, response, wrongBody);
    const requestId = randomUUID();
    try {
      // The page needs no key; its requests do.
      if (asksForPage(request)) return await page.serve(request, response);
      const session = await identify(
        request.headers.authorization ?? null,
        request.socket.remoteAddress ?? '',
      );
      const largestBytes = session?.rights.role === 'INGEST' ? limits.ingestBodyBytes : limits.bodyBytes;
      const tooLarge = checkBodySize(request, largestBytes);
      if (tooLarge !== null) return deny(request, response, tooLarge);
      if (asksFirst(request)) response.writeContinue();
      await yoga(request, response, { caller: createCaller(requestId, session, response) });
    } catch (error) {
      const shown = maskError(error, requestId, (cause) =>
        log.error({ requestId, err: cause }, 'A request failed before it was read.'),
      );
      if (response.headersSent) response.destroy();
      else deny(request, response, { status: isMasked(shown) ? 500 : httpOf(shown).status, error: shown });
    }
  };

  return (request, response) => {
    const path = pathOf(request);
    const denied = unavailable();
    if (denied !== null && isStarting() && !path.startsWith('/health/')) {
      deny(request, response, denied);
      return;
    }
    switch (path) {
      case GRAPH_PATH:
        if (denied !== null && asksForEvents(request)) deny(request, response, denied);
        else void serveGraph(request, response);
        break;
      case '/':
        response.writeHead(302, { location: GRAPH_PATH }).end();
        break;
      case '/health/live':
        answerLive(response);
        break;
      case '/health/ready':
        answerReady(response, async () => denied?.error.message ?? ready());
        break;
      case '/metrics':
        if (showsMetrics) answerMetrics(response, metrics);
        else deny(request, response, NOT_FOUND);
        break;
      default:
        deny(request, response, NOT_FOUND);
    }
  };
}

function createCaller(requestId: string, session: Session | null, response: ServerResponse): HttpCaller {
  return {
    requestId,
    session,
    identity: identityOf(session),
    isGone: () => response.closed,
    interrupt: () => void response.destroy(),
    onClose(callBack) {
      if (response.closed) callBack();
      else response.once('close', callBack);
    },
  };
}

/** The path that a request asks for. */
export function pathOf({ url }: IncomingMessage): string {
  return (url ?? '/').split('?', 1)[0] ?? '/';
}

function asksForPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

function asksForEvents({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/event-stream') === true;
}

function asksFirst({ headers }: IncomingMessage): boolean {
  return headers.expect?.toLowerCase() === '100-continue';
}
