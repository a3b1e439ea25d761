import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from 'graphql';
import { toName } from '../src/engine/values/naming-text.ts';
import type { ProgramRecord } from '../src/store/catalogue/program-catalogue.ts';
import type { PartnerRow } from '../src/store/reading/read-partner.ts';
import type { Context } from './base/context.ts';
import { badUserInput } from './base/errors.ts';
import { decodeGlobalId } from './base/global-id.ts';
import { typeNameOf } from './base/node.ts';
import { forRoles, SUBGRAPH_RULES } from './guard/rights.ts';
import { locatePartner } from './partners/partner-locator.ts';

/** What a gateway knows of an entity: the name of its type, and the fields of one of its keys. */
type Representation = Readonly<Record<string, unknown>>;
type EntitySource = PartnerRow | ProgramRecord;

/** A type that other subgraphs may refer to and extend. */
type Entity = {
  /** The sets of fields each of which tells one from all others. */
  readonly keys: readonly string[];
  /** Null if there is none, or the viewer may not see it; undefined if no key is complete. */
  readonly find: (
    representation: Representation,
    context: Context,
    path: string,
  ) => Promise<EntitySource | null> | undefined;
};

const ENTITIES: ReadonlyMap<string, Entity> = new Map<string, Entity>([
  [
    'Program',
    {
      keys: ['id', 'code'],
      find({ id, code }, context) {
        if (typeof id === 'string') return findProgram(context, 'id', programIdOf(id));
        return typeof code === 'string' ? findProgram(context, 'code', toName(code)) : undefined;
      },
    },
  ],
  [
    'Partner',
    {
      keys: ['id', 'program { code } externalRef'],
      find({ id, program, externalRef }, context, path) {
        if (typeof id === 'string') return locatePartner({ id }, context, path);
        const code = isRepresentation(program) ? program.code : undefined;
        if (typeof code !== 'string' || typeof externalRef !== 'string') return undefined;
        return locatePartner({ ref: { program: toName(code), externalRef } }, context, `${path}.externalRef`);
      },
    },
  ],
]);

/** Types that mean the same in every subgraph that has them. */
const SHAREABLE: ReadonlySet<string> = new Set(['PageInfo']);

const MOST_REPRESENTATIONS = 1_000;

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])';

/** The graph as a subgraph of Apollo Federation 2 says it of itself: as it is printed, with keys. */
export function subgraphSdl(schema: GraphQLSchema): string {
  const { definitions } = parse(printSchema(lexicographicSortSchema(schema)));
  return `${LINK}\n\n${print({ kind: Kind.DOCUMENT, definitions: definitions.map(withDirectives) })}\n`;
}

/**
 * The graph with the two fields by which a gateway of Apollo Federation 2 asks it: `_service`, what it is,
 * and `_entities`, what lies behind keys. They have rules like all fields of the roots, and entities are read
 * in the viewer's scope like all else.
 */
export function toSubgraph(schema: GraphQLSchema): GraphQLSchema {
  const { query, types, ...rest } = schema.toConfig();
  if (query === null || query === undefined) throw new Error('A graph has a type Query.');
  const { fields, ...config } = query.toConfig();
  const root = new GraphQLObjectType({ ...config, fields: { ...fields, ...gatewayFields(schema) } });
  return new GraphQLSchema({
    ...rest,
    query: root,
    types: types.map((type) => (type === query ? root : type)),
  });
}

function gatewayFields(schema: GraphQLSchema): Record<string, GraphQLFieldConfig<unknown, Context>> {
  const AnyRepresentation = new GraphQLScalarType<unknown>({
    name: '_Any',
    description: 'What a gateway knows of an entity: `__typename` and the fields of one of its keys.',
  });
  const AnyEntity = new GraphQLUnionType({
    name: '_Entity',
    description: 'Whatever other subgraphs can refer to.',
    types: () => [...ENTITIES.keys()].map((name) => objectNamed(schema, name)),
    resolveType: typeNameOf,
  });
  const Service = new GraphQLObjectType({
    name: '_Service',
    description: 'The graph as a part of a larger one.',
    fields: {
      sdl: {
        type: new GraphQLNonNull(GraphQLString),
        description: 'Its schema, for composing the larger graph.',
      },
    },
  });
  const sdl = subgraphSdl(schema);
  return {
    _entities: {
      description:
        'For gateways: what has these keys, in their order; null where nothing has, or the viewer may not see it.',
      type: new GraphQLNonNull(new GraphQLList(AnyEntity)),
      args: {
        representations: {
          type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(AnyRepresentation))),
          description: `The keys, each with \`__typename\`; at most ${MOST_REPRESENTATIONS}.`,
        },
      },
      resolve: forRoles(
        (_, args, context) => findEntities(args.representations, context),
        SUBGRAPH_RULES._entities,
      ),
    },
    _service: {
      description: 'For gateways: what this subgraph is.',
      type: new GraphQLNonNull(Service),
      resolve: forRoles(() => ({ sdl }), SUBGRAPH_RULES._service),
    },
  };
}

/** What the representations stand for; an error in the place of one that can't be read spoils no other. */
function findEntities(
  representations: readonly unknown[],
  context: Context,
): (Promise<EntitySource | null> | Error)[] {
  if (representations.length > MOST_REPRESENTATIONS) {
    throw badUserInput(
      `At most ${MOST_REPRESENTATIONS} entities can be asked for at once.`,
      'representations',
    );
  }
  return representations.map((representation, index) => {
    const path = `representations[${index}]`;
    if (!isRepresentation(representation)) return badUserInput('A representation is an object.', path);
    const { __typename: name } = representation;
    const entity = typeof name === 'string' ? ENTITIES.get(name) : undefined;
    if (entity === undefined) {
      return badUserInput(
        `\`__typename\` has to be one of ${[...ENTITIES.keys()].join(', ')}.`,
        `${path}.__typename`,
      );
    }
    const keys = entity.keys.map((key) => `\`${key}\``).join(' or ');
    return entity.find(representation, context, path) ?? badUserInput(`A ${name} is found by ${keys}.`, path);
  });
}

async function findProgram(
  { app }: Context,
  by: 'id' | 'code',
  key: string | null,
): Promise<ProgramRecord | null> {
  return key === null ? null : ((await app.catalogue.find(by, key)) ?? null);
}

function programIdOf(globalId: string): string | null {
  const decoded = decodeGlobalId(globalId);
  return decoded?.typeName === 'Program' ? decoded.id : null;
}

function isRepresentation(value: unknown): value is Representation {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectNamed(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (type instanceof GraphQLObjectType) return type;
  throw new Error(`The graph has no type ${name}.`);
}

function withDirectives(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
  const name = definition.name.value;
  const added = [
    ...(ENTITIES.get(name)?.keys ?? []).map((fields) => directive('key', { fields })),
    ...(SHAREABLE.has(name) ? [directive('shareable', {})] : []),
  ];
  return { ...definition, directives: [...(definition.directives ?? []), ...added] };
}

function directive(name: string, args: Readonly<Record<string, string>>): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(args).map(([argument, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: argument },
      value: { kind: Kind.STRING, value },
    })),
  };
}
