import { type Holdings, holdFrom, nextHoldingChangeOn, remapStretches } from '../measuring/holdings.ts';
import { entryOn } from '../partner/entry-on.ts';
import type { Membership } from '../partner/membership.ts';
import type { PartnerEntry, Start } from '../partner/partner-inputs.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { rankOf, remapTier, tierAt } from '../rulebook/tier-ladder.ts';
import { type RulebookInForce, rulebooksInForce } from '../rulebook/transition.ts';
import type { Day } from '../values/day.ts';
import { earliest } from '../values/earliest.ts';
import type { ComputedTiers } from './computed-tiers.ts';
import { advancePolicy, type PolicyContext, type PolicyState, remapPolicy, startPolicy } from './policy.ts';

/** What policy goes by, day by day. */
export type TrackInput = {
  /** Ascending by `effectiveFrom`. */
  readonly rulebooks: readonly PublishedRulebook[];
  readonly entries: readonly PartnerEntry[];
  /** What judging by the rulebook with this index says. */
  readonly computedBy: (rulebook: number) => ComputedTiers;
};

/** A membership with the tier that it starts with, null for none. */
export type Followed = Membership & { readonly start: Start | null };

/** A rulebook that counts for a partner, with what its policy holds and the floor below that. */
export type RulebookTrack = RulebookInForce & {
  readonly state: PolicyState;
  readonly floor: { readonly rank: number; readonly until: Day } | null;
  /** What policy held up to the day judged last, that day included. */
  readonly held: Holdings;
  /** The highest rank that nothing forfeits on the day judged last. */
  readonly cap: number;
};

/**
 * The tracks of the rulebooks in force at the end of a day, given those of the day before. `former` are those
 * with which the membership before this one ended: all that is taken from them is what was held.
 */
export function advanceTracks(
  tracks: readonly RulebookTrack[],
  former: readonly RulebookTrack[],
  on: Day,
  membership: Followed,
  input: TrackInput,
): RulebookTrack[] {
  return rulebooksInForce(input.rulebooks, on).map((inForce) => {
    const track = trackOn(inForce, tracks, former, on, membership, input);
    const context = contextOf(track, on, membership, input);
    const state = advancePolicy(track.state, on, context);
    const { cap } = context.computed.on(on);
    return { ...track, state, cap, held: withRank(track.held, on, state.rank) };
  });
}

