import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isRequiredArgument,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

/**
 * What a selection is made of: how deep it goes, of which types only what is no object is asked for, and what
 * is left out.
 */
export type SelectionOptions = {
  readonly depth: number;
  readonly leavesOnly?: ReadonlySet<string>;
  /** Fields left out, as `Type.field`. */
  readonly without?: (name: string) => boolean;
};

/**
 * A document's fragments that ask for every field of a type, of what that leads to, and so on; with the name
 * of the first. Interfaces and unions are asked for by all of their types, so that each field is, under an
 * alias of its own.
 */
export function fullSelection(
  schema: GraphQLSchema,
  root: string,
  { depth, leavesOnly = new Set(), without = () => false }: SelectionOptions,
): { readonly name: string; readonly fragments: string } {
  const fragments = new Map<string, string>();

  const ask = (parent: string, field: Field, level: number): readonly string[] => {
    if (field.args.some(isRequiredArgument) || without(`${parent}.${field.name}`)) return [];
    const result = getNamedType(field.type);
    const inner = isCompositeType(result) ? spread(result, level - 1) : '';
    if (inner === null) return [];
    const alias = `${parent}_${field.name}`;
    const names = field.args.map(({ name }) => name);
    const given = names.includes('first')
      ? ['(first: 100)']
      : names.includes('locale')
        ? ['', '(locale: DE)']
        : [''];
    return given.map((args, index) => `${alias}${index === 0 ? '' : index}: ${field.name}${args}${inner}`);
  };
  const fragment = (type: GraphQLNamedType, level: number): string => {
    const name = `${type.name}_${level}`;
    if (fragments.has(name)) return name;
    fragments.set(name, '');
    const objects = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const parts = objects.map((each) => {
      const fields = 'getFields' in each ? Object.values(each.getFields()) : [];
      const asked = fields.flatMap((field) => ('resolve' in field ? ask(each.name, field, level) : []));
      return `... on ${each.name} { __typename ${asked.join(' ')} }`;
    });
    fragments.set(name, `fragment ${name} on ${type.name} { ${parts.join(' ')} }`);
    return name;
  };
  const spread = (type: GraphQLNamedType, level: number): string | null => {
    if (level <= 0) return null;
    return ` { ...${fragment(type, leavesOnly.has(type.name) ? 0.5 : level)} }`;
  };

  const type = schema.getType(root);
  if (type === undefined) throw new Error(`There is no type ${root}.`);
  const name = fragment(type, depth);
  return { name, fragments: [...fragments.values()].join('\n').replaceAll(/_0\.5\b/g, '_leaves') };
}
