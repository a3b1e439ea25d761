import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** Numbers from 0 to 1, the same for the same seed. */
export type Random = () => number;

/** What a client sends: a document with variables. */
export type AnyRequest = { readonly query: string; readonly variables: Record<string, unknown> };

/**
 * Makes requests that a schema allows: fields, fragments, aliases, directives, arguments written out and as
 * variables.
 */
export function anyRequest(schema: GraphQLSchema, random: Random): AnyRequest {
  const variables: Record<string, unknown> = {};
  const definitions: string[] = [];
  const fragments: string[] = [];
  const chance = (probability: number): boolean => random() < probability;
  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];

  const anyValue = (type: GraphQLInputType, depth: number): unknown => {
    if (isNonNullType(type)) return anyValue(type.ofType, depth) ?? anyValue(type.ofType, 0) ?? 'x';
    if (chance(0.1)) return null;
    if (isListType(type)) {
      return Array.from({ length: Math.floor(random() * 3) }, () => anyValue(type.ofType, depth - 1));
    }
    if (isEnumType(type)) return new EnumValue(pick(type.getValues())?.name ?? '');
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf
        ? [pick(fields)].filter((field) => field !== undefined)
        : fields.filter((field) => isRequiredInputField(field) || (depth > 0 && chance(0.2)));
      return Object.fromEntries(
        chosen.map((field) => {
          const inner =
            type.isOneOf && !isNonNullType(field.type)
              ? (getNullableType(field.type) ?? field.type)
              : field.type;
          return [field.name, likelyValue(field.name, inner, depth - 1) ?? (type.isOneOf ? 'x' : null)];
        }),
      );
    }
    return pick(LEAVES[type.name] ?? ANY_LEAF);
  };

  const likelyValue = (name: string, type: GraphQLInputType, depth: number): unknown => {
    const likely = LIKELY[name];
    return likely !== undefined && chance(0.8) ? likely : anyValue(type, depth);
  };

  const argument = ({ name, type }: GraphQLArgument): string => {
    const value = likelyValue(name, type, 3);
    if (chance(0.5)) return `${name}: ${written(value)}`;
    const variable = `v${definitions.length}`;
    definitions.push(`$${variable}: ${type}`);
    variables[variable] = plain(value);
    return `${name}: $${variable}`;
  };

  const argumentsOf = (field: GraphQLField<unknown, unknown>): string => {
    const chosen = field.args.filter((each) => isRequiredArgument(each) || chance(0.3));
    return chosen.length === 0 ? '' : `(${chosen.map(argument).join(', ')})`;
  };

  const directive = (): string => {
    if (!chance(0.08)) return '';
    const name = pick(['skip', 'include']);
    if (chance(0.5)) return ` @${name}(if: ${chance(0.5)})`;
    const variable = `v${definitions.length}`;
    definitions.push(`$${variable}: Boolean!`);
    variables[variable] = chance(0.5);
    return ` @${name}(if: $${variable})`;
  };

  const selections = (type: GraphQLOutputType, depth: number): string => {
    const parent = getNamedType(type);
    if (!isCompositeType(parent)) return '';
    const parts = ['__typename'];
    const fields = 'getFields' in parent ? Object.values(parent.getFields()) : [];
    for (const field of fields) {
      const isLeaf = !isCompositeType(getNamedType(field.type));
      if (!isLeaf && depth <= 0) continue;
      if (chance(isLeaf ? 0.3 : 0.25)) parts.push(fieldOf(field, depth));
    }
    if (isAbstractType(parent)) {
      for (const possible of schema.getPossibleTypes(parent)) {
        if (chance(0.3))
          parts.push(`... on ${possible.name}${directive()}${selections(possible, depth - 1)}`);
      }
    } else if (isObjectType(parent) && chance(0.1)) {
      const name = `F${fragments.length}`;
      fragments.push('');
      fragments[Number(name.slice(1))] = `fragment ${name} on ${parent.name}${selections(parent, depth - 1)}`;
      parts.push(`...${name}${directive()}`);
    }
    return ` { ${parts.join(' ')} }`;
  };

  // An alias of its own, so that two with other arguments never meet.
  let aliases = 0;
  const fieldOf = (field: GraphQLField<unknown, unknown>, depth: number): string => {
    aliases += 1;
    return `a${aliases}: ${field.name}${argumentsOf(field)}${directive()}${selections(field.type, depth - 1)}`;
  };

  const kind = pick(['query', 'query', 'query', 'query', 'mutation', 'subscription']) ?? 'query';
  const root =
    kind === 'query'
      ? schema.getQueryType()
      : kind === 'mutation'
        ? schema.getMutationType()
        : schema.getSubscriptionType();
  const rootFields = Object.values(root?.getFields() ?? {});
  const count = kind === 'subscription' ? 1 : 1 + Math.floor(random() * 2);
  const body = Array.from({ length: count }, () => pick(rootFields))
    .filter((field) => field !== undefined)
    .map((field) => fieldOf(field, 5))
    .join(' ');
  const head = definitions.length === 0 ? kind : `${kind} (${definitions.join(', ')})`;
  return { query: [`${head} { ${body} }`, ...fragments].join(' '), variables };
}

class EnumValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What leads somewhere, by the name of the argument. */
const LIKELY: Readonly<Record<string, unknown>> = {
  program: 'connect',
  code: 'connect',
  externalRef: 'P-00001',
  first: 3,
  last: null,
  after: null,
  before: null,
};

const LEAVES: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, 1, 2, 20, 100, 101, -1, 2_147_483_647],
  Float: [0, 1.5, -1e300],
  Boolean: [true, false],
  ID: ['x', '', 'UGFydG5lcjox', '\u0000', 'UGFydG5lcjowMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA='],
  String: ['connect', 'P-00001', '', 'x'.repeat(300), '\u0000', '\ud800', "'; --", '%_\\', 'SILVER', 'DE'],
  Date: ['2026-11-23', '2026-02-30', '0001-01-01', '9999-12-31', '', 'today', '2026-11-23T00:00:00Z'],
  DateTime: ['2026-11-23T10:15:30Z', '2026-11-23T10:15:30.123+14:00', '0001-01-01T00:00:00Z', 'now', ''],
  Decimal: ['0', '1.5', '-1', '1e9', `1${'0'.repeat(200)}`, `0.${'0'.repeat(200)}1`, 'NaN', ''],
};
const ANY_LEAF: readonly unknown[] = ['x', 1, true, null, {}, [], { format: 1 }];

function written(value: unknown): string {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${written(inner)}`)
      .join(', ')} }`;
  }
  return JSON.stringify(value);
}

function plain(value: unknown): unknown {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
