import type { HoldReason } from '../partner/status.ts';
import type { Demotion, Policy, Review } from '../rulebook/policy-rules.ts';
import type { Day } from '../values/day.ts';
import { earliest } from '../values/earliest.ts';
import {
  countDay,
  endDay,
  endOf,
  type GraceDay,
  type Graces,
  graceSince,
  isGraceOver,
  NO_GRACES,
  remapGraces,
} from './grace.ts';
import { countReached, delayEnds, type ReachedSince, rankToGain, remapReached } from './promotion-delay.ts';
import { type CalendarContext, isReviewOn, latestBefore, nextReviewOn } from './review-calendar.ts';

/** What judging says about a partner on one day; tiers as ranks of one rulebook. */
export type ComputedDay = {
  readonly rank: number;
  /** Ranks of the tiers whose requirement is INSUFFICIENT_DATA. */
  readonly insufficient: ReadonlySet<number>;
  /** The highest rank that nothing forfeits. */
  readonly cap: number;
  /** Codes of those held. */
  readonly specializations: readonly string[];
};

/** What judging by one rulebook says about a partner on any day, given what policy held before it. */
export type Computed = {
  on(day: Day): ComputedDay;
  /** The first day after `after` on which it may say something else; null if it never will. */
  nextChangeOn(after: Day): Day | null;
};

/** The tier that policy holds for a partner, and its clocks. */
export type PolicyState = {
  readonly rank: number;
  /** The day on which policy last set the tier. */
  readonly heldSince: Day;
  /** The first day without the lock; null if none was ever started. */
  readonly lockedUntil: Day | null;
  /** As the next day finds them. */
  readonly graces: Graces;
  /** The day on which a grace last took one step; null if none ever did. */
  readonly steppedOn: Day | null;
  /** As of the last day that was judged. */
  readonly reachedSince: ReachedSince;
};

type DemotionOnGrace = Extract<Demotion, { readonly mode: 'GRACE' }>;

const NONE: ReadonlySet<number> = new Set();

/** Everything that policy looks at besides its own state. */
export type PolicyContext = {
  readonly policy: Policy;
  readonly computed: Computed;
  readonly calendar: Omit<CalendarContext, 'tierSetOn'>;
  /** The first day of the membership; no review looks at days before it. */
  readonly memberSince: Day;
};

/** What policy holds for a partner on its first day: the tier given, without a lock. */
export function startPolicy(rank: number, on: Day): PolicyState {
  return { rank, heldSince: on, lockedUntil: null, graces: NO_GRACES, steppedOn: null, reachedSince: [] };
}

/**
 * What policy holds on `on`, given what it held the day before: what is forfeited first, then promotion, then
 * demotion unless locked.
 */
export function advancePolicy(before: PolicyState, on: Day, context: PolicyContext): PolicyState {
  const { policy, computed } = context;
  const { rank: reached, cap } = computed.on(on);
  const state = { ...forfeit(before, cap, on), reachedSince: countReached(before.reachedSince, reached, on) };
  if (policy.demotion.mode !== 'GRACE') {
    return demote({ ...promote(state, on, context), graces: NO_GRACES }, on, context);
  }
  const today = graceDay(computed.on(on), policy);
  // Whether a tier was held is asked of the day before, so a promotion of today comes too late to count.
  // What begins today was not held the day before, also where a partner starts above the computed tier.
  const heldBefore = before.heldSince === on ? 0 : before.rank;
  const graces = countDay(state.graces, heldBefore, on, today);
  const { rank, ...rest } = demote({ ...promote(state, on, context), graces }, on, context);
  return { ...rest, rank, graces: endDay(graces, rank, on, today) };
}

/** The state in terms of another rulebook; clocks go on. */
export function remapPolicy(state: PolicyState, remap: (rank: number) => number): PolicyState {
  const { rank, graces, reachedSince } = state;
  return {
    ...state,
    rank: remap(rank),
    graces: remapGraces(graces, remap),
    reachedSince: remapReached(reachedSince, remap),
  };
}

/**
 * The first day after `on` on which policy may change its state or what holds, if the computed tier stays;
 * null if it never will.
 */
export function nextPolicyEventOn(state: PolicyState, on: Day, context: PolicyContext): Day | null {
  const { policy } = context;
  const { promotion, demotion } = policy;
  const days = [
    state.lockedUntil,
    ...(demotion.mode === 'GRACE' ? graceEnds(state, demotion) : []),
    ...(promotion.mode === 'AT_ONCE' ? delayEnds(state.reachedSince, state.rank, promotion.delay) : []),
    promotion.mode === 'ON_REVIEW'
      ? nextEffectiveReviewOn(promotion, on, state, context, (measured) => measured.rank > state.rank)
      : null,
    demotion.mode === 'ON_REVIEW'
      ? nextEffectiveReviewOn(demotion, on, state, context, (measured) =>
          isBelow(state.rank, measured, policy),
        )
      : null,
  ];
  return earliest(days.filter((day) => day !== null && day > on));
}

/** What keeps policy's tier from the computed one on `on`, strongest first; empty if they are the same. */
export function policyHolds(state: PolicyState, on: Day, context: PolicyContext): HoldReason[] {
  const { policy, computed } = context;
  const today = computed.on(on);
  if (state.rank < today.rank) return [policy.promotion.mode === 'AT_ONCE' ? 'DELAY' : 'REVIEW'];
  if (state.rank === today.rank) return [];
  const holds: HoldReason[] = [];
  if (isLocked(state, on)) holds.push('LOCK');
  const { demotion } = policy;
  const below = isBelow(state.rank, today, policy);
  if (demotion.mode === 'GRACE' && below && !isFallDue(state, on, demotion)) holds.push('GRACE');
  if (demotion.mode === 'ON_REVIEW') holds.push('REVIEW');
  if (!below) holds.push('INSUFFICIENT_DATA');
  return holds;
}

