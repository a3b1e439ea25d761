/**
 * The result of `work`, or of `late` once `ms` milliseconds have passed; the work then continues unobserved.
 */
export async function inTime<T, Late>(ms: number, work: Promise<T>, late: () => Late): Promise<T | Late> {
  const time = Promise.withResolvers<Late>();
  const timer = setTimeout(() => {
    try {
      time.resolve(late());
    } catch (error) {
      time.reject(error);
    }
  }, ms);
  timer.unref();
  try {
    return await Promise.race([work, time.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles like `work`, or rejects with an error that says `what` was not done in time. */
export function withTimeout<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return inTime(ms, work, () => {
    throw new Error(`${what}: no answer within ${ms} ms.`);
  });
}
