import type { Doorbell } from './doorbell.ts';

/** Tells the watchers of a partner of each new row. */
export type StandingWatch<Row> = {
  /**
   * Calls back with what is known of the partner, soon and after each change of its row, until the returned
   * function is called. A row is the same object for all readers, and may come again.
   */
  watch(partnerId: string, onRow: (row: Row) => void): () => void;
  /** Ends the rounds; resolves when none is under way. */
  stop(): Promise<void>;
};

export type StandingWatchOptions<Row> = {
  readonly doorbell: Doorbell;
  /** A text per partner that changes whenever its row is written. */
  readonly readStamps: (
    ids: readonly string[],
  ) => Promise<readonly { readonly id: string; readonly stamp: string }[]>;
  readonly readRows: (ids: readonly string[]) => Promise<readonly Row[]>;
  readonly onFault: (error: unknown) => void;
  readonly pollEveryMs?: number;
};

type Watched<Row> = {
  stamp: string | undefined;
  row: Row | undefined;
  readonly listeners: Set<(row: Row) => void>;
};

/**
 * Watches partners for a process, with two statements per round for all of them, at each ring and at every
 * slow poll.
 */
export function createStandingWatch<Row extends { readonly id: string }>(
  options: StandingWatchOptions<Row>,
): StandingWatch<Row> {
  const { doorbell, readStamps, readRows, onFault, pollEveryMs = 1_000 } = options;
  const watched = new Map<string, Watched<Row>>();
  let round: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const look = async (): Promise<void> => {
    const stamps = await readStamps([...watched.keys()]);
    const changed = new Map(
      stamps.flatMap(({ id, stamp }) => (watched.get(id)?.stamp === stamp ? [] : [[id, stamp]])),
    );
    if (changed.size === 0) return;
    // A row that was written again meanwhile is read in the next round, since its stamp differs then.
    for (const row of await readRows([...changed.keys()])) {
      const partner = watched.get(row.id);
      if (partner === undefined) continue;
      partner.stamp = changed.get(row.id);
      partner.row = row;
      for (const notify of partner.listeners) notify(row);
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
    watch(partnerId, onRow) {
      const partner = watched.get(partnerId) ?? { stamp: undefined, row: undefined, listeners: new Set() };
      watched.set(partnerId, partner);
      partner.listeners.add(onRow);
      // Other watchers may have this row already. Newer ones are looked for now.
      if (partner.row !== undefined) onRow(partner.row);
      wake();
      return () => {
        partner.listeners.delete(onRow);
        if (partner.listeners.size === 0 && watched.get(partnerId) === partner) watched.delete(partnerId);
      };
    },
    async stop() {
      stopped = true;
      stopRinging();
      clearInterval(timer);
      await round;
    },
  };
}
