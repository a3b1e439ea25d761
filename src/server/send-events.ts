import { type Asker, ENDED } from '../events/event-source.ts';
import type { EventResult } from './event-result.ts';
import type { EventStream } from './event-stream.ts';

/**
 * Sends a subscription's events one after the other, each once `send` has called back for the one before; its `next` settles when the stream
 * is over. To the library that keeps the protocol it looks like a stream without events: it would make the text of an event anew for each
 * subscriber. `send` is given an event's result as a byte string of JSON.
 */
export function sendEvents(
  stream: EventStream,
  send: (result: string, then: () => void) => void,
): AsyncGenerator<never, void, void> {
  let finish = (): void => {};
  const events: AsyncGenerator<never, void, void> = {
    next: () =>
      new Promise((resolve, reject) => {
        finish = () => resolve(ENDED);
        const goOn = (): void => stream.ask(asker);
        const asker: Asker<EventResult> = {
          take: (result) => send(result.toByteString(), goOn),
          finish,
          fail: reject,
        };
        goOn();
      }),
    async return() {
      await stream.return();
      // Also if what was given to send is never out.
      finish();
      return ENDED;
    },
    async throw(error) {
      await stream.return();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      await stream.return();
    },
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}
