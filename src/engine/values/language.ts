/** The languages in which sentences are written. */
const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text of tiergraph's own, in each of its languages. */
export type Wording = Readonly<Record<Language, string>>;

/** A language tag of BCP 47 in its canonical form, such as `de-CH`. */
export type Locale = string;

/**
 * A text in at least one language, by its tag. The first one is used where none fits: that of the programme's
 * default language, if there is one.
 */
export type LocalizedText = Readonly<Record<Locale, string>>;

/** The longest tag that is read, in characters. */
const LONGEST_TAG = 35;
/** Language, script, region, variants, extensions and private use: RFC 5646, without its registry. */
const TAG =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/i;

/** The language where a programme names none. */
export const DEFAULT_LOCALE: Locale = 'en';

/** The canonical form of a tag, so that `DE-ch` is `de-CH`; null if it is none. */
export function canonicalLocale(tag: string): Locale | null {
  if (tag.length > LONGEST_TAG || !TAG.test(tag)) return null;
  const parts = tag.toLowerCase().split('-');
  const singleton = parts.findIndex(({ length }) => length === 1);
  return parts
    .map((part, index) => {
      if (index === 0 || (singleton >= 0 && index > singleton)) return part;
      if (/^[a-z]{4}$/.test(part)) return part.charAt(0).toUpperCase() + part.slice(1);
      return part.length === 2 ? part.toUpperCase() : part;
    })
    .join('-');
}

/** The language of the sentences for a locale: English where there are none. */
export function languageOf(locale: Locale): Language {
  return LANGUAGES.find((language) => isWithin(locale, language)) ?? 'en';
}

/** The text for a locale: its own, else that of the nearest wider tag, such as `de` for `de-CH`. */
export function textIn(text: LocalizedText, locale: Locale): string {
  return text[tagIn(text, locale)] ?? '';
}

/** The tag under which a text is told for a locale. */
export function tagIn(text: LocalizedText, locale: Locale): Locale {
  let tag = locale;
  while (tag !== '' && !Object.hasOwn(text, tag)) tag = widerThan(tag);
  return tag === '' ? (Object.keys(text)[0] ?? '') : tag;
}

/** Whether a tag is that of a language, or of a variety of it. */
export function isWithin(tag: Locale, language: Language): boolean {
  return tag === language || tag.startsWith(`${language}-`);
}

/** The same text with the one first that is used where none fits. */
export function withDefault(text: LocalizedText, defaultLocale: Locale): LocalizedText {
  const first = [defaultLocale, DEFAULT_LOCALE].flatMap((locale) => {
    const tag = tagIn(text, locale);
    return Object.hasOwn(text, tag) && (tag === locale || locale.startsWith(`${tag}-`)) ? tag : [];
  })[0];
  return first === undefined ? text : { [first]: text[first] ?? '', ...text };
}

/** The tag without its last part; a single letter before it goes too, as RFC 4647 says. */
function widerThan(tag: Locale): Locale {
  const parts = tag.split('-').slice(0, -1);
  return parts.at(-1)?.length === 1 ? parts.slice(0, -1).join('-') : parts.join('-');
}
