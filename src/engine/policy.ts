import { addMonths, type Day } from './day.ts';
import { earliest } from './earliest.ts';
import type { Duration, Policy, Review } from './policy-rules.ts';
import { type CalendarContext, isReviewOn, nextReviewOn } from './review-calendar.ts';
import type { HoldReason } from './status.ts';

/** What judging says about a partner on one day; tiers as ranks of one rulebook. */
export type ComputedDay = {
  readonly rank: number;
  /** Ranks of the tiers whose requirement is INSUFFICIENT_DATA. */
  readonly insufficient: ReadonlySet<number>;
  /** Codes of those held. */
  readonly specializations: readonly string[];
};

/** What judging by one rulebook says about a partner on any day. */
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
  /** The unbroken days below the tier so far, and the highest tier met on them; null while a grace doesn't run. */
  readonly grace: { readonly since: Day; readonly best: number } | null;
};

/** Everything that policy looks at besides its own state. */
export type PolicyContext = {
  readonly policy: Policy;
  readonly computed: Computed;
  readonly calendar: CalendarContext;
  /** The first day of the membership; no review looks at days before it. */
  readonly memberSince: Day;
};

/** What policy holds for a partner on its first day: the computed tier, without a lock. */
export function startPolicy(rank: number, on: Day): PolicyState {
  return { rank, heldSince: on, lockedUntil: null, grace: null };
}

/** What policy holds on `on`, given what it held the day before: promotion first, then demotion unless locked. */
export function advancePolicy(state: PolicyState, on: Day, context: PolicyContext): PolicyState {
  return demote(promote(state, on, context), on, context);
}

/** The state in terms of another rulebook; clocks go on. */
export function remapPolicy(state: PolicyState, remap: (rank: number) => number): PolicyState {
  const grace = state.grace && { since: state.grace.since, best: remap(state.grace.best) };
  return { ...state, rank: remap(state.rank), grace };
}

/** The first day after `on` on which policy may change its state or what holds, if the computed tier stays; null if it never will. */
export function nextPolicyEventOn(state: PolicyState, on: Day, context: PolicyContext): Day | null {
  const { policy } = context;
  const { promotion, demotion } = policy;
  const days = [
    state.lockedUntil,
    demotion.mode === 'GRACE' && state.grace !== null ? endOf(state.grace.since, demotion.grace) : null,
    promotion.mode === 'ON_REVIEW'
      ? nextEffectiveReviewOn(promotion, on, context, (measured) => measured.rank > state.rank)
      : null,
    demotion.mode === 'ON_REVIEW'
      ? nextEffectiveReviewOn(demotion, on, context, (measured) => isBelow(state.rank, measured, policy))
      : null,
  ];
  return earliest(days.filter((day) => day !== null && day > on));
}

/** What keeps policy's tier from the computed one on `on`, strongest first; empty if they are the same. */
export function policyHolds(state: PolicyState, on: Day, context: PolicyContext): HoldReason[] {
  const { policy, computed } = context;
  const today = computed.on(on);
  if (state.rank < today.rank) return ['REVIEW'];
  if (state.rank === today.rank) return [];
  const holds: HoldReason[] = [];
  if (isLocked(state, on)) holds.push('LOCK');
  if (
    policy.demotion.mode === 'GRACE' &&
    state.grace !== null &&
    on < endOf(state.grace.since, policy.demotion.grace)
  ) {
    holds.push('GRACE');
  }
  if (policy.demotion.mode === 'ON_REVIEW') holds.push('REVIEW');
  if (!isBelow(state.rank, today, policy)) holds.push('INSUFFICIENT_DATA');
  return holds;
}

function promote(state: PolicyState, on: Day, context: PolicyContext): PolicyState {
  const { promotion, lock } = context.policy;
  const measured = promotion.mode === 'AT_ONCE' ? context.computed.on(on) : reviewed(promotion, on, context);
  if (measured === null || measured.rank <= state.rank) return state;
  const lockedUntil = lock === null ? state.lockedUntil : endOf(on, lock);
  return { rank: measured.rank, heldSince: on, lockedUntil, grace: null };
}

