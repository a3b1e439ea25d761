import { type ExecutionResult, execute, GraphQLError } from 'graphql';
import type { EventSource } from '../../events/event-source.ts';
import { inTime } from '../../events/in-time.ts';
import { findEndOf } from '../admission/authentication.ts';
import { maskError, outcomeOf, TIME_CODE } from '../admission/mask-error.ts';
import { createSemaphore } from '../admission/semaphore.ts';
import type { EventResult } from '../delivery/event-result.ts';
import type { Mask } from '../delivery/event-stream.ts';
import { createEventStreams, type Pay, type Run } from '../delivery/event-streams.ts';
import { sizeOf } from '../request/answer-size.ts';
import type { Caller, MakeContext } from '../request/caller.ts';
import type { Operation } from '../request/operation.ts';
import { type Limits, limitExceeded } from '../settings/limits.ts';
import type { Log } from '../settings/log.ts';
import type { Metrics } from '../settings/metrics.ts';
import { withExtensions } from '../settings/with-extensions.ts';

export type Execution = {
  /** Runs a query or a mutation; never throws. */
  execute(operation: Operation, caller: Caller): Promise<ExecutionResult>;
  /**
   * Opens a subscription; never throws. Each event is executed in a context of its own, so that what a
   * context remembers of rights and rows never outlives one event; and once for all subscribers with the same
   * operation and the same rights, who get the same. When an open source fails, or an event can't be
   * delivered, the caller is interrupted rather than told that the subscription is complete.
   */
  subscribe(operation: Operation, caller: Caller): Promise<ExecutionResult | EventSource<EventResult>>;
  /**
   * Refuses new subscriptions at once and interrupts the open ones, spread evenly over `drainMs` so that
   * those who come back don't all arrive together elsewhere; resolves when none is open.
   */
  stop(drainMs: number): Promise<void>;
};

type Options = {
  /** Called once per operation, and once per event and share key. */
  readonly context: MakeContext;
  /** See `Limits`. */
  readonly operationMs: number;
  /** See `Limits`. */
  readonly answerBytes: number;
  /** See `Limits`. */
  readonly costly: Limits['costly'];
  readonly pay: Pay;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Makes what executes operations for every transport: contexts, masking and counting in one place. */
export function createExecution({
  context,
  operationMs,
  answerBytes,
  costly,
  pay,
  log,
  metrics,
}: Options): Execution {
  const semaphore = createSemaphore(costly.atOnce);
  metrics.gauge(
    'tiergraph_waiting_queries',
    'Costly queries that wait for their turn.',
    () => semaphore.waiting,
  );
  const operations = metrics.counter('tiergraph_operations_total', 'Operations by type and outcome.');

  const mask: Mask = (error, requestId) =>
    maskError(error, requestId, (cause) =>
      log.error({ requestId, err: reason(cause) }, 'An operation failed.'),
    );

  const maskResult = (result: ExecutionResult, requestId: string): ExecutionResult =>
    result.errors === undefined
      ? result
      : { ...result, errors: result.errors.map((error) => mask(error, requestId)) };

  const late = (requestId: string): ExecutionResult => {
    log.warn({ requestId }, 'An operation took too long.');
    return { errors: [tooLate(operationMs, requestId)] };
  };

  const run: Run = async (operation, { requestId, rights, session }, rootValue) => {
    // A mutation is not cancelled between its fields, since the later ones would be lost.
    const overdue = operation.prepared.node.operation === 'mutation' ? null : new AbortController();
    const work = async (): Promise<ExecutionResult> => {
      try {
        const end = await findEndOf(session);
        if (end !== null) return { errors: [end] };
        const contextValue = await context({ requestId, rights });
        const result = maskResult(
          await executeOperation(operation, rootValue, contextValue, overdue?.signal),
          requestId,
        );
        if (sizeOf([result.data, result.errors], answerBytes) <= answerBytes) return result;
        return { errors: [tooLarge(answerBytes, operation)] };
      } catch (error) {
        // Cut off here, which has been answered and logged.
        if (overdue?.signal.aborted === true) return { errors: [tooLate(operationMs, requestId)] };
        return { errors: [mask(error, requestId)] };
      }
    };
    return inTime(operationMs, work(), () => {
      overdue?.abort();
      return late(requestId);
    });
  };

  const isCostly = ({ prepared, cost }: Operation): boolean =>
    prepared.node.operation === 'query' && cost.requested >= costly.cost;

  /**
   * Few at once: they use the processor one after the other anyway, and each keeps what it has read in
   * memory.
   */
  const runCostly = async (caller: Caller, work: () => Promise<ExecutionResult>): Promise<ExecutionResult> =>
    semaphore.waiting >= costly.waiting
      ? { errors: [tooBusy()] }
      : semaphore.run(async () => (caller.isGone() ? { errors: [tooBusy()] } : work()));

  const count = (operation: Operation, result: ExecutionResult): void => {
    operations.add({ type: operation.prepared.node.operation, outcome: outcomeOf(result) });
  };

  const streams = createEventStreams({
    context,
    run,
    mask,
    maskResult,
    late,
    operationMs,
    pay,
    log,
    metrics,
  });

  return {
    async execute(operation, caller) {
      const { requestId, session } = caller;
      const work = () => run(operation, { requestId, rights: session?.rights ?? null, session });
      const result = await (isCostly(operation) ? runCostly(caller, work) : work());
      count(operation, result);
      return withCost(result, operation);
    },
    async subscribe(operation, caller) {
      const result = await streams.open(operation, caller);
      if ('pull' in result) operations.add({ type: 'subscription', outcome: 'OK' });
      else count(operation, result);
      return result;
    },
    stop: streams.stop,
  };
}

/** What went wrong, not what GraphQL wrapped around it. */
function reason(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error && error.originalError instanceof Error
    ? error.originalError
    : error;
}

/** Executes an operation, or one event of a subscription. */
function executeOperation(
  { prepared: { schema, document, name }, rawVariables }: Operation,
  rootValue: unknown,
  contextValue: unknown,
  abortSignal: AbortSignal | undefined,
): ExecutionResult | Promise<ExecutionResult> {
  return execute({
    schema,
    document,
    operationName: name,
    rootValue,
    contextValue,
    variableValues: rawVariables,
    ...(abortSignal && { abortSignal }),
  });
}

function tooBusy(): GraphQLError {
  return new GraphQLError('Too many costly queries wait already: try again.', {
    extensions: {
      code: 'RATE_LIMITED',
      limit: 'costly',
      http: { status: 503, headers: { 'retry-after': '1' } },
    },
  });
}

function tooLarge(answerBytes: number, { prepared }: Operation): GraphQLError {
  const error = limitExceeded('answerBytes', answerBytes, null);
  if (prepared.node.operation !== 'mutation') return error;
  return new GraphQLError(`${error.message} The mutation was executed.`, { extensions: error.extensions });
}

function tooLate(operationMs: number, requestId: string): GraphQLError {
  const error = limitExceeded('operationMs', operationMs, null);
  return withExtensions(error, { ...error.extensions, code: TIME_CODE, requestId });
}

function withCost(
  result: ExecutionResult,
  { cost: { requested, maximum, reading, balance } }: Operation,
): ExecutionResult {
  const rate = balance === null ? {} : { capacity: balance.capacity, perSecond: balance.perSecond };
  const read = reading === 0 ? {} : { reading };
  const cost = { requested, maximum, ...read, remaining: balance?.remaining ?? null, ...rate };
  return { ...result, extensions: { ...result.extensions, cost } };
}
