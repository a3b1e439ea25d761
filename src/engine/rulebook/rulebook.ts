import type { Comparison } from '../values/comparison.ts';
import type { Day } from '../values/day.ts';
import type { Fraction } from '../values/fraction.ts';
import type { LocalizedText } from '../values/language.ts';
import type { ItemAggregate, ItemDimension, Metric, PersonGroup } from './metric.ts';
import type { Policy, Transition } from './policy-rules.ts';
import type { Scenario } from './scenario.ts';

/** What a number may differ by: a partner's region, its country, or an attribute of it. */
export type Characteristic = 'region' | 'country' | `attributes.${string}`;

/** A number that may differ from partner to partner; values that are not listed have the default. */
export type VariedNumber = {
  readonly default: Fraction;
  readonly by: Characteristic;
  readonly values: ReadonlyMap<string, Fraction>;
};

/** How a value earns points, before the cap; nothing below zero. */
export type PointScale =
  /** `points` for each `per`, in proportion. */
  | { readonly type: 'LINEAR'; readonly points: VariedNumber; readonly per: Fraction }
  /** `points` for each whole `per`. */
  | { readonly type: 'WHOLE_UNITS'; readonly points: VariedNumber; readonly per: Fraction }
  /** The points of the last step reached, 0 before the first; ascending. */
  | {
      readonly type: 'STEPS';
      readonly steps: readonly { readonly atLeast: Fraction; readonly points: Fraction }[];
    };

/**
 * A number that requirements compare. `path` is its place in the document: for a named one `/measures/NAME`.
 */
export type Measure = {
  readonly path: string;
  readonly name: LocalizedText;
  /** A currency, `points`, `persons`, `%` (1 is 100 %) or the programme's unit; null for a bare number. */
  readonly unit: string | null;
  /** The number where the data decide none; null where it stays undecided. */
  readonly otherwise: Fraction | null;
} & (
  | { readonly type: 'METRIC'; readonly metric: Metric; readonly minimumSample: number | null }
  | { readonly type: 'CONSTANT'; readonly value: VariedNumber }
  | { readonly type: 'SUM' | 'MINIMUM' | 'MAXIMUM'; readonly parts: readonly Measure[] }
  | { readonly type: 'RATIO'; readonly parts: readonly [of: Measure, to: Measure] }
  | {
      readonly type: 'POINTS';
      readonly parts: readonly [of: Measure];
      readonly scale: PointScale;
      readonly cap: Fraction | null;
    }
  /**
   * The largest total of parts counted at most in full in which none is more than `maximumShare` of the
   * total.
   */
  | { readonly type: 'CAPPED_TOTAL'; readonly parts: readonly Measure[]; readonly maximumShare: Fraction }
  /** The only part, `factor` times; a part of a sum. */
  | { readonly type: 'TIMES'; readonly parts: readonly [of: Measure]; readonly factor: Fraction }
  /** The greatest part divided by the sum of all; 0 if the sum is 0. */
  | { readonly type: 'LARGEST_SHARE'; readonly parts: readonly Measure[] }
  /**
   * The values of `of`, restricted to the facts of each item for which they pass `where`, taken together. An
   * item is there while a metric of `of` counts a fact in it.
   */
  | {
      readonly type: 'OVER';
      readonly dimension: ItemDimension;
      readonly of: Measure;
      readonly where: { readonly comparison: Comparison; readonly required: VariedNumber } | null;
      readonly aggregate: ItemAggregate;
      /** What is measured for each item. */
      readonly scope: MeasuringScope;
    }
);

/** A measure over items. */
export type OverMeasure = Extract<Measure, { readonly type: 'OVER' }>;

/** ALL: every one; ANY: one; AT_LEAST: `needed` of them. */
export type Quantifier =
  | { readonly rule: 'ALL' | 'ANY' }
  | { readonly rule: 'AT_LEAST'; readonly needed: number };

/** What all requirements have. */
type Common = {
  /** Its place in the document. */
  readonly path: string;
  /** The outcome where the data decide none; null where it stays undecided. */
  readonly otherwise: 'MET' | 'UNMET' | null;
};

export type Threshold = Common & {
  readonly type: 'THRESHOLD';
  readonly measure: Measure;
  readonly comparison: Comparison;
  readonly required: VariedNumber;
};

export type ForEach = Common & {
  readonly type: 'FOR_EACH';
  /** The field whose values are the items. */
  readonly dimension: string;
  /** An item is a value for which this is met. */
  readonly where: Threshold;
  readonly quantifier: Quantifier;
  /** Judged with every metric and group of persons restricted to the item's facts; holds no other forEach. */
  readonly body: Requirement;
};

