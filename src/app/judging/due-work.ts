import type { App } from '../context/app.ts';
import { judgeDue } from './judge-due.ts';

/** Looks for due work at intervals and on request, one round at a time. */
export type DueWork = {
  /** Starts a round now, or another one after the round that is under way. */
  wake(): void;
  /** Ends the rounds; resolves when none is under way. */
  stop(): Promise<void>;
};

/** How long a standing may lag behind midnight. */
const ROUND_EVERY_MS = 15_000;

/** Starts the rounds of one process. A round that fails is logged, and the next one tries again. */
export function startDueWork(app: () => App): DueWork {
  let stopped = false;
  let again = false;
  let round: Promise<void> | undefined;

  const run = async () => {
    do {
      again = false;
      try {
        await judgeDue(app());
      } catch (error) {
        app().log.error({ err: error }, 'A round of judging what is due failed; the next one tries again.');
      }
    } while (again && !stopped);
    round = undefined;
  };
  const wake = () => {
    if (stopped) return;
    if (round === undefined) round = run();
    else again = true;
  };
  const timer = setInterval(wake, ROUND_EVERY_MS);
  timer.unref();
  return {
    wake,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await round;
    },
  };
}
