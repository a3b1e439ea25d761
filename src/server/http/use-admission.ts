import type { ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin, type YogaServer } from 'graphql-yoga';
import type { GiveWay } from '../../app/context/give-way.ts';
import type { AdmissionControl } from '../admission/admission.ts';
import type { ConnectionCount } from '../admission/connection-count.ts';
import { isMasked, isOurFault } from '../admission/mask-error.ts';
import type { Execution } from '../execution/execution.ts';
import type { Caller } from '../request/caller.ts';
import { badRequest, paramsOf, readBody, readGraphRequest } from '../request/graph-request.ts';
import type { Balance, CostReport, Operation } from '../request/operation.ts';
import { limitExceeded } from '../settings/limits.ts';
import { withExtensions } from '../settings/with-extensions.ts';

/** A caller by HTTP. */
export type HttpCaller = Caller & {
  /** Calls back once the response is over, however it ends; at once if it is. */
  onClose(callBack: () => void): void;
};

/** What the server gives Yoga with each request. */
export type HttpContext = { readonly caller: HttpCaller };

/** What a subscription's context has besides; Yoga hands it through. */
type SubscriptionContext = HttpContext & { readonly operation: Operation };

type Options = {
  readonly admissionControl: AdmissionControl;
  readonly execution: Execution;
  readonly connections: ConnectionCount;
  readonly connectionsPerIdentity: number;
  readonly giveWay: GiveWay;
};

/**
 * A Yoga plugin that does by `admissionControl` and `execution` what Yoga would do with a request's
 * parameters, so that it is the same as over WebSocket, and gives results the HTTP status and headers that
 * they deserve.
 */
export function useAdmission({
  admissionControl,
  execution,
  connections,
  connectionsPerIdentity,
  giveWay,
}: Options): Plugin<SubscriptionContext, HttpContext> {
  let yoga: YogaServer<HttpContext, object> | undefined;

  return {
    onYogaInit(payload) {
      yoga = payload.yoga;
    },
    onRequestParse({ request: { method, url }, setRequestParser }) {
      setRequestParser(
        method === 'GET'
          ? () => paramsOf(url)
          : async (request) => {
              const params = readBody(await bytesOf(request));
              // Parsing a large body takes most of a turn of the event loop, and so does what comes next.
              await giveWay();
              return params;
            },
      );
    },
    onParams({ params, setParams, setParamsHandler }) {
      const asked = readGraphRequest(params);
      // Yoga's own check wants a query where a documentId is enough.
      setParams({ query: asked.text ?? '' });
      setParamsHandler(async ({ request, context }) => {
        const { caller } = context;
        const admission = admissionControl.admit(asked, caller, { mutations: request.method !== 'GET' });
        if (!admission.ok) return { errors: [...admission.errors] };
        const { operation } = admission;
        if (operation.prepared.node.operation !== 'subscription') {
          return withCostHeaders(await execution.execute(operation, caller), operation.cost);
        }
        if (!acceptsEvents(request.headers.get('accept'))) {
          return {
            errors: [badRequest('A subscription is answered as text/event-stream: accept that.', 406)],
          };
        }
        const leave = connections.enter(caller.identity);
        if (leave === null) {
          const error = limitExceeded('connectionsPerIdentity', connectionsPerIdentity, null);
          return { errors: [withExtensions(error, { ...error.extensions, http: { status: 429 } })] };
        }
        caller.onClose(leave);
        const { schema, document } = operation.prepared;
        // Yoga answers with an event stream only what it has seen being subscribed to.
        return yoga?.getEnveloped(context).subscribe({
          schema,
          document,
          contextValue: { ...context, operation },
        });
      });
    },
    onSubscribe({ args, setSubscribeFn }) {
      const { operation, caller } = args.contextValue;
      setSubscribeFn(async () => {
        const result = await execution.subscribe(operation, caller);
        // Yoga ends it too, but not for a client that was gone before the first event could be sent.
        if ('close' in result) caller.onClose(() => result.close());
        return result;
      });
    },
    onExecutionResult({ result, setResult }) {
      if (result === undefined || isAsyncIterable(result)) return;
      if (result.data !== undefined || result.errors === undefined) return;
      const http = statusOf(result.errors);
      setResult({
        ...result,
        errors: result.errors.map((error) =>
          error.extensions.http === undefined ? withExtensions(error, { ...error.extensions, http }) : error,
        ),
      });
    },
  };
}

/**
 * The bytes of a body. Throws BAD_REQUEST if the client left before the last of them, which is not our fault.
 */
async function bytesOf(request: Request): Promise<Buffer> {
  try {
    return Buffer.from(await request.arrayBuffer());
  } catch {
    throw badRequest('The body did not arrive as a whole.');
  }
}

function acceptsEvents(accept: string | null): boolean {
  return accept === null || /\*\/\*|text\/(\*|event-stream)/i.test(accept);
}

/** With `spec`, clients that accept application/json alone get 200, and look into the body. */
function statusOf(errors: readonly GraphQLError[]): { readonly status: number; readonly spec?: true } {
  if (errors.some(isMasked)) return { status: 500 };
  return errors.some(isOurFault) ? { status: 504 } : { status: 400, spec: true };
}

/**
 * The same result with what it cost as a header, and those of the IETF's draft on rate limits if the caller
 * has a budget.
 */
function withCostHeaders(
  result: ExecutionResult,
  { requested, maximum, balance }: CostReport,
): ExecutionResult {
  const cost = { 'operation-cost': `requested=${requested}, maximum=${maximum}` };
  const headers = balance === null ? cost : { ...cost, ...budgetHeaders(balance) };
  return { ...result, extensions: { ...result.extensions, http: { headers } } };
}

function budgetHeaders({ capacity, perSecond, remaining }: Balance): Record<string, string> {
  return {
    'ratelimit-policy': `"cost";q=${capacity};w=${Math.ceil(capacity / perSecond)}`,
    ratelimit: `"cost";r=${remaining};t=${Math.ceil((capacity - remaining) / perSecond)}`,
  };
}
