/** Does work when its turn comes. */
export type Semaphore = {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** How much work waits for its turn. */
  readonly waiting: number;
};

/**
 * Makes a semaphore in which `most` do something at once; the others wait, and the event loop has a turn
 * before each of them.
 */
export function createSemaphore(most: number): Semaphore {
  let busy = 0;
  const waiting: (() => void)[] = [];

  return {
    async run(work) {
      if (busy < most) busy += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else setImmediate(next);
      }
    },
    get waiting() {
      return waiting.length;
    },
  };
}
