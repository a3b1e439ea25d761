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
  description: 'What an entry of the log can be about.',
  values: everyValue<ChangeType>()({
    TIER_CHANGED: {
      value: 'TierChanged',
      description: 'The partner rose, fell, or began or ceased to have a tier.',
    },
    SPECIALIZATION_EARNED: {
      value: 'SpecializationEarned',
      description: 'The partner gained a specialization.',
    },
    SPECIALIZATION_LAPSED: {
      value: 'SpecializationLapsed',
      description: 'The partner lost a specialization.',
    },
    HOLD_STARTED: {
      value: 'HoldStarted',
      description: 'Something began to keep the effective tier from the computed one.',
    },
    HOLD_ENDED: {
      value: 'HoldEnded',
      description: 'Something no longer keeps the effective tier from the computed one.',
    },
    TIER_AT_RISK: {
      value: 'TierAtRisk',
      description: 'The effective tier will be lost soon if nothing new is recorded.',
    },
    RISK_CLEARED: { value: 'RiskCleared', description: 'The tier is no longer at risk.' },
    HISTORY_REVISED: {
      value: 'HistoryRevised',
      description: 'The standing on days in the past was revised.',
    },
  }),
});

export const StatusChangeFilter = builder.inputType('StatusChangeFilter', {
  description:
    'Which changes are listed or delivered. A condition that is left out does not narrow them; several narrow them together.',
  fields: (t) => ({
    partners: t.idList({
      required: false,
      description: 'Only changes of the partners with these global ids.',
    }),
    types: t.field({
      type: [StatusChangeType],
      required: false,
      description: 'Only entries that say one of these things.',
    }),
    tiers: t.stringList({
      required: false,
      description: 'Only tier changes from or to a tier with one of these codes.',
    }),
    directions: t.field({
      type: [DirectionType],
      required: false,
      description: 'Only tier changes in one of these directions.',
    }),
    specializations: t.stringList({
      required: false,
      description: 'Only changes of a specialization with one of these codes.',
    }),
    regions: t.stringList({
      required: false,
      description: 'Only changes of partners whose region was one of these on the day judged.',
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

/**
 * A page of one partner's changes, latest first; those of many partners are read together. Throws
 * BAD_USER_INPUT.
 */
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
