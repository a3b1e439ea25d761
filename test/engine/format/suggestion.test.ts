import { expect, test } from 'vitest';
import { nearestWord } from '../../../src/engine/format/suggestion.ts';

// Slips of the pen are on purpose. cspell:ignore measur mesaure
test.each([
  ['measur', ['measure', 'metric'], 'measure'],
  ['mesaure', ['measure', 'metric'], 'measure'],
  ['REVENUE', ['revenue'], 'revenue'],
  ['tier', ['tiers', 'title'], 'tiers'],
  ['at', ['of', 'to'], null],
  ['cat', ['car', 'dog'], 'car'],
  ['colour', ['currency'], null],
  ['x', [], null],
  ['a'.repeat(41), ['a'.repeat(41)], null],
])('of %j and %j the word meant is %j', (word, known, meant) => {
  expect(nearestWord(word, known)).toBe(meant);
});

test('the first of several that are as near', () => {
  expect(nearestWord('gold', ['bold', 'cold'])).toBe('bold');
});
