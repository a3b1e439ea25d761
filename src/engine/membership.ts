import type { Day } from './day.ts';
import { entryOn } from './entry-on.ts';
import type { PartnerEntry } from './partner-case.ts';

/** An unbroken run of days on which a partner is a member; `until` is the first day after it, null if there is none. */
export type Membership = { readonly from: Day; readonly until: Day | null };

/** The runs of days on which the partner is enrolled and has not left, ascending. */
export function memberships(entries: readonly PartnerEntry[]): Membership[] {
  const edges = entries.flatMap((entry) => [
    entry.firstOn,
    entry.enrolledOn,
    ...(entry.leftOn === null ? [] : [entry.leftOn]),
  ]);
  const runs: Membership[] = [];
  let since: Day | null = null;
  for (const day of [...new Set(edges)].sort((a, b) => a - b)) {
    const isMember = isMemberOn(entries, day);
    if (isMember && since === null) since = day;
    if (!isMember && since !== null) {
      runs.push({ from: since, until: day });
      since = null;
    }
  }
  if (since !== null) runs.push({ from: since, until: null });
  return runs;
}

function isMemberOn(entries: readonly PartnerEntry[], on: Day): boolean {
  const entry = entryOn(entries, on);
  return entry !== null && entry.enrolledOn <= on && (entry.leftOn === null || on < entry.leftOn);
}
