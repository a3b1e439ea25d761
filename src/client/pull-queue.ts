/** What was pushed, given out in order as it is asked for. */
export type PullQueue<T extends object> = {
  /** How many wait to be asked for. */
  readonly size: number;
  push(value: T): void;
  /** The next one, once there is one. Several calls at once get several values. */
  take(): Promise<IteratorResult<T, undefined>>;
  /** Nothing comes any more: what waits is still given, then the failure, once, then the end. */
  fail(failure: Error): void;
  /** Ends at once, and drops what waits. */
  end(): void;
};

type Taker<T extends object> = PromiseWithResolvers<IteratorResult<T, undefined>>;

const ENDED = { done: true, value: undefined } as const;

/** Makes an empty queue. */
export function createPullQueue<T extends object>(): PullQueue<T> {
  const waiting: T[] = [];
  const takers: Taker<T>[] = [];
  let failure: Error | undefined;
  let hasEnded = false;

  const endTakers = (): void => {
    for (const taker of takers.splice(0)) taker.resolve(ENDED);
  };
  return {
    get size() {
      return waiting.length;
    },
    push(value) {
      const taker = takers.shift();
      if (taker === undefined) waiting.push(value);
      else taker.resolve({ done: false, value });
    },
    async take() {
      const value = waiting.shift();
      if (value !== undefined) return { done: false, value };
      if (failure !== undefined) {
        const thrown = failure;
        failure = undefined;
        throw thrown;
      }
      if (hasEnded) return ENDED;
      const taker: Taker<T> = Promise.withResolvers();
      takers.push(taker);
      return taker.promise;
    },
    fail(reason) {
      hasEnded = true;
      const taker = takers.shift();
      if (taker === undefined) failure = reason;
      else taker.reject(reason);
      endTakers();
    },
    end() {
      hasEnded = true;
      failure = undefined;
      waiting.length = 0;
      endTakers();
    },
  };
}
