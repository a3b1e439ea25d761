import { readTimelineAt } from '../../src/app/reading/read-history.ts';
import type { Status, Timeline } from '../../src/engine/partner/status.ts';
import type { Day, Instant } from '../../src/engine/values/day.ts';
import { type PartnerRow, readTimelines } from '../../src/store/reading/read-partner.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { badUserInput } from '../base/errors.ts';
import { toOpaque } from '../base/list-cursor.ts';
import { rulebookNamed, specializationNamed } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';
import { Hold } from '../proofs/hold.ts';
import { inputsFor } from '../proofs/inputs.ts';
import { Risk, tierIn } from '../proofs/standing.ts';
import { Rulebook } from '../rulebooks/rulebook.ts';

/** Days in a row on which a partner's status is the same; the last ones have no end. */
export type PeriodSource = { readonly from: Day; readonly until: Day | null; readonly status: Status };

const StandingPeriod = builder.objectRef<PeriodSource>('StandingPeriod').implement({
  description:
    'A run of days on which a standing differs in its numbers at most. Future days are as they will be if nothing new is recorded.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Date', description: 'Its first day within the range asked for.' }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day after it; null if it has no end.',
    }),
    rulebook: t.field({
      type: Rulebook,
      nullable: true,
      description: 'The rulebook that counts; null after leaving.',
      resolve: ({ status }, _, context) =>
        status.rulebookId === null ? null : rulebookNamed(context, status.rulebookId),
    }),
    tier: t.field({
      type: Tier,
      nullable: true,
      description: 'The effective tier; null after leaving.',
      resolve: ({ status }, _, context) => tierIn(status.rulebookId, status.tier, context),
    }),
    computedTier: t.field({
      type: Tier,
      nullable: true,
      description: 'The highest tier whose requirement is met on these days.',
      resolve: ({ status }, _, context) => tierIn(status.rulebookId, status.computedTier, context),
    }),
    holds: t.field({
      type: [Hold],
      description: 'Everything that keeps the effective tier from the computed one, strongest first.',
      resolve: ({ status }) => status.holds,
    }),
    specializations: t.field({
      type: [Specialization],
      description: "The specializations held on these days, in the rulebook's order.",
      resolve: async ({ status: { rulebookId, specializations } }, _, context) => {
        if (rulebookId === null) return [];
        const source = await rulebookNamed(context, rulebookId);
        return specializations.map((code) => specializationNamed(source, code));
      },
    }),
    risk: t.field({
      type: Risk,
      nullable: true,
      description: 'The coming loss of the effective tier; null if none is near.',
      resolve: ({ status }) => status.risk,
    }),
  }),
});

export const StandingPeriodConnection = builder.connectionObject(
  {
    type: StandingPeriod,
    name: 'StandingPeriodConnection',
    description: 'A page of periods, with the cursors to go on from.',
  },
  { name: 'StandingPeriodEdge', description: 'A period with its place in the history.' },
);

/** Which days of a history are wanted, and as known when; null leaves it open. */
export type HistoryQuestion = {
  readonly from: Day | null;
  readonly until: Day | null;
  readonly knownAt: Instant | null;
};

/**
 * A partner's periods that have any of the wanted days, cut to them, earliest first. Throws BAD_USER_INPUT.
 */
export async function readPeriods(
  context: Context,
  row: PartnerRow,
  { from, until, knownAt }: HistoryQuestion,
): Promise<readonly PeriodSource[]> {
  if (from !== null && until !== null && until <= from) {
    throw badUserInput('`until` has to be after `from`.', 'until');
  }
  const timeline = await timelineOf(context, row, knownAt);
  const first = from ?? Number.NEGATIVE_INFINITY;
  const end = until ?? Number.POSITIVE_INFINITY;
  return timeline.flatMap((segment, index): PeriodSource[] => {
    const next = timeline[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (next <= first || segment.from >= end) return [];
    const last = Math.min(next, end);
    return [
      {
        from: Math.max(segment.from, first),
        until: last === Number.POSITIVE_INFINITY ? null : last,
        status: segment.status,
      },
    ];
  });
}

/** A period's place in a history. */
export function periodCursor({ from }: PeriodSource): string {
  return toOpaque(`day ${from}`);
}

function timelineOf(context: Context, row: PartnerRow, knownAt: Instant | null): Promise<Timeline> {
  return knownAt === null
    ? storedTimeline(context, row.id, null)
    : readTimelineAt(context.app, row, knownAt, inputsFor(context));
}

const storedTimeline = batched(async ({ scope, app }, ids: readonly string[], _: null) => {
  const timelines = await readTimelines(scope, app.database.prisma, ids);
  return ids.map((id) => timelines.get(id) ?? []);
});
