import {
  type ConstValueNode,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  type GraphQLSchema,
  type GraphQLUnionType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isUnionType,
  lexicographicSortSchema,
  print,
  valueToLiteral,
} from 'graphql';

type AnyField = GraphQLField<unknown, unknown>;
type AnyInput = Pick<
  GraphQLArgument,
  'name' | 'type' | 'description' | 'default' | 'defaultValue' | 'deprecationReason'
>;

/** A graph as a page of Markdown: every query, mutation, subscription and type, with links between them. */
export function reference(schema: GraphQLSchema): string {
  const sorted = lexicographicSortSchema(schema);
  const roots: readonly (readonly [title: string, kind: string, GraphQLObjectType | null | undefined])[] = [
    ['Queries', 'query', sorted.getQueryType()],
    ['Mutations', 'mutation', sorted.getMutationType()],
    ['Subscriptions', 'subscription', sorted.getSubscriptionType()],
  ];
  const types = Object.values(sorted.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !roots.some(([, , root]) => root === type),
  );
  const chapters: readonly (readonly [title: string, sections: readonly string[]])[] = [
    ...roots.map(
      ([title, kind, root]) =>
        [title, Object.values(root?.getFields() ?? {}).map((field) => operation(kind, field))] as const,
    ),
    ['Objects', types.filter(isObjectType).map((type) => object(type, sorted))],
    ['Interfaces', types.filter(isInterfaceType).map((type) => object(type, sorted))],
    ['Unions', types.filter(isUnionType).map(union)],
    ['Enums', types.filter(isEnumType).map(enumeration)],
    ['Inputs', types.filter(isInputObjectType).map(input)],
    ['Scalars', types.filter(isScalarType).map(scalar)],
  ];
  const shown = chapters.filter(([, sections]) => sections.length > 0);
  const contents = shown.map(([title]) => `[${title}](#${title.toLowerCase()})`).join(' · ');
  return [
    '# The graph, piece by piece',
    'Made from the schema by `npm run print:schema`: change the descriptions there, not here.',
    contents,
    ...shown.flatMap(([title, sections]) => [`## ${title}`, index(sections), ...sections]),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Links to the sections of a chapter, by their headings. */
function index(sections: readonly string[]): string {
  const headings = sections.map((section) => section.slice('### '.length).split('\n', 1)[0] ?? '');
  return headings.map((text) => `[${text}](#${text.toLowerCase().replaceAll(' ', '-')})`).join(' · ');
}

function operation(kind: string, field: AnyField): string {
  return lines(
    `### ${kind} ${field.name}`,
    described(field),
    `Gives ${reader(field.type)}.`,
    table('argument', field.args.map(inputRow)),
  );
}

function object(type: GraphQLObjectType | GraphQLInterfaceType, schema: GraphQLSchema): string {
  const unions = Object.values(schema.getTypeMap())
    .filter(isUnionType)
    .filter((candidate) => isObjectType(type) && schema.isSubType(candidate, type));
  return lines(
    heading(type),
    listed('Implements', type.getInterfaces()),
    isInterfaceType(type) && listed('Implemented by', schema.getImplementations(type).objects),
    listed('Member of', unions),
    table('field', Object.values(type.getFields()).flatMap(fieldRows)),
  );
}

function union(type: GraphQLUnionType): string {
  return lines(heading(type), listed('One of', type.getTypes()));
}

function enumeration(type: GraphQLEnumType): string {
  const values = type.getValues().map((value) => `| \`${value.name}\` | ${cell(described(value))} |`);
  return lines(heading(type), ['| value | meaning |', '|---|---|', ...values].join('\n'));
}

function input(type: GraphQLInputObjectType): string {
  return lines(
    heading(type),
    type.isOneOf && 'Exactly one of the fields has to be given.',
    table('field', Object.values(type.getFields()).map(inputRow)),
  );
}

function scalar(type: GraphQLScalarType): string {
  const url = type.specifiedByURL;
  return lines(heading(type), typeof url === 'string' && `Specified at <${url}>.`);
}

function heading(type: GraphQLNamedType): string {
  return `### ${type.name}\n\n${type.description ?? ''}`.trimEnd();
}

function listed(title: string, types: readonly GraphQLNamedType[]): string | false {
  return types.length > 0 && `${title} ${types.map(link).join(', ')}.`;
}

function table(first: string, rows: readonly string[]): string | false {
  return rows.length > 0 && [`| ${first} | type | meaning |`, '|---|---|---|', ...rows].join('\n');
}

/** The field, and below it its arguments. */
function fieldRows(field: AnyField): string[] {
  return [
    `| \`${field.name}\` | ${reader(field.type)} | ${cell(described(field))} |`,
    ...field.args.map((argument) => inputRow(argument).replace('| `', '| ↳ `')),
  ];
}

/** What an input is if left out: from SDL as a literal, from code as a value. */
function defaultOf({
  type,
  default: given,
  defaultValue,
}: Pick<AnyInput, 'type' | 'default' | 'defaultValue'>): ConstValueNode | null {
  if (given?.literal !== undefined) return given.literal;
  const value = given === undefined ? defaultValue : given.value;
  return value === undefined ? null : (valueToLiteral(value, type) ?? null);
}

function inputRow({ name, type, ...rest }: AnyInput): string {
  const value = defaultOf({ type, ...rest });
  const standard = value ? ` = \`${print(value)}\`` : '';
  return `| \`${name}\` | ${reader(type)}${standard} | ${cell(described(rest))} |`;
}

function described({
  description,
  deprecationReason,
}: Pick<AnyInput, 'description' | 'deprecationReason'>): string {
  const deprecated = deprecationReason == null ? [] : [`**Deprecated.** ${deprecationReason}`];
  return [...(description == null ? [] : [description]), ...deprecated].join(' ');
}

/** A type as GraphQL writes it, its name a link. */
function reader(type: GraphQLInputType | GraphQLOutputType): string {
  const named = getNamedType(type);
  return String(type).replace(named.name, link(named));
}

function link({ name }: GraphQLNamedType): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

function lines(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join('\n\n');
}
