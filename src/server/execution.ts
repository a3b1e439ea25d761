import { setTimeout as pause } from 'node:timers/promises';
import { createSourceEventStream, type ExecutionResult, GraphQLError } from 'graphql';
import type { Session } from '../app/authenticate.ts';
import type { Operation } from './admission.ts';
import { findEndOf } from './authentication.ts';
import { inTime } from './in-time.ts';
import { limitExceeded } from './limits.ts';
import type { Log } from './log.ts';
import { isMasked, isOurFault, maskError, TIME_CODE } from './mask-error.ts';
import type { Metrics } from './metrics.ts';
import { createRunOperation } from './run-operation.ts';
import { withExtensions } from './with-extensions.ts';

/** Who sent an operation, whichever way it came. */
export type Caller = {
  readonly requestId: string;
  /** The rights that it proved; null where nobody has to. */
  readonly session: Session | null;
  /** Under what the caller's limits are counted, such as its key's prefix; null for a caller that has none of its own. */
  readonly identity: string | null;
  /** Breaks the connection that carries the caller's stream, in the way that makes its client come back and resume. */
  interrupt(): void;
};

export type Execution = {
  /** Runs a query or a mutation; never throws. */
  execute(operation: Operation, caller: Caller): Promise<ExecutionResult>;
  /**
   * Opens a subscription; never throws. Each event is executed in a context of its own, so that what a context remembers
   * of rights and rows never outlives one event. When an open source fails, or an event can't be delivered, the caller
   * is interrupted rather than told that the subscription is complete.
   */
  subscribe(operation: Operation, caller: Caller): Promise<ExecutionResult | EventStream>;
  /**
   * Refuses new subscriptions at once and interrupts the open ones, spread evenly over `drainMs` so that those who come back
   * don't all arrive together elsewhere; resolves when none is open.
   */
  stop(drainMs: number): Promise<void>;
};

/** Makes the context of one operation, or of one event of a subscription. */
export type MakeContext = (caller: Pick<Caller, 'requestId' | 'session'>) => object | Promise<object>;

/**
 * Finds who a caller is from its `Authorization`, which is a header or a parameter of a WebSocket connection; null where
 * nobody has to say. Rejects with a GraphQLError that has a code for somebody who may not come in.
 */
export type Identify = (authorization: string | null) => Promise<Session | null>;

export type EventStream = AsyncGenerator<ExecutionResult, void, void>;

/** A right that has ended ends the subscriptions that live from it within this time and what a check takes, in milliseconds. */
const RECHECK_EVERY_MS = 1_000;

