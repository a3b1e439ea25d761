/** Work that can be left between its steps and gone on with later. */
export type InSteps<T> = Generator<undefined, T>;

/** All steps at a stretch. */
export function finish<T>(work: InSteps<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
