import type { Day } from '../values/day.ts';
import type { Membership } from './membership.ts';
import type { PartnerEntry } from './partner-inputs.ts';

/** How many levels a family may have on a day, the top included (rule 37). */
export const MAX_DEPTH = 20;

/** A partner's entries as far as the hierarchy needs them. */
export type HierarchyEntry = Pick<PartnerEntry, 'firstOn'> & { readonly parentId: string | null };

/** The entries of every partner concerned, by id; each ascending by `firstOn`. */
export type Hierarchy = ReadonlyMap<string, readonly HierarchyEntry[]>;

/** A half-open run of days on which a partner is right below or above another. */
type Link = { readonly partnerId: string; readonly from: Day; readonly until: Day };

/** Those right below a partner, whenever that was. */
export type Children = (partnerId: string) => readonly Link[];

/** A partner with the days on which it is so many steps above or below another. */
type Step = Link & { readonly level: number };

/** Who is right below whom, looked up once for a whole hierarchy. */
export function childrenIn(hierarchy: Hierarchy): Children {
  const children = new Map<string, Link[]>();
  for (const partnerId of hierarchy.keys()) {
    for (const { partnerId: parentId, ...days } of parentsOf(partnerId, hierarchy)) {
      const links = children.get(parentId);
      if (links === undefined) children.set(parentId, [{ partnerId, ...days }]);
      else links.push({ partnerId, ...days });
    }
  }
  return (partnerId) => children.get(partnerId) ?? [];
}

/**
 * Every partner that was, is or will be below `rootId`, with the runs of days on which it is; `rootId` itself
 * is left out. Takes as long as what it returns.
 */
export function familyOf(
  rootId: string,
  children: Children,
): { readonly partnerId: string; readonly memberships: readonly Membership[] }[] {
  const runs = Map.groupBy(stepsFrom(rootId, children), ({ partnerId }) => partnerId);
  runs.delete(rootId);
  return [...runs].map(([partnerId, steps]) => ({ partnerId, memberships: united(steps) }));
}

/** The first day from `from` on, if any, on which the partner is its own ancestor. */
export function findCycle(partnerId: string, hierarchy: Hierarchy, from: Day): Day | null {
  let first = Number.POSITIVE_INFINITY;
  for (const step of stepsFrom(partnerId, (id) => parentsOf(id, hierarchy), from)) {
    if (step.partnerId === partnerId && step.level > 0) first = Math.min(first, step.from);
  }
  return Number.isFinite(first) ? first : null;
}

/**
 * The first day from `from` on, if any, on which more than MAX_DEPTH partners stand above one another, the
 * given one among them. The hierarchy holds those above it, on any day, and `children` those below.
 */
export function findTooDeep(
  partnerId: string,
  hierarchy: Hierarchy,
  children: Children,
  from: Day,
): Day | null {
  const above = [...stepsFrom(partnerId, (id) => parentsOf(id, hierarchy), from)];
  const highest = above.reduce((level, step) => Math.max(level, step.level), 0);
  let first = Number.POSITIVE_INFINITY;
  for (const below of stepsFrom(partnerId, children, from)) {
    if (highest + 1 + below.level <= MAX_DEPTH) continue;
    for (const step of above) {
      const day = Math.max(step.from, below.from);
      if (step.level + 1 + below.level > MAX_DEPTH && day < Math.min(step.until, below.until)) {
        first = Math.min(first, day);
      }
    }
  }
  return Number.isFinite(first) ? first : null;
}

/**
 * The partner and all that are linked to it by any number of links, with the days on which they are. Never
 * returns to where it began: in stored data with a circle it ends there, or after as many steps as there are
 * partners.
 */
function* stepsFrom(
  partnerId: string,
  links: (partnerId: string) => readonly Link[],
  from: Day = Number.NEGATIVE_INFINITY,
): Generator<Step> {
  const open: Step[] = [{ partnerId, from, until: Number.POSITIVE_INFINITY, level: 0 }];
  const seen = new Set<string>();
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    yield step;
    seen.add(step.partnerId);
    if (step.level > 0 && (step.partnerId === partnerId || step.level > seen.size)) continue;
    for (const link of links(step.partnerId)) {
      const days = { from: Math.max(step.from, link.from), until: Math.min(step.until, link.until) };
      if (days.from < days.until) open.push({ partnerId: link.partnerId, ...days, level: step.level + 1 });
    }
  }
}

/** Those right above a partner, whenever that was. */
function parentsOf(partnerId: string, hierarchy: Hierarchy): Link[] {
  const entries = hierarchy.get(partnerId) ?? [];
  return entries.flatMap(({ firstOn, parentId }, index) => {
    const until = entries[index + 1]?.firstOn ?? Number.POSITIVE_INFINITY;
    return parentId === null ? [] : [{ partnerId: parentId, from: firstOn, until }];
  });
}

/** The same days as runs that neither overlap nor touch, ascending. */
function united(steps: readonly Step[]): readonly Membership[] {
  const result: { from: Day; until: Day | null }[] = [];
  for (const { from, until } of steps.toSorted((a, b) => a.from - b.from)) {
    const end = Number.isFinite(until) ? until : null;
    const last = result.at(-1);
    if (last === undefined || (last.until !== null && last.until < from)) result.push({ from, until: end });
    else if (last.until !== null && (end === null || end > last.until)) last.until = end;
  }
  return result;
}