/** Takes what is forfeited for good, also under a lock, which ends with it. */
function forfeit(state: PolicyState, cap: number, on: Day): PolicyState {
  return state.rank <= cap ? state : { ...state, rank: cap, heldSince: on, lockedUntil: null };
}

function promote(state: PolicyState, on: Day, context: PolicyContext): PolicyState {
  const { promotion, lock } = context.policy;
  const due =
    promotion.mode === 'AT_ONCE'
      ? rankToGain(state.reachedSince, on, promotion.delay)
      : (reviewed(promotion, on, state, context)?.rank ?? 0);
  const rank = Math.min(due, context.computed.on(on).cap);
  if (rank <= state.rank) return state;
  const lockedUntil = lock === null ? state.lockedUntil : endOf(on, lock);
  return { ...state, rank, heldSince: on, lockedUntil };
}

function demote(state: PolicyState, on: Day, context: PolicyContext): PolicyState {
  const { demotion } = context.policy;
  if (isLocked(state, on)) return state;
  if (demotion.mode === 'GRACE') return demoteAfterGrace(state, on, context, demotion);
  const measured =
    demotion.mode === 'AT_ONCE' ? context.computed.on(on) : reviewed(demotion, on, state, context);
  if (measured === null || !isBelow(state.rank, measured, context.policy)) return state;
  const fallen = demotion.step === 'ONE_STEP' ? state.rank - 1 : measured.rank;
  const rank = Math.max(fallen, promisedRank(state, on, context));
  return rank === state.rank ? state : { ...state, rank, heldSince: on };
}

/**
 * A tier that an immediate promotion would restore on the next day, so that a review of an earlier day does
 * not remove it for one day.
 */
function promisedRank(state: PolicyState, on: Day, { policy: { promotion } }: PolicyContext): number {
  return promotion.mode === 'AT_ONCE'
    ? Math.min(state.rank, rankToGain(state.reachedSince, on, promotion.delay))
    : 0;
}

function demoteAfterGrace(
  state: PolicyState,
  on: Day,
  { computed }: PolicyContext,
  demotion: DemotionOnGrace,
): PolicyState {
  if (!isFallDue(state, on, demotion)) return state;
  if (demotion.step === 'ONE_STEP') {
    return { ...state, rank: state.rank - 1, heldSince: on, steppedOn: on };
  }
  let rank = state.rank - 1;
  while (rank > computed.on(on).rank && isGraceOver(state.graces, rank, on, demotion.grace)) rank -= 1;
  return { ...state, rank, heldSince: on };
}

/**
 * Whether the grace of the tier is over and, where tiers fall by steps, one whole grace has passed since the
 * last step.
 */
function isFallDue(state: PolicyState, on: Day, demotion: DemotionOnGrace): boolean {
  const { rank, graces, steppedOn } = state;
  if (!isGraceOver(graces, rank, on, demotion.grace)) return false;
  return demotion.step === 'WHOLE' || steppedOn === null || on >= endOf(steppedOn, demotion.grace);
}

/** The days on which the grace of the tier may be over, or the next step be allowed. */
function graceEnds({ rank, graces, steppedOn }: PolicyState, { grace, step }: DemotionOnGrace): Day[] {
  const since = graceSince(graces, rank);
  if (since === null) return [];
  return [
    endOf(since, grace),
    ...(step === 'ONE_STEP' && steppedOn !== null ? [endOf(steppedOn, grace)] : []),
  ];
}

function graceDay({ rank, insufficient }: ComputedDay, { onInsufficient }: Policy): GraceDay {
  return { computed: rank, undecided: onInsufficient === 'KEEP' ? insufficient : NONE };
}

/** What a review on `on` looks at; null if there is none on that day. */
function reviewed(
  review: Review,
  on: Day,
  { heldSince }: PolicyState,
  context: PolicyContext,
): ComputedDay | null {
  const calendar = { ...context.calendar, tierSetOn: heldSince };
  if (!isReviewOn(review.calendar, on, calendar)) return null;
  return context.computed.on(measuredOn(review, on, context));
}

function measuredOn({ measured }: Review, on: Day, { memberSince }: PolicyContext): Day {
  const day = 'daysBefore' in measured ? on - measured.daysBefore : latestBefore(on, measured);
  return Math.max(day, memberSince);
}

/**
 * The next review that changes something, if the computed tier stays; null if all until it changes would only
 * confirm the tier.
 */
function nextEffectiveReviewOn(
  review: Review,
  on: Day,
  { heldSince }: PolicyState,
  context: PolicyContext,
  matters: (measured: ComputedDay) => boolean,
): Day | null {
  const { computed } = context;
  const calendar = { ...context.calendar, tierSetOn: heldSince };
  const changesOn = computed.nextChangeOn(on);
  let day = nextReviewOn(review.calendar, on, calendar);
  while (changesOn === null || day < changesOn) {
    const lookedAt = measuredOn(review, day, context);
    if (matters(computed.on(lookedAt))) return day;
    // From here on the computed tier stays, so only reviews that look at days before can differ from the last
    // one tried.
    if (lookedAt >= on) return null;
    day = nextReviewOn(review.calendar, day, calendar);
  }
  return null;
}

/** Whether the tier is no longer met. A tier that the data do not decide counts as met if policy says so. */
function isBelow(rank: number, day: ComputedDay, { onInsufficient }: Policy): boolean {
  return day.rank < rank && !(onInsufficient === 'KEEP' && day.insufficient.has(rank));
}

function isLocked({ lockedUntil }: PolicyState, on: Day): boolean {
  return lockedUntil !== null && on < lockedUntil;
}