type Options = {
  /** Called once an operation and once for each event of a subscription. */
  readonly context: MakeContext;
  /** See `Limits`. */
  readonly operationMs: number;
  /** How often an operation is executed as it is before it is compiled; those of trusted documents are compiled at once. */
  readonly compileAfter: number;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Makes what executes operations for every transport: contexts, masking and counting in one place. */
export function createExecution({ context, operationMs, compileAfter, log, metrics }: Options): Execution {
  const runOperation = createRunOperation(compileAfter);
  const open = new Map<EventStream, { readonly caller: Caller; end(error: GraphQLError): void }>();
  let rechecking: NodeJS.Timeout | undefined;
  let stopping = false;
  const operations = metrics.counter('tiergraph_operations_total', 'Operations by type and outcome.');
  const events = metrics.counter('tiergraph_events_total', 'Events executed for subscribers.');
  metrics.gauge('tiergraph_open_subscriptions', 'Subscriptions that are open now.', () => open.size);

  const mask = (error: unknown, { requestId }: Caller): GraphQLError =>
    maskError(error, requestId, (cause) =>
      log.error({ requestId, err: reason(cause) }, 'An operation failed.'),
    );

  const maskResult = (result: ExecutionResult, caller: Caller): ExecutionResult =>
    result.errors === undefined
      ? result
      : { ...result, errors: result.errors.map((error) => mask(error, caller)) };

  const late = ({ requestId }: Caller): ExecutionResult => {
    log.warn({ requestId }, 'An operation took too long.');
    return { errors: [tooLate(operationMs, requestId)] };
  };

  const run = async (operation: Operation, caller: Caller, rootValue?: unknown): Promise<ExecutionResult> => {
    const work = async (): Promise<ExecutionResult> => {
      try {
        const end = await findEndOf(caller.session);
        if (end !== null) return { errors: [end] };
        return maskResult(await runOperation(operation, rootValue, await context(caller)), caller);
      } catch (error) {
        return { errors: [mask(error, caller)] };
      }
    };
    return (await inTime(operationMs, work())) ?? late(caller);
  };

  /** Ends the streams whose callers' rights have ended, also those to which nothing happens. */
  const recheck = async (): Promise<void> => {
    for (const { caller, end } of [...open.values()]) {
      const error = await findEndOf(caller.session).catch((failure) => {
        log.error(
          { requestId: caller.requestId, err: failure },
          "A subscriber's rights could not be checked.",
        );
        return null;
      });
      if (error !== null) end(error);
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

  const count = (operation: Operation, result: ExecutionResult): void => {
    operations.add({ type: operation.prepared.node.operation, outcome: outcomeOf(result) });
  };

  const openSource = async (
    { prepared, rawVariables }: Operation,
    caller: Caller,
  ): Promise<AsyncIterator<unknown> | ExecutionResult> => {
    try {
      const { schema, document, name } = prepared;
      const source = await createSourceEventStream({
        schema,
        document,
        operationName: name,
        variableValues: rawVariables,
        contextValue: await context(caller),
      });
      return isAsyncIterable(source) ? source[Symbol.asyncIterator]() : maskResult(source, caller);
    } catch (error) {
      return { errors: [mask(error, caller)] };
    }
  };

  return {
    async execute(operation, caller) {
      const result = await run(operation, caller);
      count(operation, result);
      return withCost(result, operation);
    },

    async subscribe(operation, caller) {
      const opening = openSource(operation, caller);
      const source = (await inTime(operationMs, opening)) ?? late(caller);
      if (!isIterator(source)) {
        // What opens after all must not stay open.
        void opening.then((opened) => (isIterator(opened) ? opened.return?.() : undefined));
        count(operation, source);
        return source;
      }
      if (stopping) {
        void source.return?.();
        return { errors: [refuseWhileStopping(caller)] };
      }
      operations.add({ type: 'subscription', outcome: 'OK' });

      const finished = { value: undefined, done: true } as const;
      const fail = (): typeof finished => {
        caller.interrupt();
        void stream.return();
        return finished;
      };
      // Set while somebody waits for the next event: settles that wait with the end of the rights.
      let settle: ((end: GraphQLError) => void) | undefined;
      let ended: GraphQLError | undefined;
      const nextStep = (): Promise<IteratorResult<unknown> | GraphQLError> =>
        new Promise((resolve, reject) => {
          settle = resolve;
          source.next().then(resolve, reject);
        });
      const close = (end: GraphQLError): IteratorResult<ExecutionResult, void> => {
        void stream.return();
        return { value: { errors: [end] }, done: false };
      };
      const stream: EventStream = {
        async next() {
          if (!open.has(stream)) return finished;
          if (ended !== undefined) return close(ended);
          let step: IteratorResult<unknown> | GraphQLError;
          try {
            step = await nextStep();
          } catch (error) {
            const shown = mask(error, caller);
            if (isMasked(shown)) return fail();
            open.delete(stream);
            return { value: { errors: [shown] }, done: false };
          }
          if (!open.has(stream)) return finished;
          if (step instanceof GraphQLError) return close(step);
          if (step.done === true) {
            open.delete(stream);
            return finished;
          }
          const result = await run(operation, caller, step.value);
          events.add({ outcome: outcomeOf(result) });
          const lostRights = result.errors?.find(({ extensions }) => extensions.code === 'UNAUTHENTICATED');
          if (lostRights !== undefined) return close(lostRights);
          // An event without data carries no cursor: the client would be past it without knowing.
          const isLost = (result.data ?? null) === null && result.errors?.some(isOurFault) === true;
          return isLost ? fail() : { value: result, done: false };
        },
        async return() {
          // Not awaited: a source that is slow to end must not hold up the connection's end.
          if (open.delete(stream)) {
            Promise.resolve(source.return?.()).catch((error) =>
              log.error({ requestId: caller.requestId, err: error }, 'A subscription did not end cleanly.'),
            );
          }
          return finished;
        },
        async throw(error) {
          await stream.return();
          throw error;
        },
        async [Symbol.asyncDispose]() {
          await stream.return();
        },
        [Symbol.asyncIterator]() {
          return stream;
        },
      };
      const end = (error: GraphQLError): void => {
        ended = error;
        settle?.(error);
      };
      open.set(stream, { caller, end });
      watchRights();
      return stream;
    },

    async stop(drainMs) {
      stopping = true;
      const startedAt = performance.now();
      const subscribers = [...open];
      for (const [index, [stream, { caller }]] of subscribers.entries()) {
        const waitMs = startedAt + (drainMs * index) / subscribers.length - performance.now();
        if (waitMs > 0) await pause(waitMs);
        // Whoever left meanwhile may have another subscription on the connection that is not yet to be cut.
        if (!open.has(stream)) continue;
        caller.interrupt();
        void stream.return();
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

/** What went wrong, not what GraphQL wrapped around it. */
function reason(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error && error.originalError instanceof Error
    ? error.originalError
    : error;
}

function tooLate(operationMs: number, requestId: string): GraphQLError {
  const error = limitExceeded('operationMs', operationMs, null);
  return withExtensions(error, { ...error.extensions, code: TIME_CODE, requestId });
}

function withCost(
  result: ExecutionResult,
  { cost: { requested, maximum, balance } }: Operation,
): ExecutionResult {
  const rate = balance === null ? {} : { capacity: balance.capacity, perSecond: balance.perSecond };
  const cost = { requested, maximum, remaining: balance?.remaining ?? null, ...rate };
  return { ...result, extensions: { ...result.extensions, cost } };
}

function outcomeOf(result: ExecutionResult): 'OK' | 'BAD_REQUEST' | 'FAILED' {
  if (result.errors === undefined) return 'OK';
  return result.errors.some(isOurFault) ? 'FAILED' : 'BAD_REQUEST';
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

function isIterator(value: AsyncIterator<unknown> | ExecutionResult): value is AsyncIterator<unknown> {
  return 'next' in value;
}
