import type { GraphQLFieldResolver } from 'graphql';
import { ROLES, type Role } from '../../src/app/access/rights.ts';
import { contextOf } from '../base/context.ts';
import { forbidden } from '../base/errors.ts';
import { READ, READ_WHOLE, RULE } from '../base/root-rules.ts';

/**
 * Who may use the fields of Query that a gateway needs, see subgraph.ts. What they find is narrowed in the
 * same way.
 */
export const SUBGRAPH_RULES = { _entities: READ, _service: ROLES } as const;

/**
 * Who may use the fields that return these types, wherever they are. Without them the answer of a mutation
 * would lead the role INGEST to everything that is known about a partner.
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

/** The fields that identify a partner or a fact. Every role may read them. */
export const NAMING: ReadonlySet<string> = new Set([
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

/** Resolves for some roles; answers others with an error of the code FORBIDDEN. */
export function forRoles<Given extends object, Args>(
  resolve: GraphQLFieldResolver<unknown, Given, Args>,
  roles: readonly Role[],
): GraphQLFieldResolver<unknown, Given, Args> {
  return (source, args, context, info) => {
    const { role } = contextOf(context).rights;
    if (roles.includes(role)) return resolve(source, args, context, info);
    throw forbidden(`The role ${role} may not use ${info.parentType.name}.${info.fieldName}.`);
  };
}
