import type { Day } from '../values/day.ts';
import type { PartnerEntry } from './partner-inputs.ts';

/** What holds about a partner on a day; null if nothing does yet. */
export function entryOn<Entry extends Pick<PartnerEntry, 'firstOn'>>(
  entries: readonly Entry[],
  on: Day,
): Entry | null {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry !== undefined && entry.firstOn <= on) return entry;
  }
  return null;
}
