/** What asked for the next event, and is called back once. */
export type Receiver<Event> = {
  take(event: Event): void;
  /** There are no more events. */
  finish(): void;
  fail(error: unknown): void;
};

/** Events, one each time that one is asked for. As an iterator it makes a promise for each; `ask` calls back, at once where it can. */
export type EventSource<Event> = AsyncIterableIterator<Event, undefined> & {
  ask(receiver: Receiver<Event>): void;
};

/** The result of an iterator that has come to its end. */
export const ENDED = { done: true, value: undefined } as const;

/** What an iterator's `next` gives for a source that calls back. */
export function nextOf<Event>(
  ask: (receiver: Receiver<Event>) => void,
): Promise<IteratorResult<Event, undefined>> {
  return new Promise((resolve, reject) => {
    ask({
      take: (value) => resolve({ done: false, value }),
      finish: () => resolve(ENDED),
      fail: reject,
    });
  });
}
