import type { Day, Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { dayOf, instantOf } from '../encoding/time-sql.ts';
import { inScope, type ReadScope } from './read-scope.ts';

/** A version of a tier set by hand. One whose days are empty was taken back whole. */
export type OverrideRow = {
  readonly id: string;
  readonly version: number;
  readonly partnerId: string;
  /** The rulebook whose tier code `tier` is. */
  readonly rulebookId: string;
  readonly tier: string;
  readonly firstOn: Day;
  readonly endsOn: Day;
  readonly reason: string;
  readonly actor: string;
  readonly recordedAt: Instant;
};

const COLUMNS = Prisma.sql`o.id, o.version, o.partner_id AS "partnerId", o.rulebook_id AS "rulebookId", o.tier,
  ${dayOf('o.first_on')} AS "firstOn", ${dayOf('o.ends_on')} AS "endsOn", o.reason, o.actor,
  ${instantOf('o.recorded_at')} AS "recordedAt"`;

function scoped(scope: ReadScope): Prisma.Sql {
  return inScope(scope, Prisma.sql`p.program_id`, Prisma.sql`p.id`);
}

/** The current versions of the overrides with these ids that are in scope, in no order. */
export function readOverridesById(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<OverrideRow[]> {
  return session.$queryRaw<OverrideRow[]>`
    SELECT ${COLUMNS} FROM unnest(${[...ids]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM tier_override WHERE id = key.id OFFSET 0) AS o
    CROSS JOIN LATERAL (SELECT id, program_id FROM partner WHERE id = o.partner_id OFFSET 0) AS p
    WHERE o.superseded_at IS NULL AND ${scoped(scope)}`;
}

/**
 * The overrides of these partners as they stand, latest first; those that were taken back whole are left out.
 */
export function listOverrides(
  scope: ReadScope,
  session: DatabaseClient,
  partnerIds: readonly string[],
): Promise<OverrideRow[]> {
  return session.$queryRaw<OverrideRow[]>`
    SELECT ${COLUMNS} FROM unnest(${[...partnerIds]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM tier_override WHERE partner_id = key.id OFFSET 0) AS o
    CROSS JOIN LATERAL (SELECT id, program_id FROM partner WHERE id = key.id OFFSET 0) AS p
    WHERE o.superseded_at IS NULL AND o.first_on < o.ends_on AND ${scoped(scope)}
    ORDER BY o.first_on DESC, o.id`;
}
