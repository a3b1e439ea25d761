import { isWithin, type Locale, type LocalizedText, tagIn } from '../values/language.ts';

/** A name as it reads within a sentence: in English without its capital, unless it is an abbreviation. */
export function withinSentence(text: LocalizedText, locale: Locale): string {
  const tag = tagIn(text, locale);
  const name = text[tag] ?? '';
  return isWithin(tag, 'en') && /^[A-Z][a-z]/.test(name)
    ? name.charAt(0).toLowerCase() + name.slice(1)
    : name;
}
