import { todayIn } from '../../src/app/context/app.ts';
import { rulebookSchema } from '../../src/engine/format/rulebook-schema.ts';
import type { Day } from '../../src/engine/values/day.ts';
import { DEFAULT_LOCALE } from '../../src/engine/values/language.ts';
import type { MeasurementKind } from '../../src/engine/values/program.ts';
import { cursorAt } from '../../src/events/resume.ts';
import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import { builder } from '../base/builder.ts';
import { encodeGlobalId } from '../base/global-id.ts';
import { localeArgs, tell } from '../base/locale.ts';
import { writeLogCursor } from '../base/log-cursor.ts';
import { idOf, Node } from '../base/node.ts';
import { pageArgs, slicePage } from '../base/page.ts';
import { Program } from '../base/program-ref.ts';
import { readDay } from '../base/read-argument.ts';
import { type RulebookSource, specializationsOf, tiersOf } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';
import { Rulebook, RulebookConnection } from '../rulebooks/rulebook.ts';
import { RulebookDraftConnection, readDrafts } from '../rulebooks/rulebook-draft.ts';
import { readDistribution, TierCount } from './distribution.ts';
import { JudgingProgress, readProgress } from './judging.ts';

const MeasurementKindType = builder.objectRef<MeasurementKind>('MeasurementKind').implement({
  description: 'A kind of measurement that a programme declares, such as active users.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Its code within the programme.' }),
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ name }, args) => tell(name, args),
    }),
    unit: t.exposeString('unit', {
      description: 'The unit of its numbers, such as users; `%` for shares, where 1 is 100 %.',
    }),
  }),
});

