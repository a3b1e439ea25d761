import { programOf, readStanding, standsOn } from '../../src/app/reading/read-standing.ts';
import { builder } from '../base/builder.ts';
import { loadOverrides } from '../base/load-override.ts';
import { idOf, Node } from '../base/node.ts';
import { pageArgs, slicePage } from '../base/page.ts';
import { Partner } from '../base/partner-ref.ts';
import { Program } from '../base/program-ref.ts';
import { readDay, readInstant } from '../base/read-argument.ts';
import { requireProgram } from '../base/require-program.ts';
import { rulebookNamed, specializationNamed } from '../base/rulebook-source.ts';
import { Tier } from '../base/tier-ref.ts';
import { readPartnerChangePage, StatusChangeConnection } from '../changes/status-change-list.ts';
import { FactConnection } from '../facts/fact.ts';
import { FactFilter, readFactPage } from '../facts/fact-list.ts';
import { inputsFor } from '../proofs/inputs.ts';
import { Standing, tierIn } from '../proofs/standing.ts';
import { PartnerSpecialization } from '../rulebooks/specialization.ts';
import { periodCursor, readPeriods, StandingPeriodConnection } from './history.ts';
import { TierOverrideConnection } from './override.ts';
import { PartnerFilter, PartnerOrder, readPartnerFilter, readPartnerOrder } from './partner-filter.ts';
import { readAffiliatePage, readPartnerPage } from './partner-list.ts';
import { locatePartner, PartnerLocator } from './partner-locator.ts';

export const PartnerConnection = builder.connectionObject(
  {
    type: Partner,
    name: 'PartnerConnection',
    description: 'A page of a list of partners, with the cursors to go on from.',
  },
  { name: 'PartnerEdge', description: 'A partner with its place in the list.' },
);

const PartnerAttribute = builder
  .objectRef<{ readonly name: string; readonly value: string }>('PartnerAttribute')
  .implement({
    description: 'A named text about a partner, by which the numbers of a rulebook may differ.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name, unique for the partner.' }),
      value: t.exposeString('value', {
        description: 'What holds for the partner, such as a size or a segment.',
      }),
    }),
  });

