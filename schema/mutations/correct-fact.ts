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
  description: 'The whole new content of a fact. Nothing is taken over from the version before.',
  fields: (t) => ({
    partner: t.string({
      description:
        'The external reference of the partner that the fact is about, which may be another partner than before.',
    }),
    occurredOn: t.field({ type: 'Date', description: 'The day on which it happened, or was earned.' }),
    detail: t.field({ type: FactDetailInput, description: 'The content of the fact, by its kind.' }),
  }),
});

const CorrectFactInput = builder.inputType('CorrectFactInput', {
  description: 'A correction: the version of a fact to replace, and the new content.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    source: t.string({ description: 'The system that the fact came from.' }),
    externalId: t.string({ description: 'Its key within the source.' }),
    expectedVersion: t.int({
      description: 'The version to correct. If another version is current by then, nothing is changed.',
    }),
    fact: t.field({ type: CorrectedFactInput, description: 'The new content of the fact.' }),
  }),
});

const FactCorrected = builder.objectRef<Amended>('FactCorrected').implement({
  description: 'The fact has new content, and every day on which it counts was judged anew.',
  interfaces: [AmendedFact],
});

const FactContentRefused = builder.objectRef<ContentRefused>('FactContentRefused').implement({
  description: 'The new content of the fact is not valid. Nothing was changed.',
  interfaces: [Refusal],
  fields: (t) => ({
    reason: t.string({
      description:
        'The reason, for programs: INVALID_VALUE, UNKNOWN_PARTNER, UNKNOWN_CURRENCY, UNKNOWN_KIND, or TOO_MANY_ITEMS if the partner would have more items than a requirement for each of them may judge.',
      resolve: ({ rejection }) => rejection.code,
    }),
    path: t.string({
      description: 'The place in the input that is wrong.',
      resolve: ({ rejection }) => rejection.path,
    }),
  }),
});

const CorrectFactResult = builder.unionType('CorrectFactResult', {
  description: 'The fact with its new version, or the reason why nothing was changed.',
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
      'Replaces the content of a fact, its partner included. Earlier versions stay readable, and so do the standings that rested on them. Sending it again changes nothing.',
    type: CorrectFactResult,
    args: { input: t.arg({ type: CorrectFactInput, description: 'The fact and its new content.' }) },
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
