import { Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { formatDay } from '../../src/engine/values/day.ts';
import { formatDecimal } from '../../src/engine/values/fraction.ts';
import { builder } from './builder.ts';
import { badUserInput } from './errors.ts';

// Here only the type is checked; the text is read where it is used. A malformed row of a batch is thus
// rejected with its path, and does not fail the whole request.

builder.scalarType('Date', {
  description: 'A calendar day in the time zone of the programme, written like 2026-11-23 (ISO 8601).',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/local-date',
  serialize: (day) => formatDay(day),
  parseValue: (value) => stringOf('Date', value),
  parseLiteral: (node) => stringIn('Date', node),
});

builder.scalarType('DateTime', {
  description: 'An instant, written like 2026-11-23T10:15:30.123Z (ISO 8601). Input may have any offset.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (instant) => new Date(instant).toISOString(),
  parseValue: (value) => stringOf('DateTime', value),
  parseLiteral: (node) => stringIn('DateTime', node),
});

builder.scalarType('Decimal', {
  description:
    'A decimal number as a string, such as "1234.5", so that no digit is lost. A result without a finite form, such as an average of a third, is rounded to six places; what it was compared with was exact.',
  specifiedByURL: 'https://www.w3.org/TR/xmlschema11-2/#decimal',
  serialize: (value) => formatDecimal(value),
  parseValue: (value) => stringOf('Decimal', value),
  parseLiteral: (node) => stringIn('Decimal', node),
});

builder.scalarType('RulebookDocument', {
  description: 'The rules of one version of a programme, as a JSON object of format 1 or 2.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: (document) => document,
  parseValue: (value) => value,
  parseLiteral: (node) => valueFromASTUntyped(node),
});

builder.scalarType('JsonSchema', {
  description: 'A JSON Schema, as a JSON object. It occurs in answers only.',
  specifiedByURL: 'https://json-schema.org/draft/2020-12',
  serialize: (schema) => schema,
});

function stringIn(scalar: string, node: ValueNode): string {
  return stringOf(scalar, node.kind === Kind.STRING ? node.value : undefined);
}

function stringOf(scalar: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw badUserInput(`A ${scalar} is written as a string.`, null);
}
