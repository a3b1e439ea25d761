import type { Dimension } from '../../engine/measuring/dimension-items.ts';
import { MONTHS_PER_PERIOD } from '../../engine/measuring/period.ts';
import type { ItemDimension } from '../../engine/rulebook/metric.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../connection/transaction.ts';
import { enteredAbove } from '../encoding/family-sql.ts';

/** How many partners have more items of a dimension than allowed, and the one that has the most. */
export type BeyondDimension = {
  /** The dimension's place in the list that was asked for. */
  readonly dimension: number;
  readonly partners: number;
  readonly most: number;
  /** The external reference of a partner that has so many. */
  readonly example: string;
};

/**
 * The dimensions of which partners of a programme have more items than they may, by their facts that count
 * now. One statement. Only partners whose facts, with their families', are that many are looked into; without
 * statistics its plan is the same, as it joins nothing that it could not look up by an index.
 */
export async function findBeyondItems(
  tx: Transaction,
  programId: string,
  dimensions: readonly Dimension[],
): Promise<readonly BeyondDimension[]> {
  if (dimensions.length === 0) return [];
  const asked = dimensions.flatMap(({ dimension: itemsOf, facts, allowed }, dimension) =>
    facts.map(({ kind, scope }) => ({ dimension, allowed, ...columnOf(itemsOf), kind, scope })),
  );
  // A partner with fewer facts than any dimension allows is within all of them.
  const least = Math.min(...dimensions.map(({ allowed }) => allowed));
  const json = JSON.stringify(asked);
  const countsFamilies = Prisma.sql`${asked.some(({ scope }) => scope === 'FAMILY')}::boolean`;
  return tx.$queryRaw<BeyondDimension[]>`
     WITH of_member AS MATERIALIZED (
       SELECT partner_id, count(*) AS facts FROM fact
       WHERE program_id = ${programId}::uuid AND kind = ANY (ARRAY(SELECT jsonb_array_elements(${json}::jsonb) ->> 'kind')) AND ${COUNTS}
       GROUP BY partner_id
     ), above AS MATERIALIZED (
       SELECT m.partner_id, up.id, sum(m.facts) OVER (PARTITION BY up.id) AS facts
       FROM of_member m CROSS JOIN LATERAL (
         WITH RECURSIVE up AS (
           SELECT m.partner_id AS id
           UNION SELECT e.parent_id FROM up CROSS JOIN ${enteredAbove('up.id', countsFamilies)}
         ) SELECT id FROM up
       ) AS up
     ), member AS MATERIALIZED (
       SELECT partner_id, array_agg(id) AS above FROM above WHERE facts > ${least}::int GROUP BY partner_id
     ), item AS MATERIALIZED (
       SELECT DISTINCT up.id, i.dimension, i.allowed, i.item
       FROM member m CROSS JOIN LATERAL (
         SELECT DISTINCT x.dimension, x.allowed, x.scope, CASE x.field
             WHEN 'person' THEN person WHEN 'credential' THEN credential WHEN 'customer' THEN customer
             WHEN 'respondent' THEN respondent WHEN 'subject' THEN subject WHEN 'currency' THEN currency
             WHEN 'value' THEN trim_scale(value)::text WHEN 'occurredOn' THEN occurred_on::text
             WHEN 'expiresOn' THEN expires_on::text WHEN 'attribute' THEN attributes ->> x.attribute
             WHEN 'WEEK' THEN date_trunc('week', occurred_on::timestamp)::text
             WHEN 'PERIODS' THEN floor((12 * extract(year FROM occurred_on) + extract(month FROM occurred_on)
               - x."firstMonth") / x.months)::text END AS item
         FROM fact JOIN jsonb_to_recordset(${json}::jsonb)
             AS x(dimension int, allowed int, field text, attribute text, "firstMonth" int, months int, kind text, scope text) ON x.kind = fact.kind
         WHERE partner_id = m.partner_id AND ${COUNTS} OFFSET 0
       ) AS i CROSS JOIN LATERAL unnest(m.above) AS up(id)
       WHERE i.item IS NOT NULL AND (i.scope = 'FAMILY' OR up.id = m.partner_id)
     ), beyond AS MATERIALIZED (
       SELECT id, dimension, count(*)::int AS items FROM item GROUP BY id, dimension, allowed HAVING count(*) > allowed
     ), most AS (
       SELECT dimension, count(*)::int AS partners, max(items) AS most,
         (array_agg(id ORDER BY items DESC, id))[1] AS id
       FROM beyond GROUP BY dimension
     )
     SELECT dimension, partners, most, (SELECT external_ref FROM partner WHERE partner.id = most.id) AS example
     FROM most ORDER BY dimension`;
}

/** SQL: the fact is the current version of its key, and not void. */
const COUNTS = Prisma.sql`superseded_at IS NULL AND NOT voided`;

const ATTRIBUTE = 'attributes.';

/** Where a fact says which item it belongs to, as the statement takes it. */
type ItemColumn = {
  readonly field: string;
  readonly attribute?: string;
  readonly firstMonth?: number;
  readonly months?: number;
};

/** The column that says what a fact's field is, a region being an attribute, or how long periods are. */
function columnOf(dimension: ItemDimension): ItemColumn {
  if (dimension.type === 'PERIOD') {
    const { unit, firstMonth } = dimension;
    return unit === 'WEEK'
      ? { field: unit }
      : { field: 'PERIODS', firstMonth, months: MONTHS_PER_PERIOD[unit] };
  }
  const { field } = dimension;
  if (field === 'region') return { field: 'attribute', attribute: field };
  return field.startsWith(ATTRIBUTE)
    ? { field: 'attribute', attribute: field.slice(ATTRIBUTE.length) }
    : { field };
}
