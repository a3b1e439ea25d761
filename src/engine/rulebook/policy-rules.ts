import type { Day } from '../values/day.ts';
import type { PeriodUnit } from './metric.ts';

/** A number of calendar months or of days, above zero. */
export type Duration = { readonly months: number } | { readonly days: number };

/** The days on which tiers are reviewed. */
export type ReviewCalendar =
  /** The same days each year; never 29 February. */
  | {
      readonly type: 'DAYS_OF_YEAR';
      readonly days: readonly { readonly month: number; readonly dayOfMonth: number }[];
    }
  /** The same days each month; one that a month does not have is its last day. */
  | { readonly type: 'DAYS_OF_MONTH'; readonly days: readonly number[] }
  /** `offsetDays` after the first day of each period, of the fiscal year or of the calendar. */
  | {
      readonly type: 'FISCAL' | 'CALENDAR';
      readonly unit: PeriodUnit;
      readonly offsetDays: number;
    }
  /** Each anniversary of enrolment. */
  | { readonly type: 'ANNIVERSARY' }
  /** Every so many months after the day on which policy last set the tier; of demotion only. */
  | { readonly type: 'TERM'; readonly months: number };

/**
 * What a review looks at is the computed tier of one day: so many days before the review day, 0 being the day
 * itself, or the latest day before it with this month and day of the month.
 */
export type Review = {
  readonly calendar: ReviewCalendar;
  readonly measured:
    | { readonly daysBefore: number }
    | { readonly month: number; readonly dayOfMonth: number };
};

/** With a delay a tier is gained once the computed tier has been it or higher for so long without a break. */
export type Promotion =
  | { readonly mode: 'AT_ONCE'; readonly delay: Duration | null }
  | ({ readonly mode: 'ON_REVIEW' } & Review);

/**
 * WHOLE falls to the computed tier or, by GRACE, to the highest tier whose grace is not over; ONE_STEP falls
 * one tier per review or whole grace.
 */
export type Demotion =
  | { readonly mode: 'AT_ONCE'; readonly step: 'WHOLE' }
  | ({ readonly mode: 'ON_REVIEW'; readonly step: 'WHOLE' | 'ONE_STEP' } & Review)
  | { readonly mode: 'GRACE'; readonly grace: Duration; readonly step: 'WHOLE' | 'ONE_STEP' };

/** How the tier that policy holds follows the computed one. */
export type Policy = {
  readonly promotion: Promotion;
  readonly demotion: Demotion;
  /** No demotion for so long after each promotion; null without a lock. */
  readonly lock: Duration | null;
  /** Whether a tier already held is lost or kept while its requirement is INSUFFICIENT_DATA. */
  readonly onInsufficient: 'LOSE' | 'KEEP';
  /** The effective tier is at risk when it falls within so many days; null if that isn't watched. */
  readonly atRiskDays: number | null;
};

/** What holds until before `until`, so that a new rulebook doesn't strip tiers at once. */
export type Transition = { readonly mode: 'FLOOR' | 'BOTH'; readonly until: Day };

/** Promotion and demotion at once, no lock, no watch: what holds where a rulebook has no policy. */
export const PLAIN_POLICY: Policy = {
  promotion: { mode: 'AT_ONCE', delay: null },
  demotion: { mode: 'AT_ONCE', step: 'WHOLE' },
  lock: null,
  onInsufficient: 'LOSE',
  atRiskDays: null,
};
