import type { LogEvent } from '../../src/events/log-event.ts';
import type { ResyncReason } from '../../src/events/resume.ts';
import { subscribeToLog } from '../../src/events/subscribe-to-log.ts';
import { builder } from '../base/builder.ts';
import { readLogCursor, writeLogCursor } from '../base/log-cursor.ts';
import { requireProgram } from '../base/require-program.ts';
import { StatusChange } from '../changes/status-change.ts';
import { readChangeFilter, StatusChangeFilter } from '../changes/status-change-list.ts';

type Event<Type extends LogEvent['type']> = Extract<LogEvent, { readonly type: Type }>;

const StatusChanged = builder.objectRef<Event<'CHANGED'>>('StatusChanged').implement({
  description: 'A change that passes the filter. Each is delivered once, in the order of the log.',
  fields: (t) => ({
    change: t.field({
      type: StatusChange,
      description: 'The entry in the log.',
      resolve: ({ entry }) => entry,
    }),
    cursor: t.string({
      description: 'The place after it. Keep it, and subscribe after it when the connection was lost.',
      resolve: ({ cursor }, _, context) => writeLogCursor(context, cursor, 'ENTRY'),
    }),
  }),
});

const Checkpoint = builder.objectRef<Event<'CHECKPOINT'>>('Checkpoint').implement({
  description:
    'Everything up to this place in the log was delivered, or skipped by the filter. This is the first event; it comes again when the subscriber has caught up, and at intervals while nothing passes the filter.',
  fields: (t) => ({
    cursor: t.string({
      description: 'The place in the log. Keep it instead of the previous cursor.',
      resolve: ({ cursor }, _, context) => writeLogCursor(context, cursor, 'END'),
    }),
    caughtUp: t.exposeBoolean('caughtUp', {
      description: 'Whether the subscriber has everything that is in the log so far.',
    }),
  }),
});

const ResyncReasonType = builder.enumType('ResyncReason', {
  description: 'Why changes cannot be replayed.',
  values: {
    HISTORY_REPLACED: {
      description:
        'The log does not have the entry that the cursor names, for instance after a restore from a backup.',
    },
    RETENTION_EXCEEDED: {
      description: 'The first change that would be replayed was recorded more than 30 days ago.',
    },
  } as const satisfies Record<ResyncReason, { description: string }>,
});

const Resync = builder.objectRef<Event<'RESYNC'>>('Resync').implement({
  description:
    'The changes between the given cursor and this one cannot be replayed: read the lists again. The subscription continues from here.',
  fields: (t) => ({
    reason: t.expose('reason', {
      type: ResyncReasonType,
      description: 'Why changes cannot be replayed from the given cursor.',
    }),
    cursor: t.string({
      description: 'The place from which the subscription continues.',
      resolve: ({ cursor }, _, context) => writeLogCursor(context, cursor, 'END'),
    }),
  }),
});

const StatusChangeEvent = builder.unionType('StatusChangeEvent', {
  description: 'An event for a subscriber of a log.',
  types: [StatusChanged, Checkpoint, Resync],
  resolveType: ({ type }) => {
    switch (type) {
      case 'CHANGED':
        return 'StatusChanged';
      case 'CHECKPOINT':
        return 'Checkpoint';
      case 'RESYNC':
        return 'Resync';
    }
  },
});

builder.subscriptionField('statusChanged', (t) =>
  t.field({
    description:
      "A programme's log as it grows: each change once and in order, also across lost connections if the last cursor is given as `after`.",
    type: StatusChangeEvent,
    args: {
      program: t.arg.string({ description: 'The programme, by its code, such as connect.' }),
      filter: t.arg({
        type: StatusChangeFilter,
        required: false,
        description: 'Which changes; all if left out.',
      }),
      after: t.arg.string({
        required: false,
        description: 'Continue after this place; from now on if left out.',
      }),
    },
    subscribe: async (_, { program, filter, after }, context) => {
      const { id } = await requireProgram(context, program, 'program');
      const { partner } = context.scope;
      return subscribeToLog({
        tail: context.tail,
        programId: id,
        filter: { ...readChangeFilter(filter), ...(partner !== null && { familyIds: [partner] }) },
        after: readLogCursor(context, after, id, 'after'),
        discreet: partner !== null,
      });
    },
    resolve: async (event, _, context): Promise<LogEvent> => {
      if (event.type !== 'CHANGED' || context.scope.partner === null) return event;
      // It was an affiliate when this was logged; nothing is said of one that has left.
      const isInScope = (await context.partners.load(event.entry.partnerId)) !== null;
      return isInScope ? event : { type: 'CHECKPOINT', cursor: event.cursor, caughtUp: false };
    },
  }),
);
