import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { findTextProblem, isStorable, isWritten, readName } from '../../src/engine/values/naming-text.ts';
import type { Context } from '../base/context.ts';
import { badUserInput } from '../base/errors.ts';
import { TEXT_RULES, type TextRule } from './text-rules.ts';

const MOST_TEXTS = 100;
/** Cursors and global ids: the code that made them takes them apart, and nothing of them is stored. */
const OPAQUE_ARGUMENTS: ReadonlySet<string> = new Set(['after', 'before']);

type Values = Readonly<Record<string, unknown>>;
type Field = GraphQLField<unknown, Context>;
/** Reads a value in its place; throws BAD_USER_INPUT that names it. */
type Reader = (value: unknown, path: string) => unknown;

/**
 * Reads every text of every argument before a resolver sees it, by TEXT_RULES. Throws for a text without a rule, and for a rule
 * without a text.
 */
export function readTexts(schema: GraphQLSchema): GraphQLSchema {
  const idle = new Set(Object.keys(TEXT_RULES));
  const ofInputs = new Map<string, ReadonlyMap<string, Reader> | 'BEING_MADE'>();

  const readerOf = (place: string, type: GraphQLInputType): Reader | null => {
    const named = getNamedType(type);
    if (isInputObjectType(named)) return inputReader(named.name, Object.values(named.getFields()));
    if (named.name !== 'String') return null;
    idle.delete(place);
    const rule = TEXT_RULES[place];
    if (rule === undefined) throw new Error(`The text ${place} has no rule that says how it is read.`);
    return rule.as === 'ROW' ? null : (value, path) => readTextOrList(value, path, rule);
  };

  const inputReader = (name: string, fields: readonly GraphQLInputField[]): Reader | null => {
    let readers = ofInputs.get(name);
    if (readers === 'BEING_MADE') throw new Error(`The input ${name} holds itself.`);
    if (readers === undefined) {
      ofInputs.set(name, 'BEING_MADE');
      readers = readersOf(fields, (field) => readerOf(`${name}.${field.name}`, field.type));
      ofInputs.set(name, readers);
    }
    const made = readers;
    return made.size === 0 ? null : (value, path) => readValues(value, path, made);
  };

  for (const type of Object.values(schema.getTypeMap())) {
    if ((!isObjectType(type) && !isInterfaceType(type)) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const asked = field.args.filter((argument) => !OPAQUE_ARGUMENTS.has(argument.name));
      const readers = readersOf(asked, (argument) =>
        readerOf(`${type.name}.${field.name}(${argument.name})`, argument.type),
      );
      if (readers.size > 0 && isObjectType(type)) readArguments(field, readers);
    }
  }
  if (idle.size > 0) throw new Error(`There are no such texts: ${[...idle].join(', ')}.`);
  return schema;
}

function readersOf<T extends { readonly name: string }>(
  fields: readonly T[],
  readerOf: (field: T) => Reader | null,
): ReadonlyMap<string, Reader> {
  const readers = fields.map((field) => [field.name, readerOf(field)] as const);
  return new Map(readers.filter((each): each is [string, Reader] => each[1] !== null));
}

function readArguments(field: Field, readers: ReadonlyMap<string, Reader>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) =>
    resolve(source, readFields(args, '', readers), context, info);
  const { subscribe } = field;
  if (subscribe === undefined) return;
  field.subscribe = (source, args, context, info) =>
    subscribe(source, readFields(args, '', readers), context, info);
}

function readValues(value: unknown, path: string, readers: ReadonlyMap<string, Reader>): unknown {
  if (Array.isArray(value)) return value.map((each, index) => readValues(each, `${path}[${index}]`, readers));
  return isValues(value) ? readFields(value, `${path}.`, readers) : value;
}

function readFields(values: Values, prefix: string, readers: ReadonlyMap<string, Reader>): Values {
  const read: Record<string, unknown> = { ...values };
  for (const [name, reader] of readers) {
    if (read[name] !== undefined) read[name] = reader(read[name], `${prefix}${name}`);
  }
  return read;
}

function readTextOrList(value: unknown, path: string, rule: TextRule): unknown {
  if (typeof value === 'string') return readText(value, path, rule);
  if (!Array.isArray(value)) return value;
  if (value.length > MOST_TEXTS) throw badUserInput(`At most ${MOST_TEXTS} can be given here.`, path);
  return value.map((text, index) => readTextOrList(text, `${path}[${index}]`, rule));
}

function readText(text: string, path: string, rule: TextRule): string {
  const refuse = (message: string): never => {
    throw badUserInput(message, path);
  };
  switch (rule.as) {
    case 'NAME':
      return readName(text, refuse, rule.longest);
    case 'STORED_NAME':
      // What can't be in the database at all needs no looking up.
      return isStorable(text) && isWritten(text) ? text : readName(text, refuse);
    case 'LINE':
    case 'LINES': {
      const problem = findTextProblem(text, rule.longest, rule.as === 'LINE' ? 'ONE_LINE' : 'LINES');
      return problem === null ? text : refuse(problem);
    }
    case 'ROW':
      return text;
  }
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null;
}
