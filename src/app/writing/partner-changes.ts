import { entryOn } from '../../engine/partner/entry-on.ts';
import type { PartnerData, ResolvedEntry } from '../../engine/partner/partner-data.ts';
import type { Day } from '../../engine/values/day.ts';
import type { PartnerAttributeInput } from '../naming/partner-text.ts';

/** A partner's data, by the names that a call has for it. */
export const PARTNER_FIELDS = [
  'name',
  'country',
  'region',
  'attributes',
  'parent',
  'enrolledOn',
  'leftOn',
] as const;
export type PartnerField = (typeof PARTNER_FIELDS)[number];

/** What a call says of a partner; what it leaves out is undefined. */
type Said = Readonly<Partial<Record<PartnerField, unknown>>> & {
  readonly attributes?: readonly PartnerAttributeInput[];
};

/** Whether nothing is different about a partner on any day; on days before `from` nothing can be. */
export function sameFrom(
  before: readonly ResolvedEntry[],
  after: readonly ResolvedEntry[],
  from: Day,
): boolean {
  return [from, ...[...before, ...after].map(({ firstOn }) => firstOn)]
    .filter((on) => on >= from)
    .every((on) => {
      const old = entryOn(before, on);
      const now = entryOn(after, on);
      return old !== null && now !== null && FIELDS.every((field) => isSameField(old, now, field));
    });
}

const FIELDS = ['name', 'country', 'region', 'attributes', 'parentId', 'enrolledOn', 'leftOn'] as const;

function isSameField(one: PartnerData, other: PartnerData, field: (typeof FIELDS)[number]): boolean {
  if (field !== 'attributes') return one[field] === other[field];
  const [before, after] = [one.attributes, other.attributes].map((attributes) =>
    JSON.stringify(Object.entries(attributes).sort()),
  );
  return before === after;
}

/** What a call said that is so today, and was not before. */
export function whatChanged(
  command: Said,
  today: Day,
  before: readonly ResolvedEntry[],
  after: readonly ResolvedEntry[],
): readonly PartnerField[] {
  const [old, now] = [before, after].map((entries) => entryOn(entries, today) ?? entries[0]);
  return FIELDS.filter((field) => old === undefined || now === undefined || !isSameField(old, now, field))
    .map((field) => (field === 'parentId' ? 'parent' : field))
    .filter((field) => command[field] !== undefined)
    .filter((field) => field !== 'attributes' || saysAllAttributes(command, now));
}

/** Whether the partner has no attribute that the call did not name: they are read together. */
function saysAllAttributes({ attributes = [] }: Said, now: PartnerData | undefined): boolean {
  const named = new Set(attributes.map(({ name }) => name));
  return Object.keys(now?.attributes ?? {}).every((name) => named.has(name));
}
