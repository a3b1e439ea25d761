import type { Day } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { familyIds } from '../encoding/family-sql.ts';
import { needleOf } from '../encoding/search-key.ts';
import { alongProgram } from './along-program.ts';
import { PARTNER_COLUMNS, type PartnerRow, partnerInScope } from './read-partner.ts';
import { type ReadScope, unindexed } from './read-scope.ts';

/** Which partners are listed; a condition left out does not narrow. */
export type PartnerFilter = {
  readonly tiers?: readonly string[];
  readonly regions?: readonly string[];
  readonly countries?: readonly string[];
  /** Codes, any of which is held. */
  readonly specializations?: readonly string[];
  /**
   * One that is held, and is among `specializations` where they are given, has its first day without it
   * before this day.
   */
  readonly lapsesBefore?: Day;
  /** A hold keeps the tier from the computed one, or none does. */
  readonly onHold?: boolean;
  /** The hold that decides has one of these reasons. */
  readonly holdReasons?: readonly string[];
  /** Part of the name or of the external reference, both folded. */
  readonly search?: string;
  readonly parentId?: string;
  /** There is a tier above the effective one, or none. */
  readonly hasNext?: boolean;
  /** The tier above the effective one has one of these codes. */
  readonly nextTiers?: readonly string[];
  /** Something is missing for the tier above the effective one, at so many places of the rulebook at most. */
  readonly missingAtMost?: number;
  /** What is missing for it is at one of these places, among others. */
  readonly missing?: readonly string[];
};

export const PARTNER_ORDERS = [
  'NAME',
  'EXTERNAL_REF',
  'TIER',
  'NEXT_CHANGE',
  'ENROLLED_ON',
  'MISSING',
] as const;
export type PartnerOrder = { readonly by: (typeof PARTNER_ORDERS)[number]; readonly descending: boolean };

/**
 * A slice of a list: up to `limit` rows after (or, backwards, before) a row given by its sort value and id.
 */
export type Slice = {
  readonly limit: number;
  readonly backwards: boolean;
  readonly beyond: { readonly value: string; readonly id: string } | null;
};

const SORT_VALUE = {
  NAME: Prisma.sql`p.search_key`,
  EXTERNAL_REF: Prisma.sql`p.external_ref`,
  TIER: Prisma.sql`coalesce(p.tier_rank, -1)`,
  NEXT_CHANGE: Prisma.sql`coalesce(p.next_change_on, DATE '9999-12-31')`,
  ENROLLED_ON: Prisma.sql`p.enrolled_on`,
  MISSING: Prisma.sql`coalesce(jsonb_array_length(p.gap->'missing'), 32767)`,
} as const satisfies Record<PartnerOrder['by'], Prisma.Sql>;
// A cursor holds the value as text, whatever its type.
const SORT_TYPE = {
  NAME: Prisma.sql`text`,
  EXTERNAL_REF: Prisma.sql`text`,
  TIER: Prisma.sql`int`,
  NEXT_CHANGE: Prisma.sql`date`,
  ENROLLED_ON: Prisma.sql`date`,
  MISSING: Prisma.sql`int`,
} as const satisfies Record<PartnerOrder['by'], Prisma.Sql>;

