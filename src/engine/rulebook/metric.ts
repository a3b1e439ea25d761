import type { Fraction } from '../values/fraction.ts';
import type { LocalizedText } from '../values/language.ts';

export const AGGREGATES = [
  'SUM',
  'COUNT',
  'DISTINCT',
  'AVERAGE',
  'MEDIAN',
  'MINIMUM',
  'MAXIMUM',
  'LATEST',
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const PERIOD_UNITS = ['MONTH', 'QUARTER', 'HALF_YEAR', 'YEAR'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

/**
 * What tells items apart: a field of facts, or the period in which they occurred. A week begins on Monday;
 * other periods are counted from the first day of the month `firstMonth` of any year.
 */
export type ItemDimension =
  | { readonly type: 'FIELD'; readonly field: string }
  | { readonly type: 'PERIOD'; readonly unit: 'WEEK' | PeriodUnit; readonly firstMonth: number };

export const ITEM_AGGREGATES = ['COUNT', 'SUM', 'MINIMUM', 'MAXIMUM', 'AVERAGE', 'MEDIAN'] as const;
/** What a measure over items makes of their values. */
export type ItemAggregate = (typeof ITEM_AGGREGATES)[number];

/** How far back a window lies: in days or months, or by whole periods where it is made of complete ones. */
export type Shift = { readonly days: number } | { readonly months: number } | { readonly periods: number };

/**
 * Which days' facts count on a day D, by `occurredOn`; never later ones than D. With a shift it is the window
 * of an earlier day: the one before (D + 1 day) minus the shift.
 */
export type Window = Span & { readonly shift: Shift | null };

/** A window that is not shifted. */
export type Span =
  /** [(D + 1 day) minus the months, D + 1 day). */
  | { readonly type: 'TRAILING_MONTHS'; readonly months: number }
  /** The days that end with D. */
  | { readonly type: 'TRAILING_DAYS'; readonly days: number }
  /**
   * The running period so far (`last` is 0), or the last ones that had ended before D. The year begins with
   * `firstMonth`.
   */
  | {
      readonly type: 'PERIODS';
      readonly unit: PeriodUnit;
      readonly firstMonth: number;
      readonly last: number;
    }
  /** Since the latest anniversary of enrolment. */
  | { readonly type: 'ANNIVERSARY' }
  | { readonly type: 'ALL_TIME' };

/**
 * A condition on one field of a fact: `person`, `occurredOn`, `attributes.NAME` ... A field without a value
 * is in no list and passes no comparison.
 */
export type Filter = { readonly field: string } & (
  | ({ readonly type: 'IN' | 'NOT_IN' } & ListFilter)
  | {
      readonly type: 'AT_LEAST' | 'ABOVE' | 'AT_MOST' | 'BELOW';
      /** How the field's text is read; a text that can't be read so fails. */
      readonly as: 'DECIMAL' | 'DATE';
      /** The number, or the day's number. */
      readonly value: Fraction;
    }
);

/** `folded` are the same values in folded case, where case does not count. */
export type ListFilter = { readonly values: ReadonlySet<string>; readonly folded?: ReadonlySet<string> };

/** OWN: the partner's facts. FAMILY: also those of all its descendants on the judged day. */
export type Scope = 'OWN' | 'FAMILY';

/** A number counted from facts; equal ones are one object in a rulebook. */
export type Metric = {
  readonly kind: string;
  readonly where: readonly Filter[];
  readonly aggregate: Aggregate;
  /**
   * The fields whose combined values are the keys: those that DISTINCT counts, and those of which LATEST adds
   * up the latest values; empty for other aggregates, and for the one latest value.
   */
  readonly by: readonly string[];
  readonly window: Window;
  /** Only facts valid on the day: from `occurredOn` until before `expiresOn`. */
  readonly validOnly: boolean;
  readonly scope: Scope;
  /** At most so many facts of one respondent, the latest; null without a limit. */
  readonly perRespondent: number | null;
};

/** So many persons, each with a certification valid on the day that passes the filters. */
export type Slot = {
  readonly path: string;
  readonly name: LocalizedText;
  readonly count: number;
  readonly where: readonly Filter[];
};

/** Slots to be filled by different persons; `path` is the requirement's. */
export type PersonGroup = { readonly path: string; readonly scope: Scope; readonly slots: readonly Slot[] };
