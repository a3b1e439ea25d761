/**
 * Wakes what waits for new log entries. It carries no data, and may be lost or ring in vain: the log is the
 * truth, and a slow poll backs every doorbell.
 */
export type Doorbell = {
  /**
   * Says that a programme's log grew; null says that any log may have. Listeners in this process are woken at
   * once. Never fails.
   */
  ring(programId: string | null): void;
  /** Calls `wake` at each ring until the returned function is called. */
  onRing(wake: (programId: string | null) => void): () => void;
  /** Stops listening and releases its resources. */
  close(): Promise<void>;
};

/** The doorbell within one process. */
export function createLocalDoorbell(): Doorbell {
  const listeners = new Set<(programId: string | null) => void>();
  return {
    ring(programId) {
      for (const wake of listeners) wake(programId);
    },
    onRing(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
    async close() {
      listeners.clear();
    },
  };
}
