import { entryOn } from '../partner/entry-on.ts';
import { memberships } from '../partner/membership.ts';
import type { Override, PartnerEntry } from '../partner/partner-inputs.ts';
import type { HoldReason } from '../partner/status.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { rankOf, remapTier, tierAt } from '../rulebook/tier-ladder.ts';
import { type RulebookInForce, rulebooksInForce } from '../rulebook/transition.ts';
import type { Day } from '../values/day.ts';
import { earliest } from '../values/earliest.ts';
import { finish, type InSteps } from '../values/in-steps.ts';
import {
  advancePolicy,
  type Computed,
  nextPolicyEventOn,
  type PolicyContext,
  type PolicyState,
  policyHolds,
  remapPolicy,
  startPolicy,
} from './policy.ts';

/** Everything that decides a partner's effective tier on every day. */
export type PolicyInput = {
  /** Ascending by `effectiveFrom`. */
  readonly rulebooks: readonly PublishedRulebook[];
  readonly entries: readonly PartnerEntry[];
  readonly overrides: readonly Override[];
  /** What judging by the rulebook with this index says. */
  readonly computedBy: (rulebook: number) => Computed;
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

/** A rulebook that counts for a partner, with what its policy holds and the floor below that. */
type RulebookTrack = RulebookInForce & {
  readonly state: PolicyState;
  readonly floor: { readonly rank: number; readonly until: Day } | null;
};

/** More days of change than any partner's data can cause. Beyond it something repeats endlessly. */
const MOST_STRETCHES = 200_000;

/**
 * Folds policy, transitions and overrides over all days on which a partner is a member, jumping from one day
 * on which something may differ to the next. Ends when nothing can differ any more; neighbouring periods may
 * be equal.
 */
export function foldPolicy(input: PolicyInput): StatusPeriod[] {
  return finish(foldPolicyInSteps(input));
}

/** The same, a stretch at a time: on each of its days a whole rulebook may have to be judged. */
export function* foldPolicyInSteps(input: PolicyInput): InSteps<StatusPeriod[]> {
  const periods: StatusPeriod[] = [];
  const firstRulebook = input.rulebooks[0];
  if (firstRulebook === undefined) return periods;
  const edges = fixedEdges(input);
  const runs = memberships(input.entries);
  for (const [index, membership] of runs.entries()) {
    let on: Day | null = Math.max(membership.from, firstRulebook.effectiveFrom);
    let tracks: readonly RulebookTrack[] = [];
    while (on !== null && (membership.until === null || on < membership.until)) {
      tracks = advanceTracks(tracks, on, membership.from, input);
      periods.push({ from: on, decided: decide(tracks, on, membership.from, input) });
      if (periods.length > MOST_STRETCHES) throw new Error(`Policy does not come to rest by day ${on}.`);
      on = nextEventOn(tracks, on, membership.from, edges, input);
      yield;
    }
    const hasTier = periods.at(-1)?.decided != null;
    const isFollowed = runs[index + 1]?.from === membership.until;
    if (membership.until !== null && hasTier && !isFollowed) {
      periods.push({ from: membership.until, decided: null });
    }
  }
  return periods;
}

function advanceTracks(
  tracks: readonly RulebookTrack[],
  on: Day,
  memberSince: Day,
  input: PolicyInput,
): RulebookTrack[] {
  return rulebooksInForce(input.rulebooks, on).map((inForce) => {
    const track = trackOn(inForce, tracks, on, input);
    return {
      ...track,
      state: advancePolicy(track.state, on, contextOf(inForce.index, on, memberSince, input)),
    };
  });
}

/** The track of a rulebook as it begins the day, before its policy runs. */
function trackOn(
  inForce: RulebookInForce,
  before: readonly RulebookTrack[],
  on: Day,
  input: PolicyInput,
): RulebookTrack {
  const { rulebooks, computedBy } = input;
  const same = before.find(({ index }) => index === inForce.index);
  if (same !== undefined) return { ...same, ...inForce, floor: floorOn(same.floor, on) };
  const newest = before.at(-1);
  const published = rulebookAt(rulebooks, inForce.index);
  const { transition } = published.rulebook;
  if (newest !== undefined && transition === null) {
    const remap = (rank: number) => remapRank(rulebooks, newest.index, rank, inForce.index);
    const floor = newest.floor && { rank: remap(newest.floor.rank), until: newest.floor.until };
    return { ...inForce, state: remapPolicy(newest.state, remap), floor: floorOn(floor, on) };
  }
  const floor =
    transition?.mode === 'FLOOR' && before.length > 0
      ? {
          rank: Math.max(
            ...before.map((track) => remapRank(rulebooks, track.index, trackRank(track), inForce.index)),
          ),
          until: transition.until,
        }
      : null;
  return {
    ...inForce,
    state: startPolicy(computedBy(inForce.index).on(on).rank, on),
    floor: floorOn(floor, on),
  };
}

function floorOn(floor: RulebookTrack['floor'], on: Day): RulebookTrack['floor'] {
  return floor !== null && on < floor.until ? floor : null;
}

function trackRank({ state, floor }: RulebookTrack): number {
  return Math.max(state.rank, floor?.rank ?? 0);
}

function decide(
  tracks: readonly RulebookTrack[],
  on: Day,
  memberSince: Day,
  input: PolicyInput,
): StatusPeriod['decided'] {
  const newest = tracks.at(-1);
  if (newest === undefined) return null;
  const override = overrideOn(input, newest.index, on);
  // An override speaks of the newest rulebook's tiers, so that rulebook counts beside it.
  const track = override === null ? highestTrack(tracks, newest, input.rulebooks) : newest;
  const computed = input.computedBy(track.index).on(on);
  const rank = override?.rank ?? trackRank(track);
  const holds: RunningHold[] = [];
  if (rank !== computed.rank) {
    if (override !== null && override.rank !== computed.rank) {
      holds.push({ reason: 'OVERRIDE', run: override.id });
    }
    const { floor, state } = track;
    if (floor !== null && floor.rank > computed.rank) holds.push({ reason: 'TRANSITION', run: '' });
    if (trackRank(track) < computed.rank || state.rank > computed.rank) {
      const run = String(state.heldSince);
      const reasons = policyHolds(state, on, contextOf(track.index, on, memberSince, input));
      holds.push(...reasons.map((reason) => ({ reason, run })));
    }
  }
  const { specializations } = computed;
  return { rulebook: track.index, computedRank: computed.rank, rank, holds, specializations };
}

/** The track with the highest tier in terms of the newest rulebook; of equal ones the newest. */
function highestTrack(
  tracks: readonly RulebookTrack[],
  newest: RulebookTrack,
  rulebooks: readonly PublishedRulebook[],
): RulebookTrack {
  const rank = (track: RulebookTrack) => remapRank(rulebooks, track.index, trackRank(track), newest.index);
  return tracks.reduce((highest, track) => (rank(track) >= rank(highest) ? track : highest));
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

function nextEventOn(
  tracks: readonly RulebookTrack[],
  on: Day,
  memberSince: Day,
  edges: readonly Day[],
  input: PolicyInput,
): Day | null {
  return earliest([
    edges.find((edge) => edge > on) ?? null,
    ...tracks.flatMap((track) => [
      track.until,
      track.floor?.until ?? null,
      input.computedBy(track.index).nextChangeOn(on),
      nextPolicyEventOn(track.state, on, contextOf(track.index, on, memberSince, input)),
    ]),
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

function contextOf(index: number, on: Day, memberSince: Day, input: PolicyInput): PolicyContext {
  const { policy, fiscalYearFirstMonth } = rulebookAt(input.rulebooks, index).rulebook;
  const enrolledOn = entryOn(input.entries, on)?.enrolledOn ?? memberSince;
  return {
    policy,
    computed: input.computedBy(index),
    calendar: { fiscalYearFirstMonth, enrolledOn },
    memberSince,
  };
}

function remapRank(rulebooks: readonly PublishedRulebook[], from: number, rank: number, to: number): number {
  if (from === to) return rank;
  const tier = remapTier(rulebooks, from, tierAt(rulebookAt(rulebooks, from), rank), to);
  return rankOf(rulebookAt(rulebooks, to), tier);
}

function rulebookAt(rulebooks: readonly PublishedRulebook[], index: number): PublishedRulebook {
  const published = rulebooks[index];
  if (published === undefined) throw new Error(`There is no rulebook with index ${index}.`);
  return published;
}