/** Without a break over so many months before the day, or on so many days before it in all. */
export type HeldLength =
  | { readonly for: { readonly months: number } }
  | { readonly total: { readonly days: number } };

/** A condition over measures, persons, specializations and the tiers held before. */
export type Requirement =
  | Threshold
  | (Common & {
      readonly type: 'COMPOSITE';
      readonly quantifier: Quantifier;
      readonly parts: readonly { readonly mandatory: boolean; readonly requirement: Requirement }[];
    })
  | (Common & { readonly type: 'SPECIALIZATION'; readonly specialization: string })
  | (Common & { readonly type: 'PERSONS'; readonly group: PersonGroup })
  /** As if the named one were written here. */
  | (Common & { readonly type: 'NAMED'; readonly named: NamedRequirement })
  /** Policy's tier has been this or a higher one for so long. */
  | (Common & { readonly type: 'HELD'; readonly tier: string; readonly length: HeldLength })
  | ForEach;

/** A requirement that others use by its name; one object wherever it is used. */
export type NamedRequirement = {
  /** Its key in the document. */
  readonly key: string;
  readonly name: LocalizedText;
  readonly requirement: Requirement;
};

/** A ranked status; only the lowest has no requirement. */
export type Tier = {
  readonly code: string;
  readonly name: LocalizedText;
  readonly requirement: Requirement | null;
  /** What suffices too where policy's tier of the day before is this or a higher one; null for nothing. */
  readonly retain: Requirement | null;
  /** While it is met the partner is below this tier; null for nothing. */
  readonly forfeit: Requirement | null;
};

/** A credential of the partner in a field. */
export type Specialization = {
  readonly code: string;
  readonly name: LocalizedText;
  readonly requirement: Requirement;
};

/**
 * From `from` on, these amounts are worth the same; every table lists the same currencies, the programme's
 * among them.
 */
export type CurrencyTable = { readonly from: Day; readonly equal: ReadonlyMap<string, Fraction> };

/**
 * Every distinct number and group of persons that one scope of a rulebook asks for, with its place among the
 * readings.
 */
export type MeasuringScope = {
  readonly metrics: ReadonlyMap<Metric, number>;
  readonly groups: ReadonlyMap<PersonGroup, number>;
  readonly overs: ReadonlyMap<OverMeasure, number>;
  /** The metrics by the paths of the measures that name them. */
  readonly metricsByPath: ReadonlyMap<string, Metric>;
};

/** A tier that has to have been held for so long, by its rank. */
export type HeldSpan = { readonly rank: number; readonly length: HeldLength };

/** What a rulebook asks of what policy held on the days before. */
export type Lookback = {
  /** Whether a tier that is held may be kept by less than it takes to gain it. */
  readonly retains: boolean;
  readonly spans: readonly HeldSpan[];
};

/** A validated version of a programme's rules; immutable. */
export type Rulebook = {
  /** The programme's, ISO 4217. */
  readonly currency: string;
  /** The programme's, 1 to 12. */
  readonly fiscalYearFirstMonth: number;
  /** Ascending by `from`; before the first one's `from` it holds too. */
  readonly currencies: readonly CurrencyTable[];
  readonly measures: ReadonlyMap<string, Measure>;
  readonly requirements: ReadonlyMap<string, NamedRequirement>;
  /** Lowest first: a tier's rank is its index. */
  readonly tiers: readonly Tier[];
  readonly specializations: readonly Specialization[];
  readonly policy: Policy;
  readonly transition: Transition | null;
  /**
   * Tier codes of the rulebook before, and the tiers of this one that take their place; a code left out keeps
   * its name.
   */
  readonly remap: ReadonlyMap<string, string>;
  /** What measuring has to find out. */
  readonly scope: MeasuringScope;
  readonly forEachs: readonly { readonly forEach: ForEach; readonly scope: MeasuringScope }[];
  /** What its numbers differ by, the region aside. */
  readonly variesBy: readonly Characteristic[];
  /** What it should say of partners that are made up. */
  readonly scenarios: readonly Scenario[];
  /** What it asks of the days before; null if nothing. */
  readonly lookback: Lookback | null;
};

/** A rulebook that is in force from `effectiveFrom` until the next one's. */
export type PublishedRulebook = {
  readonly id: string;
  readonly effectiveFrom: Day;
  readonly rulebook: Rulebook;
};
