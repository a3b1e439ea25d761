import { findTextProblem, LONGEST_NAME, readName } from '../../engine/values/naming-text.ts';

const COUNTRY = /^[A-Z]{2}$/;
const MOST_ATTRIBUTES = 20;
/** As many as can be taken away and given in one call. */
const MOST_NAMED = 2 * MOST_ATTRIBUTES;

/** An attribute of a partner as it is sent; without a value it is taken away. */
export type PartnerAttributeInput = { readonly name: string; readonly value: string | null };

type PartnerText = {
  readonly externalRef?: string;
  readonly name?: string;
  readonly region?: string;
  readonly country?: string;
  readonly attributes?: readonly PartnerAttributeInput[];
};

/** Something wrong with a text, and its field. */
export type TextProblem = { readonly path: string; readonly message: string };

/** A partner with its texts read, those that are given; or the first problem with one of them. */
export function readPartnerTexts<T extends PartnerText>(partner: T): T | TextProblem {
  if (partner.attributes !== undefined && partner.attributes.length > MOST_NAMED) {
    const message = `At most ${MOST_NAMED} attributes are read, and there are ${partner.attributes.length}.`;
    return { path: 'attributes', message };
  }
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
  const attributes = read.attributes?.map(({ name, value }, index) => {
    const refuseAt = (part: string) => (message: string) => {
      problems.push({ path: `attributes[${index}].${part}`, message });
    };
    return {
      name: readName(name, refuseAt('name')) ?? name,
      value: value === null ? null : (readName(value, refuseAt('value')) ?? value),
    };
  });
  if (attributes === undefined) return problems[0] ?? read;
  const repeated = attributes.findIndex(
    ({ name }, index) => attributes.findIndex((each) => each.name === name) < index,
  );
  if (repeated >= 0) {
    problems.push({ path: `attributes[${repeated}].name`, message: 'The attribute is there twice.' });
  }
  return problems[0] ?? { ...read, attributes };
}

/** Attributes by name. */
export function attributesByName<Value>(
  attributes: readonly { readonly name: string; readonly value: Value }[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}

/** Why a partner can't have these attributes; null if it can. */
export function findTooManyAttributes(attributes: Readonly<Record<string, unknown>>): string | null {
  const count = Object.keys(attributes).length;
  return count <= MOST_ATTRIBUTES
    ? null
    : `A partner may have ${MOST_ATTRIBUTES} attributes, and this one would have ${count}.`;
}
