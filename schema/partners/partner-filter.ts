import type {
  PartnerFilter as StoreFilter,
  PartnerOrder as StoreOrder,
} from '../../src/store/reading/read-partner-list.ts';
import { builder } from '../base/builder.ts';
import { readGlobalId } from '../base/global-id.ts';
import { readDay } from '../base/read-argument.ts';
import { HoldReasonType } from '../proofs/hold.ts';

const GapFilter = builder.inputType('GapFilter', {
  description:
    'How far partners are from the tier above the effective one, as `Standing.next` says. Partners with the highest tier never pass. Several conditions narrow together.',
  fields: (t) => ({
    tiers: t.stringList({ required: false, description: 'The tier above has one of these codes.' }),
    missingAtMost: t.int({
      required: false,
      description:
        'At most this many parts of its requirement are missing: 1 for partners that are almost there, 0 for partners that only policy holds back.',
    }),
    missing: t.stringList({
      required: false,
      description:
        "At least one of these parts is missing. A part is named by its `path`, its place in the rulebook's document.",
    }),
  }),
});

export const PartnerFilter = builder.inputType('PartnerFilter', {
  description:
    'Which partners are listed. A condition that is left out does not narrow the list; several narrow it together.',
  fields: (t) => ({
    tiers: t.stringList({
      required: false,
      description: 'Only partners whose effective tier has one of these codes.',
    }),
    regions: t.stringList({
      required: false,
      description: 'Only partners whose region today is one of these, exactly as written.',
    }),
    countries: t.stringList({
      required: false,
      description: 'Only partners in one of these countries, ISO 3166-1 alpha-2.',
    }),
    specializations: t.stringList({
      required: false,
      description: 'Only partners that hold a specialization with one of these codes.',
    }),
    specializationLapsesBefore: t.field({
      type: 'Date',
      required: false,
      description:
        'Only partners that will lose a specialization before this day if nothing new is recorded; one of `specializations`, where those are given.',
    }),
    onHold: t.boolean({
      required: false,
      description: 'Only partners whose effective tier is held (true), or is not (false).',
    }),
    holdReasons: t.field({
      type: [HoldReasonType],
      required: false,
      description: 'Only partners whose effective tier is decided by a hold with one of these reasons.',
    }),
    search: t.string({
      required: false,
      description:
        'Only partners with this text in the name or the external reference, ignoring case and accents: `muhl` finds Mühl, and `STRASSE` finds Straße.',
    }),
    gap: t.field({
      type: GapFilter,
      required: false,
      description: 'Only partners that have a tier above, by how far they are from it.',
    }),
    parent: t.id({ required: false, description: 'Only affiliates of the partner with this global id.' }),
  }),
});

const PartnerOrderField = builder.enumType('PartnerOrderField', {
  description: 'By which property a list of partners is sorted.',
  values: {
    NAME: {
      description: 'By name, by Unicode code point, ignoring case and accents.',
    },
    EXTERNAL_REF: {
      description: 'By external reference, by Unicode code point: capitals come before small letters.',
    },
    TIER: { description: 'By the rank of the effective tier; partners without one first.' },
    NEXT_CHANGE: { description: 'By the day of the next change; partners without one last.' },
    MISSING: {
      description:
        'By how many parts of the requirement of the tier above the effective one are missing; partners with the highest tier last.',
    },
    ENROLLED_ON: { description: 'By the day on which each became a member.' },
  } as const satisfies Record<StoreOrder['by'], { description: string }>,
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of a sorted list comes first.',
  values: {
    ASC: { description: 'Smallest, alphabetically first or earliest entries first.' },
    DESC: { description: 'Greatest, alphabetically last or latest entries first.' },
  } as const,
});

export const PartnerOrder = builder.inputType('PartnerOrder', {
  description: 'How a list of partners is sorted.',
  fields: (t) => ({
    field: t.field({
      type: PartnerOrderField,
      description: 'What the partners are compared by. Equal ones are ordered by id.',
    }),
    direction: t.field({
      type: OrderDirection,
      required: false,
      defaultValue: 'ASC',
      description: 'Ascending or descending.',
    }),
  }),
});

/** What the store understands by a filter. Throws BAD_USER_INPUT. */
export function readPartnerFilter(filter: typeof PartnerFilter.$inferInput | null | undefined): StoreFilter {
  const { tiers, regions, countries, specializations, specializationLapsesBefore } = filter ?? {};
  const { onHold, holdReasons, search, gap, parent } = filter ?? {};
  return {
    ...(tiers != null && { tiers }),
    ...(regions != null && { regions }),
    ...(countries != null && { countries }),
    ...(specializations != null && {
      specializations,
    }),
    ...(specializationLapsesBefore != null && {
      lapsesBefore: readDay(specializationLapsesBefore, 'filter.specializationLapsesBefore'),
    }),
    ...(onHold != null && { onHold }),
    ...(holdReasons != null && { holdReasons }),
    ...(search != null && { search }),
    ...readGapFilter(gap),
    ...(parent != null && { parentId: readGlobalId(parent, 'Partner', 'filter.parent') }),
  };
}

function readGapFilter(gap: typeof GapFilter.$inferInput | null | undefined): StoreFilter {
  const { tiers, missingAtMost, missing } = gap ?? {};
  return {
    ...(gap != null && { hasNext: true }),
    ...(tiers != null && { nextTiers: tiers }),
    ...(missingAtMost != null && { missingAtMost }),
    ...(missing != null && { missing }),
  };
}

/** What the store understands by an order. */
export function readPartnerOrder(order: typeof PartnerOrder.$inferInput | null | undefined): StoreOrder {
  return { by: order?.field ?? 'NAME', descending: order?.direction === 'DESC' };
}
