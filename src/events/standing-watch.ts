import type { Doorbell } from './doorbell.ts';

/** Tells who watches a partner that its standing, or a number of it, may have become another. */
export type StandingWatch = {
  /** Calls back after each change of the partner's row, sometimes in vain, until the returned function is called. */
  watch(partnerId: string, onChange: () => void): () => void;
  /** Ends the rounds; resolves when none is under way. */
  stop(): Promise<void>;
};

export type StandingWatchOptions = {
  readonly doorbell: Doorbell;
  /** A text a partner that is another whenever its row was written. */
  readonly readStamps: (
    ids: readonly string[],
  ) => Promise<readonly { readonly id: string; readonly stamp: string }[]>;
  readonly onFault: (error: unknown) => void;
  readonly pollEveryMs?: number;
};

type Watched = { stamp: string | undefined; readonly listeners: Set<() => void> };

/** Watches partners for a process: one statement a round for all of them, at each ring and at every slow poll. */
export const createStandingWatch = (options: StandingWatchOptions): StandingWatch => {
  const { doorbell, readStamps, onFault, pollEveryMs = 1_000 } = options;
  const watched = new Map<string, Watched>();
  let round: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const look = async (): Promise<void> => {
    for (const { id, stamp } of await readStamps([...watched.keys()])) {
      const partner = watched.get(id);
      if (partner === undefined || partner.stamp === stamp) continue;
      partner.stamp = stamp;
      // Also the first time: the row may have changed since the listener read it.
      for (const notify of partner.listeners) notify();
    }
  };
  const wake = (): void => {
    if (watched.size === 0 || stopped) return;
    if (round !== undefined) {
      again = true;
      return;
    }
    round = look()
      .catch(onFault)
      .finally(() => {
        round = undefined;
        if (!again) return;
        again = false;
        wake();
      });
  };

  const stopRinging = doorbell.onRing(wake);
  const timer = setInterval(wake, pollEveryMs);
  timer.unref();
  return {
    watch(partnerId, onChange) {
      const partner = watched.get(partnerId) ?? { stamp: undefined, listeners: new Set() };
      watched.set(partnerId, partner);
      partner.listeners.add(onChange);
      wake();
      return () => {
        partner.listeners.delete(onChange);
        if (partner.listeners.size === 0) watched.delete(partnerId);
      };
    },
    async stop() {
      stopped = true;
      stopRinging();
      clearInterval(timer);
      await round;
    },
  };
};