Program.implement({
  description: 'A partner programme of a vendor.',
  interfaces: [Node],
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Its code in arguments, such as connect. It never changes.',
    }),
    name: t.exposeString('name', {
      args: localeArgs,
      description: 'Its name for people; the same in every language.',
    }),
    timeZone: t.exposeString('timeZone', {
      description: 'The IANA time zone in which its days begin and end.',
    }),
    defaultLocale: t.field({
      type: 'Locale',
      description:
        'The language in which names are told where they have none that is nearer to the one asked for.',
      resolve: ({ settings }) => settings.defaultLocale ?? DEFAULT_LOCALE,
    }),
    currency: t.string({
      description: 'The currency in which revenue is measured, ISO 4217.',
      resolve: ({ settings }) => settings.currency,
    }),
    fiscalYearFirstMonth: t.int({
      description: 'The first month of its fiscal year, 1 to 12.',
      resolve: ({ settings }) => settings.fiscalYearFirstMonth,
    }),
    measurementKinds: t.field({
      type: [MeasurementKindType],
      description: 'The kinds of measurement that the programme declares.',
      resolve: ({ settings }) => settings.measurementKinds,
    }),
    personsIgnoreCase: t.boolean({
      description:
        'Whether `ann` and `Ann` are one person here, shown as first written; set when the programme was created.',
      resolve: ({ settings }) => settings.personsIgnoreCase ?? false,
    }),
    referencesIgnoreCase: t.boolean({
      description:
        'Whether `acme` and `ACME` are one partner here, shown as first written; set when the programme was created.',
      resolve: ({ settings }) => settings.referencesIgnoreCase ?? false,
    }),
    today: t.field({
      type: 'Date',
      description: 'The current day in its time zone.',
      resolve: (program, _, context) => todayIn(context.app, program),
    }),
    rulebook: t.field({
      type: Rulebook,
      nullable: true,
      description: 'The rulebook in force on a day; null before the first.',
      args: { on: t.arg({ type: 'Date', required: false, description: 'The day; today if left out.' }) },
      resolve: async (program, { on }, context) =>
        inForce(program, readDay(on, 'on') ?? (await todayIn(context.app, program))),
    }),
    rulebooks: t.field({
      type: RulebookConnection,
      description: 'The published rulebooks that are not withdrawn, in the order in which they take effect.',
      args: pageArgs,
      resolve: (program, args) =>
        slicePage(
          program.rulebooks.map((published) => ({ program, published })),
          args,
          idOf,
        ),
    }),
    withdrawnRulebooks: t.field({
      type: RulebookConnection,
      description:
        'The withdrawn rulebooks, each with its `withdrawal`, in the order of their numbers. For the roles ADMIN and READER.',
      args: pageArgs,
      resolve: (program, args) =>
        slicePage(
          [...program.withdrawnRulebooks]
            .sort((one, other) => one.number - other.number)
            .map((published) => ({ program, published })),
          args,
          idOf,
        ),
    }),
    tiers: t.field({
      type: [Tier],
      description: 'The tiers of the rulebook in force today, highest first.',
      resolve: async (program, _, context) => {
        const rulebook = inForce(program, await todayIn(context.app, program));
        return rulebook === null ? [] : tiersOf(rulebook);
      },
    }),
    specializations: t.field({
      type: [Specialization],
      description: 'The specializations of the rulebook in force today.',
      resolve: async (program, _, context) => {
        const rulebook = inForce(program, await todayIn(context.app, program));
        return rulebook === null ? [] : specializationsOf(rulebook);
      },
    }),
    distribution: t.field({
      type: [TierCount],
      description:
        'How many partners have each tier of the rulebook in force on the day, highest tier first. Partners without a tier are left out. A future day is as it will be if nothing new is recorded.',
      // Every partner is looked at, on another day all days of each.
      extensions: { cost: 20, costOfArguments: { on: 20 } },
      args: {
        on: t.arg({
          type: 'Date',
          required: false,
          description: 'A past or future day; if left out, the day as of which each partner is judged.',
        }),
      },
      resolve: async (program, args, context) => {
        const on = readDay(args.on ?? null, 'on');
        const rulebook = inForce(program, on ?? (await todayIn(context.app, program)));
        return rulebook === null ? [] : readDistribution(context, rulebook, on);
      },
    }),
    judging: t.field({
      type: JudgingProgress,
      description: 'How far all partners are judged, for instance after a publication.',
      resolve: (program, _, context) => readProgress(context, program),
    }),
    rulebookDrafts: t.field({
      type: RulebookDraftConnection,
      description:
        'Rulebooks that are saved but not published, in the order of their numbers. For the roles ADMIN and READER.',
      args: pageArgs,
      resolve: async ({ id }, args, context) => {
        const drafts = await readDrafts(context, id);
        return slicePage(drafts, args, (draft) => encodeGlobalId('Rulebook', draft.id));
      },
    }),
    rulebookSchema: t.field({
      type: 'JsonSchema',
      description:
        'The JSON Schema of rulebook documents, for editors. Only `saveRulebookDraft` checks what depends on the programme, such as its currencies.',
      extensions: { cost: 20 },
      resolve: () => rulebookSchema,
    }),
    cursor: t.string({
      description:
        'The end of the log of status changes. Read it first, then the lists, then subscribe after it: nothing is missed in between.',
      resolve: async ({ id }, _, context) =>
        writeLogCursor(context, cursorAt(await context.tail.refresh(id)), 'END'),
    }),
  }),
});

const ProgramConnection = builder.connectionObject(
  { type: Program, name: 'ProgramConnection', description: 'A page of programmes.' },
  { name: 'ProgramEdge', description: 'A programme in a list.' },
);

builder.queryFields((t) => ({
  program: t.field({
    description: 'The programme with this code; null if there is none, or the viewer may not see it.',
    type: Program,
    nullable: true,
    args: { code: t.arg.string({ description: 'The code of the programme, such as connect.' }) },
    resolve: async (_, { code }, { app }) => (await app.catalogue.find('code', code)) ?? null,
  }),
  programs: t.field({
    description: 'The programmes that the viewer may see, by code.',
    type: ProgramConnection,
    args: {
      codes: t.arg.stringList({
        required: false,
        description: 'Only those with one of these codes; all if left out.',
      }),
      ...pageArgs,
    },
    resolve: async (_, { codes, ...args }, { app }) => {
      const all = [...(await app.catalogue.current()).byCode.values()];
      const wanted = codes == null ? all : all.filter(({ code }) => codes.includes(code));
      return slicePage(
        wanted.sort((a, b) => (a.code < b.code ? -1 : 1)),
        args,
        idOf,
      );
    },
  }),
}));

function inForce(program: ProgramRecord, on: Day): RulebookSource | null {
  const published = program.rulebooks.findLast(({ effectiveFrom }) => effectiveFrom <= on);
  return published === undefined ? null : { program, published };
}
