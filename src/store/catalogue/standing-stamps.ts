import type { DatabaseClient } from '../connection/transaction.ts';

/** What tells whether a standing may have become another: it changes whenever the row is written. */
export type StandingStamp = { readonly id: string; readonly stamp: string };

/** The stamps of partners, in scope or not: they say nothing about them. */
export function readStandingStamps(
  session: DatabaseClient,
  ids: readonly string[],
): Promise<StandingStamp[]> {
  return session.$queryRaw<StandingStamp[]>`
    SELECT p.id, concat_ws(' ', p.version, p.last_recorded_at, p.judged_on, p.rules_version) AS stamp
    FROM unnest(${[...new Set(ids)]}::uuid[]) AS key(id)
    CROSS JOIN LATERAL (SELECT * FROM partner WHERE id = key.id OFFSET 0) AS p`;
}
