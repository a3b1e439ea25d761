type Event = { readonly number: number } | Error;

/** A source of events that the test pushes; each subscriber sees those pushed after it came. */
export type ToyFeed = {
  open(): AsyncIterable<unknown>;
  /** Sends the number to every subscriber, as one event. */
  push(number: number): void;
  /** Makes every subscriber's source throw. */
  fail(error: Error): void;
  /** Resolves when exactly so many subscribers are there. */
  subscribers(count: number): Promise<void>;
};

/** Makes a feed whose iterators end at once when they are told to, as the real one's do. */
export function createToyFeed(): ToyFeed {
  const open = new Set<(event: Event) => void>();
  let watchers: { count: number; resolve: () => void }[] = [];

  const tell = (): void => {
    watchers = watchers.filter(({ count, resolve }) => {
      if (count !== open.size) return true;
      resolve();
      return false;
    });
  };

  return {
    open() {
      const events: Event[] = [];
      let wake: (() => void) | null = null;
      let isOver = false;
      const receive = (event: Event): void => {
        events.push(event);
        wake?.();
      };
      return {
        [Symbol.asyncIterator]() {
          open.add(receive);
          tell();
          return {
            async next() {
              while (!isOver && events.length === 0) {
                await new Promise<void>((resolve) => {
                  wake = resolve;
                });
              }
              const event = events.shift();
              if (isOver || event === undefined) return { value: undefined, done: true };
              if (event instanceof Error) throw event;
              return { value: event, done: false };
            },
            async return() {
              isOver = true;
              open.delete(receive);
              wake?.();
              tell();
              return { value: undefined, done: true };
            },
          };
        },
      };
    },
    push(number) {
      const event = { number };
      for (const receive of open) receive(event);
    },
    fail(error) {
      for (const receive of open) receive(error);
    },
    subscribers(count) {
      return new Promise((resolve) => {
        watchers.push({ count, resolve });
        tell();
      });
    },
  };
}
