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
    'How far partners are from the tier above the effective one, by what `Standing.next` says; those with the highest tier never pass. Several conditions narrow together.',
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
        'At least one of these parts is missing, given by its `path`: a place in the document of the rulebook.',
    }),
  }),
});

export const PartnerFilter = builder.inputType('PartnerFilter', {
  description: 'Which partners are listed. A condition left out does not narrow; several narrow together.',
  fields: (t) => ({
    tiers: t.stringList({ required: false, description: 'Whose effective tier has one of these codes.' }),
    regions: t.stringList({
      required: false,
      description: 'Entered today for one of these regions, exactly as written.',
    }),
    countries: t.stringList({
      required: false,
      description: 'In one of these countries, ISO 3166-1 alpha-2.',
    }),
    specializations: t.stringList({
      required: false,
      description: 'Holding at least one specialization with one of these codes.',
    }),
    specializationLapsesBefore: t.field({
      type: 'Date',
      required: false,
      description:
        'Holding a specialization, one of `specializations` where they are given, that it will have lost before this day if nothing new is recorded.',
    }),
    onHold: t.boolean({
      required: false,
      description: 'Whose effective tier something holds (true), or nothing does (false).',
    }),
    holdReasons: t.field({
      type: [HoldReasonType],
      required: false,
      description: 'Whose effective tier is decided by a hold with one of these reasons.',
    }),
    search: t.string({
      required: false,
      description:
        "With this in the name or the vendor's key, whatever the case and the accents: `muhl` finds Mühl, and `STRASSE` Straße.",
    }),
    gap: t.field({
      type: GapFilter,
      required: false,
      description: 'Who has a tier above, and how far it is.',
    }),
    parent: t.id({ required: false, description: 'Affiliates of the partner with this global id.' }),
  }),
});

const PartnerOrderField = builder.enumType('PartnerOrderField', {
  description: 'By what of their data or standing partners are compared.',
  values: {
    NAME: {
      description:
        'By what they are called, alphabetically in the order of Unicode, whatever the case and the accents.',
    },
    EXTERNAL_REF: {
      description:
        "By the vendor's key, character by character in the order of Unicode: capitals before small letters.",
    },
    TIER: { description: 'By the rank of the effective tier; those without one first.' },
    NEXT_CHANGE: { description: 'By the day of the next change; those without one last.' },
    MISSING: {
      description:
        'By how many parts of the requirement of the tier above the effective one are missing; those with the highest tier last.',
    },
    ENROLLED_ON: { description: 'By the day on which each became a member.' },
  } as const satisfies Record<StoreOrder['by'], { description: string }>,
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: {
    ASC: { description: 'The smallest, the first in the alphabet, the earliest.' },
    DESC: { description: 'The greatest, the last in the alphabet, the latest.' },
  } as const,
});

export const PartnerOrder = builder.inputType('PartnerOrder', {
  description: 'What partners are compared by, and which end of that comes first.',
  fields: (t) => ({
    field: t.field({
      type: PartnerOrderField,
      description: 'What the partners are compared by; equals are ordered by their id.',
    }),
    direction: t.field({
      type: OrderDirection,
      required: false,
      defaultValue: 'ASC',
      description: 'Which end comes first.',
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
