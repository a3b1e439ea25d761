import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { addMutation, builder } from '../base/builder.ts';
import { readGlobalId } from '../base/global-id.ts';
import { NotAllowed, NotWithdrawable, RulebookNotFound, refusalTypeName } from '../base/refusal.ts';
import { type RulebookSource, rulebookNamed } from '../base/rulebook-source.ts';
import { Rulebook } from '../rulebooks/rulebook.ts';

type Done = { readonly rulebook: RulebookSource; readonly factsUnconverted: number };

const WithdrawRulebookInput = builder.inputType('WithdrawRulebookInput', {
  description: 'The rulebook that no longer counts, and the reason for people.',
  fields: (t) => ({
    rulebook: t.id({ description: 'The global id, as `Rulebook.id` gives it.' }),
    reason: t.string({ description: 'Why it is withdrawn: 1 to 500 characters, kept with the rulebook.' }),
  }),
});

const RulebookWithdrawn = builder.objectRef<Done>('RulebookWithdrawn').implement({
  description:
    'The rulebook is withdrawn, as if it had never been published. Every partner is judged anew; `Program.judging` says how far that has come.',
  fields: (t) => ({
    rulebook: t.expose('rulebook', {
      type: Rulebook,
      description: 'The rulebook, which can still be read, with its withdrawal.',
    }),
    factsUnconverted: t.exposeInt('factsUnconverted', {
      description:
        'How many facts are in a currency that no rulebook of the programme converts any more. Numbers that read their value leave them out, and proofs list them as UNKNOWN_CURRENCY.',
    }),
  }),
});

const WithdrawRulebookResult = builder.unionType('WithdrawRulebookResult', {
  description: 'The withdrawn rulebook, or the reason why it still counts.',
  types: [RulebookWithdrawn, NotAllowed, RulebookNotFound, NotWithdrawable],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'RulebookWithdrawn'),
});

addMutation('withdrawRulebook', (t) =>
  t.field({
    description:
      'Withdraws the latest published rulebook, also after it took effect. The rulebook before it holds again, for the past too; if there is none, partners have no tier. The standings until then can still be read with `knownAt`. The next rulebook can be published once every partner has been judged anew.',
    type: WithdrawRulebookResult,
    args: {
      input: t.arg({
        type: WithdrawRulebookInput,
        description: 'The published rulebook to withdraw.',
      }),
    },
    resolve: async (_, { input }, context) => {
      const id = readGlobalId(input.rulebook, 'Rulebook', 'input.rulebook');
      const result = await withdrawRulebook(context.app, { rulebook: id, reason: input.reason });
      if ('refused' in result) return result;
      const { rulebookId, factsUnconverted } = result;
      return { rulebook: await rulebookNamed(context, rulebookId), factsUnconverted };
    },
  }),
);
