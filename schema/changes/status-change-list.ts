import type { ChangeType } from '../../src/engine/changes/change.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import {
  type ChangeFilter,
  countChanges,
  countPartnerChanges,
  type LogSlice,
  listChanges,
  listPartnerChanges,
} from '../../src/store/reading/read-log.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { everyValue } from '../base/every-value.ts';
import { readGlobalId } from '../base/global-id.ts';
import { createListCursors } from '../base/list-cursor.ts';
import { cursorAfter, readLogCursor } from '../base/log-cursor.ts';
import { type Page, type PageArgs, pageArgs, readPageArgs, toPage, toSlice } from '../base/page.ts';
import { requireProgram } from '../base/require-program.ts';
import { DirectionType, StatusChange } from './status-change.ts';

export const StatusChangeConnection = builder.connectionObject(
  {
    type: StatusChange,
    name: 'StatusChangeConnection',
    description: 'A page of entries of a log, with the cursors to go on from.',
  },
  { name: 'StatusChangeEdge', description: 'An entry of a log with its place in the list.' },
);

const StatusChangeType = builder.enumType('StatusChangeType', {
  description: 'What can happen to a standing.',
  values: everyValue<ChangeType>()({
    TIER_CHANGED: { value: 'TierChanged', description: 'The effective tier became another.' },
    SPECIALIZATION_EARNED: {
      value: 'SpecializationEarned',
      description: 'A specialization is held now that was not before.',
    },
    SPECIALIZATION_LAPSED: {
      value: 'SpecializationLapsed',
      description: 'A specialization that was held before is lost.',
    },
    HOLD_STARTED: {
      value: 'HoldStarted',
      description: 'Something keeps the tier from the computed one that did not before.',
    },
    HOLD_ENDED: { value: 'HoldEnded', description: 'Nothing keeps the tier for that reason any more.' },
    TIER_AT_RISK: { value: 'TierAtRisk', description: 'The tier will soon fall.' },
    RISK_CLEARED: { value: 'RiskCleared', description: 'The loss of the tier is averted.' },
    HISTORY_REVISED: { value: 'HistoryRevised', description: 'Days of the past became different.' },
  }),
});

export const StatusChangeFilter = builder.inputType('StatusChangeFilter', {
  description:
    'Which changes are listed or pushed. A condition left out does not narrow; several narrow together.',
  fields: (t) => ({
    partners: t.idList({ required: false, description: 'Of the partners with these global ids.' }),
    types: t.field({
      type: [StatusChangeType],
      required: false,
      description: 'Entries that say one of these things happened.',
    }),
    tiers: t.stringList({
      required: false,
      description: 'Tier changes from or to a tier with one of these codes; nothing else.',
    }),
    directions: t.field({
      type: [DirectionType],
      required: false,
      description: 'Tier changes in one of these directions; nothing else.',
    }),
    specializations: t.stringList({
      required: false,
      description: 'Changes of a specialization with one of these codes; nothing else.',
    }),
    regions: t.stringList({
      required: false,
      description: 'The partner was entered for one of these regions on the day judged.',
    }),
  }),
});

/** What the log understands by a filter. Throws BAD_USER_INPUT. */
export function readChangeFilter(
  filter: typeof StatusChangeFilter.$inferInput | null | undefined,
): ChangeFilter {
  const { partners, types, tiers, directions, specializations, regions } = filter ?? {};
  const partnerIds = partners?.map((id, index) => readGlobalId(id, 'Partner', `filter.partners[${index}]`));
  return {
    ...(partnerIds != null && { partnerIds }),
    ...(types != null && { types }),
    ...(tiers != null && { tiers }),
    ...(directions != null && { directions }),
    ...(specializations != null && {
      specializations,
    }),
    ...(regions != null && { regions }),
  };
}

type ChangePage = Page<{ readonly node: LogEntry; readonly cursor: string }>;

/** A page of one partner's changes, latest first; those of many partners are read together. Throws BAD_USER_INPUT. */
export async function readPartnerChangePage(
  context: Context,
  partnerId: string,
  args: PageArgs,
): Promise<ChangePage> {
  const question = readPageArgs(args, CURSORS.read);
  const rows = await changesOf(context, partnerId, toSlice(question));
  const toEdge = (node: LogEntry) => ({ node, cursor: CURSORS.write(node.version) });
  return toPage(rows, question, toEdge, () => changeCountOf(context, partnerId, null));
}

const changesOf = batched(async ({ scope, app }, partnerIds: readonly string[], slice: LogSlice) => {
  const ofEach = await listPartnerChanges(scope, app.database.prisma, partnerIds, slice);
  return partnerIds.map((id) => ofEach.get(id) ?? []);
});

const changeCountOf = batched(async ({ scope, app }, partnerIds: readonly string[], _: null) => {
  const counts = await countPartnerChanges(scope, app.database.prisma, partnerIds);
  return partnerIds.map((id) => counts.get(id) ?? 0);
});

/** By a partner's version. */
const CURSORS = createListCursors<number>(
  (version) => `version ${version}`,
  (text) => {
    const [, version] = /^version (\d{1,9})$/.exec(text) ?? [];
    return version === undefined ? null : Number(version);
  },
);

builder.queryField('statusChanges', (t) =>
  t.field({
    description:
      "A programme's log, oldest first; read it backwards for the latest. Its cursors and those of the subscription `statusChanged` are the same.",
    type: StatusChangeConnection,
    // A filter may look at the whole log to find nothing.
    extensions: { cost: 20 },
    args: {
      program: t.arg.string({ description: 'The programme, by its code, such as connect.' }),
      filter: t.arg({
        type: StatusChangeFilter,
        required: false,
        description: 'Which changes; all if left out.',
      }),
      ...pageArgs,
    },
    resolve: async (_, { program, filter, ...args }, context): Promise<ChangePage> => {
      const { id } = await requireProgram(context, program, 'program');
      const read = readChangeFilter(filter);
      const question = readPageArgs(args, (text, path) => readLogCursor(context, text, id, path).position);
      const { prisma } = context.app.database;
      const rows = await listChanges(context.scope, prisma, id, read, toSlice(question));
      const toEdge = (node: LogEntry) => ({ node, cursor: cursorAfter(context, node) });
      return toPage(rows, question, toEdge, () => countChanges(context.scope, prisma, id, read));
    },
  }),
);
