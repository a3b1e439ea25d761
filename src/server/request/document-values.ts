import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { isRecord } from './graph-request.ts';

/** The values of an operation's variables, coerced, with where each comes from. */
export type Variables = NonNullable<Parameters<typeof getArgumentValues>[2]>;

export const NO_VARIABLES: Variables = { sources: {}, coerced: {} };

/** The values of a field's arguments, by name. */
export type Values = Readonly<Record<string, unknown>>;

/** The programme that a field at the root names. */
export type ProgramOf = (given: { readonly variables: Variables }) => string | null;

export type AnyField = GraphQLField<unknown, unknown>;

/** A field's arguments; none where they can't be read. */
export function valuesOf(field: AnyField, node: FieldNode, variables: Variables): Values {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {};
  }
}

/** Whether @skip or @include leaves a selection out; false where that can't be read. */
export function isLeftOut(node: SelectionNode, variables: Variables): boolean {
  try {
    const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
    return skip?.if === true || include?.if === false;
  } catch {
    return false;
  }
}

/** Whether a value has a variable in it. */
export function hasVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(hasVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => hasVariable(field.value));
    default:
      return false;
  }
}

/** Whether an argument or directive within a selection, its fragments included, has a variable. */
export function dependsOnVariables(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean {
  return set.selections.some((selection) => {
    const given = [
      ...(selection.directives ?? []).flatMap((directive) => directive.arguments ?? []),
      ...(selection.kind === Kind.FIELD ? (selection.arguments ?? []) : []),
    ];
    if (given.some(({ value }) => hasVariable(value))) return true;
    const within =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragments.get(selection.name.value)?.selectionSet
        : selection.selectionSet;
    return within !== undefined && dependsOnVariables(within, fragments);
  });
}

/**
 * Where a root field's arguments name a programme: directly, in their input, or by what tells one object from
 * all others.
 */
export function programNamed(field: AnyField, node: FieldNode): ProgramOf {
  const find = (variables: Variables): string | null => {
    const { program, code, by, input } = valuesOf(field, node, variables);
    const within = (value: unknown): unknown => (isRecord(value) ? value.program : undefined);
    const named = [
      program,
      field.name === 'program' ? code : undefined,
      within(isRecord(by) ? by.ref : undefined),
      within(input),
    ];
    return named.find((value) => typeof value === 'string') ?? null;
  };
  if (node.arguments?.some(({ value }) => hasVariable(value)) === true) {
    return ({ variables }) => find(variables);
  }
  const always = find(NO_VARIABLES);
  return () => always;
}

/** Whether more is selected than numbers and strings. */
export function hasObjects({ selections }: SelectionSetNode): boolean {
  return selections.some(
    (selection) => selection.kind !== Kind.FIELD || selection.selectionSet !== undefined,
  );
}
