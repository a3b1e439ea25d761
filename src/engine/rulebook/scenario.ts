import type { Day } from '../values/day.ts';
import type { Fraction } from '../values/fraction.ts';
import type { LocalizedText } from '../values/language.ts';

/** A fact of a scenario, `count` times; what a kind does not have is null. */
export type ScenarioFact = {
  readonly path: string;
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
  readonly count: number;
};

/** What a rulebook should say of a partner with these facts on a day; what is left out is not compared. */
export type Scenario = {
  readonly path: string;
  readonly name: LocalizedText;
  readonly partner: {
    readonly region: string;
    readonly country: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly enrolledOn: Day;
    readonly leftOn: Day | null;
    readonly start: { readonly tier: string; readonly since: Day } | null;
  };
  readonly facts: readonly ScenarioFact[];
  readonly on: Day;
  readonly expected: {
    /** The effective tier. */
    readonly tier: string;
    readonly computedTier: string | null;
    /** All that are held. */
    readonly specializations: readonly string[] | null;
    /** By the name of a requirement, or its place in the document. */
    readonly outcomes: ReadonlyMap<string, 'MET' | 'UNMET' | 'INSUFFICIENT_DATA'>;
  };
};
