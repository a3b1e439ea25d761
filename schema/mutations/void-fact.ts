import { type FactAmended as Amended, voidFact } from '../../src/app/writing/amend-fact.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { FactNotFound, NotAllowed, ProgramNotFound, refusalTypeName, TryAgain } from '../base/refusal.ts';
import { AmendedFact, VersionConflict } from './amended-fact.ts';

const VoidFactInput = builder.inputType('VoidFactInput', {
  description: 'The key of a fact, and the version that is expected to be current.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    source: t.string({ description: 'The system that the fact came from.' }),
    externalId: t.string({ description: 'Its key within the source.' }),
    expectedVersion: t.int({
      description: 'The version to void. If another version is current by then, nothing is changed.',
    }),
  }),
});

const FactVoided = builder.objectRef<Amended>('FactVoided').implement({
  description: 'The fact no longer counts, as if it had never happened.',
  interfaces: [AmendedFact],
});

const VoidFactResult = builder.unionType('VoidFactResult', {
  description: 'The fact with its voided version, or the reason why nothing was changed.',
  types: [FactVoided, NotAllowed, ProgramNotFound, FactNotFound, VersionConflict, TryAgain],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'FactVoided'),
});

addMutation('voidFact', (t) =>
  t.field({
    description:
      'Voids a fact, so that it no longer counts. It stays visible among the excluded facts of a number, as VOIDED. Sending it again changes nothing. A correction revives the fact.',
    type: VoidFactResult,
    args: { input: t.arg({ type: VoidFactInput, description: 'Which version of which fact.' }) },
    resolve: async (_, { input }, { app }) => {
      const result = await voidFact(app, input);
      if ('path' in result) throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);
