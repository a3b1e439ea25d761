import type { Duration } from '../rulebook/policy-rules.ts';
import type { Day } from '../values/day.ts';
import { endOf } from './grace.ts';

/** By rank, since when the computed tier has been it or higher without a break; null where it is lower. */
export type ReachedSince = readonly (Day | null)[];

/** The same with the day `on` taken into account, on which the computed tier has this rank. */
export function countReached(before: ReachedSince, rank: number, on: Day): ReachedSince {
  return Array.from({ length: rank + 1 }, (_, each) => before[each] ?? on);
}

/** The highest tier that the computed one has been, or been above, for long enough. */
export function rankToGain(reachedSince: ReachedSince, on: Day, delay: Duration | null): number {
  return Math.max(
    0,
    reachedSince.findLastIndex((since) => since !== null && (delay === null || on >= endOf(since, delay))),
  );
}

/** The days on which the delay of a tier above `rank` may be over. */
export function delayEnds(reachedSince: ReachedSince, rank: number, delay: Duration | null): readonly Day[] {
  if (delay === null) return [];
  return reachedSince.slice(rank + 1).flatMap((since) => (since === null ? [] : endOf(since, delay)));
}

/**
 * The same in terms of another rulebook: a new tier was reached on a past day if the lowest old tier was that
 * became it or a higher one.
 */
export function remapReached(reachedSince: ReachedSince, remap: (rank: number) => number): ReachedSince {
  const targets = reachedSince.map((_, rank) => remap(rank));
  return Array.from(
    { length: Math.max(-1, ...targets) + 1 },
    (_, rank) => reachedSince[targets.findIndex((target) => target >= rank)] ?? null,
  );
}
