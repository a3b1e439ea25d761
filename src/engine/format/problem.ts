import { RULEBOOK_LIMITS } from './rulebook-limits.ts';

/** A problem in a document: the JSON pointer of its place, and a sentence for people. */
export type Problem = { readonly path: string; readonly message: string };

/** The JSON pointer of a key or index below `path`. */
export function pointer(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The last key of a JSON pointer. */
export function lastKey(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

/** The first part of a text that is too long to be repeated. */
export function shortened(text: string, length: number = RULEBOOK_LIMITS.problemText): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}

/** A text of the document as a sentence repeats it. */
export function quoted(text: string): string {
  return `"${shortened(text, RULEBOOK_LIMITS.quotedText)}"`;
}

/** The problem as it is told. Neither its place nor its sentence grows with the document. */
export function told({ path, message }: Problem): Problem {
  const { problemText } = RULEBOOK_LIMITS;
  // Half of a surrogate pair is not a character.
  return { path: shortened(path).replace(/~(?=…$)/, ''), message: shortened(message, problemText) };
}

/** The problems that are told of so many. */
export function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.slice(0, RULEBOOK_LIMITS.problems).map(told);
}
