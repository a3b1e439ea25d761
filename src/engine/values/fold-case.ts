/** The small letter I without a dot: by Unicode's folding it is no other letter, though its capital is that of i. */
const DOTLESS_I = '\u0131';

/**
 * The text without case, by Unicode's full case folding and no locale's: two texts that differ only in case have the same. It is made to be
 * compared, not to be shown.
 */
export function foldCase(text: string): string {
  // Letter by letter, so that the sigma at the end of a word is the one within; to capitals and back, so that ß is ss.
  return [...text.normalize('NFD')]
    .map((letter) => (letter === DOTLESS_I ? letter : letter.toLowerCase().toUpperCase().toLowerCase()))
    .join('')
    .normalize('NFC');
}