function conditions(scope: ReadScope, filter: PartnerFilter): Prisma.Sql {
  const all = [partnerInScope(scope)];
  if (filter.tiers) all.push(Prisma.sql`p.tier = ANY (${[...filter.tiers]}::text[])`);
  if (filter.regions) all.push(Prisma.sql`p.region = ANY (${[...filter.regions]}::text[])`);
  if (filter.countries) all.push(Prisma.sql`p.country = ANY (${[...filter.countries]}::text[])`);
  if (filter.specializations || filter.lapsesBefore !== undefined) {
    const codes = filter.specializations
      ? Prisma.sql`held.code = ANY (${[...filter.specializations]}::text[])`
      : Prisma.sql`TRUE`;
    const days =
      filter.lapsesBefore === undefined
        ? Prisma.sql`TRUE`
        : Prisma.sql`held.until < ${filter.lapsesBefore}::int`;
    all.push(
      Prisma.sql`EXISTS (SELECT FROM jsonb_to_recordset(p.specializations) AS held(code text, until int) WHERE ${codes} AND ${days})`,
    );
  }
  if (filter.onHold !== undefined) all.push(Prisma.sql`(p.hold_reason IS NOT NULL) = ${filter.onHold}`);
  if (filter.holdReasons) all.push(Prisma.sql`p.hold_reason = ANY (${[...filter.holdReasons]}::text[])`);
  if (filter.search !== undefined) {
    const needle = needleOf(filter.search);
    all.push(needle === null ? Prisma.sql`FALSE` : Prisma.sql`p.search_key LIKE ${needle.pattern}`);
  }
  if (filter.parentId !== undefined) all.push(Prisma.sql`p.parent_id = ${filter.parentId}::uuid`);
  if (filter.hasNext !== undefined) all.push(Prisma.sql`(p.gap IS NOT NULL) = ${filter.hasNext}`);
  if (filter.nextTiers) all.push(Prisma.sql`p.gap->>'tier' = ANY (${[...filter.nextTiers]}::text[])`);
  if (filter.missingAtMost !== undefined) {
    all.push(Prisma.sql`jsonb_array_length(p.gap->'missing') <= ${filter.missingAtMost}::int`);
  }
  if (filter.missing) all.push(Prisma.sql`p.gap->'missing' ?| ${[...filter.missing]}::text[]`);
  return unindexed(Prisma.join(all, ' AND '));
}

/** A row of a list with the value it is sorted by. */
export type ListedPartner = { readonly row: PartnerRow; readonly sortValue: string };

/** More than these are met soon along the order of a list. */
const MOST_FOUND = 1_000;

/**
 * The only partners that a search can find, by the index of grams. Null if they are many, if the search is
 * too short for a gram, or if a parent or a family names fewer. The limit keeps a search for what most names
 * have, such as a legal form, from sorting most partners for the sake of a page.
 */
async function findBySearch(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string,
  { search, parentId }: PartnerFilter,
): Promise<readonly string[] | null> {
  const needle = search === undefined ? null : needleOf(search);
  if (needle === null || needle.grams.length === 0 || parentId !== undefined || scope.partner !== null)
    return null;
  const rows = await session.$queryRaw<{ id: string }[]>`
    SELECT found.id FROM (
      SELECT partner_id AS id, program_id FROM partner_gram WHERE grams @> ${[...needle.grams]}::text[] OFFSET 0) AS found
    WHERE found.program_id = ${programId}::uuid LIMIT ${MOST_FOUND + 1}::int`;
  return rows.length > MOST_FOUND ? null : rows.map(({ id }) => id);
}

/**
 * SQL: the partners of a programme that a list may have, by whichever names the fewest: a parent, the
 * viewer's family, what a search found, the programme.
 */
function partnersOf(
  scope: ReadScope,
  { parentId }: PartnerFilter,
  found: readonly string[] | null,
): Prisma.Sql {
  if (parentId !== undefined) return affiliatesOf(Prisma.sql`${parentId}::uuid`);
  if (found !== null) {
    return Prisma.sql`unnest(${[...found]}::uuid[]) AS member(id)
      CROSS JOIN LATERAL (SELECT * FROM partner WHERE id = member.id OFFSET 0) AS p`;
  }
  if (scope.partner === null) return Prisma.sql`partner p`;
  return Prisma.sql`unnest(${familyIds(scope.partner)}) AS member(id)
    CROSS JOIN LATERAL (SELECT * FROM partner WHERE id = member.id OFFSET 0) AS p`;
}

