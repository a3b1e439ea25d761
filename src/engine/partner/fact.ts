import type { Day, Instant } from '../values/day.ts';
import type { Fraction } from '../values/fraction.ts';

/** What may be odd about a fact that was recorded all the same (rule 38); of several the first. */
export type FactWarning = 'LEFT' | 'FUTURE' | 'NOT_ASKED_FOR';

/**
 * One version of a piece of qualifying data about a partner, as the engine reads it.
 *
 * `value` is the revenue's amount in `currency`, the satisfaction's score or the measurement's value; a
 * certification has none. `occurredOn` is the day earned for a certification. `expiresOn` is the first day on
 * which the fact is no longer valid. The version holds from `recordedAt` until `supersededAt` (exclusive),
 * when a correction or a void replaced it; null while it is the current one.
 */
export type Fact = {
  readonly id: string;
  readonly partnerId: string;
  readonly source: string;
  readonly externalId: string;
  readonly version: number;
  /** `revenue`, `certification`, `satisfaction`, or the code of a measurement kind. */
  readonly kind: string;
  readonly occurredOn: Day;
  readonly expiresOn: Day | null;
  readonly value: Fraction | null;
  readonly currency: string | null;
  readonly person: string | null;
  readonly credential: string | null;
  readonly customer: string | null;
  readonly respondent: string | null;
  readonly subject: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly recordedAt: Instant;
  readonly supersededAt: Instant | null;
  /** This version says that the fact is void: it counts for nothing, and is kept to be shown as excluded. */
  readonly voided: boolean;
  /** What was odd about this version when it was recorded; left out or null if nothing was. */
  readonly warning?: FactWarning | null;
};
