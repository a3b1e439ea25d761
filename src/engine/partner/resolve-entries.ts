import type { Day, Instant } from '../values/day.ts';
import { changeMembership, type DatedData, type MembershipChange } from './membership-change.ts';
import type { EnteredPartnerData, PartnerData, ResolvedEntry } from './partner-data.ts';

/** What was entered for the days from `firstOn` on; what it leaves out stays as it is. */
export type EnteredData = {
  readonly firstOn: Day;
  readonly recordedAt: Instant;
  /** A membership that is changed is so on all its days, whatever `firstOn` says. */
  readonly data: EnteredPartnerData & { readonly membership?: MembershipChange };
};

/**
 * Resolves entries, in the order of recording (the first sets everything), into what holds from which day on,
 * ascending. Each field is what the entry of the latest day so far says; of several entries for one day, the
 * one recorded last. An entry for an earlier day therefore does not touch what was entered for a later one. A
 * change of a membership holds on all its days.
 */
export function resolveEntries(entered: readonly EnteredData[]): readonly ResolvedEntry[] {
  const first = entered[0]?.data;
  if (first === undefined || !isWhole(first)) return [];
  let dated: DatedData[] = [];
  for (const { firstOn, recordedAt, data } of entered) {
    const { membership, ...rest } = data;
    if (membership === undefined || Object.keys(rest).length > 0) {
      dated.push({ firstOn, recordedAt, data: rest });
    }
    if (membership !== undefined) {
      dated = changeMembership(dated, resolveDated(dated, first), membership, recordedAt);
    }
  }
  return resolveDated(dated, first);
}

function resolveDated(dated: readonly DatedData[], first: WholeData): readonly ResolvedEntry[] {
  const ordered = [...dated].sort((a, b) => a.firstOn - b.firstOn || a.recordedAt - b.recordedAt);
  const resolved: ResolvedEntry[] = [];
  let current: PartnerData = { ...first, attributes: {} };
  let latest = 0;
  for (const { firstOn, recordedAt, data } of ordered) {
    const attributes = withAttributes(current.attributes, data.attributes);
    current = { ...current, ...data, attributes };
    latest = Math.max(latest, recordedAt);
    if (resolved.at(-1)?.firstOn === firstOn) resolved.pop();
    resolved.push({ ...current, firstOn, recordedAt: latest });
  }
  return resolved;
}

/** Attributes after an entry, each of which stands by itself. */
function withAttributes(
  before: PartnerData['attributes'],
  entered: EnteredPartnerData['attributes'] = {},
): PartnerData['attributes'] {
  const after = Object.entries({ ...before, ...entered });
  return Object.fromEntries(after.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** What the first entry has to say. */
type WholeData = Omit<PartnerData, 'attributes'> & Pick<EnteredPartnerData, 'attributes'>;

function isWhole(data: EnteredPartnerData): data is WholeData {
  const { name, country, region, parentId, enrolledOn, leftOn } = data;
  return ![name, country, region, parentId, enrolledOn, leftOn].includes(undefined);
}
