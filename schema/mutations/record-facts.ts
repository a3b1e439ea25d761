import {
  type FactsRecorded as Done,
  MAX_ROWS,
  type FactsRejected as Rejected,
  type RowOutcome,
  recordFacts,
} from '../../src/app/writing/record-facts.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { NotAllowed, ProgramNotFound, Refusal, refusalTypeName, TryAgain } from '../base/refusal.ts';
import { StatusChange } from '../changes/status-change.ts';
import { Fact } from '../facts/fact.ts';
import { FactWarning, warningOf } from '../facts/fact-warning.ts';
import { FactInput, toAppFact } from './fact-input.ts';

type Row<Type extends RowOutcome['type']> = Extract<RowOutcome, { readonly type: Type }>;

const OnError = builder.enumType('OnError', {
  description: 'What a refused row means for the others.',
  values: {
    SKIP_ROW: { description: 'Only the refused row is left out.' },
    REJECT_ALL: { description: 'No row is recorded, and the rejections are returned.' },
  } as const,
});

const RecordFactsInput = builder.inputType('RecordFactsInput', {
  description: 'Facts of one source to record together.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    source: t.string({
      description: 'The system that the facts come from, within which external ids are unique.',
    }),
    facts: t.field({ type: [FactInput], description: `The facts, at most ${MAX_ROWS}.` }),
    onError: t.field({
      type: OnError,
      required: false,
      defaultValue: 'SKIP_ROW',
      description: 'What a refused row means for the others.',
    }),
  }),
});

const index = 'Its place in the input, from 0.';

const RowRecorded = builder.objectRef<Row<'RECORDED'>>('RowRecorded').implement({
  description: 'The row is recorded as a new fact, and its partner was judged.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    fact: t.expose('fact', { type: Fact, description: 'Its first version, as it was recorded.' }),
    warning: t.field({
      type: FactWarning,
      nullable: true,
      description: 'The warning with which it was recorded; null if there is none.',
      resolve: ({ fact }) => warningOf(fact),
    }),
  }),
});

const RowDuplicate = builder.objectRef<Row<'DUPLICATE'>>('RowDuplicate').implement({
  description:
    'The row says what the current version under its key says or, if the fact is voided, what any of its versions said. Nothing was changed.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    fact: t.expose('fact', { type: Fact, description: 'The version that says the same.' }),
    isVoid: t.exposeBoolean('isVoid', {
      description: 'Whether the fact is voided. The row does not revive it.',
    }),
  }),
});

const RowOutdated = builder.objectRef<Row<'OUTDATED'>>('RowOutdated').implement({
  description:
    'The row says what an older version under its key said. The fact was corrected since, and stays corrected; this is not a rejection.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    currentVersion: t.int({
      description: 'The number of the current version, to expect when correcting it.',
      resolve: ({ current }) => current.version,
    }),
    current: t.expose('current', {
      type: Fact,
      nullable: true,
      description: 'The current version. Not for the role INGEST.',
    }),
  }),
});

const RowRejected = builder.objectRef<Row<'REJECTED'>>('RowRejected').implement({
  description: 'The row was refused. The others are recorded nevertheless, unless `onError` is REJECT_ALL.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    code: t.exposeString('code', {
      description:
        'The reason, for programs: INVALID_VALUE, UNKNOWN_PARTNER, UNKNOWN_CURRENCY, UNKNOWN_KIND, TOO_MANY_ITEMS if the partner would have more items than a requirement for each of them may judge, or CONFLICT if a fact with the same key never had this content.',
    }),
    path: t.exposeString('path', { description: 'The place in the input that is wrong.' }),
    message: t.exposeString('message', {
      description: 'The reason as an English sentence, for people.',
    }),
  }),
});

const RowResult = builder.unionType('RowResult', {
  description: 'The outcome of one row of the input.',
  types: [RowRecorded, RowDuplicate, RowOutdated, RowRejected],
  resolveType: ({ type }) => {
    switch (type) {
      case 'RECORDED':
        return 'RowRecorded';
      case 'DUPLICATE':
        return 'RowDuplicate';
      case 'OUTDATED':
        return 'RowOutdated';
      case 'REJECTED':
        return 'RowRejected';
    }
  },
});

const FactsRecorded = builder.objectRef<Done>('FactsRecorded').implement({
  description: 'The outcome of each row, and the changes that followed.',
  fields: (t) => ({
    rows: t.expose('rows', {
      type: [RowResult],
      description: 'One outcome for each row, in the order of the input.',
      // Each was paid for as a row of the input.
      extensions: { cost: 0 },
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order.',
    }),
  }),
});

const FactsRejected = builder.objectRef<Rejected>('FactsRejected').implement({
  description: 'With REJECT_ALL: rows were refused, so nothing was recorded.',
  interfaces: [Refusal],
  fields: (t) => ({
    rejections: t.field({
      type: [RowRejected],
      description: 'The rows that were refused.',
      resolve: ({ rejections }) => rejections.filter((row) => row.type === 'REJECTED'),
    }),
  }),
});

const RecordFactsResult = builder.unionType('RecordFactsResult', {
  description: 'The outcome of each row, or the reason why none was recorded.',
  types: [FactsRecorded, NotAllowed, ProgramNotFound, FactsRejected, TryAgain],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'FactsRecorded'),
});

addMutation('recordFacts', (t) =>
  t.field({
    description:
      'Records facts, judges the partners concerned and logs what changed. It is idempotent by programme, source and external id: the same row again is a duplicate, the content of an older version is outdated, and any other row under the same key is a conflict.',
    type: RecordFactsResult,
    args: {
      input: t.arg({
        type: RecordFactsInput,
        description: 'Up to 1,000 facts of one source, and what a refused row means for the others.',
      }),
    },
    resolve: async (_, { input }, { app, told }) => {
      if (input.facts.length === 0 || input.facts.length > MAX_ROWS) {
        throw badUserInput(`Send 1 to ${MAX_ROWS} facts at once.`, 'input.facts');
      }
      const result = await recordFacts(app, {
        program: input.program,
        source: input.source,
        facts: input.facts.map(toAppFact),
        onError: input.onError ?? 'SKIP_ROW',
      });
      // What the rows say is what these facts say.
      if ('rows' in result) for (const row of result.rows) if ('fact' in row) told.tellFact(row.fact.id);
      if ('path' in result) throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);
