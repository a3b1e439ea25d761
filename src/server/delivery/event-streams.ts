import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  createSourceEventStream,
  type ExecutionResult,
  GraphQLError,
  validateSubscriptionArgs,
} from 'graphql';
import type { Session } from '../../app/access/authenticate.ts';
import { classOf } from '../../app/access/rights.ts';
import type { EventSource } from '../../events/event-source.ts';
import { inTime } from '../../events/in-time.ts';
import { findEndOf } from '../admission/authentication.ts';
import { outcomeOf } from '../admission/mask-error.ts';
import type { Caller, MakeContext } from '../request/caller.ts';
import type { Operation } from '../request/operation.ts';
import type { Log } from '../settings/log.ts';
import type { Metrics } from '../settings/metrics.ts';
import { type EventResult, isLost, toEventResult } from './event-result.ts';
import { EventStream, type Mask, type StreamHost } from './event-stream.ts';
import { createSharedExecutions, shareKeyOf } from './shared-executions.ts';

/** The subscriptions that are open, see `Execution`. */
export type EventStreams = {
  open(operation: Operation, caller: Caller): Promise<ExecutionResult | EventSource<EventResult>>;
  stop(drainMs: number): Promise<void>;
};

/**
 * Pays for an event from the caller's budget. Returns 0 if it was paid, otherwise how long to wait until
 * there is enough, in milliseconds.
 */
export type Pay = (operation: Operation, caller: Caller) => number;

/** What runs an operation, or one event of a subscription, in time and masked; never throws. */
export type Run = (
  operation: Operation,
  given: Parameters<MakeContext>[0] & {
    /** Its end is looked for first: the rights may have ended since they were proven. */
    readonly session: Session | null;
  },
  rootValue?: unknown,
) => Promise<ExecutionResult>;

type Options = {
  readonly context: MakeContext;
  readonly run: Run;
  readonly mask: Mask;
  readonly maskResult: (result: ExecutionResult, requestId: string) => ExecutionResult;
  /** What is answered when opening took too long. */
  readonly late: (requestId: string) => ExecutionResult;
  readonly operationMs: number;
  /** See `Options` of `createExecution`. */
  readonly pay: Pay;
  readonly log: Log;
  readonly metrics: Metrics;
};

/**
 * How often rights are checked, in milliseconds. Subscriptions end within this time, plus that of a check,
 * after their rights ended.
 */
const RECHECK_EVERY_MS = 1_000;

/**
 * Makes what opens subscriptions, executes their events, and ends them when the rights of their callers end.
 */
export function createEventStreams(options: Options): EventStreams {
  const { context, run, mask, maskResult, late, operationMs, pay, log, metrics } = options;
  const open = new Set<EventStream>();
  const shared = createSharedExecutions(isLost);
  let rechecking: NodeJS.Timeout | undefined;
  let stopping = false;
  const events = metrics.counter(
    'tiergraph_events_total',
    'Events executed, each for one or more subscribers.',
  );
  const deliveries = metrics.counter('tiergraph_deliveries_total', 'Events given to a subscriber.');
  metrics.gauge('tiergraph_open_subscriptions', 'Subscriptions that are open now.', () => open.size);

  /** Ends the streams whose callers' rights have ended, also those to which nothing happens. */
  const recheck = async (): Promise<void> => {
    for (const stream of [...open]) {
      const { session, requestId } = stream.caller;
      const error = await findEndOf(session).catch((failure) => {
        log.error({ requestId, err: failure }, "A subscriber's rights could not be checked.");
        return null;
      });
      if (error !== null) stream.endWith(error);
    }
  };
  const watchRights = (): void => {
    if (rechecking !== undefined || open.size === 0) return;
    rechecking = setTimeout(() => {
      void recheck().finally(() => {
        rechecking = undefined;
        watchRights();
      });
    }, RECHECK_EVERY_MS);
    rechecking.unref();
  };

  const openSource = async (
    { prepared, rawVariables }: Operation,
    { requestId, session }: Caller,
  ): Promise<AsyncIterator<unknown> | ExecutionResult> => {
    try {
      const { schema, document, name } = prepared;
      const subscription = validateSubscriptionArgs({
        schema,
        document,
        operationName: name,
        variableValues: rawVariables,
        contextValue: await context({ requestId, rights: session?.rights ?? null }),
      });
      if (!('operation' in subscription)) return maskResult({ errors: subscription }, requestId);
      const source = await createSourceEventStream(subscription);
      return isAsyncIterable(source) ? source[Symbol.asyncIterator]() : maskResult(source, requestId);
    } catch (error) {
      return { errors: [mask(error, requestId)] };
    }
  };

  /**
   * Executes an event for all subscribers that share it: under a request id of its own, and with the rights
   * that they have in common.
   */
  const runShared = async (
    operation: Operation,
    { session }: Caller,
    event: unknown,
  ): Promise<EventResult> => {
    const rights = session && classOf(session.rights);
    const requestId = randomUUID();
    const result = toEventResult(await run(operation, { requestId, rights, session: null }, event));
    events.add({ outcome: outcomeOf(result) });
    try {
      // A result that cannot be serialized fails here, once for all subscribers.
      result.stringify();
      return result;
    } catch (error) {
      return toEventResult({ errors: [mask(error, requestId)] });
    }
  };

  const host: StreamHost = {
    execute(event, stream) {
      const { operation, caller, shareKey } = stream;
      if (shared.share(event, shareKey, stream)) return 0;
      const waitMs = pay(operation, caller);
      if (waitMs === 0) {
        shared.execute(event, shareKey, () => runShared(operation, caller, event), stream);
      }
      return waitMs;
    },
    mask,
    onGiven: () => deliveries.add(),
    onEnd: (stream) => void open.delete(stream),
    onUncleanEnd: ({ caller: { requestId } }, error) =>
      log.error({ requestId, err: error }, 'A subscription did not end cleanly.'),
  };
  const streamFrom = (source: AsyncIterator<unknown>, operation: Operation, caller: Caller): EventStream => {
    const shareKey = shareKeyOf(operation, caller.session?.rights ?? null);
    const stream = new EventStream({ source, operation, caller, shareKey, host });
    open.add(stream);
    watchRights();
    return stream;
  };

  return {
    async open(operation, caller) {
      const opening = openSource(operation, caller);
      const source = await inTime(operationMs, opening, () => late(caller.requestId));
      if (!isIterator(source)) {
        // A subscription that opens too late must not stay open.
        void opening.then((opened) => (isIterator(opened) ? opened.return?.() : undefined));
        return source;
      }
      if (stopping) {
        void source.return?.();
        return { errors: [refuseWhileStopping(caller)] };
      }
      return streamFrom(source, operation, caller);
    },

    async stop(drainMs) {
      stopping = true;
      const startedAt = performance.now();
      const subscribers = [...open];
      for (const [index, stream] of subscribers.entries()) {
        const waitMs = startedAt + (drainMs * index) / subscribers.length - performance.now();
        if (waitMs > 0) await pause(waitMs);
        // A client that left meanwhile may have another subscription on the same connection, whose turn has
        // not come.
        if (!open.has(stream)) continue;
        stream.caller.interrupt();
        stream.close();
      }
      clearTimeout(rechecking);
    },
  };
}

/** Looks like an outage, so that the client tries again. */
function refuseWhileStopping({ requestId }: Caller): GraphQLError {
  return new GraphQLError('The server is stopping: try again.', {
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  });
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

function isIterator(value: AsyncIterator<unknown> | ExecutionResult): value is AsyncIterator<unknown> {
  return 'next' in value;
}
