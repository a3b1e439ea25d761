import type { InSteps } from '../../engine/values/in-steps.ts';

/**
 * Lets everything else that waits run, if the current turn of the event loop has lasted long enough. Resolves
 * when work may continue.
 */
export type GiveWay = () => Promise<void>;

export type Scheduler = {
  /** In milliseconds. */
  readonly now: () => number;
  /** Calls back in the next turn of the event loop, after what came in meanwhile. */
  readonly nextTurn: (run: () => void) => void;
};

/**
 * How long work may go on without a break. What cannot be interrupted comes on top: sorting a partner's facts
 * by metric and day, and judging it on one day.
 */
const STRETCH_MS = 10;

const NODE: Scheduler = { now: () => performance.now(), nextTurn: (run) => void setImmediate(run) };

/**
 * One per process, however many pieces of work run at once. Each asks before each of its steps; those that
 * have to wait continue one after the other, each in a turn that has time left.
 */
export function createGiveWay({ now, nextTurn }: Scheduler = NODE): GiveWay {
  let turnBeganAt: number | null = null;
  const admit = async (): Promise<void> => {
    for (;;) {
      if (turnBeganAt === null) {
        turnBeganAt = now();
        nextTurn(() => {
          turnBeganAt = null;
        });
        return;
      }
      if (now() - turnBeganAt < STRETCH_MS) return;
      await new Promise<void>((resolve) => nextTurn(resolve));
    }
  };
  let last = Promise.resolve();
  // One after the other, so that each sees the time that the step before took. Otherwise all that ask
  // together would find time left.
  return () => {
    last = last.then(admit);
    return last;
  };
}

/** Does all steps of the work, giving way after each. */
export async function finishGivingWay<T>(giveWay: GiveWay, work: InSteps<T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await giveWay();
  }
}

/** The same as `items.map(work)`, giving way before each item. */
export async function mapGivingWay<T, R>(
  giveWay: GiveWay,
  items: readonly T[],
  work: (item: T, index: number) => R,
): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    await giveWay();
    results.push(work(item, index));
  }
  return results;
}
