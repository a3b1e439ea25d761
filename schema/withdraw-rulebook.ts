import { withdrawRulebook } from '../src/app/publish-rulebook.ts';
import { builder } from './builder.ts';
import { readGlobalId } from './global-id.ts';
import {
  NotAllowed,
  NotWithdrawable,
  type RefusalSource,
  RulebookNotFound,
  refusalTypeName,
} from './refusal.ts';
import { Rulebook } from './rulebook.ts';
import { type RulebookSource, rulebookNamed } from './rulebook-source.ts';

type Done = { readonly rulebook: RulebookSource };

const WithdrawRulebookInput = builder.inputType('WithdrawRulebookInput', {
  description: 'A published rulebook to be taken back.',
  fields: (t) => ({
    rulebook: t.id({ description: 'The global id, as `Rulebook.id` or the publication gave it.' }),
  }),
});

const RulebookWithdrawn = builder.objectRef<Done>('RulebookWithdrawn').implement({
  description: 'The rulebook will never take effect. Every partner is judged anew.',
  fields: (t) => ({
    rulebook: t.expose('rulebook', {
      type: Rulebook,
      description: 'The rulebook, which stays to be seen with the instant of its withdrawal.',
    }),
  }),
});

const WithdrawRulebookResult = builder.unionType('WithdrawRulebookResult', {
  description: 'What became of withdrawing a rulebook.',
  types: [RulebookWithdrawn, NotAllowed, RulebookNotFound, NotWithdrawable],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'RulebookWithdrawn'),
});

builder.mutationField('withdrawRulebook', (t) =>
  t.field({
    description: 'Takes a published rulebook back before it takes effect.',
    type: WithdrawRulebookResult,
    args: {
      input: t.arg({
        type: WithdrawRulebookInput,
        description: 'The published rulebook that is to be taken back.',
      }),
    },
    resolve: async (_, { input }, context): Promise<Done | RefusalSource> => {
      const id = readGlobalId(input.rulebook, 'Rulebook', 'input.rulebook');
      const result = await withdrawRulebook(context.app, id);
      return 'refused' in result ? result : { rulebook: await rulebookNamed(context, result.rulebookId) };
    },
  }),
);
