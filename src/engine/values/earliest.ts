import type { Day } from './day.ts';

/** The earliest of the days; null if all are null. */
export function earliest(days: readonly (Day | null)[]): Day | null {
  return days.reduce<Day | null>(
    (first, day) => (day === null || (first !== null && first <= day) ? first : day),
    null,
  );
}
