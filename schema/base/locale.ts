import { Kind } from 'graphql';
import {
  canonicalLocale,
  type Locale,
  type LocalizedText,
  textIn,
} from '../../src/engine/values/language.ts';
import { builder } from './builder.ts';
import { badUserInput } from './errors.ts';

builder.scalarType('Locale', {
  description:
    'A language tag of BCP 47, such as "de-CH": as a string, or as a name such as DE. Names are told in it or the nearest wider language, such as "de", else in the default language of the programme; sentences are told in English or German.',
  specifiedByURL: 'https://www.rfc-editor.org/info/bcp47',
  serialize: (locale) => locale,
  parseValue: readLocale,
  parseLiteral: (node) =>
    readLocale(node.kind === Kind.STRING || node.kind === Kind.ENUM ? node.value : undefined),
});

function readLocale(value: unknown): Locale {
  const locale = typeof value === 'string' ? canonicalLocale(value) : null;
  if (locale !== null) return locale;
  throw badUserInput('A Locale is a language tag of BCP 47, such as "en" or "de-CH".', null);
}

/** The argument by which a text is asked for in a language. */
export const localeArgs = builder.args((t) => ({
  locale: t.field({
    type: 'Locale',
    required: false,
    defaultValue: 'en',
    description: 'The language of the text; English if left out.',
  }),
}));

type LocaleArgs = { readonly locale?: Locale | null | undefined };

/** The language asked for. */
export function localeOf({ locale }: LocaleArgs): Locale {
  return locale ?? 'en';
}

/** The text in the language asked for. */
export function tell(text: LocalizedText, args: LocaleArgs): string {
  return textIn(text, localeOf(args));
}
