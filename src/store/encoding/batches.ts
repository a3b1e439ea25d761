/**
 * How many partners or rows one statement takes at most. Nothing else runs while the embedded database
 * executes a statement, and the answer of a server is read without a break.
 */
export const BATCH_SIZE = 50;

/** The items in batches, in their order. */
export function* batches<T>(items: readonly T[], size = BATCH_SIZE): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** What `read` finds for each batch, one batch after the other. */
export async function readInBatches<T, R>(
  items: readonly T[],
  read: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (const batch of batches(items)) found.push(...(await read(batch)));
  return found;
}

// How many facts one statement reads, as far as can be known before.
const FACTS_AT_ONCE = 2_000;
const FIRST_BATCH = 4;

/**
 * Works on partners in batches, one after the other. `work` returns how many facts its batch had: the next
 * one is as large as so many for each allow. `weightOf` is what is known before of one.
 */
export async function eachBatch<T>(
  items: readonly T[],
  work: (batch: readonly T[]) => Promise<number>,
  weightOf: (item: T) => number = () => 0,
): Promise<void> {
  let size = FIRST_BATCH;
  for (let from = 0; from < items.length; ) {
    const batch = lightest(items.slice(from, from + size), weightOf);
    from += batch.length;
    const facts = await work(batch);
    size = Math.min(BATCH_SIZE, Math.max(1, Math.floor((batch.length * FACTS_AT_ONCE) / Math.max(1, facts))));
  }
}

/** As many of the items, from the first on, as are not too many together; one at least. */
function lightest<T>(items: readonly T[], weightOf: (item: T) => number): readonly T[] {
  let weight = 0;
  const end = items.findIndex((item, index) => {
    weight += weightOf(item);
    return index > 0 && weight > FACTS_AT_ONCE;
  });
  return end < 0 ? items : items.slice(0, end);
}
