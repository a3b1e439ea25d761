import {
  type GraphQLArgument,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
} from 'graphql';

type Described = { readonly description?: string | null | undefined };

/**
 * The coordinates, such as `Partner.name` or `Query.partner(by:)`, of all that a schema does not describe,
 * sorted.
 */
export function undescribed(schema: GraphQLSchema): string[] {
  const found: string[] = [];
  const check = (coordinate: string, part: Described): void => {
    if (!part.description?.trim()) found.push(coordinate);
  };
  const checkArguments = (coordinate: string, args: readonly GraphQLArgument[]): void => {
    for (const arg of args) check(`${coordinate}(${arg.name}:)`, arg);
  };

  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field);
      checkArguments(`${type.name}.${field.name}`, field.args);
    }
  }
  for (const directive of schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive))) {
    check(`@${directive.name}`, directive);
    checkArguments(`@${directive.name}`, directive.args);
  }
  return found.sort();
}
