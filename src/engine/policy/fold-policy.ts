import { entryOn } from '../partner/entry-on.ts';
import { memberships } from '../partner/membership.ts';
import type { Override, PartnerEntry } from '../partner/partner-case.ts';
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

/** What is decided for the days from `from` until the next stretch; `decided` is null while there is no tier. */
export type Stretch = {
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
type Lane = RulebookInForce & {
  readonly state: PolicyState;
  readonly floor: { readonly rank: number; readonly until: Day } | null;
};

/** More days of change than any partner's data can cause; past it something repeats for ever. */
const MOST_STRETCHES = 200_000;

/**
 * Folds policy, transitions and overrides over all days on which a partner is a member, jumping from one day on which
 * something may differ to the next. Ends when nothing can differ any more; neighbouring stretches may be equal.
 */
export function foldPolicy(input: PolicyInput): Stretch[] {
  return finish(foldPolicyInSteps(input));
}

/** The same, a stretch at a time: on each of its days a whole rulebook may have to be judged. */
export function* foldPolicyInSteps(input: PolicyInput): InSteps<Stretch[]> {
  const stretches: Stretch[] = [];
  const firstRulebook = input.rulebooks[0];
  if (firstRulebook === undefined) return stretches;
  const edges = fixedEdges(input);
  const runs = memberships(input.entries);
  for (const [index, membership] of runs.entries()) {
    let on: Day | null = Math.max(membership.from, firstRulebook.effectiveFrom);
    let lanes: readonly Lane[] = [];
    while (on !== null && (membership.until === null || on < membership.until)) {
      lanes = advanceLanes(lanes, on, membership.from, input);
      stretches.push({ from: on, decided: decide(lanes, on, membership.from, input) });
      if (stretches.length > MOST_STRETCHES) throw new Error(`Policy does not come to rest by day ${on}.`);
      on = nextEventOn(lanes, on, membership.from, edges, input);
      yield;
    }
    const hasTier = stretches.at(-1)?.decided != null;
    const isFollowed = runs[index + 1]?.from === membership.until;
    if (membership.until !== null && hasTier && !isFollowed) {
      stretches.push({ from: membership.until, decided: null });
    }
  }
  return stretches;
}

function advanceLanes(lanes: readonly Lane[], on: Day, memberSince: Day, input: PolicyInput): Lane[] {
  return rulebooksInForce(input.rulebooks, on).map((inForce) => {
    const lane = laneOn(inForce, lanes, on, input);
    return {
      ...lane,
      state: advancePolicy(lane.state, on, contextOf(inForce.index, on, memberSince, input)),
    };
  });
}

/** The lane of a rulebook as it begins the day, before its policy runs. */
function laneOn(inForce: RulebookInForce, before: readonly Lane[], on: Day, input: PolicyInput): Lane {
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
            ...before.map((lane) => remapRank(rulebooks, lane.index, laneRank(lane), inForce.index)),
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

function floorOn(floor: Lane['floor'], on: Day): Lane['floor'] {
  return floor !== null && on < floor.until ? floor : null;
}

function laneRank({ state, floor }: Lane): number {
  return Math.max(state.rank, floor?.rank ?? 0);
}

function decide(lanes: readonly Lane[], on: Day, memberSince: Day, input: PolicyInput): Stretch['decided'] {
  const newest = lanes.at(-1);
  if (newest === undefined) return null;
  const override = overrideOn(input, newest.index, on);
  // An override speaks of the newest rulebook's tiers, so that rulebook counts beside it.
  const lane = override === null ? highestLane(lanes, newest, input.rulebooks) : newest;
  const computed = input.computedBy(lane.index).on(on);
  const rank = override?.rank ?? laneRank(lane);
  const holds: RunningHold[] = [];
  if (rank !== computed.rank) {
    if (override !== null && override.rank !== computed.rank) {
      holds.push({ reason: 'OVERRIDE', run: override.id });
    }
    const { floor, state } = lane;
    if (floor !== null && floor.rank > computed.rank) holds.push({ reason: 'TRANSITION', run: '' });
    if (laneRank(lane) < computed.rank || state.rank > computed.rank) {
      const run = String(state.heldSince);
      const reasons = policyHolds(state, on, contextOf(lane.index, on, memberSince, input));
      holds.push(...reasons.map((reason) => ({ reason, run })));
    }
  }
  const { specializations } = computed;
  return { rulebook: lane.index, computedRank: computed.rank, rank, holds, specializations };
}

/** The lane with the highest tier in terms of the newest rulebook; of equal ones the newest. */
function highestLane(lanes: readonly Lane[], newest: Lane, rulebooks: readonly PublishedRulebook[]): Lane {
  const rank = (lane: Lane) => remapRank(rulebooks, lane.index, laneRank(lane), newest.index);
  return lanes.reduce((highest, lane) => (rank(lane) >= rank(highest) ? lane : highest));
}

/** The override of the day as a rank of the rulebook with this index; null without one, or if no tier bears its code. */
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

/** The rulebook whose tier an override names: where the one it was set under is withdrawn, the first since it began with such a tier. */
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
  lanes: readonly Lane[],
  on: Day,
  memberSince: Day,
  edges: readonly Day[],
  input: PolicyInput,
): Day | null {
  return earliest([
    edges.find((edge) => edge > on) ?? null,
    ...lanes.flatMap((lane) => [
      lane.until,
      lane.floor?.until ?? null,
      input.computedBy(lane.index).nextChangeOn(on),
      nextPolicyEventOn(lane.state, on, contextOf(lane.index, on, memberSince, input)),
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
