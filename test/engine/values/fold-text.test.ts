import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldText } from '../../../src/engine/values/fold-text.ts';
import { long } from '../../support/long.ts';
import { checkProperty } from '../support/check-property.ts';

test.each([
  ['Mühl', 'muhl'],
  ['Straße', 'strasse'],
  ['STRASSE', 'strasse'],
  ['STRAẞE', 'strasse'],
  ['Ａcme  &\u00a0Söhne ', 'acme & sohne'],
  ['İstanbul ılık', 'istanbul ilik'],
  ['ΣΊΣΥΦΟΣ σίσυφος', 'σισυφοσ σισυφοσ'],
  ['ᾠδή ΩΙΔΗ', 'ωιδη ωιδη'],
  ['Łódź Ærø Œuvre Þór', 'lodz aero oeuvre thor'],
  ['ﬁnance ½ ①', 'finance 1⁄2 1'],
  ['so\u00adft\u200b-key', 'soft-key'],
  ['名前 Ёлка', '名前 елка'],
  ['ᾳ ΑΙ', 'αι αι'],
])('%s is looked for as %s', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test('a text folded twice is folded once, and so is one that only differs in case or in how it is composed', () => {
  checkProperty(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const folded = foldText(text);
      expect(foldText(folded)).toBe(folded);
      expect(foldText(text.normalize('NFD'))).toBe(folded);
      expect(foldText(text.toUpperCase())).toBe(folded);
    }),
  );
});

test('every character of Unicode is folded alike in either case and however it is composed', () => {
  const odd: string[] = [];
  // Long, since all of Unicode is gone through.
  for (let code = 1; code < 0x110000; code += long(13, 1)) {
    const text = `a${String.fromCodePoint(code)}b`;
    if (!text.isWellFormed()) continue;
    const folded = foldText(text);
    const others = [folded, text.normalize('NFD'), text.toUpperCase(), text.toLowerCase()];
    if (others.some((other) => foldText(other) !== folded)) odd.push(`U+${code.toString(16)}`);
  }
  expect(odd).toEqual([]);
});
