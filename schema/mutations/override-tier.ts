import { type OverrideSet as Done, overrideTier } from '../../src/app/writing/override-tier.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { readDay } from '../base/read-argument.ts';
import {
  InvalidDays,
  NotAllowed,
  OverridesOverlap,
  PartnerNotFound,
  ProgramNotFound,
  refusalTypeName,
  TierNotFound,
  TryAgain,
} from '../base/refusal.ts';
import { StatusChange } from '../changes/status-change.ts';
import { TierOverride } from '../partners/override.ts';

const LONGEST_REASON = 500;

const OverrideTierInput = builder.inputType('OverrideTierInput', {
  description: 'A tier to set by hand.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    partner: t.string({ description: 'The external reference of the partner.' }),
    tier: t.string({ description: 'The code of a tier of the rulebook in force on the first day.' }),
    firstOn: t.field({
      type: 'Date',
      required: false,
      description: 'The first day on which it holds, not before today; today if left out.',
    }),
    endsOn: t.field({ type: 'Date', description: 'The first day without it.' }),
    reason: t.string({ description: `Why it is set, in at most ${LONGEST_REASON} characters.` }),
    actor: t.string({ description: 'The person who answers for it, by name or identifier.' }),
  }),
});

const TierOverridden = builder.objectRef<Done>('TierOverridden').implement({
  description: 'The tier is set, and is effective from its first day.',
  fields: (t) => ({
    override: t.expose('override', {
      type: TierOverride,
      description: 'The override. Its id is needed to end it early.',
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order; none before the first day.',
    }),
  }),
});

const OverrideTierResult = builder.unionType('OverrideTierResult', {
  description: 'The result of setting a tier by hand.',
  types: [
    TierOverridden,
    NotAllowed,
    ProgramNotFound,
    PartnerNotFound,
    TierNotFound,
    InvalidDays,
    OverridesOverlap,
    TryAgain,
  ],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'TierOverridden'),
});

addMutation('overrideTier', (t) =>
  t.field({
    description:
      "Sets a partner's tier by hand for a time, up or down. Two overrides of one partner cannot hold on the same day.",
    type: OverrideTierResult,
    args: {
      input: t.arg({ type: OverrideTierInput, description: 'Whose tier it is, for which days, and why.' }),
    },
    resolve: async (_, { input }, { app }) => {
      const result = await overrideTier(app, {
        ...input,
        firstOn: readDay(input.firstOn ?? null, 'input.firstOn'),
        endsOn: readDay(input.endsOn, 'input.endsOn'),
      });
      if ('path' in result) throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);
