import {
  type FactAmended as Amended,
  type ContentRefused,
  correctFact,
} from '../../src/app/writing/amend-fact.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import {
  FactNotFound,
  NotAllowed,
  ProgramNotFound,
  Refusal,
  refusalTypeName,
  TryAgain,
} from '../base/refusal.ts';
import { AmendedFact, VersionConflict } from './amended-fact.ts';
import { FactDetailInput, toAppDetail } from './fact-input.ts';

const CorrectedFactInput = builder.inputType('CorrectedFactInput', {
  description: 'What a fact says from now on, as a whole: nothing is taken over from the version before.',
  fields: (t) => ({
    partner: t.string({
      description: "Whom it is about: the vendor's key of the partner, which may be another one than before.",
    }),
    occurredOn: t.field({ type: 'Date', description: 'The day on which it happened, or was earned.' }),
    detail: t.field({ type: FactDetailInput, description: 'The content of the fact, by its kind.' }),
  }),
});

const CorrectFactInput = builder.inputType('CorrectFactInput', {
  description: 'A correction: which version of which fact it replaces, and by what.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    source: t.string({ description: 'The system that the fact came from.' }),
    externalId: t.string({ description: 'Its key within the source.' }),
    expectedVersion: t.int({
      description: 'The version that is corrected: if another one is current by now, nothing happens.',
    }),
    fact: t.field({ type: CorrectedFactInput, description: 'What it says from now on.' }),
  }),
});

const FactCorrected = builder.objectRef<Amended>('FactCorrected').implement({
  description: 'The fact says something else now, and every day on which it counts was judged anew.',
  interfaces: [AmendedFact],
});

const FactContentRefused = builder.objectRef<ContentRefused>('FactContentRefused').implement({
  description: 'What the fact should say is not acceptable. Nothing was changed.',
  interfaces: [Refusal],
  fields: (t) => ({
    reason: t.string({
      description:
        'The reason, for programs: INVALID_VALUE, UNKNOWN_PARTNER, UNKNOWN_CURRENCY, UNKNOWN_KIND, or TOO_MANY_ITEMS when a partner would have more values of what a rulebook judges each of than are allowed.',
      resolve: ({ rejection }) => rejection.code,
    }),
    path: t.string({
      description: 'What is wrong, by its place in the input.',
      resolve: ({ rejection }) => rejection.path,
    }),
  }),
});

const CorrectFactResult = builder.unionType('CorrectFactResult', {
  description: 'What became of correcting a fact.',
  types: [
    FactCorrected,
    NotAllowed,
    ProgramNotFound,
    FactNotFound,
    VersionConflict,
    FactContentRefused,
    TryAgain,
  ],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'FactCorrected'),
});

addMutation('correctFact', (t) =>
  t.field({
    description:
      'Replaces what a fact says, also whose it is. The versions before stay to be seen, and so does what was believed by them. Sent again, it changes nothing.',
    type: CorrectFactResult,
    args: { input: t.arg({ type: CorrectFactInput, description: 'Which fact says what from now on.' }) },
    resolve: async (_, { input }, { app, told }) => {
      const { partner, occurredOn, detail } = input.fact;
      const result = await correctFact(app, {
        program: input.program,
        source: input.source,
        externalId: input.externalId,
        expectedVersion: input.expectedVersion,
        fact: { partner, occurredOn, detail: toAppDetail(detail, 'input.fact.detail') },
      });
      if ('fact' in result) told.tellFact(result.fact.id);
      if ('path' in result) throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);
