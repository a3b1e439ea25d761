import type { Locale, LocalizedText } from '../values/program.ts';

/** A name as it reads within a sentence: in English without its capital, unless it is an abbreviation. */
export function withinSentence(text: LocalizedText, locale: Locale): string {
  const name = text[locale];
  return locale === 'en' && /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
