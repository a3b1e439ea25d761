import type { JsonSchema } from '../../../src/engine/format/shape.ts';
import { isObject } from '../../../src/engine/values/is-object.ts';

/**
 * Whether a value is valid by a JSON Schema; knows the keywords that the rulebook's schema uses, and throws
 * on any other.
 */
export function isValid(value: unknown, schema: JsonSchema, root: JsonSchema = schema): boolean {
  return Object.entries(schema).every(([keyword, operand]) => {
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`unknown keyword ${keyword}`);
    return check(value, operand, root, schema);
  });
}

type Check = (value: unknown, operand: unknown, root: JsonSchema, schema: JsonSchema) => boolean;

const always: Check = () => true;
const CHECKS: Readonly<Record<string, Check>> = {
  $schema: always,
  title: always,
  $defs: always,
  format: always,
  $ref: (value, operand, root) => {
    const found = schemas(root.$defs)[String(operand).replace('#/$defs/', '')];
    if (found === undefined) throw new Error(`nothing at ${operand}`);
    return isValid(value, found, root);
  },
  type: (value, operand) => typeOf(value).includes(String(operand)),
  enum: (value, operand) => Array.isArray(operand) && operand.includes(value),
  pattern: (value, operand) => typeof value !== 'string' || new RegExp(String(operand)).test(value),
  minimum: (value, operand) => typeof value !== 'number' || value >= Number(operand),
  maximum: (value, operand) => typeof value !== 'number' || value <= Number(operand),
  maxLength: (value, operand) => typeof value !== 'string' || value.length <= Number(operand),
  maxItems: (value, operand) => !Array.isArray(value) || value.length <= Number(operand),
  maxProperties: (value, operand) => !isObject(value) || Object.keys(value).length <= Number(operand),
  minItems: (value, operand) => !Array.isArray(value) || value.length >= Number(operand),
  items: (value, operand, root) =>
    !Array.isArray(value) || value.every((item) => isValid(item, schemaOf(operand), root)),
  properties: (value, operand, root) =>
    !isObject(value) ||
    Object.entries(schemas(operand)).every(
      ([key, each]) => value[key] === undefined || isValid(value[key], each, root),
    ),
  required: (value, operand) =>
    !isObject(value) || (Array.isArray(operand) && operand.every((key) => value[key] !== undefined)),
  additionalProperties: (value, operand, root, schema) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([key, each]) =>
        Object.hasOwn(schemas(schema.properties ?? {}), key) ||
        (operand !== false && isValid(each, schemaOf(operand), root)),
    ),
  propertyNames: (value, operand, root) =>
    !isObject(value) || Object.keys(value).every((key) => isValid(key, schemaOf(operand), root)),
  not: (value, operand, root) => !isValid(value, schemaOf(operand), root),
  anyOf: (value, operand, root) => list(operand).some((each) => isValid(value, each, root)),
  oneOf: (value, operand, root) => list(operand).filter((each) => isValid(value, each, root)).length === 1,
};

function typeOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return ['array'];
  if (value === null) return ['null'];
  return Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
}

function schemaOf(operand: unknown): JsonSchema {
  if (!isObject(operand)) throw new Error(`not a schema: ${JSON.stringify(operand)}`);
  return operand;
}

function schemas(operand: unknown): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(schemaOf(operand)).map(([key, each]) => [key, schemaOf(each)]));
}

function list(operand: unknown): readonly JsonSchema[] {
  if (!Array.isArray(operand)) throw new Error('not a list of schemas');
  return operand.map(schemaOf);
}
