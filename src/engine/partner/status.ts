import type { Day } from '../values/day.ts';

/**
 * Why a partner's effective tier is not the computed one, strongest first: the first that applies decides.
 * DELAY: a higher tier has not been met for long enough yet. INSUFFICIENT_DATA: the rulebook keeps a tier
 * already held while the data can't decide it.
 */
export const HOLD_REASONS = [
  'OVERRIDE',
  'TRANSITION',
  'LOCK',
  'GRACE',
  'DELAY',
  'REVIEW',
  'INSUFFICIENT_DATA',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** `until` is the first day without the hold; null when it has no foreseeable end. */
export type Hold = { readonly reason: HoldReason; readonly until: Day | null };

/**
 * If nothing new is recorded the effective tier falls on `on` to `tier`, which is a tier of the rulebook that
 * counts then.
 */
export type Risk = { readonly on: Day; readonly tier: string; readonly rulebookId: string };

/**
 * The part of a standing that decides whether it changed. Plain JSON, stored as it is. Before enrolment,
 * after leaving and before the first rulebook `rulebookId`, `tier` and `computedTier` are null and the lists
 * empty.
 */
export type Status = {
  readonly rulebookId: string | null;
  readonly computedTier: string | null;
  /** The effective tier. */
  readonly tier: string | null;
  /** Everything that keeps `tier` from `computedTier`, strongest first; empty if nothing does. */
  readonly holds: readonly Hold[];
  /** Codes of the specializations held, in the rulebook's order. */
  readonly specializations: readonly string[];
  readonly risk: Risk | null;
};

export const NO_STATUS: Status = {
  rulebookId: null,
  computedTier: null,
  tier: null,
  holds: [],
  specializations: [],
  risk: null,
};

/** The status from `from` until before the next segment's `from`. */
export type Segment = { readonly from: Day; readonly status: Status };

/**
 * A partner's statuses over all days, past and to come, if nothing new is recorded: ascending, neighbours
 * differ, the first segment begins on the first day with a status that is not NO_STATUS (empty when there
 * never is one), the last one holds for ever. Plain JSON.
 */
export type Timeline = readonly Segment[];
