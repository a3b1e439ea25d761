import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { ROLES, type Role } from '../../src/app/access/rights.ts';
import type { Context } from '../base/context.ts';
import { forbidden } from '../base/errors.ts';
import { refusalTypeName } from '../base/refusal.ts';
import { READ, READ_WHOLE, ROOT_RULES, RULE } from '../base/root-rules.ts';

/** Who may use the fields of Query that a gateway needs, see subgraph.ts. What they find is narrowed in the same way. */
export const SUBGRAPH_RULES = { _entities: READ, _service: ROLES } as const;

/**
 * Who may use the fields that give such types, wherever they are: what a mutation answers leads on, and who may only bring
 * in is told what became of that, and nothing else that is known of a partner.
 */
export const TYPE_RULES: Readonly<Record<string, readonly Role[]>> = {
  CollidingName: RULE,
  ExcludedFactConnection: READ,
  FactConnection: READ,
  JudgingProgress: READ_WHOLE,
  PartnerConnection: READ,
  PartnerSpecialization: READ,
  RequirementProof: READ,
  RulebookDraftConnection: READ_WHOLE,
  Standing: READ,
  StandingPeriodConnection: READ,
  StatusChangeConnection: READ,
  TierCount: READ,
  TierOverrideConnection: READ,
};

/** The same for single fields whose types are used for other things too. */
export const FIELD_RULES: Readonly<Record<string, readonly Role[]>> = {
  'Partner.judgedOn': READ,
  'Partner.tier': READ,
  'Program.cursor': READ,
  'Program.withdrawnRulebooks': READ_WHOLE,
  'RowOutdated.current': READ,
  'StatusChange.cursor': READ,
  'VersionConflict.current': READ,
};

/** What says which partner or fact it is: every role may read this of all that an answer names. */
const NAMING: ReadonlySet<string> = new Set([
  'Partner.id',
  'Partner.externalRef',
  'Partner.program',
  'Fact.id',
  'Fact.source',
  'Fact.externalId',
  'Fact.version',
  'Fact.isVoid',
  'Fact.recordedAt',
  'Fact.supersededAt',
]);

/**
 * Puts every field of the roots behind its rule: a mutation answers who may not with NotAllowed, anything else with an error of the
 * code FORBIDDEN. Throws for a field without a rule, and for a rule without a field.
 */
export function guardRoots(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const guarded = new Set<string>();
  for (const root of roots) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      const name = `${root?.name}.${field.name}`;
      const roles = ROOT_RULES[name];
      if (roles === undefined) throw new Error(`The field ${name} has no rule that says who may use it.`);
      guarded.add(name);
      if (root === schema.getSubscriptionType()) guardWithError(field, 'subscribe', roles);
      else if (root === schema.getMutationType()) guardWithRefusal(field, name, roles);
      else guardWithError(field, 'resolve', roles);
    }
  }
  const idle = Object.keys(ROOT_RULES).filter((name) => !guarded.has(name));
  if (idle.length > 0) throw new Error(`There are no such fields: ${idle.join(', ')}.`);
  return schema;
}

/**
 * Lets a viewer that may only bring in read of partners and facts what the operation's mutations were sent, and nothing else.
 * A new field is guarded in this way too, unless it is in NAMING.
 */
export function guardTold(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const names = [type, ...type.getInterfaces()].map(({ name }) => name);
    const noun = ['Partner', 'Fact'].find((each) => names.includes(each));
    if (noun === undefined) continue;
    for (const field of Object.values(type.getFields())) {
      const inner = field.resolve ?? defaultFieldResolver;
      if (NAMING.has(`${noun}.${field.name}`)) continue;
      field.resolve = (source, args, context: Context, info) => {
        const { told, rights } = context;
        const mayRead =
          noun === 'Partner' ? told.mayReadPartner(source.id, field.name) : told.mayReadFact(source.id);
        if (mayRead) return inner(source, args, context, info);
        throw forbidden(
          `The role ${rights.role} may read ${type.name}.${field.name} only where this operation sent it.`,
        );
      };
    }
  }
  return schema;
}

/** Puts the fields of all other types behind TYPE_RULES and FIELD_RULES. Throws for a rule without a field. */
export function guardFields(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const idle = new Set([...Object.keys(TYPE_RULES), ...Object.keys(FIELD_RULES)]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || roots.includes(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const result = getNamedType(field.type).name;
      const name = [type, ...type.getInterfaces()]
        .map((each) => `${each.name}.${field.name}`)
        .find((each) => FIELD_RULES[each] !== undefined);
      const roles = name === undefined ? TYPE_RULES[result] : FIELD_RULES[name];
      if (roles === undefined) continue;
      idle.delete(result);
      if (name !== undefined) idle.delete(name);
      field.resolve ??= defaultFieldResolver;
      guardWithError(field, 'resolve', roles);
    }
  }
  if (idle.size > 0) throw new Error(`No field is behind these rules: ${[...idle].join(', ')}.`);
  return schema;
}

type Field = GraphQLField<unknown, Context>;

/** Answers who may not with an error of the code FORBIDDEN. */
export function guardWithError(field: Field, key: 'resolve' | 'subscribe', roles: readonly Role[]): void {
  const inner = field[key];
  if (inner === undefined) throw new Error('A field of a root resolves itself.');
  field[key] = (source, args, context, info) => {
    if (roles.includes(context.rights.role)) return inner(source, args, context, info);
    const message = `The role ${context.rights.role} may not use ${info.parentType.name}.${info.fieldName}.`;
    throw forbidden(message);
  };
}

function guardWithRefusal(field: Field, name: string, roles: readonly Role[]): void {
  const inner = field.resolve;
  const type = getNamedType(field.type);
  const canRefuse =
    isUnionType(type) && type.getTypes().some((member) => member.name === refusalTypeName('NOT_ALLOWED'));
  if (inner === undefined || !canRefuse) throw new Error(`The result of ${name} lacks NotAllowed.`);
  field.resolve = (source, args, context, info) =>
    roles.includes(context.rights.role)
      ? inner(source, args, context, info)
      : { refused: 'NOT_ALLOWED', message: `The role ${context.rights.role} may not use ${info.fieldName}.` };
}
