import type { Duration } from '../rulebook/policy-rules.ts';
import { addMonths, type Day } from '../values/day.ts';

/**
 * The unbroken days on which a tier has been below what policy holds. Both halves are kept apart because
 * through a remap they come from different tiers.
 */
export type Grace = {
  /** The first of the days on which the tier is held and not met; null while there is none. */
  readonly lostSince: Day | null;
  /**
   * The first of the days since which the data decide the tier, if it is held and policy asks for that; null
   * while they do not.
   */
  readonly decidedSince: Day | null;
};

/** The graces of a rulebook's tiers, by rank; a rank without one has none that runs. */
export type Graces = readonly Grace[];

/** No grace runs: as on the first day, and under a rulebook whose demotion has none. */
export const NO_GRACES: Graces = [];

/** What decides whether a tier is below on a day. */
export type GraceDay = {
  /** The rank of the computed tier. */
  readonly computed: number;
  /** Ranks of the tiers that are kept because the data can't decide them. */
  readonly undecided: ReadonlySet<number>;
};

const NOT_RUNNING: Grace = { lostSince: null, decidedSince: null };

/**
 * The graces with the day `on` taken into account, `held` being the rank of policy's tier of the day before.
 */
export function countDay(graces: Graces, held: number, on: Day, today: GraceDay): Graces {
  const ranks = Math.max(graces.length, held + 1);
  return Array.from({ length: ranks }, (_, rank): Grace => {
    const { lostSince, decidedSince } = graces[rank] ?? NOT_RUNNING;
    return {
      lostSince: rank <= held && today.computed < rank ? (lostSince ?? on) : null,
      decidedSince: rank <= held && today.undecided.has(rank) ? null : (decidedSince ?? on),
    };
  });
}

/** The graces as the day after `on` finds them: a tier that was gained today is held from tomorrow on. */
export function endDay(graces: Graces, gained: number, on: Day, today: GraceDay): Graces {
  return countDay(graces, gained, on + 1, today);
}

/** The first day of the grace of the tier at `rank`; null while it doesn't run. */
export function graceSince(graces: Graces, rank: number): Day | null {
  const { lostSince, decidedSince } = graces[rank] ?? NOT_RUNNING;
  return lostSince === null || decidedSince === null ? null : Math.max(lostSince, decidedSince);
}

/** Whether the grace of the tier at `rank` is over on `on`; one that doesn't run is not. */
export function isGraceOver(graces: Graces, rank: number, on: Day, length: Duration): boolean {
  const since = graceSince(graces, rank);
  return since !== null && on >= endOf(since, length);
}

/** The first day after so long a time that begins with `from`. */
export function endOf(from: Day, length: Duration): Day {
  return 'months' in length ? addMonths(from, length.months) : from + length.days;
}

/**
 * The graces carried over to another rulebook's tiers. A new tier was held or met on a past day if the lowest
 * old tier was that became it or a higher one. `remap` maps each old rank to a new one.
 */
export function remapGraces(graces: Graces, remap: (rank: number) => number): Graces {
  const targets = graces.map((_, rank) => remap(rank));
  return Array.from({ length: Math.max(-1, ...targets) + 1 }, (_, rank): Grace => {
    const { lostSince } = graces[targets.findIndex((target) => target >= rank)] ?? NOT_RUNNING;
    const became = graces.filter((_, old) => targets[old] === rank);
    // A tier that is new was never left open by the data.
    if (became.length === 0) return { lostSince, decidedSince: lostSince };
    const decided = became.map(({ decidedSince }) => decidedSince).filter((day) => day !== null);
    return { lostSince, decidedSince: decided.length < became.length ? null : Math.max(...decided) };
  });
}
