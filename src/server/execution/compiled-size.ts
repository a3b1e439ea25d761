import {
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { PreparedOperation } from '../request/documents.ts';

/**
 * How many fields a valid operation has once it is compiled: fragments are unfolded, and whatever may be of several types is
 * there once for each. Grows with a power of how deep such types are within one another; computing it does not.
 */
export function compiledSize({ schema, document, node }: PreparedOperation): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<SelectionSetNode, Map<GraphQLCompositeType, number>>();

  const sizeOf = (type: GraphQLCompositeType, set: SelectionSetNode): number => {
    const sizes = known.get(set) ?? new Map<GraphQLCompositeType, number>();
    known.set(set, sizes);
    const size = sizes.get(type) ?? computeSize(type, set);
    sizes.set(type, size);
    return size;
  };

  const computeSize = (type: GraphQLCompositeType, set: SelectionSetNode): number => {
    let size = 0;
    if (isAbstractType(type)) {
      for (const possible of schema.getPossibleTypes(type)) size += sizeOf(possible, set);
      return size;
    }
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const field = type.getFields()[selection.name.value];
        const inner = field === undefined ? null : getNamedType(field.type);
        const isComposite = isCompositeType(inner) && selection.selectionSet !== undefined;
        size += 1 + (isComposite ? sizeOf(inner, selection.selectionSet) : 0);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      const applies =
        condition === undefined ||
        condition === type ||
        (isAbstractType(condition) && schema.isSubType(condition, type));
      if (applies) size += sizeOf(type, fragment.selectionSet);
    }
    return size;
  };

  const root = schema.getRootType(node.operation);
  return isObjectType(root) ? sizeOf(root, node.selectionSet) : 0;
}
