/** What a condition gives when it does not hold yet. */
type NotYet = null | undefined | false;

/**
 * Waits until `condition` gives something and resolves to it. Rejects after `timeoutMs`, with the last error
 * that the condition threw as the cause; until then an error means "not yet". The time is for what never
 * comes: a machine that is busy with something else must not reach it.
 */
export async function waitFor<T>(
  condition: () => T | NotYet | Promise<T | NotYet>,
  { timeoutMs = 60_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  let lastError: unknown;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    try {
      const result = await condition();
      if (result !== null && result !== undefined && result !== false) return result;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= giveUpAt) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
