import { childOf, childrenOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * One place where a file names another module; `specifier` is null where it is computed and nobody can read
 * it.
 */
export type ModuleReference = {
  readonly specifier: string | null;
  /** Whether only types are taken, so that nothing is left of it at run time. */
  readonly typeOnly: boolean;
  readonly start: number;
};

/**
 * All modules that a file names in imports, re-exports, dynamic imports, import types and `require` calls.
 */
export function moduleReferences(node: SyntaxNode): ModuleReference[] {
  const found = referenceOf(node);
  const below = [...childrenOf(node)].flatMap(([, child]) => moduleReferences(child));
  return found === null ? below : [found, ...below];
}

function referenceOf(node: SyntaxNode): ModuleReference | null {
  const at = (source: SyntaxNode | null, typeOnly: boolean): ModuleReference => ({
    specifier: source === null ? null : textOf(source),
    typeOnly,
    start: node.start,
  });
  switch (node.type) {
    case 'ImportDeclaration':
      return at(childOf(node, 'source'), node.importKind === 'type' || onlyTypesIn(node, 'importKind'));
    case 'ExportAllDeclaration':
      return at(childOf(node, 'source'), node.exportKind === 'type');
    case 'ExportNamedDeclaration': {
      const source = childOf(node, 'source');
      if (source === null) return null;
      return at(source, node.exportKind === 'type' || onlyTypesIn(node, 'exportKind'));
    }
    case 'ImportExpression':
      return at(childOf(node, 'source'), false);
    case 'TSImportType':
      return at(childOf(node, 'source') ?? childOf(node, 'argument'), true);
    case 'TSExternalModuleReference':
      return at(childOf(node, 'expression'), false);
    case 'CallExpression':
      return childOf(node, 'callee')?.name === 'require' ? at(firstArgumentOf(node), false) : null;
    default:
      return null;
  }
}

/** Whether each name in braces is marked `type`; no names at all load the module for its effects. */
function onlyTypesIn(node: SyntaxNode, kind: string): boolean {
  const specifiers = [...childrenOf(node)].filter(([property]) => property === 'specifiers');
  return specifiers.length > 0 && specifiers.every(([, specifier]) => specifier[kind] === 'type');
}

function firstArgumentOf(call: SyntaxNode): SyntaxNode | null {
  return [...childrenOf(call)].find(([property]) => property === 'arguments')?.[1] ?? null;
}

function textOf(node: SyntaxNode): string | null {
  if (node.type === 'TSLiteralType') {
    const literal = childOf(node, 'literal');
    return literal === null ? null : textOf(literal);
  }
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : null;
}
