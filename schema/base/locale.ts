import type { Locale, LocalizedText } from '../../src/engine/values/program.ts';
import { builder } from './builder.ts';

/** A language of names and explanations. */
export const LocaleType = builder.enumType('Locale', {
  description: 'A language of names and explanations.',
  values: {
    EN: { value: 'en', description: 'English, as written in Britain.' },
    DE: { value: 'de', description: 'German, as written in Germany.' },
  } as const,
});

/** The argument by which a text is asked for in a language. */
export const localeArgs = builder.args((t) => ({
  locale: t.field({
    type: LocaleType,
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
  return text[localeOf(args)];
}
