/**
 * Texts that name something (rule 30): references, ids, codes, persons, attributes. Texts that look the same
 * must be the same name, so each has one normalized form, and invisible characters are refused.
 */

/** How many characters a text that names something may have, unless another number is said. */
export const LONGEST_NAME = 200;

// What nearly all names are: nothing about them has to be changed or looked at closer.
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;
// And what the others have nothing of but letters that may have to be composed.
const ODD = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?! )\p{Zs}|^ | $/u;
const SPACE = /\p{Zs}/u;
const ODD_SPACES = /(?! )\p{Zs}/gu;
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}]/u;
const JOINER = /^[\u200C\u200D]$/;
const LETTER = /[\p{L}\p{M}]/u;

/**
 * The normalized form of a name: odd spaces become spaces, invisible characters at both ends are removed, and
 * the rest is in NFC. It is idempotent. `findNameProblem` says what a normalized name still may not contain.
 */
export function toName(text: string): string {
  // NUL and halves of characters stay to be refused, wherever they are: they say that something was broken on
  // the way.
  if (PLAIN.test(text)) return text;
  return (ODD.test(text) ? trimHidden(text.replace(ODD_SPACES, ' ')) : text).normalize('NFC');
}

/**
 * Why this, as `toName` gave it, names nothing: a sentence that names the character and its place in the
 * text; null if it does.
 */
export function findNameProblem(name: string, longest = LONGEST_NAME): string | null {
  if (name === '') return 'This must not be empty.';
  const problem = PLAIN.test(name) || !ODD.test(name) ? null : findHidden(name);
  return problem ?? findLengthProblem(name, longest);
}

/** Reads a text that names something; what is wrong with it, if anything, is told to `refuse`. */
export function readName<T>(
  text: string,
  refuse: (message: string) => T,
  longest = LONGEST_NAME,
): string | T {
  const name = toName(text);
  const problem = findNameProblem(name, longest);
  return problem === null ? name : refuse(problem);
}

/**
 * The form in which a stored text is kept, and in which a text is compared with stored ones: its name, or
 * what was stored before such texts were refused.
 */
export function toStoredName(text: string): string {
  const name = toName(text);
  return findNameProblem(name, Number.POSITIVE_INFINITY) === null ? name : text;
}

/** Whether a text can be in the database at all: PostgreSQL has no NUL, and half a character has no UTF-8. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * What is wrong with a text for people, such as a name or a reason; null if nothing is. It may hold anything
 * that can be printed, a reason also new lines, and is kept as it was written.
 */
export function findTextProblem(text: string, longest: number, lines: 'ONE_LINE' | 'LINES'): string | null {
  if (!isWritten(text)) return 'This must not be empty.';
  const characters = [...text];
  const at = characters.findIndex((character) => isUnprintable(character, lines));
  const found = characters[at];
  return found === undefined ? findLengthProblem(text, longest) : tellCharacter(found, at);
}

/** Whether anything in the text can be seen. */
export function isWritten(text: string): boolean {
  return toName(text) !== '';
}

/** The name of a character in a refusal. */
export function describeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `${number} (${NAMES.get(code) ?? kindOf(character)})`;
}

function findHidden(name: string): string | null {
  const characters = [...name];
  const at = characters.findIndex((character, index) => {
    if (!isLoneSurrogate(character) && !HIDDEN.test(character)) return false;
    const [before, after] = [characters[index - 1] ?? '', characters[index + 1] ?? ''];
    return !(JOINER.test(character) && LETTER.test(before) && LETTER.test(after));
  });
  const found = characters[at];
  return found === undefined ? null : tellCharacter(found, at);
}

function tellCharacter(character: string, index: number): string {
  return `The character ${describeCharacter(character)}, number ${index + 1} of this text, is not allowed here.`;
}

function findLengthProblem(text: string, longest: number): string | null {
  // A character has at most two code units, so that most texts need no counting.
  if (text.length <= longest || [...text].length <= longest) return null;
  return `This is longer than ${longest} characters.`;
}

/**
 * Removes invisible characters at both ends. By hand, since a regular expression for the end would start anew
 * at each space.
 */
function trimHidden(text: string): string {
  const characters = [...text];
  const first = characters.findIndex((character) => !isTrimmed(character));
  const last = characters.findLastIndex((character) => !isTrimmed(character));
  return first < 0 ? '' : characters.slice(first, last + 1).join('');
}

function isTrimmed(character: string): boolean {
  return character !== '\0' && (SPACE.test(character) || HIDDEN.test(character));
}

function isUnprintable(character: string, lines: 'ONE_LINE' | 'LINES'): boolean {
  if (isLoneSurrogate(character)) return true;
  if (lines === 'LINES' && /^[\n\r\t]$/.test(character)) return false;
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character);
}

function isLoneSurrogate(character: string): boolean {
  return /^\p{Cs}$/u.test(character);
}

function kindOf(character: string): string {
  if (isLoneSurrogate(character)) return 'half of a character, an unpaired surrogate';
  if (SPACE.test(character)) return 'a space';
  return /\p{Cc}/u.test(character) ? 'a control character' : 'an invisible character';
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x09, 'a tab'],
  [0x0a, 'a line feed'],
  [0x0d, 'a carriage return'],
  [0x7f, 'delete'],
  [0xad, 'a soft hyphen'],
  [0x200b, 'a zero width space'],
  [0x200c, 'a zero width non-joiner'],
  [0x200d, 'a zero width joiner'],
  [0x200e, 'a left-to-right mark'],
  [0x200f, 'a right-to-left mark'],
  [0x2028, 'a line separator'],
  [0x2029, 'a paragraph separator'],
  [0x2060, 'a word joiner'],
  [0xfeff, 'a byte order mark'],
]);
