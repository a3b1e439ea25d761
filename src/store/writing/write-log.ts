import type { Transaction } from '../connection/transaction.ts';
import { batches } from '../encoding/batches.ts';
import { familyAbove } from '../encoding/family-sql.ts';
import type { LogEntry, NewLogEntry } from '../encoding/log-entry.ts';
import { dateFrom, timestampFrom } from '../encoding/time-sql.ts';

/**
 * Appends entries to a programme's log. They have to be a transaction's last statements: from here on, until
 * commit, every other writer of the programme waits for this one, which is what makes the order of positions
 * the order of commits.
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
  const added = await tx.$queryRaw<{ position: number; familyIds: string[] }[]>`
    WITH head AS (
      UPDATE log_head SET position = position + ${entries.length}::int WHERE program_id = ${programId}::uuid
      RETURNING position - ${entries.length}::int AS before
    ), added AS (
      INSERT INTO status_change (program_id, position, id, partner_id, version, "on", recorded_at, type, trigger,
        rulebook_id, previous_rulebook_id, region, family_ids, detail, causes, cause_count)
      SELECT ${programId}::uuid, head.before + 1 + x.index, x.id, x."partnerId", x.version, ${dateFrom('x."on"')},
        ${timestampFrom('x."recordedAt"')}, x.type, x.trigger, x."rulebookId", x."previousRulebookId", x.region,
        ${familyAbove('x."partnerId"')}, x.detail, ARRAY(SELECT jsonb_array_elements_text(x.causes)::uuid), x."causeCount"
      FROM head, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(index int, id uuid, "partnerId" uuid,
        version int, "on" int, "recordedAt" float8, type text, trigger text, "rulebookId" uuid,
        "previousRulebookId" uuid, region text, detail jsonb, causes jsonb, "causeCount" int)
      RETURNING position, family_ids
    )
    SELECT position::float8 AS position, family_ids AS "familyIds" FROM added ORDER BY added.position`;
  return entries.map((entry, index) => {
    const row = added[index];
    if (row === undefined) throw new Error(`The programme ${programId} has no log.`);
    return { ...entry, ...row, programId };
  });
}
