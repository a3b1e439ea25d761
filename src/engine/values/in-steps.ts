/** Work that can be interrupted between its steps and resumed later. */
export type InSteps<T> = Generator<undefined, T>;

/** All steps without a break. */
export function finish<T>(work: InSteps<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
