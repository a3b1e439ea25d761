import type { Transaction } from '../connection/transaction.ts';
import type { OverrideRow } from '../reading/read-override.ts';

/** The current versions of a partner's overrides, past ones included. */
export function readOverrides(tx: Transaction, partnerId: string): Promise<OverrideRow[]> {
  return tx.$queryRaw<OverrideRow[]>`
    SELECT o.id, o.version, o.partner_id AS "partnerId", o.rulebook_id AS "rulebookId", o.tier,
      o.first_on - DATE '1970-01-01' AS "firstOn", o.ends_on - DATE '1970-01-01' AS "endsOn", o.reason, o.actor,
      floor(extract(epoch FROM o.recorded_at) * 1000)::float8 AS "recordedAt"
    FROM tier_override o WHERE o.partner_id = ${partnerId}::uuid AND o.superseded_at IS NULL ORDER BY o.first_on`;
}

/** The partner whose override this is. */
export async function findOverridePartner(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx.$queryRaw<{ partnerId: string }[]>`
    SELECT o.partner_id AS "partnerId" FROM tier_override o WHERE o.id = ${id}::uuid LIMIT 1`;
  return row?.partnerId;
}

/** Adds a version of an override of a locked partner, and ends the time of the one before it. */
export async function insertOverride(tx: Transaction, row: OverrideRow): Promise<void> {
  await tx.$executeRaw`
    UPDATE tier_override SET superseded_at = to_timestamp(${row.recordedAt}::float8 / 1000.0)
    WHERE id = ${row.id}::uuid AND superseded_at IS NULL`;
  await tx.$executeRaw`
    INSERT INTO tier_override (id, version, partner_id, rulebook_id, tier, first_on, ends_on, reason, actor, recorded_at)
    VALUES (${row.id}::uuid, ${row.version}::int, ${row.partnerId}::uuid, ${row.rulebookId}::uuid, ${row.tier},
      DATE '1970-01-01' + ${row.firstOn}::int, DATE '1970-01-01' + ${row.endsOn}::int, ${row.reason}, ${row.actor},
      to_timestamp(${row.recordedAt}::float8 / 1000.0))`;
}
