const SAME_WISH_MS = 1_000;

/**
 * Calls `stop` at the first SIGINT or SIGTERM; another one ends the process at once, unless it comes within a
 * second: npm hands on what the terminal has sent to the whole group already, so that one Ctrl+C comes twice.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let askedAt: number | undefined;
  const ask = (signal: NodeJS.Signals): void => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      stop(signal);
    } else if (performance.now() - askedAt >= SAME_WISH_MS) process.exit(1);
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
}
