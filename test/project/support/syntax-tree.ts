import { parseAst } from 'vitest/node';

/** A node of the ESTree syntax tree, TypeScript's nodes included. */
export type SyntaxNode = { readonly type: string; readonly start: number } & Readonly<
  Record<string, unknown>
>;

/**
 * Parses TypeScript, or TypeScript with JSX where the file's name says so; throws where the source is not
 * valid.
 */
export function parseTypeScript(source: string, file: string): SyntaxNode {
  const program: unknown = parseAst(source, { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }, file);
  if (!isSyntaxNode(program)) throw new Error('the parser returned no syntax tree');
  return program;
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'start' in value
  );
}

/**
 * The nodes directly below a node, each with the name of the property that holds it, in no particular order.
 */
export function* childrenOf(node: SyntaxNode): Generator<[property: string, child: SyntaxNode]> {
  for (const [property, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isSyntaxNode(child)) yield [property, child];
    }
  }
}

/** A node's property where it is a node, else null. */
export function childOf(node: SyntaxNode, property: string): SyntaxNode | null {
  const child = node[property];
  return isSyntaxNode(child) ? child : null;
}

/** The name of an identifier, else null. */
export function nameOf(node: SyntaxNode | null): string | null {
  return node?.type === 'Identifier' && typeof node.name === 'string' ? node.name : null;
}

/** The line, counted from 1, at an offset of a source. */
export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

/** All texts that stand in a tree as such. */
export function* textsIn(node: SyntaxNode): Generator<string> {
  if (node.type === 'Literal' && typeof node.value === 'string') yield node.value;
  for (const [, child] of childrenOf(node)) yield* textsIn(child);
}
