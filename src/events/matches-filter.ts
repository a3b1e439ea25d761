import type { LogEntry } from '../store/encoding/log-entry.ts';
import type { ChangeFilter } from '../store/reading/read-log.ts';

/** What of an entry each condition of a filter looks at. Null and undefined pass no condition. */
const LOOKS_AT: {
  readonly [Condition in keyof ChangeFilter]-?: (entry: LogEntry) => readonly (string | null | undefined)[];
} = {
  partnerIds: ({ partnerId }) => [partnerId],
  familyIds: ({ familyIds }) => familyIds,
  specializations: ({ change: { detail } }) => ['specialization' in detail ? detail.specialization : null],
  tiers: ({ change: { detail } }) => (detail.type === 'TierChanged' ? [detail.from, detail.to] : []),
  regions: ({ region }) => [region],
  directions: ({ change: { detail } }) => (detail.type === 'TierChanged' ? [detail.direction] : []),
  types: ({ change: { detail } }) => [detail.type],
};

/** The conditions that a filter may have, the one that usually lets least through first. */
export const CONDITIONS = [
  'partnerIds',
  'familyIds',
  'specializations',
  'tiers',
  'regions',
  'directions',
  'types',
] as const satisfies readonly (keyof ChangeFilter)[];
export type Condition = (typeof CONDITIONS)[number];

/** What of an entry a condition looks at. */
export function valuesOf(condition: Condition, entry: LogEntry): readonly string[] {
  return LOOKS_AT[condition](entry).filter((value) => typeof value === 'string');
}

/** Makes the test whether an entry passes a filter: the same answer that `listChanges` gives in SQL. */
export function createMatcher(filter: ChangeFilter): (entry: LogEntry) => boolean {
  const tests = CONDITIONS.flatMap((condition) => {
    const wanted = filter[condition];
    if (wanted === undefined) return [];
    const values = new Set<string>(wanted);
    return [(entry: LogEntry) => valuesOf(condition, entry).some((value) => values.has(value))];
  });
  return (entry) => tests.every((test) => test(entry));
}
