import type { Measurements } from '../measuring/measurements.ts';
import type { Fact } from '../partner/fact.ts';
import type { Status } from '../partner/status.ts';
import type { ItemAggregate, ItemDimension } from '../rulebook/metric.ts';
import type { HeldLength } from '../rulebook/rulebook.ts';
import type { Comparison } from '../values/comparison.ts';
import type { Day, DayRange } from '../values/day.ts';
import type { Fraction } from '../values/fraction.ts';
import type { LocalizedText } from '../values/language.ts';

export const OUTCOMES = ['MET', 'UNMET', 'INSUFFICIENT_DATA'] as const;
/** Three-valued: INSUFFICIENT_DATA says that the data can't decide it. */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What it takes to change a number: facts to be counted, amounts to be added, or something that no single
 * fact says.
 */
export type Grain = 'COUNT' | 'SUM' | 'OTHER';

/**
 * How a number came about. `path` names its place in the rulebook's document, for example
 * `/measures/revenue`; together with the item and its dimension, for numbers within a forEach, it is the key
 * under which counted and excluded facts are looked up.
 */
export type MeasureProof = {
  readonly path: string;
  readonly item: string | null;
  /** The field whose value the item is; what has a name may stand in forEachs over several. */
  readonly dimension: string | null;
  /** The item of a measure over items that the number is restricted to, besides; null outside of one. */
  readonly within: { readonly dimension: string; readonly item: string } | null;
  readonly name: LocalizedText;
  /**
   * A currency, `points`, `persons`, `%` (the value 1 is 100 %) or the programme's unit; null for a bare
   * number.
   */
  readonly unit: string | null;
  readonly grain: Grain;
  /** Null when the data can't decide it. */
  readonly value: Fraction | null;
  /** The data decide nothing, and the value is what the rulebook says it is then. */
  readonly assumed: boolean;
  /** What insufficient items leave open: the value lies between these. */
  readonly range: { readonly minimum: Fraction; readonly maximum: Fraction } | null;
} & (
  | {
      readonly type: 'METRIC';
      readonly window: DayRange;
      /** How many facts, persons or keys the value rests on, after every filter. */
      readonly sample: number;
      readonly minimumSample: number | null;
      /** How many answers of one respondent count at most, and how many did not for that. */
      readonly perRespondent: number | null;
      readonly limited: number;
    }
  | { readonly type: 'CONSTANT' }
  | {
      readonly type: 'OVER';
      /** What tells the items apart. */
      readonly itemsOf: ItemDimension;
      readonly aggregate: ItemAggregate;
      /** What an item has to pass to count; null if all do. */
      readonly where: { readonly comparison: Comparison; readonly required: Fraction } | null;
      /** Ascending, those that count and those that do not. */
      readonly items: readonly OverItemProof[];
    }
  | {
      readonly type: 'CALCULATION';
      readonly operator:
        | 'SUM'
        | 'MINIMUM'
        | 'MAXIMUM'
        | 'RATIO'
        | 'POINTS'
        | 'CAPPED_TOTAL'
        | 'TIMES'
        | 'LARGEST_SHARE';
      /** Of TIMES: what its part is multiplied by. */
      readonly factor: Fraction | null;
      readonly parts: readonly MeasureProof[];
      /** What cut the number; null if nothing did. */
      readonly cut: Cut | null;
    }
);

/** An item of a measure over items: whether it counts, and its number. */
export type OverItemProof = {
  readonly item: string;
  readonly isIn: Outcome;
  readonly number: MeasureProof;
};

/** A cap or a maximum share that made a number less: `uncut` is what it would be without. */
export type Cut = {
  readonly type: 'CAP' | 'SHARE';
  /** The most that counts: a number, or the share of the total that a part may be. */
  readonly limit: Fraction;
  readonly uncut: Fraction;
};

/** One way to fill the slots of a group of persons, the smallest by person. */
export type SlotProof = {
  readonly name: LocalizedText;
  readonly required: number;
  /** Persons assigned, ascending. */
  readonly persons: readonly string[];
};

