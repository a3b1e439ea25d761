import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';

// Words that say nothing about what something is.
const IDLE = new Set(
  'a an and are as at be been by can code did do does for from given had has have here how i id if in is it its itself kind many much name no not of on one ones only or so some something such than that the their them then there these they thing this those to type value was were what when where whether which who whom whose why will with'.split(
    ' ',
  ),
);

type Described = { readonly description?: string | null | undefined };

/**
 * The coordinates whose description adds less than two words to their name, such as `Risk.tier: The tier.`,
 * sorted.
 */
export function emptyDescriptions(schema: GraphQLSchema): string[] {
  const found: string[] = [];
  const check = (coordinate: string, name: string, { description }: Described): void => {
    const known = new Set(wordsOf(name));
    const added = new Set(
      wordsOf(description ?? '').filter(
        (word) => !IDLE.has(word) && !known.has(word) && !known.has(singular(word)),
      ),
    );
    if (added.size < 2) found.push(`${coordinate}: ${description}`);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type.name, type);
    if (isEnumType(type)) {
      for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.name, value);
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()))
        check(`${type.name}.${field.name}`, field.name, field);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field.name, field);
      for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name}:)`, arg.name, arg);
    }
  }
  return found.sort();
}

function wordsOf(text: string): string[] {
  const words = text
    .replace(/'s\b/g, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '');
}

function singular(word: string): string {
  return word.replace(/s$/, '');
}
