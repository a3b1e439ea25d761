import type { Receiver } from '../../events/event-source.ts';
import type { EventResult } from './event-result.ts';
import type { EventStream } from './event-stream.ts';

/** A subscription's events on their way to a client. */
export type SentEvents = {
  /** Settles when the stream is over, and all of it was given to send. */
  readonly over: Promise<void>;
  /** Ends the stream, also while something given to send is not out. */
  stop(): void;
};

/**
 * Sends a subscription's events one after the other, each once `send` has called back for the one before. `send` is given an event's result
 * as a byte string of JSON.
 */
export function sendEvents(
  stream: EventStream,
  send: (result: string, then: () => void) => void,
): SentEvents {
  let finish = (): void => {};
  const over = new Promise<void>((resolve, reject) => {
    finish = resolve;
    const goOn = (): void => stream.ask(receiver);
    const receiver: Receiver<EventResult> = {
      take: (result) => send(result.toByteString(), goOn),
      finish,
      fail: reject,
    };
    goOn();
  });
  return {
    over,
    stop() {
      void stream.return();
      finish();
    },
  };
}
