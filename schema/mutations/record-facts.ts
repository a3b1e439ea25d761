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
    REJECT_ALL: { description: 'All rows are given up, and the rejections are told.' },
  } as const,
});

const RecordFactsInput = builder.inputType('RecordFactsInput', {
  description: 'Facts of one source to be recorded together.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    source: t.string({
      description: 'The system that they come from, within which external ids are unique.',
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
  description: 'The row is a new fact now, and its partner was judged by it.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    fact: t.expose('fact', { type: Fact, description: 'Its first version, as it was recorded.' }),
    warning: t.field({
      type: FactWarning,
      nullable: true,
      description: 'What is odd about it, though it was recorded; null if nothing is.',
      resolve: ({ fact }) => warningOf(fact),
    }),
  }),
});

const RowDuplicate = builder.objectRef<Row<'DUPLICATE'>>('RowDuplicate').implement({
  description:
    'The row says what the current version under its key says or, of a fact that was voided, what any of its versions said. Nothing changed.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    fact: t.expose('fact', { type: Fact, description: 'The version that says the same.' }),
    isVoid: t.exposeBoolean('isVoid', {
      description: 'The fact was voided and stays so: the row does not revive it.',
    }),
  }),
});

const RowOutdated = builder.objectRef<Row<'OUTDATED'>>('RowOutdated').implement({
  description:
    'The row says what an older version under its key said: it was corrected since, and stays so. This is no rejection.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    currentVersion: t.int({
      description: 'The number of the version that counts: what to expect when correcting it.',
      resolve: ({ current }) => current.version,
    }),
    current: t.expose('current', {
      type: Fact,
      nullable: true,
      description: 'The version that counts. Not for the role INGEST.',
    }),
  }),
});

const RowRejected = builder.objectRef<Row<'REJECTED'>>('RowRejected').implement({
  description: 'The row was left out; the others are not touched by that unless all had to be refused.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: index }),
    code: t.exposeString('code', {
      description:
        'The reason, for programs: INVALID_VALUE, UNKNOWN_PARTNER, UNKNOWN_CURRENCY, UNKNOWN_KIND, TOO_MANY_ITEMS when a partner would have more values of what a rulebook judges each of than are allowed, or CONFLICT when another fact has its key and never said the same.',
    }),
    path: t.exposeString('path', { description: 'What is wrong, by its place in the input.' }),
    message: t.exposeString('message', {
      description: 'The reason as an English sentence that names what was given, for people.',
    }),
  }),
});

const RowResult = builder.unionType('RowResult', {
  description: 'What became of one row of the input, in its place.',
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
  description: 'What became of the rows, and what it changed.',
  fields: (t) => ({
    rows: t.expose('rows', {
      type: [RowResult],
      description: 'One a row, in the order of the input.',
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
  description: 'What became of recording facts.',
  types: [FactsRecorded, NotAllowed, ProgramNotFound, FactsRejected, TryAgain],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'FactsRecorded'),
});

addMutation('recordFacts', (t) =>
  t.field({
    description:
      'Records facts, judges the partners concerned and logs what changed. Idempotent by programme, source and external id: the same row again is a duplicate, what an older version said is outdated, another row under the same key a conflict.',
    type: RecordFactsResult,
    args: {
      input: t.arg({
        type: RecordFactsInput,
        description: 'Up to a thousand facts of one source, and what a refused one means.',
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
