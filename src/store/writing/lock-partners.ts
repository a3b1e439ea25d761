import type { Timeline } from '../../engine/partner/status.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { type Transaction, TryAgain } from '../connection/transaction.ts';
import { BATCH_SIZE, readInBatches } from '../encoding/batches.ts';
import { enteredAbove } from '../encoding/family-sql.ts';
import { dayOf, instantOf, toDate } from '../encoding/time-sql.ts';

/** A partner's row as a writing transaction holds it, locked until commit. */
export type LockedPartner = {
  readonly id: string;
  readonly externalRef: string;
  readonly name: string;
  readonly region: string;
  /** How many log entries the partner has. */
  readonly version: number;
  readonly lastRecordedAt: Instant;
  /** Whether more than its enrolment was entered about it. */
  readonly wasChanged: boolean;
  readonly timeline: Timeline;
  /** Null until it is judged for the first time. */
  readonly judgedOn: Day | null;
  readonly rulesVersion: number;
  /** How many versions of facts of its own there are, counted to 1,000: what judging it takes. */
  readonly weight: number;
};

const LOCKED = Prisma.sql`p.id, p.external_ref AS "externalRef", p.name, p.region, p.version,
  ${instantOf('p.last_recorded_at')} AS "lastRecordedAt", p.timeline,
  ${dayOf('p.judged_on')} AS "judgedOn", p.rules_version AS "rulesVersion",
  EXISTS (SELECT 1 FROM partner_entry e WHERE e.partner_id = p.id OFFSET 1) AS "wasChanged",
  (SELECT count(*)::int FROM (SELECT FROM fact f WHERE f.partner_id = p.id LIMIT 1000) AS counted) AS weight`;

/**
 * Which partners to lock: by reference, by id, and whether all above them in the hierarchy, on any day, are
 * locked too.
 */
export type PartnersToLock = {
  readonly refs?: readonly string[];
  readonly ids?: readonly string[];
  readonly withAncestors: boolean;
};

/**
 * Locks partners of a programme until commit, in the one order in which all transactions lock. The hierarchy
 * is read again once they are locked. Throws TryAgain if it had become another meanwhile.
 */
export async function lockPartners(
  tx: Transaction,
  programId: string,
  { refs = [], ids = [], withAncestors }: PartnersToLock,
): Promise<readonly LockedPartner[]> {
  if (!withAncestors && refs.length + ids.length <= BATCH_SIZE) {
    return tx.$queryRaw<LockedPartner[]>`
      ${selectConcerned(programId, refs, ids, withAncestors)}
      SELECT locked.* FROM (SELECT id FROM concerned ORDER BY id OFFSET 0) AS key
      CROSS JOIN LATERAL (SELECT ${LOCKED} FROM partner p WHERE p.id = key.id FOR NO KEY UPDATE) AS locked`;
  }
  const readIds = async (): Promise<readonly string[]> => {
    const keys = [...refs.map((ref) => ({ ref, id: null })), ...ids.map((id) => ({ ref: null, id }))];
    const rows = await readInBatches(keys, (batch) => {
      const concerned = selectConcerned(
        programId,
        batch.flatMap(({ ref }) => ref ?? []),
        batch.flatMap(({ id }) => id ?? []),
        withAncestors,
      );
      return tx.$queryRaw<{ id: string }[]>`${concerned} SELECT id FROM concerned`;
    });
    return [...new Set(rows.map(({ id }) => id))].sort();
  };
  const locked = await readInBatches(
    await readIds(),
    (batch) => tx.$queryRaw<LockedPartner[]>`
      SELECT locked.* FROM unnest(${[...batch]}::uuid[]) AS key(id)
      CROSS JOIN LATERAL (SELECT ${LOCKED} FROM partner p WHERE p.id = key.id FOR NO KEY UPDATE) AS locked`,
  );
  if (withAncestors && locked.length > 0) {
    const ours = new Set(locked.map((partner) => partner.id));
    if ((await readIds()).some((id) => !ours.has(id))) throw new TryAgain();
  }
  return locked;
}

// UNION, not UNION ALL, with those above: ends also where old entries go round in a circle.
function selectConcerned(
  programId: string,
  refs: readonly string[],
  ids: readonly string[],
  withAncestors: boolean,
): Prisma.Sql {
  return Prisma.sql`WITH RECURSIVE concerned AS (
  (SELECT p.id FROM unnest(${[...refs]}::text[]) AS key(ref) CROSS JOIN LATERAL (
     SELECT id FROM partner WHERE program_id = ${programId}::uuid AND external_ref = key.ref OFFSET 0) AS p
   UNION ALL
   SELECT p.id FROM unnest(${[...ids]}::uuid[]) AS key(id) CROSS JOIN LATERAL (
     SELECT id, program_id FROM partner WHERE id = key.id OFFSET 0) AS p WHERE p.program_id = ${programId}::uuid)
  UNION
  SELECT e.parent_id FROM concerned CROSS JOIN ${enteredAbove('concerned.id', Prisma.sql`${withAncestors}::boolean`)}
)`;
}

/**
 * Locks up to `limit` partners of a programme whose standing is out of date: first those whose standing or
 * numbers a day has changed, longest overdue first, then those that a published or withdrawn rulebook made
 * due. Those that another process works on are left to it. As nothing is waited for, this need not be the
 * order in which all transactions lock.
 */
export async function claimDuePartners(
  tx: Transaction,
  programId: string,
  today: Day,
  rulesVersion: number,
  limit: number,
): Promise<readonly LockedPartner[]> {
  // Each by an index of its own and along it, so that a chunk reads no more than itself, however many are
  // due.
  const claim = (column: Prisma.Sql, before: Prisma.Sql): Promise<LockedPartner[]> =>
    tx.$queryRaw<LockedPartner[]>`
      SELECT ${LOCKED} FROM partner p WHERE p.program_id = ${programId}::uuid AND ${column} < ${before}
      ORDER BY ${column} LIMIT ${limit}::int FOR NO KEY UPDATE SKIP LOCKED`;
  const overdue = await claim(Prisma.sql`p.due_on`, Prisma.sql`${toDate(today + 1)}`);
  if (overdue.length === limit) return overdue;
  const stale = await claim(Prisma.sql`p.rules_version`, Prisma.sql`${rulesVersion}::int`);
  const claimed = new Set(overdue.map(({ id }) => id));
  return [...overdue, ...stale.filter(({ id }) => !claimed.has(id)).slice(0, limit - overdue.length)];
}
