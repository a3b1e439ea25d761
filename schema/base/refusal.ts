import type { RefusalCode, Refused } from '../../src/app/context/app.ts';
import { builder } from './builder.ts';

/** A refusal as the app returns it. */
export type RefusalSource = Refused<RefusalCode>;

export const Refusal = builder.interfaceRef<RefusalSource>('Refusal').implement({
  description: 'Why something was not done. A refusal is an expected outcome, not an error.',
  fields: (t) => ({
    code: t.exposeString('refused', {
      description: 'The reason as a code, for programs. It never changes.',
    }),
    message: t.exposeString('message', {
      description: 'The reason as an English sentence, for people.',
    }),
  }),
  resolveType: ({ refused }) => refusalTypeName(refused),
});

/** The name of each refusal's type in the graph. */
export const REFUSAL_TYPE_NAMES = {
  NOT_ALLOWED: 'NotAllowed',
  TRY_AGAIN: 'TryAgain',
  PROGRAM_NOT_FOUND: 'ProgramNotFound',
  PROGRAM_EXISTS: 'ProgramExists',
  PARTNER_EXISTS: 'PartnerExists',
  UNKNOWN_PARENT: 'ParentNotFound',
  RULEBOOK_NOT_FOUND: 'RulebookNotFound',
  NOT_A_DRAFT: 'NotADraft',
  NOT_PUBLISHABLE: 'NotPublishable',
  NOT_WITHDRAWABLE: 'NotWithdrawable',
  PARTNER_NOT_FOUND: 'PartnerNotFound',
  HIERARCHY_CYCLE: 'HierarchyCycle',
  HIERARCHY_TOO_DEEP: 'HierarchyTooDeep',
  FACT_NOT_FOUND: 'FactNotFound',
  VERSION_CONFLICT: 'VersionConflict',
  CONTENT_REFUSED: 'FactContentRefused',
  UNKNOWN_TIER: 'TierNotFound',
  INVALID_DAYS: 'InvalidDays',
  OVERRIDES_OVERLAP: 'OverridesOverlap',
  OVERRIDE_NOT_FOUND: 'OverrideNotFound',
  INVALID_KEY: 'InvalidKey',
  KEY_NOT_FOUND: 'KeyNotFound',
  FACTS_REJECTED: 'FactsRejected',
  RULEBOOK_INVALID: 'RulebookInvalid',
} as const satisfies Record<RefusalCode, string>;

export const NotAllowed = builder.objectRef<Refused<'NOT_ALLOWED'>>('NotAllowed').implement({
  description: "The viewer's role may not do this.",
  interfaces: [Refusal],
});
export const TryAgain = builder.objectRef<Refused<'TRY_AGAIN'>>('TryAgain').implement({
  description: 'Other writes were in the way. Nothing was done; send it again.',
  interfaces: [Refusal],
});
export const ProgramNotFound = builder.objectRef<Refused<'PROGRAM_NOT_FOUND'>>('ProgramNotFound').implement({
  description: 'No programme has this code, or the viewer may not see it.',
  interfaces: [Refusal],
});
export const ProgramExists = builder.objectRef<Refused<'PROGRAM_EXISTS'>>('ProgramExists').implement({
  description: 'A programme with this code exists already.',
  interfaces: [Refusal],
});
export const PartnerExists = builder.objectRef<Refused<'PARTNER_EXISTS'>>('PartnerExists').implement({
  description: 'A partner with this external reference exists already.',
  interfaces: [Refusal],
});
export const ParentNotFound = builder.objectRef<Refused<'UNKNOWN_PARENT'>>('ParentNotFound').implement({
  description: 'The programme has no partner with the external reference of the parent.',
  interfaces: [Refusal],
});
export const RulebookNotFound = builder
  .objectRef<Refused<'RULEBOOK_NOT_FOUND'>>('RulebookNotFound')
  .implement({
    description: 'No rulebook has this id, or the viewer may not see its programme.',
    interfaces: [Refusal],
  });
export const NotADraft = builder.objectRef<Refused<'NOT_A_DRAFT'>>('NotADraft').implement({
  description: 'The rulebook is published, so it cannot change.',
  interfaces: [Refusal],
});
export const NotWithdrawable = builder.objectRef<Refused<'NOT_WITHDRAWABLE'>>('NotWithdrawable').implement({
  description: 'Only the latest published rulebook of a programme can be withdrawn.',
  interfaces: [Refusal],
});
export const PartnerNotFound = builder.objectRef<Refused<'PARTNER_NOT_FOUND'>>('PartnerNotFound').implement({
  description: 'The programme has no partner with this external reference.',
  interfaces: [Refusal],
});
export const HierarchyCycle = builder.objectRef<Refused<'HIERARCHY_CYCLE'>>('HierarchyCycle').implement({
  description: 'The partner would be its own affiliate on some day.',
  interfaces: [Refusal],
});
export const HierarchyTooDeep = builder
  .objectRef<Refused<'HIERARCHY_TOO_DEEP'>>('HierarchyTooDeep')
  .implement({
    description: 'On some day a family would be more than 20 levels deep.',
    interfaces: [Refusal],
  });
export const FactNotFound = builder.objectRef<Refused<'FACT_NOT_FOUND'>>('FactNotFound').implement({
  description: 'Nothing was recorded from this source under this external id.',
  interfaces: [Refusal],
});
export const TierNotFound = builder.objectRef<Refused<'UNKNOWN_TIER'>>('TierNotFound').implement({
  description: 'The rulebook in force on the first day has no tier with this code.',
  interfaces: [Refusal],
});
export const InvalidDays = builder.objectRef<Refused<'INVALID_DAYS'>>('InvalidDays').implement({
  description: 'The days are in the past, or the end is not after the first day.',
  interfaces: [Refusal],
});
export const OverridesOverlap = builder
  .objectRef<Refused<'OVERRIDES_OVERLAP'>>('OverridesOverlap')
  .implement({
    description: 'Another override of the partner holds on some of the days.',
    interfaces: [Refusal],
  });
export const OverrideNotFound = builder
  .objectRef<Refused<'OVERRIDE_NOT_FOUND'>>('OverrideNotFound')
  .implement({
    description: 'There is no such override, or the viewer may not see it.',
    interfaces: [Refusal],
  });
export const InvalidKey = builder.objectRef<Refused<'INVALID_KEY'>>('InvalidKey').implement({
  description: 'A key with these rights, this name or this expiry cannot be created.',
  interfaces: [Refusal],
});
export const KeyNotFound = builder.objectRef<Refused<'KEY_NOT_FOUND'>>('KeyNotFound').implement({
  description: 'There is no such key, or the viewer may not see it.',
  interfaces: [Refusal],
});

/** The name of a refusal's type. */
export function refusalTypeName(code: RefusalCode) {
  return REFUSAL_TYPE_NAMES[code];
}
