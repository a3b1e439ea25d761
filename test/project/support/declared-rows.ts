import { dirname, join } from 'node:path';
import { type SourceFile, sourcesIn, treeOf } from './sources.ts';
import { childOf, childrenOf, lineAt, nameOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * What a value is, or may be: string, number, bigint, boolean, null, array, bytes, object; `any` where the
 * declaration does not say.
 */
export type Kind = 'string' | 'number' | 'bigint' | 'boolean' | 'null' | 'array' | 'bytes' | 'object' | 'any';

/** A call of `$queryRaw` with the columns that it says its rows have. */
export type RawQuery = {
  readonly file: string;
  readonly fromLine: number;
  readonly toLine: number;
  readonly columns: ReadonlyMap<string, ReadonlySet<Kind>>;
};

type Place = { readonly node: SyntaxNode; readonly file: string };

/** Reads what the raw queries of some folders declare; types are followed through aliases and imports. */
export function readRawQueries(folders: readonly string[], least: number): readonly RawQuery[] {
  const sources = new Map(sourcesIn(['src'], 250).map((source) => [source.file, source]));
  const trees = new Map<string, SyntaxNode>();
  const tree = (file: string): SyntaxNode => {
    const known = trees.get(file) ?? treeOf(sourceOf(sources, file));
    trees.set(file, known);
    return known;
  };

  /** The type that a name stands for in a file; undefined for one of the language or of a package. */
  const resolve = (name: string, file: string): Place | undefined => {
    for (const [, statement] of childrenOf(tree(file))) {
      const declaration =
        statement.type === 'ExportNamedDeclaration' ? childOf(statement, 'declaration') : statement;
      if (declaration?.type === 'TSTypeAliasDeclaration' && nameOf(childOf(declaration, 'id')) === name) {
        const node = childOf(declaration, 'typeAnnotation');
        if (node !== null) return { node, file };
      }
      if (statement.type !== 'ImportDeclaration') continue;
      const from = childOf(statement, 'source')?.value;
      for (const [property, specifier] of childrenOf(statement)) {
        if (property !== 'specifiers' || nameOf(childOf(specifier, 'local')) !== name) continue;
        const imported = nameOf(childOf(specifier, 'imported')) ?? name;
        if (typeof from !== 'string' || !from.startsWith('.')) return undefined;
        return resolve(imported, join(dirname(file), from));
      }
    }
    return undefined;
  };

  const referenceOf = (node: SyntaxNode): string | null => nameOf(childOf(node, 'typeName'));
  const argumentsOf = (node: SyntaxNode): readonly SyntaxNode[] => {
    const list = childOf(node, 'typeArguments');
    return list === null ? [] : [...childrenOf(list)].map(([, child]) => child);
  };
  const kindsOf = ({ node, file }: Place): ReadonlySet<Kind> => {
    const within = (property: string): ReadonlySet<Kind> => {
      const inner = childOf(node, property);
      return inner === null ? new Set(['any']) : kindsOf({ node: inner, file });
    };
    switch (node.type) {
      case 'TSStringKeyword':
      case 'TSTemplateLiteralType':
        return new Set(['string']);
      case 'TSNumberKeyword':
        return new Set(['number']);
      case 'TSBigIntKeyword':
        return new Set(['bigint']);
      case 'TSBooleanKeyword':
        return new Set(['boolean']);
      case 'TSNullKeyword':
        return new Set(['null']);
      case 'TSArrayType':
      case 'TSTupleType':
        return new Set(['array']);
      case 'TSTypeLiteral':
      case 'TSMappedType':
      case 'TSIntersectionType':
        return new Set(['object']);
      case 'TSLiteralType':
        return new Set([kindOf(childOf(node, 'literal')?.value)]);
      case 'TSParenthesizedType':
      case 'TSTypeOperator':
        return within('typeAnnotation');
      case 'TSUnionType':
        return new Set([...childrenOf(node)].flatMap(([, part]) => [...kindsOf({ node: part, file })]));
      case 'TSTypeReference': {
        const name = referenceOf(node);
        if (name === 'Uint8Array') return new Set(['bytes']);
        if (name === 'Omit' || name === 'Pick') return new Set(['object']);
        const found = name === null ? undefined : resolve(name, file);
        return found === undefined ? new Set(['any']) : kindsOf(found);
      }
      default:
        return new Set(['any']);
    }
  };
  const columnsOf = ({ node, file }: Place): ReadonlyMap<string, ReadonlySet<Kind>> => {
    const parts = [...childrenOf(node)].map(([, part]) => part);
    switch (node.type) {
      case 'TSTypeLiteral':
        return new Map(
          parts.flatMap((member) => {
            const name = nameOf(childOf(member, 'key'));
            const annotation = childOf(member, 'typeAnnotation');
            const type = annotation && childOf(annotation, 'typeAnnotation');
            return name === null || type === null ? [] : [[name, kindsOf({ node: type, file })] as const];
          }),
        );
      case 'TSIntersectionType':
        return new Map(parts.flatMap((part) => [...columnsOf({ node: part, file })]));
      case 'TSParenthesizedType':
      case 'TSTypeOperator':
      case 'TSArrayType':
        return new Map(parts.flatMap((part) => [...columnsOf({ node: part, file })]));
      case 'TSUnionType':
        return eitherOf(parts.map((part) => columnsOf({ node: part, file })));
      case 'TSTypeReference': {
        const name = referenceOf(node);
        if (name === 'Omit') return without(argumentsOf(node), file);
        const found = name === null ? undefined : resolve(name, file);
        if (found !== undefined) return columnsOf(found);
        throw new Error(`${file}: the columns of ${name} can't be read.`);
      }
      default:
        throw new Error(`${file}: the columns of a ${node.type} can't be read.`);
    }
  };
  const without = ([type, names]: readonly SyntaxNode[], file: string): ReturnType<typeof columnsOf> => {
    if (type === undefined || names === undefined) throw new Error(`${file}: Omit lacks an argument.`);
    const left = new Set([names, ...[...childrenOf(names)].map(([, part]) => part)].map(literalOf));
    return new Map([...columnsOf({ node: type, file })].filter(([name]) => !left.has(name)));
  };

  const queriesIn = function* (node: SyntaxNode, source: SourceFile): Generator<RawQuery> {
    const callee = childOf(node, 'tag') ?? childOf(node, 'callee');
    const method = callee && nameOf(childOf(callee, 'property'));
    const [rows] = argumentsOf(node);
    if (method === '$queryRaw' && rows !== undefined) {
      yield {
        file: source.file,
        fromLine: lineAt(source.source, node.start),
        toLine: lineAt(source.source, Number(node.end)),
        columns: columnsOf({ node: rows, file: source.file }),
      };
    }
    for (const [, child] of childrenOf(node)) yield* queriesIn(child, source);
  };
  return sourcesIn(folders, least).flatMap((source) => [...queriesIn(tree(source.file), source)]);
}

/** A column that one of them lacks may be null. */
function eitherOf(alternatives: readonly RawQuery['columns'][]): RawQuery['columns'] {
  const names = new Set(alternatives.flatMap((columns) => [...columns.keys()]));
  return new Map(
    [...names].map((name) => [
      name,
      new Set(alternatives.flatMap((columns): Kind[] => [...(columns.get(name) ?? ['null'])])),
    ]),
  );
}

/** What a value is. */
export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Uint8Array) return 'bytes';
  const kind = typeof value;
  return kind === 'symbol' || kind === 'function' || kind === 'undefined' ? 'any' : kind;
}

function sourceOf(sources: ReadonlyMap<string, SourceFile>, file: string): SourceFile {
  const source = sources.get(file);
  if (source === undefined) throw new Error(`There is no ${file}.`);
  return source;
}

function literalOf(node: SyntaxNode): unknown {
  return childOf(node, 'literal')?.value;
}
