import type { ChangeDetail, ChangeType, Direction, Trigger } from '../../src/engine/changes/change.ts';
import { explainChange } from '../../src/engine/text/explain-change.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { localeArgs, localeOf } from '../base/locale.ts';
import { cursorAfter } from '../base/log-cursor.ts';
import { Node } from '../base/node.ts';
import { Partner } from '../base/partner-ref.ts';
import { present } from '../base/present.ts';
import { findSpecialization, rulebookNamed } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';
import { Fact } from '../facts/fact.ts';
import { Hold } from '../proofs/hold.ts';
import { tierIn } from '../proofs/standing.ts';
import { Rulebook } from '../rulebooks/rulebook.ts';

/** An entry of one type. */
export type Entry<Type extends ChangeDetail['type']> = LogEntry & {
  readonly change: { readonly detail: Extract<ChangeDetail, { readonly type: Type }> };
};

const TriggerType = builder.enumType('Trigger', {
  description: 'What caused a change.',
  values: {
    FACT: { description: 'A fact was recorded, corrected or voided.' },
    TIME: { description: 'A day began on which something starts or ceases to count.' },
    RULEBOOK: { description: 'A rulebook was published, withdrawn or took effect.' },
    OVERRIDE: { description: 'A tier was set by hand, or an override was ended early.' },
    PARTNER: { description: "The partner's data changed, such as its enrolment." },
  } as const satisfies Record<Trigger, { description: string }>,
});

export const DirectionType = builder.enumType('Direction', {
  description: 'Which way a tier changed.',
  values: {
    UP: { description: 'To a higher tier.' },
    DOWN: { description: 'To a lower tier.' },
    REMAPPED: { description: 'A new rulebook mapped the tier to one of its own.' },
    ENTERED: { description: 'The partner had no tier before: it was enrolled, or enrolled again.' },
    LEFT: {
      description:
        'The partner no longer has a tier: it left the programme, or the only rulebook was withdrawn.',
    },
  } as const satisfies Record<Direction, { description: string }>,
});

/** The name of each type of change in the graph. */
export const STATUS_CHANGE_TYPES = {
  TierChanged: 'TierChanged',
  SpecializationEarned: 'SpecializationEarned',
  SpecializationLapsed: 'SpecializationLapsed',
  HoldStarted: 'HoldStarted',
  HoldEnded: 'HoldEnded',
  TierAtRisk: 'TierAtRisk',
  RiskCleared: 'RiskCleared',
  HistoryRevised: 'HistoryRevised',
} as const satisfies Readonly<Record<ChangeType, string>>;

export const StatusChange = builder.interfaceRef<LogEntry>('StatusChange').implement({
  description: "An entry in a programme's log: a change of a partner's standing.",
  interfaces: [Node],
  resolveType: ({ change }) => STATUS_CHANGE_TYPES[change.detail.type],
  fields: (t) => ({
    partner: t.field({
      type: Partner,
      description: 'The partner whose standing became different.',
      resolve: async ({ partnerId }, _, context) =>
        present(await context.partners.load(partnerId), 'partner'),
    }),
    on: t.field({
      type: 'Date',
      description: 'The day judged; it never decreases for a partner.',
      resolve: ({ change }) => change.on,
    }),
    recordedAt: t.expose('recordedAt', {
      type: 'DateTime',
      description: 'The instant at which it was logged.',
    }),
    version: t.exposeInt('version', {
      description: "The number of the change among the partner's, from 1 without gaps.",
    }),
    trigger: t.field({
      type: TriggerType,
      description: 'The kind of event that caused it.',
      resolve: ({ change }) => change.trigger,
    }),
    rulebook: t.field({
      type: Rulebook,
      nullable: true,
      description: 'The rulebook that counted on the day; null if none did.',
      resolve: ({ change }, _, context) =>
        change.rulebookId === null ? null : rulebookNamed(context, change.rulebookId),
    }),
    causes: t.field({
      type: [Fact],
      description: 'The facts that caused it, at most 100.',
      extensions: { listSize: 20 },
      resolve: (entry, _, context) => causesInScope(entry, context),
    }),
    causeCount: t.int({
      description:
        'How many facts caused it, also beyond the 100 in `causes`. A viewer with the role PARTNER or INGEST that may not see all of `causes` gets the number of those that it sees.',
      resolve: async (entry, _, context) => {
        if (context.scope.partner === null && context.rights.role !== 'INGEST') return entry.causeCount;
        const { length } = await causesInScope(entry, context);
        return length < entry.causes.length ? length : entry.causeCount;
      },
    }),
    explanation: t.string({
      description: 'What changed, when and why, in a sentence or two.',
      args: localeArgs,
      resolve: async ({ change }, args, context) =>
        explainChange(change, await rulebooksOf(change, context), localeOf(args)),
    }),
    cursor: t.string({
      description: 'The place after it in the log: subscribe or list after it.',
      resolve: (entry, _, context) => cursorAfter(context, entry),
    }),
  }),
});

