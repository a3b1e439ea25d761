import type { Day } from '../values/day.ts';
import type { PublishedRulebook } from './rulebook.ts';

/**
 * A rulebook that counts on a day, by index, and the first day on which a newer one no longer lets it; null
 * for the newest.
 */
export type RulebookInForce = { readonly index: number; readonly until: Day | null };

/**
 * The rulebooks that are judged side by side on `on`, oldest first: the newest with `effectiveFrom` not after
 * `on`, and the older ones that transitions in mode BOTH keep beside it. Empty before the first.
 */
export function rulebooksInForce(rulebooks: readonly PublishedRulebook[], on: Day): RulebookInForce[] {
  let inForce: RulebookInForce[] = [];
  for (const [index, { effectiveFrom, rulebook }] of rulebooks.entries()) {
    if (effectiveFrom > on) break;
    inForce = [...keptBeside(inForce, rulebook.transition), { index, until: null }];
  }
  return inForce.filter(({ until }) => until === null || on < until);
}

function keptBeside(
  older: readonly RulebookInForce[],
  transition: PublishedRulebook['rulebook']['transition'],
): RulebookInForce[] {
  switch (transition?.mode) {
    case 'FLOOR':
      return [];
    case 'BOTH': {
      const { until } = transition;
      return older.map((each) => ({ ...each, until: Math.min(each.until ?? until, until) }));
    }
    case undefined:
      // The newest replaces the one before it, but not those that are still kept beside that one.
      return older.filter(({ until }) => until !== null);
  }
}
