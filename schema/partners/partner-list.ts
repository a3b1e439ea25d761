import { parseDay } from '../../src/engine/values/day.ts';
import type { PartnerRow } from '../../src/store/reading/read-partner.ts';
import {
  countAffiliates,
  countPartners,
  type ListedPartner,
  listAffiliates,
  listPartners,
  type PartnerFilter,
  type PartnerOrder,
  type Slice,
} from '../../src/store/reading/read-partner-list.ts';
import { batched } from '../base/batched.ts';
import type { Context } from '../base/context.ts';
import { createListCursors, type ListCursors } from '../base/list-cursor.ts';
import { type Page, type PageArgs, type PageQuestion, readPageArgs, toPage, toSlice } from '../base/page.ts';

type Place = NonNullable<Slice['beyond']>;
type PartnerPage = Page<{ readonly node: PartnerRow; readonly cursor: string }>;

/** A page of a programme's partners. */
export async function readPartnerPage(
  context: Context,
  programId: string,
  filter: PartnerFilter,
  order: PartnerOrder,
  args: PageArgs,
): Promise<PartnerPage> {
  const question = readPageArgs(args, cursorsOf(order).read);
  const { scope, app } = context;
  const { prisma } = app.database;
  const listed = await listPartners(scope, prisma, programId, filter, order, toSlice(question));
  return toPartnerPage(context, listed, question, order, () =>
    countPartners(scope, prisma, programId, filter),
  );
}

/** A page of a partner's affiliates; those of many partners are read together. */
export async function readAffiliatePage(
  context: Context,
  parentId: string,
  filter: PartnerFilter,
  order: PartnerOrder,
  args: PageArgs,
): Promise<PartnerPage> {
  const question = readPageArgs(args, cursorsOf(order).read);
  const listed = await affiliatesOf(context, parentId, { filter, order, slice: toSlice(question) });
  return toPartnerPage(context, listed, question, order, () => affiliateCountOf(context, parentId, filter));
}

type AffiliateArgs = {
  readonly filter: PartnerFilter;
  readonly order: PartnerOrder;
  readonly slice: Slice;
};

const affiliatesOf = batched(
  async ({ scope, app }, parentIds: readonly string[], { filter, order, slice }: AffiliateArgs) => {
    const ofEach = await listAffiliates(scope, app.database.prisma, parentIds, filter, order, slice);
    return parentIds.map((id) => ofEach.get(id) ?? []);
  },
);

const affiliateCountOf = batched(
  async ({ scope, app }, parentIds: readonly string[], filter: PartnerFilter) => {
    const counts = await countAffiliates(scope, app.database.prisma, parentIds, filter);
    return parentIds.map((id) => counts.get(id) ?? 0);
  },
);

function toPartnerPage(
  context: Context,
  listed: readonly ListedPartner[],
  question: PageQuestion<Place>,
  order: PartnerOrder,
  count: () => Promise<number>,
): PartnerPage {
  for (const { row } of listed) context.partners.prime(row.id, row);
  const cursors = cursorsOf(order);
  const toEdge = ({ row, sortValue }: ListedPartner) => ({
    node: row,
    cursor: cursors.write({ value: sortValue, id: row.id }),
  });
  return toPage(listed, question, toEdge, count);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By the value that the list is sorted by. */
function cursorsOf({ by }: PartnerOrder): ListCursors<Place> {
  return createListCursors(
    ({ value, id }) => JSON.stringify([by, value, id]),
    (text) => {
      const [order, value, id] = readList(text);
      const isPlace = typeof value === 'string' && typeof id === 'string' && UUID.test(id);
      return isPlace && order === by && isSortable(by, value) ? { value, id } : null;
    },
    'this list in this order',
  );
}

function readList(text: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

function isSortable(by: PartnerOrder['by'], value: string): boolean {
  switch (by) {
    case 'TIER':
    case 'MISSING':
      return /^-?\d{1,5}$/.test(value);
    case 'NEXT_CHANGE':
    case 'ENROLLED_ON':
      return parseDay(value) !== null;
    case 'NAME':
    case 'EXTERNAL_REF':
      return !value.includes('\0') && value.isWellFormed();
  }
}
