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
      description: 'The entry of the log.',
      resolve: ({ entry }) => entry,
    }),
    cursor: t.string({
      description: 'The place after it: keep it, and subscribe after it when the connection was lost.',
      resolve: ({ cursor }, _, context) => writeLogCursor(context, cursor, 'ENTRY'),
    }),
  }),
});

const Checkpoint = builder.objectRef<Event<'CHECKPOINT'>>('Checkpoint').implement({
  description:
    'Everything up to a place in the log was delivered or skipped by the filter. The first event, again when the subscriber has caught up, and every so often while nothing passes the filter.',
  fields: (t) => ({
    cursor: t.string({
      description: 'The place: keep it in the stead of the last cursor.',
      resolve: ({ cursor }, _, context) => writeLogCursor(context, cursor, 'END'),
    }),
    caughtUp: t.exposeBoolean('caughtUp', {
      description: 'Everything in the log so far was delivered: what follows is new.',
    }),
  }),
});

const ResyncReasonType = builder.enumType('ResyncReason', {
  description: 'Why changes cannot be replayed.',
  values: {
    HISTORY_REPLACED: {
      description: 'The log no longer has the entry that the cursor names, as after a restore from a backup.',
    },
    RETENTION_EXCEEDED: {
      description: 'The first change that would be replayed was recorded more than 30 days ago.',
    },
  } as const satisfies Record<ResyncReason, { description: string }>,
});

const Resync = builder.objectRef<Event<'RESYNC'>>('Resync').implement({
  description:
    'What lies between the cursor given and this one cannot be replayed: ask for the lists again. The subscription goes on from here.',
  fields: (t) => ({
    reason: t.expose('reason', {
      type: ResyncReasonType,
      description: 'Why nothing can be replayed from the cursor that was given.',
    }),
    cursor: t.string({
      description: 'Where the subscription goes on.',
      resolve: ({ cursor }, _, context) => writeLogCursor(context, cursor, 'END'),
    }),
  }),
});

const StatusChangeEvent = builder.unionType('StatusChangeEvent', {
  description: 'What a subscriber of a log gets.',
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
      "A programme's log as it grows: each change once and in order, also across lost connections, if the last cursor is given as `after`.",
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
        description: 'Go on after this place; from now on if left out.',
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