Partner.implement({
  description: 'A member of one programme.',
  interfaces: [Node],
  fields: (t) => ({
    program: t.field({
      type: Program,
      description: 'The programme that it is a member of.',
      resolve: (row, _, { app }) => programOf(app, row),
    }),
    externalRef: t.exposeString('externalRef', {
      description: "The external reference: the vendor's own key, unique in the programme.",
    }),
    name: t.exposeString('name', {
      description: "The partner's own name, in no particular language.",
    }),
    country: t.exposeString('country', { description: 'Its country, ISO 3166-1 alpha-2.' }),
    region: t.exposeString('region', { description: 'Its region, by which a rulebook may differ.' }),
    attributes: t.field({
      type: [PartnerAttribute],
      description: 'What else a rulebook may differ by, by name.',
      resolve: ({ attributes }) =>
        Object.entries(attributes)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, value]) => ({ name, value })),
    }),
    parent: t.field({
      type: Partner,
      nullable: true,
      description: 'The partner whose affiliate it is; null if there is none, or the viewer may not see it.',
      resolve: ({ parentId }, _, context) => (parentId === null ? null : context.partners.load(parentId)),
    }),
    affiliates: t.field({
      type: PartnerConnection,
      description: 'The partners whose parent it is.',
      args: {
        filter: t.arg({
          type: PartnerFilter,
          required: false,
          description: 'Which of them; all if left out.',
        }),
        orderBy: t.arg({
          type: PartnerOrder,
          required: false,
          description: 'In which order; by name if left out.',
        }),
        ...pageArgs,
      },
      resolve: ({ id }, { filter, orderBy, ...args }, context) =>
        readAffiliatePage(context, id, readPartnerFilter(filter), readPartnerOrder(orderBy), args),
    }),
    enrolledOn: t.expose('enrolledOn', { type: 'Date', description: 'The day on which it became a member.' }),
    leftOn: t.expose('leftOn', {
      type: 'Date',
      nullable: true,
      description: 'The first day on which it is no longer a member; null while it is one.',
    }),
    tier: t.field({
      type: Tier,
      nullable: true,
      description:
        'The effective tier on `judgedOn`; null before the first rulebook, before enrolment and after leaving.',
      resolve: ({ status }, _, context) => tierIn(status.rulebookId, status.tier, context),
    }),
    judgedOn: t.field({
      type: 'Date',
      nullable: true,
      description:
        'The day as of which `tier` and `specializations` hold: today or, within a minute after midnight, yesterday.',
      resolve: (row, _, { app }) => standsOn(app, row),
    }),
    standing: t.field({
      type: Standing,
      description: 'The verdict on a past or future day, as known now or at an earlier instant.',
      // The row has the current verdict. Any other is judged from all facts.
      extensions: { costOfArguments: { on: 20, knownAt: 20 } },
      args: {
        on: t.arg({ type: 'Date', required: false, description: 'The day; `judgedOn` if left out.' }),
        knownAt: t.arg({
          type: 'DateTime',
          required: false,
          description: 'Use only what was recorded by then; everything if left out.',
        }),
      },
      resolve: (row, { on, knownAt }, context) => {
        const question = {
          on: readDay(on ?? null, 'on'),
          knownAt: readInstant(knownAt ?? null, 'knownAt'),
        };
        return readStanding(context.app, row, question, inputsFor(context));
      },
    }),
    history: t.field({
      type: StandingPeriodConnection,
      description:
        'Its standing over time, earliest first: past, present and future days, as known now or at an earlier instant. It begins with the first day that has a rulebook. After a publication or a withdrawal it stays as it was until the partner is judged anew; `Program.judging` says how far that has come.',
      // As known now it is in the row; otherwise every day is judged anew.
      extensions: { costOfArguments: { knownAt: 40 } },
      args: {
        from: t.arg({
          type: 'Date',
          required: false,
          description: 'Only from this day on; from the first one if left out.',
        }),
        until: t.arg({
          type: 'Date',
          required: false,
          description: 'Only before this day; without end if left out.',
        }),
        knownAt: t.arg({
          type: 'DateTime',
          required: false,
          description: 'Use only what was recorded by then; everything if left out.',
        }),
        ...pageArgs,
      },
      resolve: async (row, { from, until, knownAt, ...args }, context) => {
        const question = {
          from: readDay(from ?? null, 'from'),
          until: readDay(until ?? null, 'until'),
          knownAt: readInstant(knownAt ?? null, 'knownAt'),
        };
        return slicePage(await readPeriods(context, row, question), args, periodCursor);
      },
    }),
    specializations: t.field({
      type: [PartnerSpecialization],
      description: 'The specializations held on `judgedOn`.',
      resolve: async ({ status, specializations }, _, context) => {
        if (status.rulebookId === null) return [];
        const source = await rulebookNamed(context, status.rulebookId);
        return specializations.map(({ code, since, until }) => ({
          specialization: specializationNamed(source, code),
          since,
          until,
        }));
      },
    }),
    facts: t.field({
      type: FactConnection,
      description: 'The current versions of its facts, newest day first.',
      args: {
        filter: t.arg({ type: FactFilter, required: false, description: 'Which facts; all if left out.' }),
        ...pageArgs,
      },
      resolve: ({ id }, { filter, ...args }, context) => readFactPage(context, id, filter, args),
    }),
    statusChanges: t.field({
      type: StatusChangeConnection,
      description: 'The changes of its standing, latest first.',
      args: pageArgs,
      resolve: ({ id }, args, context) => readPartnerChangePage(context, id, args),
    }),
    overrides: t.field({
      type: TierOverrideConnection,
      description: 'Tiers set by hand that hold on `judgedOn` or later, latest first.',
      args: {
        ended: t.arg.boolean({
          required: false,
          defaultValue: false,
          description: 'Also overrides that ended before.',
        }),
        ...pageArgs,
      },
      resolve: async (row, { ended, ...args }, context) => {
        const today = await standsOn(context.app, row);
        const all = await loadOverrides(context, row.id);
        const wanted = ended ? all : all.filter(({ endsOn }) => today === null || endsOn > today);
        return slicePage(wanted, args, idOf);
      },
    }),
  }),
});

builder.queryFields((t) => ({
  partner: t.field({
    description: 'One partner; null if there is none, or the viewer may not see it.',
    type: Partner,
    nullable: true,
    args: { by: t.arg({ type: PartnerLocator, description: 'Its global id or its external reference.' }) },
    resolve: (_, { by }, context) => locatePartner(by, context, 'by.ref.externalRef'),
  }),
  partners: t.field({
    description: "A programme's partners as of today, in any order and in both directions.",
    type: PartnerConnection,
    // A filter may look at every partner to find none.
    extensions: { cost: 20 },
    args: {
      program: t.arg.string({ description: 'The programme, by its code, such as connect.' }),
      filter: t.arg({
        type: PartnerFilter,
        required: false,
        description: 'Which partners; all if left out.',
      }),
      orderBy: t.arg({
        type: PartnerOrder,
        required: false,
        description: 'In which order; by name if left out.',
      }),
      ...pageArgs,
    },
    resolve: async (_, { program, filter, orderBy, ...args }, context) => {
      const { id } = await requireProgram(context, program, 'program');
      return readPartnerPage(context, id, readPartnerFilter(filter), readPartnerOrder(orderBy), args);
    },
  }),
}));
