import type { Hold, Status, Timeline } from '../partner/status.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { compareTiers } from '../rulebook/tier-ladder.ts';
import type { Day } from '../values/day.ts';
import type { ChangeDetail, Direction } from './change.ts';

/** What a comparison looks up. */
export type Comparison = {
  readonly on: Day;
  /** What is believed now. */
  readonly timeline: Timeline;
  /**
   * Those that define the tiers of both statuses and what lies between them, ascending by `effectiveFrom`.
   */
  readonly rulebooks: readonly PublishedRulebook[];
  /** Those that count now. */
  readonly counting: readonly PublishedRulebook[];
};

/**
 * What became different from one status to the one that `timeline` has on `on`; at most one TierChanged,
 * first.
 */
export function compareStatuses(before: Status, after: Status, context: Comparison): ChangeDetail[] {
  const direction = directionOf(before, after, context.rulebooks);
  return [
    ...tierChange(before, after, direction, context),
    ...specializationChanges(before, after, context),
    ...holdChanges(before, after, direction, context.rulebooks),
    ...riskChange(before, after, direction, context),
  ];
}

/** Null when the tier has the same code as before, or there is none before and after. */
function directionOf(
  before: Status,
  after: Status,
  rulebooks: readonly PublishedRulebook[],
): Direction | null {
  const from = tierOf(before);
  const to = tierOf(after);
  if (from === null) return to === null ? null : 'ENTERED';
  return to === null ? 'LEFT' : compareTiers(rulebooks, from, to);
}

function tierChange(
  before: Status,
  after: Status,
  direction: Direction | null,
  { timeline, on }: Comparison,
): ChangeDetail[] {
  if (direction === null) return [];
  const since = runStart(timeline, on, ({ tier }) => tier === after.tier);
  return [{ type: 'TierChanged', from: before.tier, to: after.tier, direction, since }];
}

function specializationChanges(before: Status, after: Status, { timeline, on }: Comparison): ChangeDetail[] {
  const earned = after.specializations.filter((code) => !before.specializations.includes(code));
  const lapsed = before.specializations.filter((code) => !after.specializations.includes(code));
  return [
    ...earned.map((specialization): ChangeDetail => {
      const since = runStart(timeline, on, (status) => status.specializations.includes(specialization));
      return { type: 'SpecializationEarned', specialization, since };
    }),
    ...lapsed.map((specialization): ChangeDetail => {
      const since = runStart(timeline, on, (status) => !status.specializations.includes(specialization));
      return { type: 'SpecializationLapsed', specialization, since };
    }),
  ];
}

/**
 * Holds are told apart by their reasons; a new foreseen end is not a change. Only if the tier itself rose or
 * fell does a hold for the same reason with another end keep another tier, and count as another hold.
 */
function holdChanges(
  before: Status,
  after: Status,
  direction: Direction | null,
  rulebooks: readonly PublishedRulebook[],
): ChangeDetail[] {
  const isOtherTier = direction === 'UP' || direction === 'DOWN';
  const has = ({ holds }: Status, hold: Hold) =>
    holds.some(({ reason, until }) => reason === hold.reason && (!isOtherTier || until === hold.until));
  const ended = before.holds.filter((hold) => !has(after, hold));
  const started = after.holds.filter((hold) => !has(before, hold));
  const { tier, computedTier } = after;
  return [
    ...ended.map((hold): ChangeDetail => {
      const ending = isStillNeeded(before, after, direction, rulebooks) ? 'OVER' : 'NOT_NEEDED';
      return { type: 'HoldEnded', hold, ending, computedTier };
    }),
    ...started.flatMap((hold): ChangeDetail[] =>
      tier === null || computedTier === null ? [] : [{ type: 'HoldStarted', hold, tier, computedTier }],
    ),
  ];
}

/** Not if the computed tier moved towards the held one, and the held one was not lost. */
function isStillNeeded(
  before: Status,
  after: Status,
  direction: Direction | null,
  rulebooks: readonly PublishedRulebook[],
): boolean {
  const held = tierOf(before);
  const from = computedTierOf(before);
  const to = computedTierOf(after);
  if (held === null || from === null || to === null) return true;
  const isAbove = compareTiers(rulebooks, from, held) === 'UP';
  return (
    compareTiers(rulebooks, from, to) !== (isAbove ? 'UP' : 'DOWN') || direction === (isAbove ? 'DOWN' : 'UP')
  );
}

function riskChange(
  before: Status,
  after: Status,
  direction: Direction | null,
  { rulebooks, counting }: Comparison,
): ChangeDetail[] {
  const was = before.risk;
  const is = after.risk;
  // If the tier was lost, or the partner left, the risk was not averted.
  if (is === null)
    return was === null || direction === 'DOWN' || direction === 'LEFT' ? [] : [{ type: 'RiskCleared' }];
  if (after.tier === null) return [];
  const isNews =
    was === null ||
    // What was foreseen by a rulebook that is withdrawn is something else.
    !counting.some(({ id }) => id === was.rulebookId) ||
    direction === 'UP' ||
    direction === 'DOWN' ||
    is.on < was.on ||
    compareTiers(rulebooks, was, is) === 'DOWN';
  if (!isNews) return [];
  return [{ type: 'TierAtRisk', on: is.on, from: after.tier, tier: is.tier, tierRulebookId: is.rulebookId }];
}

/** The first day of the unbroken days up to `on` that are as asked; `on` itself if they began then. */
function runStart(timeline: Timeline, on: Day, isAsAsked: (status: Status) => boolean): Day {
  let start = on;
  for (const segment of timeline.toReversed()) {
    if (segment.from > on) continue;
    if (!isAsAsked(segment.status)) break;
    start = segment.from;
  }
  return start;
}

function tierOf({ rulebookId, tier }: Status): { rulebookId: string; tier: string } | null {
  return rulebookId === null || tier === null ? null : { rulebookId, tier };
}

function computedTierOf({ rulebookId, computedTier }: Status): { rulebookId: string; tier: string } | null {
  return rulebookId === null || computedTier === null ? null : { rulebookId, tier: computedTier };
}
