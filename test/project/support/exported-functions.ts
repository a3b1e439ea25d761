import { childOf, childrenOf, nameOf, type SyntaxNode } from './syntax-tree.ts';

/** A function that a module exports; `parameters` are null where another module has them. */
export type ExportedFunction = {
  readonly name: string;
  readonly parameters: readonly Parameter[] | null;
};

/** A parameter's name, and the name of its type; null where it has none or is no plain name. */
export type Parameter = { readonly name: string | null; readonly type: string | null };

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * The functions that a module exports in any form: declared, as a constant, as the default, by a list of
 * names, as methods of an exported object or class, and whatever it exports of other modules.
 */
export function exportedFunctions(program: SyntaxNode): readonly ExportedFunction[] {
  const body = [...childrenOf(program)].map(([, child]) => child);
  const locals = new Map(body.flatMap((node) => declared(node)).map((each) => [each.name, each]));
  return body.flatMap((node) => {
    switch (node.type) {
      case 'ExportNamedDeclaration': {
        const declaration = childOf(node, 'declaration');
        if (declaration !== null) return declared(declaration);
        return exportsListed(node).flatMap(({ local, exported }) => {
          if (childOf(node, 'source') !== null) return { name: exported, parameters: null };
          const known = locals.get(local);
          return known === undefined ? [] : { ...known, name: exported };
        });
      }
      case 'ExportDefaultDeclaration': {
        const declaration = childOf(node, 'declaration');
        return declaration === null ? [] : functionsIn('default', declaration);
      }
      case 'ExportAllDeclaration':
        return node.exportKind === 'type' ? [] : { name: '*', parameters: null };
      default:
        return [];
    }
  });
}

function exportsListed(node: SyntaxNode): { readonly local: string; readonly exported: string }[] {
  if (node.exportKind === 'type') return [];
  return [...childrenOf(node)].flatMap(([property, specifier]) => {
    if (property !== 'specifiers' || specifier.exportKind === 'type') return [];
    const local = nameOf(childOf(specifier, 'local'));
    const exported = nameOf(childOf(specifier, 'exported'));
    return local === null || exported === null ? [] : { local, exported };
  });
}

/** The functions that a declaration makes, by their names. */
function declared(node: SyntaxNode): ExportedFunction[] {
  if (node.type === 'ExportNamedDeclaration') {
    const declaration = childOf(node, 'declaration');
    return declaration === null ? [] : declared(declaration);
  }
  if (node.type === 'VariableDeclaration') {
    return [...childrenOf(node)].flatMap(([, declarator]) => {
      const init = childOf(declarator, 'init');
      const name = nameOf(childOf(declarator, 'id'));
      return init === null || name === null ? [] : functionsIn(name, init);
    });
  }
  const name = nameOf(childOf(node, 'id'));
  return name === null ? [] : functionsIn(name, node);
}

function functionsIn(name: string, node: SyntaxNode): ExportedFunction[] {
  if (FUNCTIONS.has(node.type)) return [{ name, parameters: parametersOf(node) }];
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression': {
      const inner = childOf(node, 'expression');
      return inner === null ? [] : functionsIn(name, inner);
    }
    case 'ObjectExpression':
      return [...childrenOf(node)].flatMap(([, property]) => memberOf(name, property));
    case 'ClassDeclaration':
    case 'ClassExpression': {
      const body = childOf(node, 'body');
      return body === null ? [] : [...childrenOf(body)].flatMap(([, member]) => memberOf(name, member));
    }
    default:
      return [];
  }
}

function memberOf(name: string, member: SyntaxNode): ExportedFunction[] {
  const key = nameOf(childOf(member, 'key'));
  const value = childOf(member, 'value');
  return key === null || value === null ? [] : functionsIn(`${name}.${key}`, value);
}

function parametersOf(node: SyntaxNode): Parameter[] {
  return [...childrenOf(node)]
    .filter(([property]) => property === 'params')
    .map(([, parameter]) => {
      const target = parameter.type === 'AssignmentPattern' ? childOf(parameter, 'left') : parameter;
      const annotation = target && childOf(target, 'typeAnnotation');
      const type = annotation && childOf(annotation, 'typeAnnotation');
      return { name: nameOf(target), type: type && nameOf(childOf(type, 'typeName')) };
    });
}
