/** The dotless i: Unicode's folding leaves it alone, although its capital is that of i. */
const DOTLESS_I = '\u0131';

/**
 * The text without case, by Unicode's full case folding and no locale's: two texts that differ only in case
 * have the same. It is made to be compared, not to be shown.
 */
export function foldCase(text: string): string {
  // Letter by letter, so that a final sigma equals one within a word; to capitals and back, so that ß becomes
  // ss.
  return [...text.normalize('NFD')]
    .map((letter) => (letter === DOTLESS_I ? letter : letter.toLowerCase().toUpperCase().toLowerCase()))
    .join('')
    .normalize('NFC');
}
