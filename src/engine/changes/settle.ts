import { isSameHistory } from '../partner/same-status.ts';
import type { Status, Timeline } from '../partner/status.ts';
import { statusOn } from '../policy/timeline.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import type { Change, ChangeDetail, Trigger } from './change.ts';
import { type Comparison, compareStatuses } from './compare-statuses.ts';

/**
 * What was believed about a partner when it was last judged, on `judgedOn`, and by which rulebooks,
 * ascending.
 */
export type Judged = {
  readonly timeline: Timeline;
  readonly judgedOn: Day;
  readonly rulebooks: readonly PublishedRulebook[];
};

/**
 * The log entries by which a partner gets from what was believed when it was last judged to what is believed
 * today, in order: the changes that were due on the days since, each on its own day; those that what is new
 * makes today; and one HistoryRevised if it makes days before today different. `previous` is null for a
 * partner that was never judged; `rulebooks` are those that count now. One that `previous` went by and that
 * is not among them was withdrawn `today`: what was due by it until then is logged first, as for any write.
 */
export function settle({
  previous,
  next,
  today,
  trigger,
  rulebooks,
}: {
  readonly previous: Judged | null;
  readonly next: Timeline;
  readonly today: Day;
  readonly trigger: Trigger;
  readonly rulebooks: readonly PublishedRulebook[];
}): Change[] {
  const believed = previous?.timeline ?? [];
  const overdue = previous === null ? [] : overdueChanges(previous, today);
  // A partner's days never go back, even if the clock does.
  const on = Math.max(today, previous?.judgedOn ?? today);
  const before = statusOn(believed, on);
  const compared = {
    on,
    timeline: next,
    rulebooks: ladderFor(before, previous, rulebooks),
    counting: rulebooks,
  };
  const fresh = changesFrom(before, trigger, compared);
  const revised = previous === null ? null : revisedDays(believed, next, on);
  if (revised === null) return [...overdue, ...fresh];
  return [...overdue, ...fresh, changeOf(on, trigger, before, statusOn(next, on), revised)];
}

/**
 * The rulebooks by which a status compares with a later one: those that count, unless its own was withdrawn.
 * Only the latest can be, so that what it was judged by has the ones before it, and every remap from those to
 * it.
 */
function ladderFor(
  { rulebookId }: Status,
  previous: Judged | null,
  counting: readonly PublishedRulebook[],
): readonly PublishedRulebook[] {
  return rulebookId === null || counting.some(({ id }) => id === rulebookId)
    ? counting
    : (previous?.rulebooks ?? counting);
}

/**
 * The changes that passing days alone bring from the day of judging (exclusive) until `today` (inclusive).
 */
function overdueChanges({ timeline, judgedOn, rulebooks }: Judged, today: Day): Change[] {
  return timeline.flatMap(({ from }) => {
    if (from <= judgedOn || from > today) return [];
    const isSwitch = rulebooks.some(({ effectiveFrom }) => effectiveFrom === from);
    const compared = { on: from, timeline, rulebooks, counting: rulebooks };
    return changesFrom(statusOn(timeline, from - 1), isSwitch ? 'RULEBOOK' : 'TIME', compared);
  });
}

function changesFrom(before: Status, trigger: Trigger, compared: Comparison): Change[] {
  const { on, timeline } = compared;
  const after = statusOn(timeline, on);
  return compareStatuses(before, after, compared).map((detail) =>
    changeOf(on, trigger, before, after, detail),
  );
}

function changeOf(on: Day, trigger: Trigger, before: Status, after: Status, detail: ChangeDetail): Change {
  return { on, trigger, rulebookId: after.rulebookId, previousRulebookId: before.rulebookId, detail };
}

/** The days before `today` that were decided otherwise, as one range. */
function revisedDays(previous: Timeline, next: Timeline, today: Day): ChangeDetail | null {
  const edges = [...new Set([...previous, ...next].map(({ from }) => from))]
    .filter((from) => from < today)
    .sort((a, b) => a - b);
  const differs = (on: Day) => !isSameHistory(statusOn(previous, on), statusOn(next, on));
  const fromOn = edges.find(differs);
  const last = edges.findLastIndex(differs);
  if (fromOn === undefined) return null;
  return { type: 'HistoryRevised', fromOn, untilOn: edges[last + 1] ?? today };
}
