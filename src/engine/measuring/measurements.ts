import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import type { Holdings } from './holdings.ts';

/**
 * A metric's value as `fractionToText` writes it (null for the average, median or extreme of nothing), how
 * many facts or keys it rests on, and how many answers the limit per respondent excluded, if any.
 */
export type Reading = readonly [value: string | null, sample: number, limited?: number];

/** What was read for one scope of a rulebook, in the order of its metrics and groups. */
export type Readings = {
  readonly numbers: readonly Reading[];
  /** One per group: for each slot the persons assigned to it, ascending. */
  readonly persons: readonly (readonly (readonly string[])[])[];
  /** One per measure over items: its items, ascending; left out if there are none such. */
  readonly overs?: readonly (readonly ItemReadings[])[];
};

/** What was read for an item. */
export type ItemReadings = Readings & { readonly item: string };

/**
 * Everything that judging needs to know about a partner on a day, by one rulebook. Plain JSON, so that it is
 * stored as it is. Two days differ in their measurements if anything but `on` differs.
 */
export type Measurements = Readings & {
  readonly on: Day;
  readonly region: string;
  /** What else the rulebook's numbers differ by, by name; left out if by nothing. */
  readonly characteristics?: Readonly<Record<string, string>>;
  readonly enrolledOn: Day;
  /** One per forEach of the rulebook: its items, ascending. */
  readonly items: readonly (readonly ItemReadings[])[];
  /** What policy held; left out if the rulebook does not ask for it. */
  readonly held?: Holdings;
};

/** The measurements with what policy held, if the rulebook asks for it. */
export function withHoldings(
  measurements: Measurements,
  { lookback }: Pick<Rulebook, 'lookback'>,
  held: Holdings,
): Measurements {
  return lookback === null ? measurements : { ...measurements, held };
}
