import type { Transaction } from '../connection/transaction.ts';
import { batches } from '../encoding/batches.ts';
import type { LogEntry, NewLogEntry } from '../encoding/log-entry.ts';

/**
 * Appends entries to a programme's log. They have to be a transaction's last statements: from here on, until commit, every
 * other writer of the programme waits for this one, which is what makes the order of positions the order of commits.
 */
export async function appendToLog(
  tx: Transaction,
  programId: string,
  entries: readonly NewLogEntry[],
): Promise<readonly LogEntry[]> {
  const appended: LogEntry[] = [];
  for (const batch of batches(entries)) appended.push(...(await appendBatch(tx, programId, batch)));
  return appended;
}

async function appendBatch(
  tx: Transaction,
  programId: string,
  entries: readonly NewLogEntry[],
): Promise<readonly LogEntry[]> {
  const rows = entries.map(({ change, ...entry }, index) => ({
    ...entry,
    ...change,
    type: change.detail.type,
    index,
  }));
  const added = await tx.$queryRawUnsafe<{ position: number; familyIds: string[] }[]>(
    `WITH head AS (
       UPDATE log_head SET position = position + $3::int WHERE program_id = $1::uuid RETURNING position - $3::int AS before
     ), added AS (
       INSERT INTO status_change (program_id, position, id, partner_id, version, "on", recorded_at, type, trigger,
         rulebook_id, previous_rulebook_id, region, family_ids, detail, causes, cause_count)
       SELECT $1::uuid, head.before + 1 + x.index, x.id, x."partnerId", x.version, DATE '1970-01-01' + x."on",
         to_timestamp(x."recordedAt" / 1000.0), x.type, x.trigger, x."rulebookId", x."previousRulebookId", x.region,
         ARRAY(WITH RECURSIVE family AS (
           SELECT p.id, p.parent_id FROM partner p WHERE p.id = x."partnerId"
           UNION SELECT parent.id, parent.parent_id FROM family CROSS JOIN LATERAL (
             SELECT id, parent_id FROM partner WHERE id = family.parent_id OFFSET 0) AS parent
         ) SELECT id FROM family), x.detail,
         ARRAY(SELECT jsonb_array_elements_text(x.causes)::uuid), x."causeCount"
       FROM head, jsonb_to_recordset($2::jsonb) AS x(index int, id uuid, "partnerId" uuid, version int, "on" int,
         "recordedAt" float8, type text, trigger text, "rulebookId" uuid, "previousRulebookId" uuid, region text, detail jsonb,
         causes jsonb, "causeCount" int)
       RETURNING position, family_ids
     )
     SELECT position::float8 AS position, family_ids AS "familyIds" FROM added ORDER BY added.position`,
    programId,
    JSON.stringify(rows),
    entries.length,
  );
  return entries.map((entry, index) => {
    const row = added[index];
    if (row === undefined) throw new Error(`The programme ${programId} has no log.`);
    return { ...entry, ...row, programId };
  });
}
