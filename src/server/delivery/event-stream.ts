import type { GraphQLError } from 'graphql';
import { EventSource, type Receiver } from '../../events/event-source.ts';
import { findEndOf } from '../admission/authentication.ts';
import { isMasked } from '../admission/mask-error.ts';
import type { Caller } from '../request/caller.ts';
import type { Operation } from '../request/operation.ts';
import { type EventResult, isLost, toEventResult, whyTooLarge } from './event-result.ts';
import type { Recipient } from './shared-executions.ts';

/** What a client sees of an error, see `maskError`. */
export type Mask = (error: unknown, requestId: string) => GraphQLError;

/** What all streams of a server have in common. */
export type StreamHost = {
  /**
   * Gives a stream the result of an event, executed for it or for another stream. Returns 0 if so, otherwise
   * how long to wait until the execution can be paid for, in milliseconds.
   */
  execute(event: unknown, stream: EventStream): number;
  readonly mask: Mask;
  onGiven(): void;
  onEnd(stream: EventStream): void;
  onUncleanEnd(stream: EventStream, error: unknown): void;
};

type Options = {
  readonly source: AsyncIterator<unknown>;
  readonly operation: Operation;
  readonly caller: Caller;
  /** The same for streams that get the same result for the same event. */
  readonly shareKey: string;
  readonly host: StreamHost;
};

/**
 * What a stream does:
 *
 *     IDLE -- pull --> PULLING -- the source has an event --> CHECKING -- the rights hold --> EXECUTING
 *
 *     EXECUTING -- it can't be paid for yet --> UNPAID -- a pause --> EXECUTING
 *     EXECUTING -- the result was given --> IDLE
 *
 * and from each of them to ENDED: by `close`; with an error when the rights have ended or a result is too
 * large; by breaking the connection when an event is lost, so that its client comes back for it; when the
 * source finishes or fails.
 */
type State = 'IDLE' | 'PULLING' | 'CHECKING' | 'EXECUTING' | 'UNPAID' | 'ENDED';

/** The results of one subscription, pulled one at a time. As a receiver it is its source's. */
export class EventStream extends EventSource<EventResult> implements Receiver<unknown>, Recipient {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly shareKey: string;
  readonly #source: AsyncIterator<unknown>;
  readonly #host: StreamHost;
  #state: State = 'IDLE';
  #receiver: Receiver<EventResult> | undefined;
  #pause: NodeJS.Timeout | undefined;
  /** Why the rights have ended, until that could be said. */
  #reason: GraphQLError | undefined;

  constructor({ source, operation, caller, shareKey, host }: Options) {
    super();
    this.#source = source;
    this.operation = operation;
    this.caller = caller;
    this.shareKey = shareKey;
    this.#host = host;
  }

  pull(receiver: Receiver<EventResult>): void {
    if (this.#state === 'ENDED') {
      receiver.finish();
      return;
    }
    this.#receiver = receiver;
    if (this.#reason !== undefined) {
      this.#closeWith(this.#reason);
      return;
    }
    this.#state = 'PULLING';
    pullFrom(this.#source, this);
  }

  receive(event: unknown): void {
    if (this.#state !== 'PULLING') return;
    this.#state = 'CHECKING';
    const { session } = this.caller;
    if (session === null) this.#execute(event);
    else {
      findEndOf(session)
        .then((end) => (end === null ? this.#execute(event) : this.#closeWith(end)))
        .catch((error: unknown) => this.fail(error));
    }
  }

  /** Gives the result of the event that is being executed. */
  give(result: EventResult): void {
    if (this.#state === 'ENDED') return;
    const reason = this.#reason ?? whyTooLarge(result);
    if (reason !== undefined) this.#closeWith(reason);
    else if (isLost(result)) this.#interrupt();
    else {
      this.#state = 'IDLE';
      this.#host.onGiven();
      this.#takeReceiver()?.receive(result);
    }
  }

  finish(): void {
    if (this.#reason === undefined) this.close();
    else this.#closeWith(this.#reason);
  }

  fail(error: unknown): void {
    if (this.#state === 'ENDED') return;
    const shown = this.#host.mask(error, this.caller.requestId);
    if (isMasked(shown)) this.#interrupt();
    else this.#closeWith(shown);
  }

  /**
   * Ends the stream with an error, since the caller's rights have ended: now if no result is under way,
   * otherwise instead of that result.
   */
  endWith(reason: GraphQLError): void {
    this.#reason = reason;
    if (this.#state === 'PULLING' || this.#state === 'UNPAID') this.#closeWith(reason);
    else this.#closeSource();
  }

  close(): void {
    if (this.#state === 'ENDED') return;
    this.#state = 'ENDED';
    clearTimeout(this.#pause);
    this.#host.onEnd(this);
    this.#closeSource();
    this.#takeReceiver()?.finish();
  }

  #execute(event: unknown): void {
    if (this.#state === 'ENDED') return;
    this.#state = 'EXECUTING';
    const waitMs = this.#host.execute(event, this);
    if (waitMs === 0) return;
    // Its place in the log is kept meanwhile, and nothing is missed.
    this.#state = 'UNPAID';
    this.#pause = setTimeout(() => this.#execute(event), waitMs).unref();
  }

  #closeWith(error: GraphQLError): void {
    const receiver = this.#takeReceiver();
    this.close();
    receiver?.receive(toEventResult({ errors: [error] }));
  }

  #interrupt(): void {
    this.caller.interrupt();
    this.close();
  }

  // Not awaited: a source that is slow to end must not hold up the connection's end.
  #closeSource(): void {
    Promise.resolve(this.#source.return?.()).catch((error: unknown) => this.#host.onUncleanEnd(this, error));
  }

  #takeReceiver(): Receiver<EventResult> | undefined {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    return receiver;
  }
}

function pullFrom(source: AsyncIterator<unknown>, receiver: Receiver<unknown>): void {
  if (source instanceof EventSource) {
    source.pull(receiver);
    return;
  }
  source
    .next()
    .then(({ done, value }) => (done === true ? receiver.finish() : receiver.receive(value)))
    .catch((error: unknown) => receiver.fail(error));
}
