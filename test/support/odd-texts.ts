/** What may stand at both ends of a text that names something without being part of the name. */
export const INVISIBLE_ENDS: readonly (readonly [before: string, after: string])[] = [
  [' ', ' '],
  ['\u00a0', '\u3000'],
  ['\ufeff', '\u200b'],
  ['\u2003\u00ad', '\u200f\u202f'],
  ['\t', '\r\n'],
  ['\u2028', '\u2029'],
  ['\u0007', '\u0085'],
];

/** Characters that no text that names something may hold between its ends, and what a refusal calls them. */
export const FORBIDDEN_INSIDE: readonly (readonly [character: string, called: string])[] = [
  ['\0', 'U+0000'],
  ['\u0007', 'U+0007'],
  ['\u0085', 'U+0085'],
  ['\u00ad', 'U+00AD'],
  ['\u200b', 'U+200B'],
  ['\u200f', 'U+200F'],
  ['\u2028', 'U+2028'],
  ['\u2029', 'U+2029'],
  ['\u202e', 'U+202E'],
  ['\u2060', 'U+2060'],
  ['\ufe0f', 'U+FE0F'],
  ['\ufeff', 'U+FEFF'],
  ['\ud800', 'U+D800'],
  ['\udfff', 'U+DFFF'],
  ['\u{e0061}', 'U+E0061'],
];

/** Characters that no text at all may hold: the database has no form for them. */
export const FORBIDDEN_ANYWHERE: readonly (readonly [character: string, called: string])[] = [
  ['\0', 'U+0000'],
  ['\ud800', 'U+D800'],
];

/** Texts in which nothing can be seen. */
export const EMPTY_TEXTS: readonly string[] = ['', ' ', '\u00a0', '\u3000\u200b', '\ufeff', '\u00ad', '\t\n'];
