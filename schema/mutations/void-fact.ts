import { type FactAmended as Amended, voidFact } from '../../src/app/writing/amend-fact.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { FactNotFound, NotAllowed, ProgramNotFound, refusalTypeName, TryAgain } from '../base/refusal.ts';
import { AmendedFact, VersionConflict } from './amended-fact.ts';

const VoidFactInput = builder.inputType('VoidFactInput', {
  description: 'Which version of which fact is taken back.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    source: t.string({ description: 'The system that the fact came from.' }),
    externalId: t.string({ description: 'Its key within the source.' }),
    expectedVersion: t.int({
      description: 'The version that is taken back: if another one is current by now, nothing happens.',
    }),
  }),
});

const FactVoided = builder.objectRef<Amended>('FactVoided').implement({
  description: 'The fact counts for nothing any more, as if it had never happened.',
  interfaces: [AmendedFact],
});

const VoidFactResult = builder.unionType('VoidFactResult', {
  description: 'What became of taking a fact back.',
  types: [FactVoided, NotAllowed, ProgramNotFound, FactNotFound, VersionConflict, TryAgain],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'FactVoided'),
});

addMutation('voidFact', (t) =>
  t.field({
    description:
      'Makes a fact count for nothing. It stays to be seen, among what was excluded from a number as VOIDED. Sent again, it changes nothing; a correction brings the fact back.',
    type: VoidFactResult,
    args: { input: t.arg({ type: VoidFactInput, description: 'Which version of which fact.' }) },
    resolve: async (_, { input }, { app }) => {
      const result = await voidFact(app, input);
      if ('path' in result) throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);
