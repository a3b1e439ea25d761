import { ROLES, type Role } from '../../src/app/access/rights.ts';

export const READ: readonly Role[] = ['ADMIN', 'READER', 'PARTNER'];
export const BRING_IN: readonly Role[] = ['ADMIN', 'INGEST'];
export const RULE: readonly Role[] = ['ADMIN'];
/** What concerns a whole programme, its peers included, is not for a partner. */
export const READ_WHOLE: readonly Role[] = ['ADMIN', 'READER'];

/**
 * Who may use which field of the roots. What they see there is narrowed by their ReadScope and their
 * programmes.
 */
const RULES = {
  'Query.viewer': ROLES,
  'Query.program': ROLES,
  'Query.programs': ROLES,
  'Query.node': READ,
  'Query.nodes': READ,
  'Query.partner': READ,
  'Query.partners': READ,
  'Query.statusChanges': READ,
  'Query.apiKeys': RULE,
  'Mutation.recordFacts': BRING_IN,
  'Mutation.correctFact': BRING_IN,
  'Mutation.voidFact': BRING_IN,
  'Mutation.enrollPartner': BRING_IN,
  'Mutation.updatePartner': BRING_IN,
  'Mutation.createProgram': RULE,
  'Mutation.saveRulebookDraft': RULE,
  'Mutation.publishRulebook': RULE,
  'Mutation.withdrawRulebook': RULE,
  'Mutation.overrideTier': RULE,
  'Mutation.endOverride': RULE,
  'Mutation.createApiKey': RULE,
  'Mutation.revokeApiKey': RULE,
  'Subscription.statusChanged': READ,
  'Subscription.partnerStanding': READ,
} as const satisfies Readonly<Record<`${'Query' | 'Mutation' | 'Subscription'}.${string}`, readonly Role[]>>;

export type RootField = keyof typeof RULES;

/** A mutation that has a rule. No other mutation can be added to the graph. */
export type MutationName = RootField extends infer Field
  ? Field extends `Mutation.${infer Name}`
    ? Name
    : never
  : never;

/** The rules, looked up by any name. */
export const ROOT_RULES: Readonly<Record<string, readonly Role[]>> = RULES;
