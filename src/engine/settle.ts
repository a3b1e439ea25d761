import type { Change, ChangeDetail, Trigger } from './change.ts';
import { compareStatuses } from './compare-statuses.ts';
import type { Day } from './day.ts';
import type { PublishedRulebook } from './rulebook.ts';
import { isSameHistory } from './same-status.ts';
import type { Status, Timeline } from './status.ts';
import { statusOn } from './timeline.ts';

/** What was believed about a partner when it was last judged, on `judgedOn`. */
export type Judged = { readonly timeline: Timeline; readonly judgedOn: Day };

/**
 * The log entries by which a partner gets from what was believed when it was last judged to what is believed today, in order:
 * the changes that were due on the days since, each on its own day; those that what is new makes today; and one
 * HistoryRevised if it makes days before today different. `previous` is null for a partner that was never judged;
 * `rulebooks` are all that the timelines name. A rulebook that is among them no more ends what was due.
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
  const overdue = previous === null ? [] : overdueChanges(previous, today, rulebooks);
  const believed = previous === null ? [] : knownPart(previous.timeline, rulebooks);
  // A partner's days never go back, even where the clock does.
  const on = Math.max(today, previous?.judgedOn ?? today);
  const fresh = changesOn(on, trigger, statusOn(believed, on), next, rulebooks);
  const revised = previous === null ? null : revisedDays(believed, next, on);
  if (revised === null) return [...overdue, ...fresh];
  const status = statusOn(next, on);
  return [...overdue, ...fresh, changeOf(on, trigger, status, status, revised)];
}

/** The changes that passing days alone bring from `judgedOn` (exclusive) until `today` (inclusive). */
function overdueChanges(
  { timeline, judgedOn }: Judged,
  today: Day,
  rulebooks: readonly PublishedRulebook[],
): Change[] {
  return knownPart(timeline, rulebooks).flatMap(({ from }) => {
    if (from <= judgedOn || from > today) return [];
    const isSwitch = rulebooks.some(({ effectiveFrom }) => effectiveFrom === from);
    return changesOn(from, isSwitch ? 'RULEBOOK' : 'TIME', statusOn(timeline, from - 1), timeline, rulebooks);
  });
}

function changesOn(
  on: Day,
  trigger: Trigger,
  before: Status,
  timeline: Timeline,
  rulebooks: readonly PublishedRulebook[],
): Change[] {
  const after = statusOn(timeline, on);
  return compareStatuses(before, after, { on, timeline, rulebooks }).map((detail) =>
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

/** The timeline up to the first day that rests on a rulebook which is withdrawn. */
function knownPart(timeline: Timeline, rulebooks: readonly PublishedRulebook[]): Timeline {
  const ids = new Set(rulebooks.map(({ id }) => id));
  const unknown = timeline.findIndex(
    ({ status }) => status.rulebookId !== null && !ids.has(status.rulebookId),
  );
  return unknown < 0 ? timeline : timeline.slice(0, unknown);
}
