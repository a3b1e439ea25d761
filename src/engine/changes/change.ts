import type { Hold } from '../partner/status.ts';
import type { Day } from '../values/day.ts';

/**
 * What set a change off: new data, the passing of days, a rulebook, an override, or the partner's own data.
 */
export const TRIGGERS = ['FACT', 'TIME', 'RULEBOOK', 'OVERRIDE', 'PARTNER'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * REMAPPED: a new rulebook mapped the tier to one of its own. ENTERED and LEFT: from or to no tier at all.
 */
export const DIRECTIONS = ['UP', 'DOWN', 'REMAPPED', 'ENTERED', 'LEFT'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * OVER: the hold ended. NOT_NEEDED: the computed tier reached the effective tier, which needs no hold any
 * more.
 */
export const HOLD_ENDINGS = ['OVER', 'NOT_NEEDED'] as const;
export type HoldEnding = (typeof HOLD_ENDINGS)[number];

/** One thing that became different about a standing. Plain JSON, so that the log stores it as it is. */
export type ChangeDetail =
  | {
      readonly type: 'TierChanged';
      readonly from: string | null;
      readonly to: string | null;
      readonly direction: Direction;
      /** The first day of the unbroken run of days with the tier `to` as now believed. */
      readonly since: Day;
    }
  | { readonly type: 'SpecializationEarned'; readonly specialization: string; readonly since: Day }
  | { readonly type: 'SpecializationLapsed'; readonly specialization: string; readonly since: Day }
  /**
   * A hold stays the same one while its reason and the tier that it keeps stay. A new foreseen end is not
   * logged.
   */
  | {
      readonly type: 'HoldStarted';
      /** Its `until` is what was foreseen when it started. */
      readonly hold: Hold;
      readonly tier: string;
      readonly computedTier: string;
    }
  | {
      readonly type: 'HoldEnded';
      /** Its `until` is what was foreseen last. */
      readonly hold: Hold;
      readonly ending: HoldEnding;
      /** Null when the partner has no tier any more. */
      readonly computedTier: string | null;
    }
  | {
      readonly type: 'TierAtRisk';
      /** The day on which the tier `from` falls to `tier` if nothing new is recorded. */
      readonly on: Day;
      readonly from: string;
      readonly tier: string;
      /** The rulebook that counts on `on`, which defines `tier`. */
      readonly tierRulebookId: string;
    }
  | { readonly type: 'RiskCleared' }
  /** Days before the judged one became different: from `fromOn` until before `untilOn`. */
  | { readonly type: 'HistoryRevised'; readonly fromOn: Day; readonly untilOn: Day };

export type ChangeType = ChangeDetail['type'];

/** A change, the day judged on which it became true, what set it off, and the rulebook in force then. */
export type Change = {
  readonly on: Day;
  readonly trigger: Trigger;
  readonly rulebookId: string | null;
  /** The rulebook in force before the change, where tier codes before it are defined. */
  readonly previousRulebookId: string | null;
  readonly detail: ChangeDetail;
};
