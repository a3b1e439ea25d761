import type { Day } from './day.ts';
import { entryOn } from './entry-on.ts';
import type { Membership } from './membership.ts';
import type { PartnerEntry } from './partner-case.ts';

/** A partner's entries as far as the hierarchy needs them. */
export type HierarchyEntry = PartnerEntry & { readonly parentId: string | null };

/** The entries of every partner concerned, by id; each ascending by `firstOn`. */
export type Hierarchy = ReadonlyMap<string, readonly HierarchyEntry[]>;

/** Every partner that was, is or will be below `rootId`, with the runs of days on which it is; `rootId` itself is left out. */
export function familyOf(
  rootId: string,
  hierarchy: Hierarchy,
): { readonly partnerId: string; readonly memberships: readonly Membership[] }[] {
  const edges = edgesOf(hierarchy);
  const family = [];
  for (const partnerId of hierarchy.keys()) {
    if (partnerId === rootId) continue;
    const memberships: Membership[] = [];
    let since: Day | null = null;
    for (const day of edges) {
      const isBelow = ancestorsOn(partnerId, hierarchy, day).includes(rootId);
      if (isBelow && since === null) since = day;
      if (!isBelow && since !== null) {
        memberships.push({ from: since, until: day });
        since = null;
      }
    }
    if (since !== null) memberships.push({ from: since, until: null });
    if (memberships.length > 0) family.push({ partnerId, memberships });
  }
  return family;
}

/** The first day from `from` on, if any, on which the partner is its own ancestor. */
export function findCycle(partnerId: string, hierarchy: Hierarchy, from: Day): Day | null {
  const days = [from, ...edgesOf(hierarchy).filter((day) => day > from)];
  return days.find((day) => ancestorsOn(partnerId, hierarchy, day).includes(partnerId)) ?? null;
}

/** The partner's parent, its parent's parent and so on, on a day; stops where a partner comes up again. */
function ancestorsOn(partnerId: string, hierarchy: Hierarchy, on: Day): string[] {
  const ancestors: string[] = [];
  let at: string = partnerId;
  for (;;) {
    const parentId = entryOn(hierarchy.get(at) ?? [], on)?.parentId ?? null;
    if (parentId === null || ancestors.includes(parentId)) return ancestors;
    ancestors.push(parentId);
    at = parentId;
  }
}

/** The days on which any parent may change, ascending. */
function edgesOf(hierarchy: Hierarchy): readonly Day[] {
  const edges = new Set([...hierarchy.values()].flatMap((entries) => entries.map((entry) => entry.firstOn)));
  return [...edges].sort((a, b) => a - b);
}