/** The track of a rulebook as it begins the day, before its policy runs. */
function trackOn(
  inForce: RulebookInForce,
  before: readonly RulebookTrack[],
  former: readonly RulebookTrack[],
  on: Day,
  membership: Followed,
  input: TrackInput,
): RulebookTrack {
  const { rulebooks } = input;
  const same = before.find(({ index }) => index === inForce.index);
  if (same !== undefined) return { ...same, ...inForce, floor: floorOn(same.floor, on) };
  const newest = before.at(-1);
  const { rulebook } = rulebookAt(rulebooks, inForce.index);
  const { transition } = rulebook;
  const cap = rulebook.tiers.length - 1;
  const held = heldBefore(inForce, before, former, membership, input);
  if (newest !== undefined && transition === null) {
    const remap = (rank: number) => remapRank(rulebooks, newest.index, rank, inForce.index);
    const floor = newest.floor && { rank: remap(newest.floor.rank), until: newest.floor.until };
    return { ...inForce, state: remapPolicy(newest.state, remap), floor: floorOn(floor, on), held, cap };
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
  const isFirstDay = before.length === 0 && inForce.until === null;
  const start = isFirstDay ? startRank(membership.start, rulebookAt(rulebooks, inForce.index)) : null;
  const begun =
    start === null || membership.start === null ? held : withStart(held, membership.start.since, start);
  const computed = contextOf({ ...inForce, held: begun }, on, membership, input).computed.on(on);
  return {
    ...inForce,
    state: startPolicy(Math.min(Math.max(computed.rank, start ?? 0), computed.cap), on),
    floor: floorOn(floor, on),
    held: begun,
    cap,
  };
}

/**
 * What was held before a rulebook has a track: what it held itself before, or what the newest one did, in its
 * terms.
 */
function heldBefore(
  { index }: RulebookInForce,
  before: readonly RulebookTrack[],
  former: readonly RulebookTrack[],
  membership: Followed,
  { rulebooks }: TrackInput,
): Holdings {
  const earlier = before.length > 0 ? before : former;
  const track = earlier.find((each) => each.index === index) ?? earlier.at(-1);
  const { stretches = [], retainedFrom = membership.from } = track?.held ?? {};
  const remapped =
    track === undefined || track.index === index
      ? stretches
      : remapStretches(stretches, (rank) => remapRank(rulebooks, track.index, rank, index));
  return { stretches: remapped, retainedFrom: before.length > 0 ? retainedFrom : membership.from };
}

/** With what a partner starts: as if it had been held on every day since then. */
function withStart({ stretches, retainedFrom }: Holdings, since: Day, rank: number): Holdings {
  return { stretches: holdFrom(stretches, since, rank), retainedFrom: Math.min(retainedFrom, since) };
}

function withRank({ stretches, retainedFrom }: Holdings, on: Day, rank: number | null): Holdings {
  return { stretches: holdFrom(stretches, on, rank), retainedFrom };
}

/** The tracks at the end of a membership: from `on` on nothing is held. */
export function endTracks(tracks: readonly RulebookTrack[], on: Day): RulebookTrack[] {
  return tracks.map((track) => ({ ...track, held: withRank(track.held, on, null) }));
}

/** The rank of the tier that a partner starts with; null for none, or if no tier bears its code. */
function startRank(start: Start | null, { rulebook }: PublishedRulebook): number | null {
  const rank = rulebook.tiers.findIndex(({ code }) => code === start?.tier);
  return rank < 0 ? null : rank;
}

function floorOn(floor: RulebookTrack['floor'], on: Day): RulebookTrack['floor'] {
  return floor !== null && on < floor.until ? floor : null;
}

/** The rank of the floor of a track on the day judged last; 0 without one. */
export function floorRank({ floor, cap }: Pick<RulebookTrack, 'floor' | 'cap'>): number {
  return Math.min(floor?.rank ?? 0, cap);
}

/** The rank of what a track comes to, overrides left out. */
export function trackRank(track: RulebookTrack): number {
  return Math.max(track.state.rank, floorRank(track));
}

/** What policy looks at besides the state of the track. */
export function contextOf(
  track: Pick<RulebookTrack, 'index' | 'held'>,
  on: Day,
  membership: Membership,
  input: TrackInput,
): PolicyContext {
  const { policy, fiscalYearFirstMonth, lookback } = rulebookAt(input.rulebooks, track.index).rulebook;
  const source = input.computedBy(track.index);
  return {
    policy,
    computed: {
      on: (day) => source.on(day, track.held),
      nextChangeOn: (after) =>
        earliest([
          source.nextChangeOn(after),
          lookback === null ? null : nextHoldingChangeOn(track.held, lookback, after),
        ]),
    },
    calendar: {
      fiscalYearFirstMonth,
      enrolledOn: entryOn(input.entries, on)?.enrolledOn ?? membership.from,
    },
    memberSince: membership.from,
  };
}

/** A rank of one rulebook in terms of a later one. */
export function remapRank(
  rulebooks: readonly PublishedRulebook[],
  from: number,
  rank: number,
  to: number,
): number {
  if (from === to) return rank;
  const tier = remapTier(rulebooks, from, tierAt(rulebookAt(rulebooks, from), rank), to);
  return rankOf(rulebookAt(rulebooks, to), tier);
}

/** The rulebook with this index; throws if there is none. */
export function rulebookAt(rulebooks: readonly PublishedRulebook[], index: number): PublishedRulebook {
  const published = rulebooks[index];
  if (published === undefined) throw new Error(`There is no rulebook with index ${index}.`);
  return published;
}
