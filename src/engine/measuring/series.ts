import type { Day, Days } from '../values/day.ts';

/** Something that stays the same from each of `days` until before the next one; `at` any day is cheap. */
export type Series<T> = { readonly days: readonly Day[]; at(day: Day): T };

/**
 * A series that computes a step when it is needed. `value` gets the first day of the step, -Infinity for the
 * first one. It keeps the last two steps: days are visited in order with an occasional look back, and all
 * steps of many series would fill the memory.
 */
export function steps<T>(days: readonly Day[], value: (day: Day) => T): Series<T> {
  let kept: readonly { readonly step: number; readonly result: T }[] = [];
  return {
    days,
    at(day) {
      const step = countUpTo(days, day);
      const known = kept.find((each) => each.step === step);
      if (known !== undefined) return known.result;
      const result = value(days[step - 1] ?? Number.NEGATIVE_INFINITY);
      kept = [{ step, result }, ...kept.slice(0, 1)];
      return result;
    },
  };
}

/** The first days of the runs and those after their last, ascending, each once. */
export function daysOfChange(runs: Iterable<Days>): readonly Day[] {
  const days = new Set<Day>();
  for (const { from, until } of runs) {
    days.add(from);
    days.add(until);
  }
  return ascending(days);
}

/** The days that are real ones, in order. */
export function ascending(days: Iterable<Day>): readonly Day[] {
  return [...days].filter(Number.isFinite).sort((a, b) => a - b);
}

/** How many of the ascending days are not after `day`. */
export function countUpTo(days: readonly Day[], day: Day): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? 0) <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