/** A requirement with its outcome and everything it rests on. */
export type RequirementProof = {
  readonly path: string;
  readonly item: string | null;
  /** The field whose value the item is. */
  readonly dimension: string | null;
  readonly outcome: Outcome;
  /** The data decide nothing, and the outcome is what the rulebook says it is then. */
  readonly assumed: boolean;
} & (
  | {
      readonly type: 'THRESHOLD';
      readonly comparison: Comparison;
      readonly required: Fraction;
      readonly actual: MeasureProof;
      /**
       * The least number that can be recorded and that brings a sum or count up, or down, to what meets the
       * threshold; of other numbers how far off they are, rounded up. Where the value lies in a range, of its
       * nearest end. 0 when met, null when undecided.
       */
      readonly shortfall: Fraction | null;
    }
  | {
      /** ALL: `needed` is the number of parts; ANY: 1; AT_LEAST: n, with the mandatory parts marked. */
      readonly type: 'COMPOSITE';
      readonly rule: 'ALL' | 'ANY' | 'AT_LEAST';
      readonly needed: number;
      readonly met: number;
      readonly parts: readonly { readonly mandatory: boolean; readonly proof: RequirementProof }[];
    }
  | { readonly type: 'SPECIALIZATION'; readonly specialization: string; readonly proof: RequirementProof }
  | { readonly type: 'NAMED'; readonly name: LocalizedText; readonly proof: RequirementProof }
  | {
      readonly type: 'HELD';
      readonly tier: string;
      readonly length: HeldLength;
      /** The first of the unbroken days before this one on which policy held it or a higher tier. */
      readonly since: Day | null;
      /** On how many days before this one policy held it or a higher tier. */
      readonly days: number;
      /** The first day on which it is met if the tier is held from this day on; null if it is met. */
      readonly metOn: Day | null;
    }
  | {
      readonly type: 'PERSONS';
      readonly slots: readonly SlotProof[];
      readonly required: number;
      readonly filled: number;
    }
  | {
      readonly type: 'FOR_EACH';
      /** The field whose values the items are. */
      readonly itemsOf: string;
      readonly rule: 'ALL' | 'ANY' | 'AT_LEAST';
      readonly needed: number;
      readonly met: number;
      /** Why each is an item, and whether it meets what is asked of it. */
      readonly items: readonly {
        readonly item: string;
        readonly where: RequirementProof;
        readonly proof: RequirementProof;
      }[];
    }
);

/**
 * A tier and why it is, or is not, attained; the lowest tier has no requirement and is always MET. One at or
 * above a tier that is forfeited is UNMET.
 */
export type TierProof = {
  readonly tier: string;
  readonly outcome: Outcome;
  readonly requirement: RequirementProof | null;
  /** Null if the rulebook says nothing of it. */
  readonly retain: RequirementProof | null;
  /** Whether policy's tier of the day before was this or a higher one, so that `retain` counts too. */
  readonly isRetainable: boolean;
  /** Null if the rulebook says nothing of it. MET is what takes the tier away. */
  readonly forfeit: RequirementProof | null;
};

/**
 * A tier and the smallest parts of its requirement that are not met; none are, where only policy keeps it
 * from the partner.
 */
export type TierGap = {
  readonly tier: string;
  readonly missing: readonly RequirementProof[];
  /** What forfeits the tier, or one below it: it has to end. */
  readonly forfeits: readonly RequirementProof[];
};

/** What a rulebook that is valid beside the one that counts says. */
export type Alternative = {
  readonly rulebookId: string;
  readonly measurements: Measurements;
  readonly proof: readonly TierProof[];
};

/** The engine's verdict on a partner on a day. */
export type Standing = {
  readonly on: Day;
  readonly status: Status;
  /** Null when `status.rulebookId` is. */
  readonly measurements: Measurements | null;
  /** Highest tier first; empty when `status.rulebookId` is null. */
  readonly proof: readonly TierProof[];
  /** One per specialization, in the rulebook's order. */
  readonly specializations: readonly { readonly specialization: string; readonly proof: RequirementProof }[];
  /** What is missing for the tier above the effective one; null at the top and without a tier. */
  readonly next: TierGap | null;
  /** The same for the tier above the computed one. */
  readonly computedNext: TierGap | null;
  /** During a transition in mode BOTH: the verdicts that did not count. */
  readonly alternatives: readonly Alternative[];
  readonly nextChangeOn: Day | null;
};

export const EXCLUSION_REASONS = [
  'OUTSIDE_WINDOW',
  'EXPIRED',
  'NOT_YET_VALID',
  'FILTERED_OUT',
  'VOIDED',
  'RESPONDENT_CAP',
  'PERSON_USED_ELSEWHERE',
  'DUPLICATE_PERSON',
  'NOT_IN_FAMILY',
  'WRONG_REGION',
  'UNKNOWN_CURRENCY',
  'ALREADY_COUNTED',
  'NOT_LATEST',
  'NOT_NEEDED',
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** The facts behind one number: those of its kind that counted, and those that did not, with the reason. */
export type Evidence = {
  readonly counted: readonly Fact[];
  readonly excluded: readonly { readonly fact: Fact; readonly reason: ExclusionReason }[];
};
