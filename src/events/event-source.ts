/** Who pulled the next event. One of the three is called, once. */
export type Receiver<Event> = {
  receive(event: Event): void;
  /** There are no more events. */
  finish(): void;
  fail(error: unknown): void;
};

/**
 * Events that are pulled one at a time; none is made before. A subclass implements `pull` and `close`, and
 * thereby is an async iterator.
 */
export abstract class EventSource<Event> implements AsyncGenerator<Event, void, void> {
  /** The result of the last `next`. */
  #last: Promise<unknown> = Promise.resolve();

  /** Calls the receiver with the next event, at once if there is one. One receiver at a time. */
  abstract pull(receiver: Receiver<Event>): void;

  /** Ends the source at once; the receiver that waits is told so. Does nothing when called again. */
  abstract close(): void;

  next(): Promise<IteratorResult<Event, void>> {
    const next = this.#last.then(() => this.#pullOne());
    this.#last = next.catch(() => {});
    return next;
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.close();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorReturnResult<void>> {
    this.close();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #pullOne(): Promise<IteratorResult<Event, void>> {
    return new Promise((resolve, reject) => {
      this.pull({
        receive: (value) => resolve({ done: false, value }),
        finish: () => resolve({ done: true, value: undefined }),
        fail: reject,
      });
    });
  }
}
