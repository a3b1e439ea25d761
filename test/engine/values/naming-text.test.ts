import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeCharacter,
  findNameProblem,
  findTextProblem,
  isStorable,
  toName,
  toStoredName,
} from '../../../src/engine/values/naming-text.ts';
import { EMPTY_TEXTS, FORBIDDEN_INSIDE, INVISIBLE_ENDS } from '../../support/odd-texts.ts';
import { checkProperty } from '../support/check-property.ts';

describe('rule 30: a text that names something', () => {
  test.each(INVISIBLE_ENDS)('loses %j and %j at its ends', (before, after) => {
    expect(toName(`${before}anna.k${after}`)).toBe('anna.k');
    expect(findNameProblem(toName(`${before}anna.k${after}`))).toBeNull();
  });

  test.each([
    ['anna k', 'anna\u00a0k'],
    ['anna k', 'anna\u3000k'],
    ['anna  k', 'anna \u2009k'],
    ['Jos\u00e9', 'Jose\u0301'],
    ['\ud55c', '\u1112\u1161\u11ab'],
    ['\u00c5', '\u212b'],
    ['🚀 team', '🚀\u2003team'],
  ])('is %j, whether it is written so or %j', (form, written) => {
    expect(toName(written)).toBe(form);
    expect(findNameProblem(form)).toBeNull();
  });

  test.each(FORBIDDEN_INSIDE)('is refused with %j inside, which is called %s', (character, called) => {
    expect(toName(`a${character}b`)).toBe(`a${character}b`);
    expect(findNameProblem(`a${character}b`)).toContain(`The character ${called} (`);
    expect(findNameProblem(`a${character}b`)).toContain(', number 2 of this text, is not allowed here.');
  });

  test('is refused with NUL or half a character at its ends too', () => {
    for (const text of ['\0a', 'a\0', '\ud800a', 'a\udc00', '\0']) {
      expect(findNameProblem(toName(text))).toMatch(/^The character U\+(0000|D800|DC00) /);
      expect(isStorable(text)).toBe(false);
    }
  });

  test('keeps joiners between letters, and nowhere else', () => {
    for (const text of ['क\u094d\u200dष', 'می\u200cخواهم']) {
      expect(toName(text)).toBe(text);
      expect(findNameProblem(text)).toBeNull();
    }
    for (const text of ['a\u200d b', '1\u200c2', '👩\u200d👧', 'a\u200d\u200db']) {
      expect(findNameProblem(toName(text))).toMatch(/^The character U\+200[CD] /);
    }
  });

  test.each(EMPTY_TEXTS)('is refused as %j, in which nothing can be seen', (text) => {
    expect(findNameProblem(toName(text))).toBe('This must not be empty.');
  });

  test('has at most 200 characters, however many units those have', () => {
    expect(findNameProblem('x'.repeat(200))).toBeNull();
    expect(findNameProblem('🚀'.repeat(200))).toBeNull();
    expect(findNameProblem('x'.repeat(201))).toBe('This is longer than 200 characters.');
    expect(findNameProblem('🚀'.repeat(201))).toBe('This is longer than 200 characters.');
    expect(findNameProblem(toName(`${' '.repeat(300)}x`))).toBeNull();
  });

  test('has one form: whatever it is written like, the form of the form is the form', () => {
    const character = fc.oneof(
      fc.integer({ min: 0, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code)),
      fc.constantFrom(
        ...FORBIDDEN_INSIDE.map(([each]) => each),
        ' ',
        '\u00a0',
        'e',
        '\u0301',
        '\u200d',
        '\udc00',
      ),
    );
    const property = fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const form = toName(characters.join(''));
      expect(toName(form)).toBe(form);
      if (findNameProblem(form) !== null) return;
      expect(form).toBe(form.trim());
      expect(form.isWellFormed()).toBe(true);
      expect(toName(` \ufeff${form}\u00ad\u00a0`)).toBe(form);
      expect(toName(form.normalize('NFD'))).toBe(form);
      expect(toStoredName(form)).toBe(form);
    });
    checkProperty(property, 'one form');
  });

  test('that is a million spaces and more is read in one pass', () => {
    expect(toName(`a${' '.repeat(1_000_000)}b`)).toHaveLength(1_000_002);
    expect(toName(' '.repeat(1_000_000))).toBe('');
  });

  test('was stored as it was sent where it would be refused today, and by its form otherwise', () => {
    expect(toStoredName('ACME ')).toBe('ACME');
    expect(toStoredName('AC\u200bME ')).toBe('AC\u200bME ');
    expect(toStoredName('\u200b')).toBe('\u200b');
  });
});

describe('rule 30: a name for people', () => {
  test('may hold any printable text, as it is written', () => {
    for (const text of [' Acme\u00a0GmbH ', 'עב\u200fר', '❤\ufe0f', '👩\u200d👧', 'e\u0301']) {
      expect(findTextProblem(text, 200, 'ONE_LINE')).toBeNull();
    }
  });

  test('is refused with what cannot be printed; a reason has lines', () => {
    expect(findTextProblem('a\0', 200, 'LINES')).toBe(
      'The character U+0000 (NUL), number 2 of this text, is not allowed here.',
    );
    expect(findTextProblem('\ud800', 200, 'LINES')).toContain(
      'U+D800 (half of a character, an unpaired surrogate)',
    );
    expect(findTextProblem('a\nb', 200, 'LINES')).toBeNull();
    expect(findTextProblem('a\nb', 200, 'ONE_LINE')).toContain('U+000A (a line feed)');
    expect(findTextProblem('\u200b ', 200, 'LINES')).toBe('This must not be empty.');
    expect(findTextProblem('x'.repeat(201), 200, 'LINES')).toBe('This is longer than 200 characters.');
  });
});

test('rule 30: a character is called by its number and what it is', () => {
  expect(['\u200b', '\u0007', '\u3164', '\ud800'].map(describeCharacter)).toEqual([
    'U+200B (a zero width space)',
    'U+0007 (a control character)',
    'U+3164 (an invisible character)',
    'U+D800 (half of a character, an unpaired surrogate)',
  ]);
});
