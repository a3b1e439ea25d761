import type { Measurements } from '../../engine/measuring/measurements.ts';
import type { Status, Timeline } from '../../engine/partner/status.ts';
import type { StandingBasis } from '../../engine/policy/judge-partner.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import type { HeldSpecialization } from '../encoding/held-specialization.ts';
import { dayOf, instantOf } from '../encoding/time-sql.ts';
import { inScope, type ReadScope } from './read-scope.ts';

/** A partner's row: its data, and its standing on `judgedOn`. */
export type PartnerRow = {
  readonly id: string;
  readonly programId: string;
  readonly externalRef: string;
  readonly name: string;
  readonly country: string;
  readonly region: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parentId: string | null;
  readonly enrolledOn: Day;
  readonly leftOn: Day | null;
  /** How many log entries it has. */
  readonly version: number;
  readonly lastRecordedAt: Instant;
  readonly status: Status;
  readonly tierRank: number | null;
  readonly measurements: Measurements | null;
  readonly alternatives: NonNullable<StandingBasis['alternatives']>;
  readonly specializations: readonly HeldSpecialization[];
  readonly judgedOn: Day | null;
  readonly nextChangeOn: Day | null;
  /**
   * The first day on which the standing, a number of it or the partner's data may differ; until then the row
   * holds as it is.
   */
  readonly dueOn: Day | null;
  readonly rulesVersion: number;
};

/** SQL: the columns of a PartnerRow, of the partner with the alias p. */
export const PARTNER_COLUMNS = Prisma.sql`p.id, p.program_id AS "programId", p.external_ref AS "externalRef", p.name, p.country, p.region, p.attributes,
  p.parent_id AS "parentId", ${dayOf('p.enrolled_on')} AS "enrolledOn", ${dayOf('p.left_on')} AS "leftOn",
  p.version, ${instantOf('p.last_recorded_at')} AS "lastRecordedAt", p.status,
  p.tier_rank AS "tierRank", p.measurements, p.alternatives, p.specializations, ${dayOf('p.judged_on')} AS "judgedOn",
  ${dayOf('p.next_change_on')} AS "nextChangeOn", ${dayOf('p.due_on')} AS "dueOn",
  p.rules_version AS "rulesVersion"`;

/** SQL: the partner with the alias p is in scope. */
export function partnerInScope(scope: ReadScope): Prisma.Sql {
  return inScope(scope, Prisma.sql`p.program_id`, Prisma.sql`p.id`);
}

/** The partners with these ids that are in scope, in no order. */
export function readPartners(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<PartnerRow[]> {
  return session.$queryRaw<PartnerRow[]>`
    SELECT ${PARTNER_COLUMNS} FROM unnest(${[...new Set(ids)]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM partner WHERE id = key.id OFFSET 0) AS p WHERE ${partnerInScope(scope)}`;
}

/** The partners of a programme with these external references that are in scope, in no order. */
export function readPartnersByRef(
  scope: ReadScope,
  session: DatabaseClient,
  programId: string,
  externalRefs: readonly string[],
): Promise<PartnerRow[]> {
  return session.$queryRaw<PartnerRow[]>`
    SELECT ${PARTNER_COLUMNS} FROM unnest(${[...new Set(externalRefs)]}::text[]) AS key(ref)
    CROSS JOIN LATERAL (
      SELECT * FROM partner WHERE program_id = ${programId}::uuid AND external_ref = key.ref OFFSET 0) AS p
    WHERE ${partnerInScope(scope)}`;
}

/** All statuses of these partners by day, past and to come, as far as they are in scope; by id. */
export async function readTimelines(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Timeline>> {
  const rows = await session.$queryRaw<{ id: string; timeline: Timeline }[]>`
    SELECT p.id, p.timeline FROM unnest(${[...new Set(ids)]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM partner WHERE id = key.id OFFSET 0) AS p WHERE ${partnerInScope(scope)}`;
  return new Map(rows.map(({ id, timeline }) => [id, timeline]));
}
