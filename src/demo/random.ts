/** A stream of numbers that looks random and is the same for the same seed, on every machine. */
export type Random = {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `minimum` to `maximum`, both included. */
  integer(minimum: number, maximum: number): number;
  /** At least `minimum`, below `maximum`. */
  between(minimum: number, maximum: number): number;
  /**
   * About normal, never further than 3.5 `spread` from `mean`; made without logarithms, which may differ
   * between machines.
   */
  around(mean: number, spread: number): number;
  /** True in `probability` of all cases. */
  chance(probability: number): boolean;
  /** One of `items`, which may not be empty. */
  pick<T>(items: readonly T[]): T;
  /** One of `items`, each as often as its weight says. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** A new array with the same items in another order. */
  shuffle<T>(items: readonly T[]): T[];
};

/** Makes a stream that depends on every part of `seed`: different parts give unrelated streams. */
export function createRandom(...seed: readonly (number | string)[]): Random {
  let [a, b, c, d] = hash(seed.join('\u0000'));

  // sfc32: 128 bits of state, passes PractRand; a counter (d) rules out short cycles.
  function next(): number {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();

  const integer = (minimum: number, maximum: number) =>
    minimum + Math.floor(next() * (maximum - minimum + 1));
  function pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to pick from');
    return items[integer(0, items.length - 1)] as T;
  }
  return {
    next,
    integer,
    between: (minimum, maximum) => minimum + next() * (maximum - minimum),
    // The sum of four uniform numbers has the variance 1/3.
    around: (mean, spread) => mean + (next() + next() + next() + next() - 2) * Math.sqrt(3) * spread,
    chance: (probability) => next() < probability,
    pick,
    weighted(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return pick(items)[0];
    },
    shuffle(items) {
      const result = [...items];
      for (let index = result.length - 1; index > 0; index -= 1) {
        const other = integer(0, index);
        const moved = result[index] as (typeof result)[number];
        result[index] = result[other] as (typeof result)[number];
        result[other] = moved;
      }
      return result;
    },
  };
}

/** Four 32-bit words from a text (FNV-1a with four offsets), enough to start the generator from. */
function hash(text: string): [number, number, number, number] {
  const words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as [number, number, number, number];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    for (let word = 0; word < 4; word += 1) {
      words[word] = Math.imul((words[word] as number) ^ (code + word), 0x01000193);
    }
  }
  return words;
}