function demote(state: PolicyState, on: Day, context: PolicyContext): PolicyState {
  const { demotion } = context.policy;
  if (demotion.mode === 'GRACE') return demoteAfterGrace(state, on, context, demotion.grace, demotion.step);
  const measured = demotion.mode === 'AT_ONCE' ? context.computed.on(on) : reviewed(demotion, on, context);
  const rested = state.grace === null ? state : { ...state, grace: null };
  if (measured === null || isLocked(state, on) || !isBelow(state.rank, measured, context.policy))
    return rested;
  const fallen = demotion.step === 'ONE_STEP' ? state.rank - 1 : measured.rank;
  const rank = Math.max(fallen, promisedRank(state, on, context));
  return rank === state.rank ? rested : { ...rested, rank, heldSince: on };
}

/** What a promotion at once would give back on the next day, so that a review of an earlier day doesn't take it for one day. */
function promisedRank(state: PolicyState, on: Day, { policy, computed }: PolicyContext): number {
  return policy.promotion.mode === 'AT_ONCE' ? Math.min(state.rank, computed.on(on).rank) : 0;
}

function demoteAfterGrace(
  state: PolicyState,
  on: Day,
  { policy, computed }: PolicyContext,
  length: Duration,
  step: 'WHOLE' | 'ONE_STEP',
): PolicyState {
  const today = computed.on(on);
  if (!isBelow(state.rank, today, policy)) return state.grace === null ? state : { ...state, grace: null };
  const since = state.grace?.since ?? on;
  const best = Math.max(state.grace?.best ?? 0, today.rank);
  if (on < endOf(since, length) || isLocked(state, on)) return { ...state, grace: { since, best } };
  const rank = step === 'ONE_STEP' ? Math.max(state.rank - 1, best) : best;
  const grace = isBelow(rank, today, policy) ? { since: on, best: today.rank } : null;
  // Where a remap made the tier one of those met meanwhile, the tier stays, and so does the hold: only its end moves.
  return { ...state, rank, heldSince: rank === state.rank ? state.heldSince : on, grace };
}

/** What a review on `on` looks at; null if there is none on that day. */
function reviewed(review: Review, on: Day, context: PolicyContext): ComputedDay | null {
  if (!isReviewOn(review.calendar, on, context.calendar)) return null;
  return context.computed.on(measuredOn(review, on, context));
}

function measuredOn(review: Review, on: Day, { memberSince }: PolicyContext): Day {
  return Math.max(on - review.measuredDaysBefore, memberSince);
}

/** The next review that changes something, if the computed tier stays; null if all until it changes would only confirm the tier. */
function nextEffectiveReviewOn(
  review: Review,
  on: Day,
  context: PolicyContext,
  matters: (measured: ComputedDay) => boolean,
): Day | null {
  const { computed, calendar } = context;
  const changesOn = computed.nextChangeOn(on);
  let day = nextReviewOn(review.calendar, on, calendar);
  while (changesOn === null || day < changesOn) {
    const lookedAt = measuredOn(review, day, context);
    if (matters(computed.on(lookedAt))) return day;
    // From here on the computed tier stays, so only reviews that look at days before can differ from the last one tried.
    if (lookedAt >= on) return null;
    day = nextReviewOn(review.calendar, day, calendar);
  }
  return null;
}

/** Whether the tier isn't met any more; a tier that the data can't decide is, where policy says so. */
function isBelow(rank: number, day: ComputedDay, { onInsufficient }: Policy): boolean {
  return day.rank < rank && !(onInsufficient === 'KEEP' && day.insufficient.has(rank));
}

function isLocked({ lockedUntil }: PolicyState, on: Day): boolean {
  return lockedUntil !== null && on < lockedUntil;
}

function endOf(from: Day, length: Duration): Day {
  return 'months' in length ? addMonths(from, length.months) : from + length.days;
}
