import type { Instant } from '../../src/engine/values/day.ts';
import { readDocuments, readWithdrawalReasons } from '../../src/store/reading/read-rulebook.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import { Node } from '../base/node.ts';
import { present } from '../base/present.ts';
import { Program } from '../base/program-ref.ts';
import { type RulebookSource, specializationsOf, tiersOf } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';

const TransitionMode = builder.enumType('TransitionMode', {
  description: 'How a new rulebook is eased in.',
  values: {
    FLOOR: { description: 'No partner falls below its tier of the day before it took effect.' },
    BOTH: { description: 'Old and new rules are judged side by side, and the higher tier counts.' },
  } as const,
});

const Transition = builder
  .objectRef<NonNullable<RulebookSource['published']['rulebook']['transition']>>('Transition')
  .implement({
    description:
      'What holds for a time after a rulebook takes effect, so that partners do not lose tiers at once.',
    fields: (t) => ({
      mode: t.expose('mode', { type: TransitionMode, description: 'How partners are protected meanwhile.' }),
      until: t.expose('until', { type: 'Date', description: 'The first day without it.' }),
    }),
  });

const Withdrawal = builder
  .objectRef<{ readonly rulebookId: string; readonly at: Instant }>('Withdrawal')
  .implement({
    description:
      'The withdrawal of a published rulebook. Since then partners are judged as if it had never been published, in the past too.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'The instant at which it was withdrawn.' }),
      reason: t.string({
        description: 'Why it was withdrawn, in no particular language.',
        resolve: ({ rulebookId }, _, context) => reasonOf(context, rulebookId, null),
      }),
    }),
  });

const reasonOf = batched(async ({ scope, app }, ids: readonly string[], _: null) => {
  const reasons = await readWithdrawalReasons(scope, app.database.prisma, ids);
  return ids.map((id) => present(reasons.get(id), 'withdrawal reason'));
});

export const Rulebook = builder.objectRef<RulebookSource>('Rulebook').implement({
  description: "One published version of a programme's rules. It never changes.",
  interfaces: [Node],
  fields: (t) => ({
    program: t.expose('program', { type: Program, description: 'The programme whose rules these are.' }),
    number: t.int({
      description: 'Its number within the programme, from 1.',
      resolve: ({ published }) => published.number,
    }),
    effectiveFrom: t.field({
      type: 'Date',
      description: 'The first day on which it is in force.',
      resolve: ({ published }) => published.effectiveFrom,
    }),
    publishedAt: t.field({
      type: 'DateTime',
      description: 'The instant from which partners are judged by it.',
      resolve: ({ published }) => published.publishedAt,
    }),
    withdrawal: t.field({
      type: Withdrawal,
      nullable: true,
      description: 'When and why it was withdrawn; null if it was not.',
      resolve: ({ published: { id, withdrawnAt } }) =>
        withdrawnAt === null ? null : { rulebookId: id, at: withdrawnAt },
    }),
    tiers: t.field({
      type: [Tier],
      description: 'Its tiers, highest first.',
      resolve: tiersOf,
    }),
    specializations: t.field({
      type: [Specialization],
      description: 'Its specializations, in the order of its document.',
      resolve: specializationsOf,
    }),
    document: t.field({
      type: 'RulebookDocument',
      description: 'The rules as they were saved and published.',
      extensions: { cost: 20 },
      resolve: ({ published }, _, context) => documentOf(context, published.id, null),
    }),
    transition: t.field({
      type: Transition,
      nullable: true,
      description: 'How it is eased in; null if it is not.',
      resolve: ({ published }) => published.rulebook.transition,
    }),
  }),
});

const documentOf = batched(async ({ scope, app }, ids: readonly string[], _: null) => {
  const documents = await readDocuments(scope, app.database.prisma, ids);
  return ids.map((id) => present(documents.get(id), 'rulebook document'));
});

export const RulebookConnection = builder.connectionObject(
  {
    type: Rulebook,
    name: 'RulebookConnection',
    description: 'A page of a list of rulebooks, with the cursors to go on from.',
  },
  { name: 'RulebookEdge', description: 'A rulebook with its place in the list.' },
);
