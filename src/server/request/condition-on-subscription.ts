import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/**
 * The error for a subscription that may leave out what it subscribes to, which the specification forbids
 * since September 2025; null if there is none. graphql-js 16 allows it, and then throws.
 */
export function conditionOnSubscription(document: DocumentNode): GraphQLError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const visited = new Set<string>();

  const find = ({ selections }: SelectionSetNode): DirectiveNode | null => {
    for (const selection of selections) {
      const condition = selection.directives?.find(({ name }) => ['skip', 'include'].includes(name.value));
      if (condition !== undefined) return condition;
      if (selection.kind === Kind.FIELD) continue;
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : takeFragment(selection.name.value);
      const within = inner && find(inner.selectionSet);
      if (within != null) return within;
    }
    return null;
  };

  const takeFragment = (name: string): FragmentDefinitionNode | null => {
    if (visited.has(name)) return null;
    visited.add(name);
    return fragments.get(name) ?? null;
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== 'subscription') continue;
    visited.clear();
    const condition = find(definition.selectionSet);
    if (condition === null) continue;
    const sentence = `What is subscribed to cannot be left out by @${condition.name.value}.`;
    return new GraphQLError(sentence, { nodes: condition });
  }
  return null;
}
