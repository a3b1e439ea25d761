import { MAX_DEPTH } from '../../engine/partner/family.ts';
import type { ResolvedEntry } from '../../engine/partner/partner-data.ts';
import { resolveEntries } from '../../engine/partner/resolve-entries.ts';
import { type Day, formatDay } from '../../engine/values/day.ts';
import type { Transaction } from '../../store/connection/transaction.ts';
import { readEntries } from '../../store/writing/write-partner.ts';
import { type Refused, refuse } from '../context/app.ts';

/** Where partners stood, stand and will stand, by their ids. */
export async function readHierarchy(
  tx: Transaction,
  partners: readonly { readonly id: string }[],
): Promise<ReadonlyMap<string, readonly ResolvedEntry[]>> {
  const rows = await readEntries(
    tx,
    partners.map(({ id }) => id),
  );
  const entered = Map.groupBy(rows, ({ partnerId }) => partnerId);
  return new Map([...entered].map(([id, entries]) => [id, resolveEntries(entries)]));
}

/** A parent is refused because the family would be too deep on some day. */
export function refuseDepth(on: Day): Refused<'HIERARCHY_TOO_DEEP'> & { readonly path: string } {
  const message = `On ${formatDay(on)} more than ${MAX_DEPTH} partners would stand above one another; a family is at most ${MAX_DEPTH} deep.`;
  return { ...refuse('HIERARCHY_TOO_DEEP', message), path: 'parent' };
}

/** A partner and all that it was, is or will be below at any time, by their ids. */
export function everAbove(
  partnerId: string,
  hierarchy: ReadonlyMap<string, readonly Pick<ResolvedEntry, 'parentId'>[]>,
): ReadonlySet<string> {
  // A set also goes through what is added to it meanwhile.
  const above = new Set([partnerId]);
  for (const id of above)
    for (const { parentId } of hierarchy.get(id) ?? []) if (parentId !== null) above.add(parentId);
  return above;
}
