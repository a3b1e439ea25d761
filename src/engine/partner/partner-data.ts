import type { Day } from '../values/day.ts';
import type { PartnerEntry, Start } from './partner-inputs.ts';

/** Everything that is entered about a partner and may differ from day to day. */
export type PartnerData = {
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly region: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parentId: string | null;
  readonly enrolledOn: Day;
  readonly leftOn: Day | null;
};

/** What is entered of it: what is left out stays as it is, and an attribute that is null is taken away. */
export type EnteredPartnerData = Partial<Omit<PartnerData, 'attributes'>> & {
  readonly attributes?: Readonly<Record<string, string | null>>;
  /** Of the first entry only: the tier with which the partner starts; left out if it has none. */
  readonly start?: Start;
};

/** Everything about a partner from `firstOn` until the next one's. */
export type ResolvedEntry = PartnerEntry & PartnerData;
