import type { InSteps } from '../../engine/values/in-steps.ts';

/** Lets everything else run that waits for its turn, if the present turn has lasted long enough; resolves when work may go on. */
export type GiveWay = () => Promise<void>;

export type Scheduler = {
  /** In milliseconds. */
  readonly now: () => number;
  /** Calls back in the next turn of the event loop, after what came in meanwhile. */
  readonly nextTurn: (run: () => void) => void;
};

/**
 * How long work goes on at a stretch. What it can't be interrupted in comes on top: sorting the facts of a partner by metric and
 * day, and judging it on one day.
 */
const STRETCH_MS = 10;

const NODE: Scheduler = { now: () => performance.now(), nextTurn: (run) => void setImmediate(run) };

/**
 * One for a process, however many pieces of work there are at once: each asks before each of its steps, and those that have to wait go on one
 * after the other, each in a turn in which there is time left.
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
  // One after the other, so that each finds the step of the one before done: otherwise all that ask together would find time left.
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
