import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import type { Day, Instant } from '../values/day.ts';
import type { Fact } from './fact.ts';

/** A tier that a partner brings along when it is enrolled, and the first day on which it had it. */
export type Start = { readonly tier: string; readonly since: Day };

/** What holds about a partner from `firstOn` until the next entry's. */
export type PartnerEntry = {
  readonly firstOn: Day;
  /** By when all of it had been recorded. */
  readonly recordedAt: Instant;
  readonly region: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** By name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly enrolledOn: Day;
  /** The first day on which the partner is no longer a member; null while it is one. */
  readonly leftOn: Day | null;
  /** Of the first entry, the tier that the partner was enrolled with; null or left out for none. */
  readonly start?: Start | null;
};

/** A tier set by hand for the days from `firstOn` until before `endsOn`. */
export type Override = {
  readonly id: string;
  readonly tier: string;
  /** The rulebook whose tier code `tier` is; later rulebooks remap it. */
  readonly rulebookId: string;
  readonly firstOn: Day;
  readonly endsOn: Day;
  readonly reason: string;
  readonly actor: string;
};

type Run = { readonly from: Day; readonly until: Day | null };

/**
 * A descendant's facts, the half-open ranges of days on which it was below the judged partner, and those on
 * which it was a member of the programme: it belongs to the family on the days that are in both (rule 37).
 * Without the latter it always was a member.
 */
export type FamilyMember = {
  readonly partnerId: string;
  readonly facts: readonly Fact[];
  readonly memberships: readonly Run[];
  readonly enrolled?: readonly Run[];
};

/**
 * Everything the engine reads about one partner: what was known at one instant, and nothing else. Voided
 * versions may be among the facts, superseded ones may not.
 */
export type PartnerInputs = {
  readonly partnerId: string;
  /** Published and not withdrawn, ascending by `effectiveFrom`. */
  readonly rulebooks: readonly PublishedRulebook[];
  /** At least one; ascending by `firstOn`, each day once. */
  readonly entries: readonly PartnerEntry[];
  readonly facts: readonly Fact[];
  readonly family: readonly FamilyMember[];
  readonly overrides: readonly Override[];
};
