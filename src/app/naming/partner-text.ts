import { findTextProblem, LONGEST_NAME, readName } from '../../engine/values/naming-text.ts';

const COUNTRY = /^[A-Z]{2}$/;

type PartnerText = {
  readonly externalRef?: string;
  readonly name?: string;
  readonly region?: string;
  readonly country?: string;
};

/** Something wrong with a text, and its field. */
export type TextProblem = { readonly path: string; readonly message: string };

/** A partner with its texts read, those that are given; or the first problem with one of them. */
export function readPartnerTexts<T extends PartnerText>(partner: T): T | TextProblem {
  const problems: TextProblem[] = [];
  const named = (path: 'externalRef' | 'region' | 'country'): PartnerText => {
    const text = partner[path];
    if (text === undefined) return {};
    const refuse = (message: string): string => {
      problems.push({ path, message });
      return text;
    };
    return { [path]: readName(text, refuse) };
  };
  const read = { ...partner, ...named('externalRef'), ...named('region'), ...named('country') };
  const problem = read.name === undefined ? null : findTextProblem(read.name, LONGEST_NAME, 'ONE_LINE');
  if (problem !== null) problems.push({ path: 'name', message: problem });
  if (read.country !== undefined && !COUNTRY.test(read.country)) {
    problems.push({ path: 'country', message: 'A country is two capital letters, as in ISO 3166-1.' });
  }
  return problems[0] ?? read;
}
