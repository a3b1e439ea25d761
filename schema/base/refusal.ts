import type { Refused } from '../../src/app/context/app.ts';
import { builder } from './builder.ts';

/** A refusal as the app returns it. */
export type RefusalSource = Refused<string>;

export const Refusal = builder.interfaceRef<RefusalSource>('Refusal').implement({
  description: 'Why something was not done: an expected outcome, not an error.',
  fields: (t) => ({
    code: t.exposeString('refused', {
      description: 'The reason as a code that never changes, for programs to branch on.',
    }),
    message: t.exposeString('message', {
      description: 'The reason as an English sentence that names what was given, for people.',
    }),
  }),
  resolveType: ({ refused }) => refusalTypeName(refused),
});

/** A type of refusal that has nothing to add. */
function plainRefusal(name: string, description: string) {
  return builder.objectRef<RefusalSource>(name).implement({ description, interfaces: [Refusal] });
}

export const NotAllowed = plainRefusal('NotAllowed', 'The viewer may not do this.');
export const TryAgain = plainRefusal(
  'TryAgain',
  'Too much happened at once. Nothing was done; send it again.',
);
export const ProgramNotFound = plainRefusal(
  'ProgramNotFound',
  'No programme has this code, or the viewer may not know of it.',
);
export const ProgramExists = plainRefusal('ProgramExists', 'There is a programme with this code already.');
export const PartnerExists = plainRefusal('PartnerExists', 'There is a partner with this key already.');
export const ParentNotFound = plainRefusal(
  'ParentNotFound',
  'There is no partner with the key of the parent.',
);
export const RulebookNotFound = plainRefusal(
  'RulebookNotFound',
  'No rulebook has this id, or it belongs to a programme out of reach.',
);
export const NotADraft = plainRefusal('NotADraft', 'The rulebook was published, so it never changes.');
export const NotWithdrawable = plainRefusal(
  'NotWithdrawable',
  'Only the latest published rulebook of a programme can be withdrawn.',
);
export const PartnerNotFound = plainRefusal(
  'PartnerNotFound',
  "The programme has no partner with this vendor's key.",
);
export const HierarchyCycle = plainRefusal(
  'HierarchyCycle',
  'The partner would be its own affiliate on some day.',
);
export const HierarchyTooDeep = plainRefusal(
  'HierarchyTooDeep',
  'On some day more than 20 partners would stand above one another; a family is at most 20 deep.',
);
export const FactNotFound = plainRefusal(
  'FactNotFound',
  'Nothing was recorded from this source under this external id.',
);
export const TierNotFound = plainRefusal(
  'TierNotFound',
  'The rulebook in force on the first day has no tier with this code.',
);
export const InvalidDays = plainRefusal(
  'InvalidDays',
  'The days are in the past, or there are none between the first and the end.',
);
export const OverridesOverlap = plainRefusal(
  'OverridesOverlap',
  'Another override of the partner holds on some of the days.',
);
export const OverrideNotFound = plainRefusal(
  'OverrideNotFound',
  'There is no such override, or it is out of the reach of the viewer.',
);
export const InvalidKey = plainRefusal(
  'InvalidKey',
  'A key with these rights, this name or this end cannot be made.',
);
export const KeyNotFound = plainRefusal('KeyNotFound', 'There is no such key, or it is out of reach.');

const TYPE_NAMES: Readonly<Record<string, string>> = {
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
};

/** The name of a refusal's type; throws for a code that has none. */
export function refusalTypeName(code: string): string {
  const name = TYPE_NAMES[code];
  if (name === undefined) throw new Error(`The refusal ${code} has no type in the graph.`);
  return name;
}
