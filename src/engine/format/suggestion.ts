/** Longer words are not compared: they are no slips of the pen. */
const LONGEST_WORD = 40;

/** Of the known words the one that was probably meant, whatever its case; null if none is near. */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  if (word.length > LONGEST_WORD) return null;
  const written = word.toLowerCase();
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    if (Math.abs(each.length - word.length) >= least) continue;
    const slips = slipsBetween(written, each.toLowerCase(), least);
    if (slips < least) [nearest, least] = [each, slips];
  }
  return nearest;
}

/**
 * How many letters have to be put in, left out, changed, or swapped with the next one, to make one word of
 * the other; `most` if so many or more.
 */
function slipsBetween(one: string, other: string, most: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? most) + 1,
          (current[column - 1] ?? most) + 1,
          (last[column - 1] ?? most) + (isSame ? 0 : 1),
          isSwapped ? (beforeLast[column - 2] ?? most) + 1 : most,
        ),
      );
    }
    if (Math.min(...current) >= most) return most;
    [beforeLast, last] = [last, current];
  }
  return Math.min(last[other.length] ?? most, most);
}
