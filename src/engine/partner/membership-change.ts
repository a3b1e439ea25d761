import { type Day, formatDay, type Instant } from '../values/day.ts';
import { entryOn } from './entry-on.ts';
import { enteredMemberships, hasDays, type Membership } from './membership.ts';
import type { EnteredPartnerData, ResolvedEntry } from './partner-data.ts';

/** What is entered about a partner for the days from `firstOn` on. */
export type DatedData = {
  readonly firstOn: Day;
  readonly recordedAt: Instant;
  readonly data: EnteredPartnerData;
};

/**
 * A membership that begins or ends on another day than believed so far; `of` is its first day so far, null
 * for a new one.
 */
export type MembershipChange = { readonly of: Day | null } & MembershipDays;

/** What is asked for: the first day of a membership, and the first day after it, null for none. */
export type MembershipDays = { readonly enrolledOn?: Day; readonly leftOn?: Day | null };

/** Why a change can't be entered; `path` is the part of it that is to blame. */
export type Contradiction = { readonly path: 'enrolledOn' | 'leftOn'; readonly message: string };

/**
 * Which membership a change concerns when it is asked for on `today`: the one that is running or ended last
 * or, if there is none, the first to come. `enrolledOn` on or after its end begins a new one. What can't be
 * beside what else is entered is refused.
 */
export function planMembership(
  entries: readonly ResolvedEntry[],
  asked: MembershipDays,
  today: Day,
): MembershipChange | Contradiction {
  const entered = enteredMemberships(entries);
  const target = entered.findLast(({ from }) => from <= today) ?? entered[0];
  const { enrolledOn = null, leftOn } = asked;
  const isNew =
    target === undefined || (enrolledOn !== null && target.until !== null && enrolledOn >= target.until);
  const from = enrolledOn ?? target?.from;
  if (from === undefined) {
    return { path: 'leftOn', message: 'The partner has no membership that could end.' };
  }
  const until = leftOn === undefined ? (isNew ? null : target.until) : leftOn;
  // A membership without any day can be meant, but does not conflict with others.
  const others = entered.filter((each) => hasDays(each) && (isNew || each !== target));
  return (
    contradictionOf({ from, until }, others, isNew ? from : target.from, asked) ?? {
      of: isNew ? null : target.from,
      ...asked,
    }
  );
}

/** Why a membership cannot replace the one at `place` beside the others; null if it can. */
function contradictionOf(
  { from, until }: Membership,
  others: readonly Membership[],
  place: Day,
  asked: MembershipDays,
): Contradiction | null {
  const enrolled = `enrolledOn ${formatDay(from)}`;
  const left = until === null ? 'having no leftOn' : `leftOn ${formatDay(until)}`;
  const endPath = asked.leftOn === undefined ? 'enrolledOn' : 'leftOn';
  if (until !== null && until < from) return { path: endPath, message: `${left} contradicts ${enrolled}.` };
  const before = others.findLast((each) => each.from <= place);
  if (before !== undefined && (before.until === null || from < before.until)) {
    const end = before.until === null ? 'having no leftOn' : `leftOn ${formatDay(before.until)}`;
    const message = `${enrolled} contradicts ${end} of the membership with enrolledOn ${formatDay(before.from)}.`;
    return { path: 'enrolledOn', message };
  }
  const after = others.find((each) => each.from > place);
  if (after !== undefined && (until === null || until > after.from)) {
    const message = `${left} contradicts enrolledOn ${formatDay(after.from)} of the membership that follows.`;
    return { path: endPath, message };
  }
  return null;
}

/** What was entered, with the change of a membership taken into account on all its days. */
export function changeMembership(
  dated: readonly DatedData[],
  entries: readonly ResolvedEntry[],
  { of, enrolledOn, leftOn }: MembershipChange,
  recordedAt: Instant,
): DatedData[] {
  const entered = enteredMemberships(entries);
  const old = of === null ? null : (entered.find(({ from }) => from === of) ?? null);
  const begins = old?.from ?? enrolledOn;
  if (begins === undefined) throw new Error('A change of a membership names one, or begins one.');
  const start = Math.min(begins, enrolledOn ?? begins);
  const end = leftOn === undefined ? (old?.until ?? null) : leftOn;
  const next = entered.find((each) => each.from > begins && hasDays(each))?.from ?? null;
  // Where the beginning stays, so do anniversaries that were moved while the membership lasted, old and new.
  const lasts = Math.min(old?.until ?? Number.POSITIVE_INFINITY, end ?? Number.POSITIVE_INFINITY);
  const keptUntil = enrolledOn === undefined && old !== null ? lasts : start;
  const concerned = ({ firstOn }: DatedData) => firstOn >= start && (next === null || firstOn < next);
  const rest = dated.map((each) => {
    if (!concerned(each)) return each;
    const { leftOn: _, enrolledOn: moved, ...data } = each.data;
    const kept = moved !== undefined && each.firstOn < keptUntil;
    return { ...each, data: kept ? { ...data, enrolledOn: moved } : data };
  });
  const first = enrolledOn ?? entryOn(entries, begins)?.enrolledOn ?? begins;
  const changed = { firstOn: start, recordedAt, data: { enrolledOn: first, leftOn: end } };
  const following = next === null ? null : entryOn(entries, next);
  if (next === null || following === null) return [...rest, changed];
  // The next membership keeps what an entry for an earlier day said about it.
  const data = { enrolledOn: following.enrolledOn, leftOn: following.leftOn };
  return [...rest, changed, { firstOn: next, recordedAt, data }];
}