function affiliatesOf(parentId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT * FROM partner WHERE parent_id = ${parentId} OFFSET 0) AS p`;
}

/**
 * SQL: a slice of the partners that fulfil a condition, and what each is sorted by; of a programme, or of
 * each of several partners, then with its place from 1 on.
 */
function selectSlice(
  from: Prisma.Sql,
  condition: Prisma.Sql,
  { by, descending }: PartnerOrder,
  slice: Slice,
  within: { readonly programId: string } | 'EACH',
): Prisma.Sql {
  const value = SORT_VALUE[by];
  const downwards = descending !== slice.backwards;
  const direction = downwards ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  // References are unique in a programme, and have an index without the id.
  const sorted =
    by === 'EXTERNAL_REF'
      ? Prisma.sql`${value} ${direction}`
      : Prisma.sql`${value} ${direction}, p.id ${direction}`;
  const beyond =
    slice.beyond && Prisma.sql`${slice.beyond.value}::text::${SORT_TYPE[by]}, ${slice.beyond.id}::uuid`;
  const selected = Prisma.sql`SELECT ${PARTNER_COLUMNS}, (${value})::text AS "sortValue"`;
  if (within === 'EACH') {
    const after =
      beyond === null
        ? Prisma.sql`TRUE`
        : Prisma.sql`(${value}, p.id) ${downwards ? Prisma.sql`<` : Prisma.sql`>`} (${beyond})`;
    return Prisma.sql`
      ${selected}, row_number() OVER (ORDER BY ${sorted}) AS place FROM ${from}
      WHERE ${condition} AND ${after} ORDER BY ${sorted} LIMIT ${slice.limit}::int`;
  }
  const after = beyond && { columns: Prisma.sql`${value}, p.id`, values: beyond };
  return Prisma.sql`
    ${selected} FROM ${from}
    WHERE ${condition} AND ${alongProgram(Prisma.sql`p.program_id`, within.programId, { downwards, after })}
    ORDER BY p.program_id ${direction}, ${sorted} LIMIT ${slice.limit}::int`;
}

/** A slice of a programme's partners, in the list's order also when sliced backwards. */
export async function listPartners(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string,
  filter: PartnerFilter,
  order: PartnerOrder,
  slice: Slice,
): Promise<readonly ListedPartner[]> {
  const found = await findBySearch(scope, session, programId, filter);
  const rows = await session.$queryRaw<(PartnerRow & { sortValue: string })[]>(
    selectSlice(partnersOf(scope, filter, found), conditions(scope, filter), order, slice, { programId }),
  );
  const listed = rows.map(({ sortValue, ...row }) => ({ row, sortValue }));
  return slice.backwards ? listed.reverse() : listed;
}

/**
 * The same slice of the affiliates of each of these partners, in one statement; by the parent's id, those
 * without any left out.
 */
export async function listAffiliates(
  scope: ReadScope,
  session: DatabaseClient,
  parentIds: readonly string[],
  filter: PartnerFilter,
  order: PartnerOrder,
  slice: Slice,
): Promise<ReadonlyMap<string, readonly ListedPartner[]>> {
  const from = affiliatesOf(Prisma.sql`parent.id`);
  const direction = slice.backwards ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const rows = await session.$queryRaw<
    (PartnerRow & { parentId: string; sortValue: string; place: bigint })[]
  >`
    SELECT listed.* FROM unnest(${[...parentIds]}::uuid[]) AS parent(id)
    CROSS JOIN LATERAL (${selectSlice(from, conditions(scope, filter), order, slice, 'EACH')}) AS listed ORDER BY listed.place ${direction}`;
  const listed = rows.map(({ sortValue, place: _, ...row }) => ({ row, sortValue }));
  return Map.groupBy(listed, ({ row }) => row.parentId);
}

/** How many of a programme's partners the filter leaves. */
export async function countPartners(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string,
  filter: PartnerFilter,
): Promise<number> {
  const found = await findBySearch(scope, session, programId, filter);
  const [row] = await session.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM ${partnersOf(scope, filter, found)}
    WHERE p.program_id = ${programId}::uuid AND ${conditions(scope, filter)}`;
  return row?.count ?? 0;
}

/**
 * How many affiliates of each of these partners the filter leaves, by the parent's id; those without any left
 * out.
 */
export async function countAffiliates(
  scope: ReadScope,
  session: DatabaseClient,
  parentIds: readonly string[],
  filter: PartnerFilter,
): Promise<ReadonlyMap<string, number>> {
  const rows = await session.$queryRaw<{ id: string; count: number }[]>`
    SELECT parent.id, counted.count FROM unnest(${[...parentIds]}::uuid[]) AS parent(id)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM partner p
      WHERE p.parent_id = parent.id AND ${conditions(scope, filter)}) AS counted
    WHERE counted.count > 0`;
  return new Map(rows.map(({ id, count }) => [id, count]));
}
