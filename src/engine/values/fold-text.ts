// Letters that stand for others and are not made of them.
const LETTERS: Readonly<Record<string, string>> = {
  ς: 'σ',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
};
const STANDING_FOR_OTHERS = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
/** The iota below a letter: a mark that is a letter in capitals. */
const SUBSCRIPT = /\u0345/gu;
const MARKS = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text in the form in which it is searched for: without case, accents and other marks, variants of
 * characters and odd spaces; `Straße` and `STRASSE` are equal. It depends on Unicode alone, and on no locale.
 * It is idempotent.
 */
export function foldText(text: string): string {
  // From small to capital and back again, since some letters have two small forms, or none that is one
  // letter.
  const folded = bare(text).toLowerCase().toUpperCase().toLowerCase();
  return bare(folded)
    .replace(STANDING_FOR_OTHERS, (letter) => LETTERS[letter] ?? letter)
    .replace(/\s+/gu, ' ')
    .trim();
}

function bare(text: string): string {
  return text.normalize('NFKD').replace(SUBSCRIPT, 'ι').replace(MARKS, '');
}
