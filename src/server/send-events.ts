import type { EventStream } from './event-streams.ts';

/**
 * Sends a subscription's events one after the other, each once the one before is out; its `next` settles when the stream is over. To the
 * library that keeps the protocol it looks like a stream without events: it would make the text of an event anew for each subscriber.
 * `send` is given an event's result as JSON in UTF-8.
 */
export function sendEvents(
  stream: EventStream,
  send: (result: Buffer) => Promise<void>,
): AsyncGenerator<never, void, void> {
  const events: AsyncGenerator<never, void, void> = {
    async next() {
      for (;;) {
        const step = await stream.next();
        if (step.done === true) return step;
        await send(step.value.toBytes());
      }
    },
    return: () => stream.return().then(() => ({ value: undefined, done: true })),
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
