import type { Holdings } from '../measuring/holdings.ts';
import { memberships } from '../partner/membership.ts';
import type { Override, Start } from '../partner/partner-inputs.ts';
import type { HoldReason } from '../partner/status.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { rankOf, remapTier } from '../rulebook/tier-ladder.ts';
import type { Day } from '../values/day.ts';
import { earliest } from '../values/earliest.ts';
import { finish, type InSteps } from '../values/in-steps.ts';
import { nextPolicyEventOn, policyHolds } from './policy.ts';
import {
  advanceTracks,
  contextOf,
  endTracks,
  type Followed,
  floorRank,
  type RulebookTrack,
  remapRank,
  rulebookAt,
  type TrackInput,
  trackRank,
} from './rulebook-track.ts';

/** Everything that decides a partner's effective tier on every day. */
export type PolicyInput = TrackInput & {
  readonly overrides: readonly Override[];
  /** The tier that the first membership starts with, if any. */
  readonly start?: Start | null;
};

/** A hold, and what tells it from another one for the same reason right after it. */
export type RunningHold = { readonly reason: HoldReason; readonly run: string };

/**
 * What is decided for the days from `from` until the next period; `decided` is null while there is no tier.
 */
export type StatusPeriod = {
  readonly from: Day;
  readonly decided: {
    readonly rulebook: number;
    readonly computedRank: number;
    /** The effective tier's rank. */
    readonly rank: number;
    readonly holds: readonly RunningHold[];
    readonly specializations: readonly string[];
  } | null;
};

/** A partner's periods, and what policy held. */
export type Folded = {
  readonly periods: readonly StatusPeriod[];
  /**
   * What policy held by the rulebook with this index, as of the membership of a day; null if none did then.
   */
  readonly heldBy: (rulebook: number, on: Day) => Holdings | null;
};

/** More days of change than any partner's data can cause. Beyond it something repeats endlessly. */
const MOST_STRETCHES = 200_000;

/**
 * How often in a row policy may move because of what it held before, and nothing else. Where reviews look at
 * earlier days that may go on for ever: what a review took then keeps the tier from the next one. After so
 * many days of change the last one holds until something else happens.
 */
const MOST_ECHOES = 1_000;

/**
 * Folds policy, transitions and overrides over all days on which a partner is a member, jumping from one day
 * on which something may differ to the next. Ends when nothing can differ any more; neighbouring periods may
 * be equal.
 */
export function foldPolicy(input: PolicyInput): Folded {
  return finish(foldPolicyInSteps(input));
}

/** The same, a stretch at a time: on each of its days a whole rulebook may have to be judged. */
export function* foldPolicyInSteps(input: PolicyInput): InSteps<Folded> {
  const periods: StatusPeriod[] = [];
  const held = new Map<Followed, Map<number, Holdings>>();
  const firstRulebook = input.rulebooks[0];
  const edges = fixedEdges(input);
  const runs = memberships(input.entries).map((run, index): Followed => {
    const start = (index === 0 && input.start) || null;
    return { ...run, start: start && { ...start, since: Math.min(start.since, run.from) } };
  });
  let former: readonly RulebookTrack[] = [];
  for (const [index, membership] of firstRulebook === undefined ? [] : runs.entries()) {
    const ofMembership = new Map<number, Holdings>();
    held.set(membership, ofMembership);
    let on: Day | null = Math.max(membership.from, firstRulebook?.effectiveFrom ?? 0);
    let tracks: readonly RulebookTrack[] = [];
    let echoes = 0;
    while (on !== null && (membership.until === null || on < membership.until)) {
      tracks = advanceTracks(tracks, former, on, membership, input);
      for (const track of tracks) ofMembership.set(track.index, track.held);
      periods.push({ from: on, decided: decide(tracks, on, membership, input) });
      if (periods.length > MOST_STRETCHES) throw new Error(`Policy does not come to rest by day ${on}.`);
      const next = nextEventOn(tracks, on, membership, edges, input);
      const outside = nextOutsideEventOn(tracks, on, edges, input);
      echoes = next === outside ? 0 : echoes + 1;
      on = echoes > MOST_ECHOES ? outside : next;
      yield;
    }
    if (membership.until === null) break;
    if (tracks.length > 0) former = endTracks(tracks, membership.until);
    const hasTier = periods.at(-1)?.decided != null;
    const isFollowed = runs[index + 1]?.from === membership.until;
    if (hasTier && !isFollowed) periods.push({ from: membership.until, decided: null });
  }
  return {
    periods,
    heldBy(rulebook, day) {
      const membership = runs.findLast(({ from }) => from <= day);
      return (membership && held.get(membership)?.get(rulebook)) ?? null;
    },
  };
}

