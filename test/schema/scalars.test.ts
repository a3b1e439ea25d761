import fc from 'fast-check';
import { isScalarType, isSpecifiedScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { formatDecimal, fraction, parseDecimal } from '../../src/engine/values/fraction.ts';

test('every scalar says where it is specified', () => {
  const scalars = Object.values(schema.getTypeMap())
    .filter(isScalarType)
    .filter((type) => !isSpecifiedScalarType(type));
  expect(Object.fromEntries(scalars.map(({ name, specifiedByURL }) => [name, specifiedByURL]))).toEqual({
    Date: 'https://scalars.graphql.org/andimarek/local-date',
    DateTime: 'https://scalars.graphql.org/andimarek/date-time',
    Locale: 'https://www.rfc-editor.org/info/bcp47',
    Decimal: 'https://www.w3.org/TR/xmlschema11-2/#decimal',
    JsonSchema: 'https://json-schema.org/draft/2020-12',
    RulebookDocument: 'https://www.rfc-editor.org/rfc/rfc8259',
  });
});

/** What XML Schema 1.1 part 2, 3.3.3.1, takes for a decimal. */
const XSD_DECIMAL = /^(\+|-)?([0-9]+(\.[0-9]*)?|\.[0-9]+)$/;

test('what is read as a Decimal is one by its specification, of all short texts', () => {
  const letters = ['0', '7', '.', '-', '+', 'e', '\n', '\u0661'];
  const texts = [''];
  for (const text of texts) if (text.length < 5) texts.push(...letters.map((letter) => text + letter));
  const read = texts.filter((text) => parseDecimal(text) !== null);
  expect([texts.length, read.length]).toEqual([37_449, 180]);
  expect(read.filter((text) => !XSD_DECIMAL.test(text))).toEqual([]);
});

test('a Decimal is written by its specification, however long it is', () => {
  const numbers = fc.tuple(
    fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }),
    fc.bigInt({ min: 1n, max: 10n ** 25n }),
  );
  fc.assert(
    fc.property(numbers, ([numerator, denominator]) => {
      expect(formatDecimal(fraction(numerator, denominator))).toMatch(XSD_DECIMAL);
    }),
    { numRuns: 1_000 },
  );
});
