/** Many waits in one interval timer. */
export type TimerWheel = {
  /** Calls back once, `afterMs` milliseconds from now rounded up to the next tick, unless the returned function is called before. */
  add(afterMs: number, callback: () => void): () => void;
  /** How many waits are under way. */
  readonly size: number;
};

/** Makes a wheel that turns while a timer waits, and does not keep the process alive. */
export function createTimerWheel(tickMs: number): TimerWheel {
  const slots = new Map<number, Set<() => void>>();
  let tick = 0;
  let size = 0;
  let timer: NodeJS.Timeout | undefined;

  const stopIfIdle = (): void => {
    if (size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const turn = (): void => {
    tick += 1;
    const due = slots.get(tick);
    slots.delete(tick);
    size -= due?.size ?? 0;
    for (const callback of due ?? []) callback();
    stopIfIdle();
  };

  return {
    add(afterMs, callback) {
      if (timer === undefined) {
        timer = setInterval(turn, tickMs);
        timer.unref();
      }
      // One more than it takes, since the tick under way has begun already.
      const at = tick + 1 + Math.ceil(afterMs / tickMs);
      const slot = slots.get(at) ?? new Set();
      const wait = () => callback();
      slots.set(at, slot.add(wait));
      size += 1;
      return () => {
        if (!slot.delete(wait)) return;
        if (slots.get(at) !== slot) return;
        size -= 1;
        if (slot.size === 0) slots.delete(at);
        stopIfIdle();
      };
    },
    get size() {
      return size;
    },
  };
}
