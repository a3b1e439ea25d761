import type { Dimension } from '../engine/dimension-items.ts';
import type { Transaction } from './transaction.ts';

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
 * The dimensions of which partners of a programme have more than so many items, by their facts that count now. One statement; without
 * statistics its plan goes through the facts once and looks up the partners above each that has some.
 */
export const findBeyondItems = async (
  tx: Transaction,
  programId: string,
  dimensions: readonly Dimension[],
  allowed: number,
): Promise<readonly BeyondDimension[]> => {
  if (dimensions.length === 0) return [];
  const asked = dimensions.flatMap(({ field, facts }, dimension) =>
    facts.map(({ kind, scope }) => ({ dimension, ...columnOf(field), kind, scope })),
  );
  return tx.$queryRawUnsafe<BeyondDimension[]>(
    `WITH stated AS MATERIALIZED (
       SELECT DISTINCT x.dimension, x.scope, f.partner_id, CASE x.field
           WHEN 'person' THEN f.person WHEN 'credential' THEN f.credential WHEN 'customer' THEN f.customer
           WHEN 'respondent' THEN f.respondent WHEN 'subject' THEN f.subject WHEN 'currency' THEN f.currency
           WHEN 'value' THEN trim_scale(f.value)::text WHEN 'occurredOn' THEN f.occurred_on::text
           WHEN 'expiresOn' THEN f.expires_on::text WHEN 'attribute' THEN f.attributes ->> x.attribute END AS item
       FROM fact f JOIN jsonb_to_recordset($1::jsonb) AS x(dimension int, field text, attribute text, kind text, scope text)
         ON x.kind = f.kind
       WHERE f.program_id = $2::uuid AND f.superseded_at IS NULL AND NOT f.voided
     ), of_partner AS MATERIALIZED (
       SELECT partner_id, scope, array_agg(dimension) AS dimensions, array_agg(item) AS items
       FROM stated WHERE item IS NOT NULL GROUP BY partner_id, scope
     ), counted AS MATERIALIZED (
       SELECT DISTINCT above.id, i.dimension, i.item
       FROM of_partner o CROSS JOIN LATERAL (
         WITH RECURSIVE up AS (
           SELECT o.partner_id AS id
           UNION SELECT e.parent_id FROM up CROSS JOIN LATERAL (
             SELECT parent_id FROM partner_entry
             WHERE o.scope = 'FAMILY' AND partner_id = up.id AND parent_id IS NOT NULL OFFSET 0) AS e
         ) SELECT id FROM up
       ) AS above CROSS JOIN LATERAL unnest(o.dimensions, o.items) AS i(dimension, item)
     ), beyond AS MATERIALIZED (
       SELECT id, dimension, count(*)::int AS items FROM counted GROUP BY id, dimension HAVING count(*) > $3::int
     ), most AS (
       SELECT dimension, count(*)::int AS partners, max(items) AS most,
         (array_agg(id ORDER BY items DESC, id))[1] AS id
       FROM beyond GROUP BY dimension
     )
     SELECT dimension, partners, most, (SELECT external_ref FROM partner WHERE partner.id = most.id) AS example
     FROM most ORDER BY dimension`,
    JSON.stringify(asked),
    programId,
    allowed,
  );
};

const ATTRIBUTE = 'attributes.';

/** The column that says what a fact's field is; a region is an attribute. */
const columnOf = (field: string): { readonly field: string; readonly attribute: string | null } => {
  if (field === 'region') return { field: 'attribute', attribute: field };
  return field.startsWith(ATTRIBUTE)
    ? { field: 'attribute', attribute: field.slice(ATTRIBUTE.length) }
    : { field, attribute: null };
};
