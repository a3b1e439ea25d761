import { refuse } from '../../src/app/context/app.ts';
import { createProgram } from '../../src/app/writing/create-program.ts';
import { DEFAULT_LOCALE, type LocalizedText } from '../../src/engine/values/language.ts';
import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badInputs, badUserInput } from '../base/errors.ts';
import { present } from '../base/present.ts';
import { Program } from '../base/program-ref.ts';
import { NotAllowed, ProgramExists, refusalTypeName } from '../base/refusal.ts';

type Done = { readonly program: ProgramRecord };

const TranslationInput = builder.inputType('TranslationInput', {
  description: 'A text in one language.',
  fields: (t) => ({
    tag: t.field({ type: 'Locale', description: 'The language, such as "fr" or "de-CH".' }),
    text: t.string({ description: 'The name as speakers of it read it.' }),
  }),
});

const LocalizedTextInput = builder.inputType('LocalizedTextInput', {
  description: 'A text in at least one language.',
  fields: (t) => ({
    en: t.string({ required: false, description: 'The text in English, as written in Britain.' }),
    de: t.string({ required: false, description: 'The text in German, as written in Germany.' }),
    others: t.field({
      type: [TranslationInput],
      required: false,
      description: 'The text in other languages, each once.',
    }),
  }),
});

const MeasurementKindInput = builder.inputType('MeasurementKindInput', {
  description: 'A kind of measurement that the programme declares.',
  fields: (t) => ({
    code: t.string({ description: 'Its code, such as active_users.' }),
    name: t.field({
      type: LocalizedTextInput,
      description: 'Its name for people, in at least one language.',
    }),
    unit: t.string({
      description: 'The unit of its numbers, such as users; `%` for shares, where 1 is 100 %.',
    }),
  }),
});

const ScaleInput = builder.inputType('ScaleInput', {
  description: 'A range of numbers, both ends included.',
  fields: (t) => ({
    minimum: t.field({ type: 'Decimal', description: 'The worst score that a customer can give.' }),
    maximum: t.field({ type: 'Decimal', description: 'The best score that a customer can give.' }),
  }),
});

const CreateProgramInput = builder.inputType('CreateProgramInput', {
  description: 'The code, calendar and currency of a new programme, and what it measures.',
  fields: (t) => ({
    code: t.string({ description: 'Its code: a small letter, then small letters, digits and hyphens.' }),
    name: t.string({ description: 'The name of the programme for people, the same in every language.' }),
    timeZone: t.string({ description: 'The IANA time zone in which its days begin and end.' }),
    currency: t.string({ description: 'The currency in which revenue is measured, ISO 4217.' }),
    fiscalYearFirstMonth: t.int({
      required: false,
      defaultValue: 1,
      description: 'The first month of its fiscal year, 1 to 12.',
    }),
    satisfactionScale: t.field({
      type: ScaleInput,
      required: false,
      description: 'The scale of satisfaction scores; 0 to 10 if left out.',
    }),
    personsIgnoreCase: t.boolean({
      required: false,
      defaultValue: false,
      description:
        'Persons that differ only in case are one, shown as first written. It cannot be changed later.',
    }),
    referencesIgnoreCase: t.boolean({
      required: false,
      defaultValue: false,
      description:
        'External references of partners that differ only in case are one, shown as first written. It cannot be changed later.',
    }),
    defaultLocale: t.field({
      type: 'Locale',
      required: false,
      defaultValue: DEFAULT_LOCALE,
      description:
        'The language in which names are told where they have none that is nearer to the one asked for.',
    }),
    measurementKinds: t.field({
      type: [MeasurementKindInput],
      required: false,
      description: 'The kinds of measurement that it declares; none if left out.',
    }),
  }),
});

const ProgramCreated = builder.objectRef<Done>('ProgramCreated').implement({
  description: 'The programme was created. It has no rules and no members yet.',
  fields: (t) => ({
    program: t.expose('program', {
      type: Program,
      description: 'The new programme, ready for its first rulebook.',
    }),
  }),
});

const CreateProgramResult = builder.unionType('CreateProgramResult', {
  description: 'The result of creating a programme.',
  types: [ProgramCreated, NotAllowed, ProgramExists],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'ProgramCreated'),
});

addMutation('createProgram', (t) =>
  t.field({
    description: 'Creates a programme, which has no rules until a rulebook is published.',
    type: CreateProgramResult,
    args: {
      input: t.arg({ type: CreateProgramInput, description: 'Its code, its calendar and what it measures.' }),
    },
    resolve: async (_, { input }, { app, rights }) => {
      if (rights.programs !== 'ALL') {
        return refuse('NOT_ALLOWED', 'Only a viewer that reaches all programmes makes new ones.');
      }
      const result = await createProgram(app, {
        ...input,
        fiscalYearFirstMonth: input.fiscalYearFirstMonth ?? 1,
        satisfactionScale: input.satisfactionScale ?? { minimum: '0', maximum: '10' },
        measurementKinds: (input.measurementKinds ?? []).map((kind, index) => ({
          ...kind,
          name: readTexts(kind.name, `input.measurementKinds[${index}].name`),
        })),
        defaultLocale: input.defaultLocale ?? DEFAULT_LOCALE,
        personsIgnoreCase: input.personsIgnoreCase ?? false,
        referencesIgnoreCase: input.referencesIgnoreCase ?? false,
      });
      if ('programId' in result) {
        return { program: present(await app.catalogue.find('id', result.programId), 'programme') };
      }
      if ('problems' in result) throw badInputs(result.problems, 'input');
      return result;
    },
  }),
);

/** The texts by language; a language that is there twice is refused. */
function readTexts({ en, de, others }: typeof LocalizedTextInput.$inferInput, path: string): LocalizedText {
  const texts: Record<string, string> = {};
  for (const [locale, text] of Object.entries({ en, de })) if (text != null) texts[locale] = text;
  for (const [index, { tag, text }] of (others ?? []).entries()) {
    if (Object.hasOwn(texts, tag)) {
      throw badUserInput(`The language ${tag} is there twice.`, `${path}.others[${index}].tag`);
    }
    texts[tag] = text;
  }
  return texts;
}
