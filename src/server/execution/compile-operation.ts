import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  GraphQLScalarType,
  type GraphQLSchema,
  isAbstractType,
  isNonNullType,
  Kind,
  type NameNode,
  parse,
  type Source,
  specifiedScalarTypes,
  TypeInfo,
  type TypeNode,
  ValidationContext,
  type ValueNode,
  visit,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Variables } from '../request/document-values.ts';
import type { PreparedOperation } from '../request/documents.ts';
import { compiledSize } from './compiled-size.ts';

/** Larger operations are not worth the 50 ms and more that compiling them takes, and without any limit that has no end. */
const LARGEST_SIZE = 1_000;

/** An operation as a function of its own; it gives what graphql-js's `execute` gives, several times as fast. */
export type CompiledOperation = {
  /** False for variables that only graphql-js treats right. */
  fits(variables: Variables): boolean;
  /** `variables` are coerced. */
  run(
    rootValue: unknown,
    contextValue: unknown,
    variables: Variables,
  ): ExecutionResult | Promise<ExecutionResult>;
};

/** Compiles an operation; null if it can't be compiled so that it means the same. Takes milliseconds. */
export function compileOperation(prepared: PreparedOperation): CompiledOperation | null {
  const { schema, document, name } = prepared;
  const source = document.loc?.source;
  if (source === undefined || !isCompilable(document) || compiledSize(prepared) > LARGEST_SIZE) return null;
  const compiled = withTypesThatDoNotThrow(schema, () =>
    compileQuery(withCoerced(schema), acceptCoerced(parse(source)), name ?? undefined, {
      // Without it a fragment that is spread twice under two conditions gets only one of them.
      useExperimentalPathBasedSkipInclude: true,
    }),
  );
  if (!isCompiledQuery(compiled)) return null;
  const fragile = fragileVariables(prepared);
  const nested = nestedVariables(document);
  return {
    fits: (variables) =>
      fragile.every((variable) => variables[variable] !== null) &&
      nested.every((variable) => Object.hasOwn(variables, variable)),
    run(rootValue, contextValue, variables) {
      const result = compiled.query(rootValue, contextValue, variables);
      return 'then' in result ? result.then((settled) => located(settled, source)) : located(result, source);
    },
  };
}

/** The type of variables that are coerced already. It is in no schema: its name is not allowed there. */
const COERCED = new GraphQLScalarType({ name: 'Coerced', parseValue: (value) => value });
const COERCED_NAME = '__Coerced';

/** The schema with a type for coerced variables besides. */
function withCoerced(schema: GraphQLSchema): GraphQLSchema {
  const getType: GraphQLSchema['getType'] = (name) =>
    name === COERCED_NAME ? COERCED : schema.getType(name);
  return Object.create(schema, { getType: { value: getType } });
}

/**
 * Compiles while what finds an object's type gives nothing instead of throwing: once graphql-jit has waited for a
 * promise it catches nothing, and that would end the process.
 */
function withTypesThatDoNotThrow<T>(schema: GraphQLSchema, compile: () => T): T {
  const restorers: (() => void)[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    const { resolveType } = type;
    if (typeof resolveType !== 'function') continue;
    restorers.push(() => {
      type.resolveType = resolveType;
    });
    type.resolveType = (value, context, info, abstractType) => {
      try {
        return resolveType(value, context, info, abstractType);
      } catch {
        return undefined;
      }
    };
  }
  try {
    return compile();
  } finally {
    for (const restore of restorers) restore();
  }
}

/**
 * The document for variables that are coerced: graphql-jit's own coercing differs, knows nothing of `@oneOf` and never
 * ends for an input type that contains itself. Numbers, strings and booleans stay the same when coerced twice, and it
 * wants to know the booleans.
 */
function acceptCoerced(document: DocumentNode): DocumentNode {
  return visit(document, {
    VariableDefinition({ kind, variable, type }) {
      const isSame = specifiedScalarTypes.some((scalar) => scalar.name === nameOf(type));
      const name: NameNode = { kind: Kind.NAME, value: COERCED_NAME };
      return { kind, variable, type: isSame ? type : { kind: Kind.NAMED_TYPE, name } };
    },
  });
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

/**
 * False for documents that graphql-jit must not see. It writes literal arguments into code that it runs, and takes a
 * string that begins with one of its markers for code; and it puts fields into objects that have a prototype.
 */
function isCompilable(document: DocumentNode): boolean {
  let isHarmless = true;
  const check = (text: string): typeof BREAK | undefined => {
    if (!text.includes('__MAGIC_') && text !== '__proto__') return undefined;
    isHarmless = false;
    return BREAK;
  };
  visit(document, { StringValue: ({ value }) => check(value), Name: ({ value }) => check(value) });
  return isHarmless;
}

/**
 * The variables that may be null and are used where null is refused: graphql-jit's refusals can't be told from its
 * failures.
 */
function fragileVariables({ schema, document, node }: PreparedOperation): readonly string[] {
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => {});
  const nullable = new Set<string>();
  for (const { variable, type } of node.variableDefinitions ?? []) {
    if (type.kind !== Kind.NON_NULL_TYPE) nullable.add(variable.name.value);
  }
  const fragile = new Set<string>();
  for (const usage of context.getRecursiveVariableUsages(node)) {
    const variable = usage.node.name.value;
    if (nullable.has(variable) && isNonNullType(usage.type)) fragile.add(variable);
  }
  return [...fragile];
}

/** The variables within literal lists and objects: graphql-jit takes one that is not given for null. */
function nestedVariables(document: DocumentNode): readonly string[] {
  const nested = new Set<string>();
  const collect = (node: ValueNode): void => {
    if (node.kind === Kind.VARIABLE) nested.add(node.name.value);
  };
  visit(document, {
    ListValue: ({ values }) => values.forEach(collect),
    ObjectField: ({ value }) => collect(value),
  });
  return [...nested];
}

/** The same result with errors as graphql-js makes them; graphql-jit's know lines and columns, but not of which source. */
function located({ data, errors }: ExecutionResult, source: Source): ExecutionResult {
  if (errors === undefined) return { data: data ?? null };
  const relocated = errors.map((error) => {
    const { message, locations, path, originalError, extensions } = error;
    return new GraphQLError(message, {
      source,
      positions: locations?.map(({ line, column }) => positionOf(source.body, line, column)) ?? null,
      path: path ?? null,
      originalError: originalError ?? null,
      extensions: extensions ?? null,
    });
  });
  return { data: data ?? null, errors: relocated };
}

function positionOf(text: string, line: number, column: number): number {
  const ends = /\r\n|[\n\r]/g;
  let start = 0;
  for (let current = 1; current < line && ends.exec(text) !== null; current++) start = ends.lastIndex;
  return start + column - 1;
}
