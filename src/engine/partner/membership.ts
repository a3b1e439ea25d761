import type { Day } from '../values/day.ts';
import { entryOn } from './entry-on.ts';
import type { PartnerEntry } from './partner-inputs.ts';

/**
 * An unbroken run of days on which a partner is a member; `until` is the first day after it, null if there is
 * none.
 */
export type Membership = { readonly from: Day; readonly until: Day | null };

type Entries = readonly Pick<PartnerEntry, 'firstOn' | 'enrolledOn' | 'leftOn'>[];

/**
 * The runs of days on which the partner is enrolled and has not left, ascending; one may begin on the day on
 * which another ends.
 */
export function memberships(entries: Entries): Membership[] {
  return enteredMemberships(entries).filter(hasDays);
}

/**
 * The same with those that end on the day on which they begin, and so have no day: they can still be
 * corrected.
 */
export function enteredMemberships(entries: Entries): Membership[] {
  const edges = entries.flatMap((entry) => [
    entry.firstOn,
    entry.enrolledOn,
    ...(entry.leftOn === null ? [] : [entry.leftOn]),
  ]);
  const runs: Membership[] = [];
  let since: Day | null = null;
  for (const day of [...new Set(edges)].sort((a, b) => a - b)) {
    const entry = entryOn(entries, day);
    const isMember = entry !== null && isMemberBy(entry, day);
    const isAnew = entry !== null && beginsAnew(entries, entry, day);
    const ends = since !== null && (!isMember || isAnew);
    if (ends && since !== null) {
      runs.push({ from: since, until: day });
      since = null;
    }
    if (isMember) since ??= day;
    else if (entry !== null && entry.leftOn === day && beginsBy(entry, day, isAnew || !ends)) {
      runs.push({ from: day, until: day });
    }
  }
  if (since !== null) runs.push({ from: since, until: null });
  return runs;
}

/** Whether a membership has any day at all. */
export function hasDays({ from, until }: Membership): boolean {
  return until === null || from < until;
}

/** Whether the partner is a member on a day for which this entry holds. */
export function isMemberBy({ enrolledOn, leftOn }: Entries[number], on: Day): boolean {
  return enrolledOn <= on && (leftOn === null || on < leftOn);
}

/** Whether a partner had left on a day: the day is after a membership and in none. */
export function hadLeft(memberships: readonly Membership[], on: Day): boolean {
  return (
    memberships.some(({ until }) => until !== null && until <= on) &&
    !memberships.some(({ from, until }) => from <= on && (until === null || on < until))
  );
}

/**
 * Whether a membership begins on a day: it is the day of enrolment, or the first for which an earlier one is
 * entered.
 */
function beginsBy({ firstOn, enrolledOn }: Entries[number], day: Day, isOther: boolean): boolean {
  return enrolledOn === day || (isOther && firstOn === day && enrolledOn <= day);
}

/** Whether a membership begins on the very day on which another one ends: its beginning is not that one's. */
function beginsAnew(entries: Entries, { enrolledOn }: Entries[number], day: Day): boolean {
  const before = entryOn(entries, day - 1);
  return (
    before !== null && before.leftOn !== null && before.leftOn <= day && before.enrolledOn !== enrolledOn
  );
}