async function causesInScope({ causes }: LogEntry, context: Context) {
  const facts = await Promise.all(causes.map((id) => context.facts.load(id)));
  return facts.filter((fact) => fact !== null);
}

async function rulebooksOf({ rulebookId, previousRulebookId, detail }: LogEntry['change'], context: Context) {
  const named = [rulebookId, previousRulebookId, detail.type === 'TierAtRisk' ? detail.tierRulebookId : null];
  const ids = [...new Set(named)].filter((id) => id !== null);
  return Promise.all(ids.map(async (id) => (await rulebookNamed(context, id)).published));
}

builder.objectRef<Entry<'TierChanged'>>('TierChanged').implement({
  description: 'The partner rose, fell, or began or ceased to have a tier.',
  interfaces: [Node, StatusChange],
  fields: (t) => ({
    from: t.field({
      type: Tier,
      nullable: true,
      description: 'The tier before, as its rulebook defined it; null if there was none.',
      resolve: ({ change }, _, context) => tierIn(change.previousRulebookId, change.detail.from, context),
    }),
    to: t.field({
      type: Tier,
      nullable: true,
      description: 'The new tier; null if there is none.',
      resolve: ({ change }, _, context) => tierIn(change.rulebookId, change.detail.to, context),
    }),
    direction: t.field({
      type: DirectionType,
      description: 'Which way it changed.',
      resolve: ({ change }) => change.detail.direction,
    }),
    since: t.field({
      type: 'Date',
      description: 'The first day on which it is held.',
      resolve: ({ change }) => change.detail.since,
    }),
  }),
});

for (const [name, description] of [
  ['SpecializationEarned', 'The partner gained a specialization.'],
  ['SpecializationLapsed', 'The partner lost a specialization.'],
] as const) {
  builder.objectRef<Entry<'SpecializationEarned' | 'SpecializationLapsed'>>(name).implement({
    description,
    interfaces: [Node, StatusChange],
    fields: (t) => ({
      specialization: t.field({
        type: Specialization,
        description: 'The specialization, as the last rulebook that has it defines it.',
        resolve: async ({ change }, _, context) => {
          for (const id of [change.rulebookId, change.previousRulebookId]) {
            if (id === null) continue;
            const found = findSpecialization(await rulebookNamed(context, id), change.detail.specialization);
            if (found !== null) return found;
          }
          throw new Error(`No rulebook has the specialization ${change.detail.specialization}.`);
        },
      }),
      since: t.field({
        type: 'Date',
        description: 'The first day on which it is held.',
        resolve: ({ change }) => change.detail.since,
      }),
    }),
  });
}

builder.objectRef<Entry<'HoldStarted'>>('HoldStarted').implement({
  description: 'Something began to keep the effective tier from the computed one.',
  interfaces: [Node, StatusChange],
  fields: (t) => ({
    hold: t.field({
      type: Hold,
      description: 'The hold that began, with its end as far as it can be foreseen.',
      resolve: ({ change }) => change.detail.hold,
    }),
    tier: t.field({
      type: Tier,
      nullable: true,
      description: 'The effective tier on that day.',
      resolve: ({ change }, _, context) => tierIn(change.rulebookId, change.detail.tier, context),
    }),
    computedTier: t.field({
      type: Tier,
      nullable: true,
      description: 'What the data alone give on that day.',
      resolve: ({ change }, _, context) => tierIn(change.rulebookId, change.detail.computedTier, context),
    }),
  }),
});

builder.objectRef<Entry<'HoldEnded'>>('HoldEnded').implement({
  description: 'Something no longer keeps the effective tier from the computed one.',
  interfaces: [Node, StatusChange],
  fields: (t) => ({
    hold: t.field({
      type: Hold,
      description: 'The hold that ended, as it was on its last day.',
      resolve: ({ change }) => change.detail.hold,
    }),
  }),
});

builder.objectRef<Entry<'RiskCleared'>>('RiskCleared').implement({
  description: 'The tier is no longer at risk.',
  interfaces: [Node, StatusChange],
});

builder.objectRef<Entry<'HistoryRevised'>>('HistoryRevised').implement({
  description: 'The standing on days in the past was revised.',
  interfaces: [Node, StatusChange],
  fields: (t) => ({
    fromOn: t.field({
      type: 'Date',
      description: 'The first day that was revised.',
      resolve: ({ change }) => change.detail.fromOn,
    }),
    untilOn: t.field({
      type: 'Date',
      description: 'The first day after the revised ones.',
      resolve: ({ change }) => change.detail.untilOn,
    }),
  }),
});
