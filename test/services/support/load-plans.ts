import { encodeGlobalId } from '../../../schema/base/global-id.ts';
import type { StatusChangeFilter } from '../../../src/generated/graphql/graphql.ts';
import type { FollowerKind, FollowerPlan } from './load-follower.ts';

/** How many regions the partners are spread over: each is about 1% of the changes. */
export const REGIONS = 100;

/** The name of the region at an index. */
export function regionAt(index: number): string {
  return `R${index % REGIONS}`;
}

/** Most use the client of this project. */
const KINDS: readonly FollowerKind[] = [
  'HELPER',
  'HELPER',
  'HELPER',
  'WEB_SOCKET',
  'HELPER',
  'HELPER',
  'EVENT_STREAM',
  'HELPER',
  'REPLAYING',
  'HELPER',
];

export type PlanOptions = {
  readonly count: number;
  readonly urls: readonly string[];
  readonly program: string;
  /** The ids of the partners. */
  readonly partnerIds: readonly string[];
  readonly after: string;
};

/**
 * Who follows what: one in ten without a filter, the others with one that matches about 1%, spread over the
 * processes.
 */
export function planFollowers({
  count,
  urls,
  program,
  partnerIds,
  after,
}: PlanOptions): readonly FollowerPlan[] {
  const partners = partnerIds.map((id) => encodeGlobalId('Partner', id));
  const one = Math.ceil(partners.length / 100);
  const filterAt = (index: number): StatusChangeFilter => {
    switch (index % 10) {
      case 0:
        return {};
      case 1:
      case 2:
      case 3:
        return { regions: [regionAt(index)] };
      case 4:
      case 5:
      case 6:
        return { regions: [regionAt(index), regionAt(index + 1)], directions: ['UP'] };
      default:
        return { partners: partners.slice((index * one) % (partners.length - one)).slice(0, one) };
    }
  };
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[Math.floor(index / 10 + index) % KINDS.length] ?? 'HELPER';
    const filter = filterAt(index);
    return {
      // Who replays everything every time is no measure of anything but that.
      kind: kind === 'REPLAYING' && index % 10 === 0 ? 'WEB_SOCKET' : kind,
      url: urls[index % urls.length] ?? '',
      program,
      filter,
      after,
    };
  });
}