function decide(
  tracks: readonly RulebookTrack[],
  on: Day,
  membership: Followed,
  input: PolicyInput,
): StatusPeriod['decided'] {
  const newest = tracks.at(-1);
  if (newest === undefined) return null;
  const override = overrideOn(input, newest.index, on);
  // An override speaks of the newest rulebook's tiers, so that rulebook counts beside it.
  const { track, most } =
    override === null ? highestTrack(tracks, newest, input.rulebooks) : { track: newest, most: newest.cap };
  const context = contextOf(track, on, membership, input);
  const { specializations, rank: met } = context.computed.on(on);
  const computedRank = Math.min(met, most);
  const rank = override?.rank ?? Math.min(trackRank(track), most);
  const holds: RunningHold[] = [];
  if (rank !== computedRank) {
    if (override !== null && override.rank !== computedRank) {
      holds.push({ reason: 'OVERRIDE', run: override.id });
    }
    const { state } = track;
    if (floorRank(track) > computedRank) holds.push({ reason: 'TRANSITION', run: '' });
    if (trackRank(track) < computedRank || state.rank > computedRank) {
      const run = String(state.heldSince);
      holds.push(...policyHolds(state, on, context).map((reason) => ({ reason, run })));
    }
  }
  return { rulebook: track.index, computedRank, rank, holds, specializations };
}

/**
 * The track with the highest tier in terms of the newest rulebook, of equal ones the newest, and the highest
 * of its ranks that counts: what the newest rulebook forfeits no older one gives.
 */
function highestTrack(
  tracks: readonly RulebookTrack[],
  newest: RulebookTrack,
  rulebooks: readonly PublishedRulebook[],
): { readonly track: RulebookTrack; readonly most: number } {
  const counting = tracks.map((track) => {
    const { tiers } = rulebookAt(rulebooks, track.index).rulebook;
    const inNewest = tiers.map((_, rank) => remapRank(rulebooks, track.index, rank, newest.index));
    const most = inNewest.findLastIndex((rank) => rank <= newest.cap);
    return { track, most, rank: inNewest[Math.min(trackRank(track), most)] ?? -1 };
  });
  return counting.reduce((highest, each) => (each.rank >= highest.rank ? each : highest));
}

/**
 * The override of the day as a rank of the rulebook with this index; null without one, or if no tier bears
 * its code.
 */
function overrideOn(
  { overrides, rulebooks }: PolicyInput,
  index: number,
  on: Day,
): { readonly id: string; readonly rank: number } | null {
  const override = overrides.find(({ firstOn, endsOn }) => firstOn <= on && on < endsOn);
  if (override === undefined) return null;
  const origin = originOf(override, rulebooks);
  if (origin === null || origin > index) return null;
  const code = remapTier(rulebooks, origin, override.tier, index);
  return { id: override.id, rank: rankOf(rulebookAt(rulebooks, index), code) };
}

/**
 * The rulebook whose tier an override names: where the one it was set under is withdrawn, the first since it
 * began with such a tier.
 */
function originOf(
  { rulebookId, tier, firstOn }: Override,
  rulebooks: readonly PublishedRulebook[],
): number | null {
  const named = rulebooks.findIndex(({ id }) => id === rulebookId);
  if (named >= 0) return named;
  const newest = rulebooks.findLastIndex(({ effectiveFrom }) => effectiveFrom <= firstOn);
  const found = rulebooks.findIndex(
    ({ rulebook }, index) => index >= newest && rulebook.tiers.some(({ code }) => code === tier),
  );
  return found < 0 ? null : found;
}

/** The next day on which something happens that policy does not bring about itself. */
function nextOutsideEventOn(
  tracks: readonly RulebookTrack[],
  on: Day,
  edges: readonly Day[],
  { computedBy }: PolicyInput,
): Day | null {
  return earliest([
    edges.find((edge) => edge > on) ?? null,
    ...tracks.flatMap(({ index, until, floor }) => [
      until,
      floor?.until ?? null,
      computedBy(index).nextChangeOn(on),
    ]),
  ]);
}

function nextEventOn(
  tracks: readonly RulebookTrack[],
  on: Day,
  membership: Followed,
  edges: readonly Day[],
  input: PolicyInput,
): Day | null {
  return earliest([
    nextOutsideEventOn(tracks, on, edges, input),
    ...tracks.flatMap((track) => {
      const context = contextOf(track, on, membership, input);
      return [context.computed.nextChangeOn(on), nextPolicyEventOn(track.state, on, context)];
    }),
  ]);
}

/** Days known beforehand on which something begins or ends, ascending. */
function fixedEdges({ rulebooks, entries, overrides }: PolicyInput): Day[] {
  return [
    ...rulebooks.map(({ effectiveFrom }) => effectiveFrom),
    ...entries.map(({ firstOn }) => firstOn),
    ...overrides.flatMap(({ firstOn, endsOn }) => [firstOn, endsOn]),
  ].sort((a, b) => a - b);
}
