import { type Change, ChangeType, diff } from '@graphql-inspector/core';
import { type GraphQLSchema, isEnumType, isInputObjectType, isObjectType, isUnionType } from 'graphql';

/** How a deprecation has to end: it says from which day on the piece may be gone. */
const GOES_ON = /\bGoes on (\d{4}-\d{2}-\d{2})\.$/;

/**
 * What would break clients of the last release, by coordinate: what goes without having been announced, or
 * before its day.
 */
export async function breakingChanges(
  released: GraphQLSchema,
  current: GraphQLSchema,
  today: string,
): Promise<string[]> {
  const changes = await diff(released, current);
  return changes
    .filter(({ criticality }) => criticality.level === 'BREAKING')
    .filter((change) => !isDue(change, released, today))
    .map(({ path = 'schema', message }) => `${path}: ${message}`)
    .sort();
}

/** The coordinates of deprecated pieces that do not say from which day on they may be gone. */
export function openDeprecations(schema: GraphQLSchema): string[] {
  return [...deprecations(schema)]
    .filter(([, reason]) => !GOES_ON.test(reason))
    .map(([coordinate]) => coordinate)
    .sort();
}

function isDue({ type, path }: Change, released: GraphQLSchema, today: string): boolean {
  if (path === undefined) return false;
  switch (type) {
    case ChangeType.FieldRemoved:
    case ChangeType.FieldArgumentRemoved:
    case ChangeType.InputFieldRemoved:
    case ChangeType.EnumValueRemoved: {
      const goesOn = GOES_ON.exec(deprecations(released).get(path) ?? '')?.[1];
      return goesOn !== undefined && goesOn <= today;
    }
    case ChangeType.TypeRemoved:
      // Whoever leads to it is gone too, and reported by itself; unless it is one of several that clients
      // tell apart.
      return !isAlternative(path, released);
    default:
      return false;
  }
}

function isAlternative(name: string, schema: GraphQLSchema): boolean {
  const type = schema.getType(name);
  if (!isObjectType(type)) return false;
  const unions = Object.values(schema.getTypeMap()).filter(isUnionType);
  return type.getInterfaces().length > 0 || unions.some((union) => schema.isSubType(union, type));
}

/** The reasons of everything deprecated, by coordinate. */
function deprecations(schema: GraphQLSchema): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const note = (coordinate: string, { deprecationReason }: { readonly deprecationReason?: unknown }) => {
    if (typeof deprecationReason === 'string') found.set(coordinate, deprecationReason);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
    if (!('getFields' in type)) continue;
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field);
      if (isInputObjectType(type) || !('args' in field)) continue;
      for (const argument of field.args) note(`${type.name}.${field.name}.${argument.name}`, argument);
    }
  }
  return found;
}
