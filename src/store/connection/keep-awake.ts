import type { Transaction } from './transaction.ts';

/** Less than half of what the server lets a session be idle in a transaction: see `session-settings.ts`. */
const SILENCE_MS = 1_500;

/**
 * Wraps `giveWay` for long work within a transaction: says something in it whenever it was silent for long.
 * Otherwise what takes longer than a session may be idle could never be committed, however often it is sent
 * again.
 */
export function keepAwake(tx: Transaction, giveWay: () => Promise<void>): () => Promise<void> {
  return breakSilence(() => tx.$executeRaw`SELECT 1`, giveWay);
}

export function breakSilence(
  say: () => PromiseLike<unknown>,
  giveWay: () => Promise<void>,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let spokeAt = now();
  return async () => {
    await giveWay();
    if (now() - spokeAt < SILENCE_MS) return;
    await say();
    spokeAt = now();
  };
}
