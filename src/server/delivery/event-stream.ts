import type { GraphQLError } from 'graphql';
import { ENDED, type EventSource, nextOf, type Receiver } from '../../events/event-source.ts';
import { findEndOf } from '../admission/authentication.ts';
import { isMasked } from '../admission/mask-error.ts';
import type { Caller } from '../request/caller.ts';
import { type EventResult, isLost, toEventResult, whyTooLarge } from './event-result.ts';

/** A subscription's results, for who iterates and for who asks; one at a time. */
export type EventStream = AsyncGenerator<EventResult, void, void> & Pick<EventSource<EventResult>, 'ask'>;

/** What a client sees of an error, see `maskError`. */
export type Mask = (error: unknown, requestId: string) => GraphQLError;

type Options = {
  readonly source: AsyncIterator<unknown>;
  readonly caller: Caller;
  /** Has an event executed, or takes what was executed for another subscriber, and gives the result; or returns how long to wait before it is asked again, in milliseconds. */
  readonly share: (event: unknown, give: (result: EventResult) => void) => number;
  readonly mask: Mask;
  readonly onGiven: () => void;
  readonly onOver: () => void;
  readonly onUncleanEnd: (error: unknown) => void;
};

/** Makes the stream of one subscription's results; `end` ends it with an error, as its caller's rights have ended. */
export function createEventStream(options: Options): {
  readonly stream: EventStream;
  readonly end: (error: GraphQLError) => void;
} {
  const { source, caller, share, mask, onGiven, onOver, onUncleanEnd } = options;
  const { session, requestId } = caller;
  const pullSource = pullOf(source);
  /** Who asked and has no answer yet. */
  let receiver: Receiver<EventResult> | undefined;
  let isOver = false;
  let pause: NodeJS.Timeout | undefined;
  /** Why the rights have ended. */
  let ended: GraphQLError | undefined;

  const answered = (): Receiver<EventResult> | undefined => {
    const pulling = receiver;
    receiver = undefined;
    return pulling;
  };
  // Not awaited: a source that is slow to end must not hold up the connection's end.
  const endSource = (): void => {
    Promise.resolve(source.return?.()).catch(onUncleanEnd);
  };
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(pause);
    onOver();
    endSource();
    answered()?.finish();
  };
  const interrupt = (): void => {
    caller.interrupt();
    stop();
  };
  const closeWith = (error: GraphQLError): void => {
    const pulling = answered();
    stop();
    pulling?.take(toEventResult({ errors: [error] }));
  };
  const fail = (error: unknown): void => {
    if (isOver) return;
    const shown = mask(error, requestId);
    if (isMasked(shown)) interrupt();
    else closeWith(shown);
  };

  const give = (result: EventResult): void => {
    if (isOver) return;
    const reason = ended ?? whyTooLarge(result);
    if (reason !== undefined) closeWith(reason);
    else if (isLost(result)) interrupt();
    else {
      onGiven();
      answered()?.take(result);
    }
  };
  // Who has to wait is a place in the log meanwhile, and misses nothing.
  const execute = (event: unknown): void => {
    pause = undefined;
    if (isOver) return;
    const waitMs = share(event, give);
    if (waitMs > 0) pause = setTimeout(execute, waitMs, event).unref();
  };
  const fromSource: Receiver<unknown> = {
    take(event) {
      if (session === null) execute(event);
      else {
        findEndOf(session)
          .then((end) => (end === null ? execute(event) : closeWith(end)))
          .catch(fail);
      }
    },
    finish() {
      if (ended === undefined) stop();
      else closeWith(ended);
    },
    fail,
  };

  const stream: EventStream = {
    ask(pulling) {
      if (isOver) {
        pulling.finish();
        return;
      }
      receiver = pulling;
      if (ended === undefined) pullSource(fromSource);
      else closeWith(ended);
    },
    next: () => nextOf(stream.ask),
    async return() {
      stop();
      return ENDED;
    },
    async throw(error) {
      stop();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      stop();
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return {
    stream,
    end(error) {
      ended = error;
      // A reader that waits for the next event, or until it can be paid for, gets the error instead.
      if (pause === undefined) endSource();
      else closeWith(error);
    },
  };
}

/** How to ask a source for its next event. */
function pullOf(source: AsyncIterator<unknown>): (receiver: Receiver<unknown>) => void {
  if (callsBack(source)) return source.ask;
  return (receiver) => {
    source
      .next()
      .then((step) => (step.done === true ? receiver.finish() : receiver.take(step.value)))
      .catch(receiver.fail);
  };
}

function callsBack(source: AsyncIterator<unknown>): source is EventSource<unknown> {
  return 'ask' in source && typeof source.ask === 'function';
}
