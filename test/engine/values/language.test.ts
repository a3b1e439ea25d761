import { describe, expect, test } from 'vitest';
import { canonicalLocale, languageOf, textIn, withDefault } from '../../../src/engine/values/language.ts';

test.each([
  ['EN', 'en'],
  ['DE-ch', 'de-CH'],
  ['zh-hant-tw', 'zh-Hant-TW'],
  ['sl-rozaj-biske-1994', 'sl-rozaj-biske-1994'],
  ['en-u-ca-GREGORY', 'en-u-ca-gregory'],
  ['es-419', 'es-419'],
  ['de-x-Bayern', 'de-x-bayern'],
  ['', null],
  ['d', null],
  ['de_CH', null],
  ['de-', null],
  ['123', null],
  ['en-'.padEnd(40, 'x'), null],
])('the tag %j is %j', (tag, canonical) => {
  expect(canonicalLocale(tag)).toBe(canonical);
});

describe('a text', () => {
  const text = { en: 'Silver', de: 'Silber', 'de-CH': 'Silber (CH)', fr: 'Argent' };

  test.each([
    ['de-CH', 'Silber (CH)'],
    ['de-AT', 'Silber'],
    ['de-CH-1996', 'Silber (CH)'],
    ['fr-CA', 'Argent'],
    ['fr-x-foo', 'Argent'],
    ['en-GB', 'Silver'],
    ['it', 'Silver'],
    ['den', 'Silver'],
  ])('is told for %s as %s', (locale, told) => {
    expect(textIn(withDefault(text, 'en'), locale)).toBe(told);
  });

  test.each([
    [{ de: 'Silber', fr: 'Argent' }, 'fr', 'Argent'],
    [{ de: 'Silber', fr: 'Argent' }, 'fr-CA', 'Argent'],
    [{ fr: 'Argent', en: 'Silver' }, 'it', 'Silver'],
    [{ fr: 'Argent', de: 'Silber' }, 'it', 'Argent'],
    [{ fr: 'Argent', 'en-GB': 'Silver' }, 'en', 'Argent'],
  ])('%j by default in %s is told as %s where no language fits', (given, defaultLocale, told) => {
    expect(textIn(withDefault(given, defaultLocale), 'ja')).toBe(told);
  });
});

test.each([
  ['de-CH', 'de'],
  ['de', 'de'],
  ['den', 'en'],
  ['en-US', 'en'],
  ['fr', 'en'],
])('sentences for %s are in %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});
