import { isObject } from '../../engine/values/is-object.ts';
import { canonicalLocale } from '../../engine/values/language.ts';
import { type CreateProgram, checkProgram, readProgramNames } from './check-program.ts';

/** A programme that a file describes, as the input of `createProgram` does; or what is wrong with it. */
export function readProgram(input: unknown): CreateProgram | { readonly problem: string } {
  if (!isObject(input))
    return { problem: 'The programme is no JSON object, as the input of createProgram is.' };
  try {
    const command = readProgramNames({
      code: textAt(input, 'code'),
      name: textAt(input, 'name'),
      timeZone: textAt(input, 'timeZone'),
      currency: textAt(input, 'currency'),
      fiscalYearFirstMonth: numberAt(input, 'fiscalYearFirstMonth', 1),
      satisfactionScale: scaleOf(input.satisfactionScale),
      measurementKinds: listAt(input, 'measurementKinds').map((kind, index) => {
        const at = `measurementKinds[${index}]`;
        if (!isObject(kind)) throw new Misread(`${at} is no object.`);
        return {
          code: textAt(kind, 'code', at),
          name: textsOf(kind.name, at),
          unit: textAt(kind, 'unit', at),
        };
      }),
      ...(input.defaultLocale != null && {
        defaultLocale: localeOf(textAt(input, 'defaultLocale'), 'defaultLocale'),
      }),
    });
    const problems = checkProgram(command);
    if (problems.length === 0) return command;
    return { problem: problems.map(({ path, message }) => `${path}: ${message}`).join('\n') };
  } catch (error) {
    if (error instanceof Misread) return { problem: error.message };
    throw error;
  }
}

/** Something in a file that is not of the kind that it should be. */
class Misread extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function textAt(fields: Fields, name: string, around = ''): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw new Misread(`${around === '' ? name : `${around}.${name}`} has to be a text.`);
}

function numberAt(fields: Fields, name: string, otherwise: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value === 'number') return value;
  throw new Misread(`${name} has to be a number.`);
}

function listAt(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name] ?? [];
  if (Array.isArray(value)) return value;
  throw new Misread(`${name} has to be a list.`);
}

function scaleOf(scale: unknown): CreateProgram['satisfactionScale'] {
  if (scale == null) return { minimum: '0', maximum: '10' };
  if (!isObject(scale)) throw new Misread('satisfactionScale has to be an object.');
  const at = 'satisfactionScale';
  return { minimum: textAt(scale, 'minimum', at), maximum: textAt(scale, 'maximum', at) };
}

function textsOf(name: unknown, at: string): Readonly<Record<string, string>> {
  if (!isObject(name)) throw new Misread(`${at}.name has to be an object, such as { "en": "users" }.`);
  const { others, ...texts } = name;
  const read: Record<string, string> = {};
  for (const [locale, text] of Object.entries(texts)) {
    if (text != null) read[localeOf(locale, `${at}.name`)] = textAt(texts, locale, `${at}.name`);
  }
  for (const [index, other] of (Array.isArray(others) ? others : []).entries()) {
    const place = `${at}.name.others[${index}]`;
    if (!isObject(other)) throw new Misread(`${place} has to be an object.`);
    read[localeOf(textAt(other, 'tag', place), place)] = textAt(other, 'text', place);
  }
  return read;
}

function localeOf(tag: string, at: string): string {
  const locale = canonicalLocale(tag);
  if (locale !== null) return locale;
  throw new Misread(`${at}: ${JSON.stringify(tag.slice(0, 60))} is not a language tag.`);
}
