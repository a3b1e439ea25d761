/** Settles like `work`, or rejects with an error that says `what` was not done once `ms` milliseconds have passed. */
export function withTimeout<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${ms} ms.`)), ms);
    timer.unref();
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
