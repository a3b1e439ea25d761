import SchemaBuilder, {
  BasePlugin,
  type PothosInputFieldConfig,
  type PothosInputFieldType,
  type PothosOutputFieldConfig,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { findTextProblem, isStorable, isWritten, readName } from '../../src/engine/values/naming-text.ts';
import { badUserInput } from '../base/errors.ts';
import { TEXT_RULES, type TextRule } from './text-rules.ts';

const MOST_TEXTS = 100;
/** Cursors and global ids are parsed by the code that made them, and are not stored. */
const OPAQUE_ARGUMENTS: ReadonlySet<string> = new Set(['after', 'before']);

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      texts: TextsPlugin<Types>;
    }
  }
}

type Values = Readonly<Record<string, unknown>>;
type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;
/** Reads a value in its place; throws BAD_USER_INPUT that names it. */
type Reader = (value: unknown, path: string) => unknown;
type Readers = ReadonlyMap<string, Reader>;

/**
 * Reads every text of every argument before a resolver sees it, by TEXT_RULES. A text without a rule, and a
 * rule without a text, end the build.
 */
class TextsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  readonly #used = new Set<string>();
  readonly #ofInputs = new Map<string, Readers | 'BEING_MADE'>();

  override wrapResolve(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return this.#read(resolve, field);
  }

  override wrapSubscribe(
    subscribe: Resolver<Types> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): Resolver<Types> | undefined {
    return subscribe && this.#read(subscribe, field);
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const idle = Object.keys(TEXT_RULES).filter((place) => !this.#used.has(place));
    if (idle.length > 0) throw new Error(`There are no such texts: ${idle.join(', ')}.`);
    return schema;
  }

  #read(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    const asked = Object.values(field.args).filter((argument) => !OPAQUE_ARGUMENTS.has(argument.name));
    const readers = readersOf(asked, (argument) =>
      this.#readerOf(`${field.parentType}.${field.name}(${argument.name})`, argument.type),
    );
    if (readers.size === 0) return resolve;
    return (source, args, context, info) => resolve(source, readFields(args, '', readers), context, info);
  }

  #readerOf(place: string, type: PothosInputFieldType<Types>): Reader | null {
    if (type.kind === 'List') return this.#readerOf(place, type.type);
    const { name } = this.buildCache.getTypeConfig(type.ref);
    if (type.kind === 'InputObject') {
      const readers = this.#readersOfInput(name, this.buildCache.getInputTypeFieldConfigs(type.ref));
      return readers.size === 0 ? null : (value, path) => readValues(value, path, readers);
    }
    if (name !== 'String') return null;
    this.#used.add(place);
    const rule = TEXT_RULES[place];
    if (rule === undefined) throw new Error(`The text ${place} has no rule that says how it is read.`);
    return rule.as === 'ROW' ? null : (value, path) => readTextOrList(value, path, rule);
  }

  #readersOfInput(name: string, fields: Readonly<Record<string, PothosInputFieldConfig<Types>>>): Readers {
    const known = this.#ofInputs.get(name);
    if (known === 'BEING_MADE') throw new Error(`The input ${name} holds itself.`);
    if (known !== undefined) return known;
    this.#ofInputs.set(name, 'BEING_MADE');
    const readers = readersOf(Object.values(fields), (field) =>
      this.#readerOf(`${name}.${field.name}`, field.type),
    );
    this.#ofInputs.set(name, readers);
    return readers;
  }
}

SchemaBuilder.registerPlugin('texts', TextsPlugin);

function readersOf<T extends { readonly name: string }>(
  fields: readonly T[],
  readerOf: (field: T) => Reader | null,
): Readers {
  const readers = fields.map((field) => [field.name, readerOf(field)] as const);
  return new Map(readers.filter((each): each is [string, Reader] => each[1] !== null));
}

function readValues(value: unknown, path: string, readers: Readers): unknown {
  if (Array.isArray(value)) return value.map((each, index) => readValues(each, `${path}[${index}]`, readers));
  return isValues(value) ? readFields(value, `${path}.`, readers) : value;
}

function readFields(values: object, prefix: string, readers: Readers): Values {
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
      // A text that the database cannot hold need not be looked up.
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
