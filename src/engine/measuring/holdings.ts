import type { HeldSpan, Lookback } from '../rulebook/rulebook.ts';
import { addMonths, type Day } from '../values/day.ts';
import { earliest } from '../values/earliest.ts';

/** Policy's tier from `from` until the next stretch, as a rank of the rulebook that asks; null for none. */
export type HeldStretch = { readonly from: Day; readonly rank: number | null };

/** What policy held on each day. Plain JSON, so that it is stored with what was measured. */
export type Holdings = {
  /** Ascending, neighbours differ; nothing is held before the first, and the last one goes on. */
  readonly stretches: readonly HeldStretch[];
  /** The first day whose tier may be retained: that of the membership, or of its start. */
  readonly retainedFrom: Day;
};

/** Of a partner that was never judged. */
export const NOTHING_HELD: Holdings = { stretches: [], retainedFrom: 0 };

/** The rank held on a day; null if none was. */
export function rankHeldOn(stretches: readonly HeldStretch[], on: Day): number | null {
  return stretches.findLast(({ from }) => from <= on)?.rank ?? null;
}

/** The rank that may be retained on a day: that of the day before; null if there is none. */
export function rankToRetain({ stretches, retainedFrom }: Holdings, on: Day): number | null {
  return on - 1 < retainedFrom ? null : rankHeldOn(stretches, on - 1);
}

/** The stretches with this rank from `on` on, whatever they said of later days. */
export function holdFrom(
  stretches: readonly HeldStretch[],
  on: Day,
  rank: number | null,
): readonly HeldStretch[] {
  const before = stretches.filter(({ from }) => from < on);
  const last = before.at(-1)?.rank ?? null;
  return last === rank ? before : [...before, { from: on, rank }];
}

/** The stretches in terms of another rulebook. */
export function remapStretches(
  stretches: readonly HeldStretch[],
  remap: (rank: number) => number,
): readonly HeldStretch[] {
  return stretches.reduce<readonly HeldStretch[]>(
    (remapped, { from, rank }) => holdFrom(remapped, from, rank === null ? null : remap(rank)),
    [],
  );
}

/** Whether a tier was held for long enough before a day. */
export function isHeldBefore({ stretches }: Holdings, { rank, length }: HeldSpan, on: Day): boolean {
  if ('total' in length) return daysHeld(stretches, rank, on) >= length.total.days;
  const since = heldSince(stretches, rank, on);
  return since !== null && since <= addMonths(on, -length.for.months);
}

/** The first of the unbroken days before a day on which a tier or a higher one was held. */
export function heldSince(stretches: readonly HeldStretch[], rank: number, on: Day): Day | null {
  const run = runsOf(stretches, rank).findLast(({ from }) => from < on);
  return run === undefined || run.until < on ? null : run.from;
}

/** How many days before a day a tier or a higher one was held. */
export function daysHeld(stretches: readonly HeldStretch[], rank: number, on: Day): number {
  return runsOf(stretches, rank).reduce(
    (days, { from, until }) => days + Math.max(0, Math.min(until, on) - from),
    0,
  );
}

/**
 * The first day on which a tier will have been held for long enough if, from `on` on, nothing is lost; null
 * if it already has been.
 */
export function heldLongEnoughOn({ stretches }: Holdings, { rank, length }: HeldSpan, on: Day): Day | null {
  if ('total' in length) {
    const missing = length.total.days - daysHeld(stretches, rank, on);
    return missing <= 0 ? null : on + missing;
  }
  const since = heldSince(stretches, rank, on) ?? on;
  const day = endOfSpan(since, length.for.months);
  return day <= on ? null : day;
}

/** What a rulebook asks of the days before, answered for one day; the same text for the same answers. */
export function answersOn(held: Holdings, { retains, spans }: Lookback, on: Day): string {
  const retainable = retains ? rankToRetain(held, on) : null;
  return [retainable, ...spans.map((span) => isHeldBefore(held, span, on))].join();
}

/** The first day after `after` on which what a rulebook asks of the days before may have another answer. */
export function nextHoldingChangeOn(
  { stretches, retainedFrom }: Holdings,
  { retains, spans }: Lookback,
  after: Day,
): Day | null {
  const changes = retains ? [retainedFrom + 1, ...stretches.map(({ from }) => from + 1)] : [];
  const days = [...changes, ...spans.flatMap((span) => turnsOf(span, stretches))];
  return earliest(days.filter((day) => day > after));
}

/** The days on which the answer for a span turns. */
function turnsOf({ rank, length }: HeldSpan, stretches: readonly HeldStretch[]): readonly Day[] {
  const runs = runsOf(stretches, rank);
  if ('for' in length) {
    return runs.flatMap(({ from, until }) => {
      const reached = endOfSpan(from, length.for.months);
      return reached > until ? [] : [reached, ...(until === Number.POSITIVE_INFINITY ? [] : [until + 1])];
    });
  }
  let missing = length.total.days;
  for (const { from, until } of runs) {
    if (until - from >= missing) return [from + missing];
    missing -= until - from;
  }
  return [];
}

/** The first day before which every day of so many months is `since` or later. */
function endOfSpan(since: Day, months: number): Day {
  let day = addMonths(since, months);
  // A month that is too short to have such a day is not yet a whole one.
  while (addMonths(day, -months) < since) day += 1;
  return day;
}

/** The unbroken runs of days on which a tier or a higher one is held; the last may have no end. */
function runsOf(stretches: readonly HeldStretch[], rank: number): { readonly from: Day; until: Day }[] {
  const runs: { readonly from: Day; until: Day }[] = [];
  for (const [index, { from, rank: held }] of stretches.entries()) {
    if (held === null || held < rank) continue;
    const until = stretches[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const last = runs.at(-1);
    if (last?.until === from) last.until = until;
    else runs.push({ from, until });
  }
  return runs;
}
