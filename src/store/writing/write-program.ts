import type { Day, Instant } from '../../engine/values/day.ts';
import type { StoredSettings } from '../catalogue/stored-program.ts';
import type { Transaction } from '../connection/transaction.ts';

export type NewProgram = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly fiscalYearFirstMonth: number;
  readonly settings: StoredSettings;
};

/** Inserts a programme with its empty log; false if its code is taken. */
export async function insertProgram(tx: Transaction, program: NewProgram): Promise<boolean> {
  const count = await tx.$executeRaw`
    WITH added AS (
      INSERT INTO program (id, code, name, time_zone, currency, fiscal_year_first_month, settings)
      VALUES (${program.id}::uuid, ${program.code}, ${program.name}, ${program.timeZone}, ${program.currency},
        ${program.fiscalYearFirstMonth}::int, ${JSON.stringify(program.settings)}::jsonb)
      ON CONFLICT (code) DO NOTHING RETURNING id
    )
    INSERT INTO log_head (program_id) SELECT id FROM added`;
  return count > 0;
}

/** A rulebook's row as the store keeps it. */
export type RulebookRow = {
  readonly id: string;
  readonly programId: string;
  readonly number: number;
  readonly state: 'DRAFT' | 'PUBLISHED' | 'WITHDRAWN';
  readonly effectiveFrom: Day | null;
  readonly document: unknown;
};

/** Adds a draft with the programme's next number; false if it has as many drafts as it may have. */
export async function insertDraft(
  tx: Transaction,
  draft: { readonly id: string; readonly programId: string; readonly document: unknown },
  mostDrafts: number,
): Promise<boolean> {
  // The programme's row is locked so that two drafts can't take the same number.
  await tx.$executeRaw`SELECT id FROM program WHERE id = ${draft.programId}::uuid FOR NO KEY UPDATE`;
  const count = await tx.$executeRaw`
    INSERT INTO rulebook (id, program_id, number, state, document)
    SELECT ${draft.id}::uuid, ${draft.programId}::uuid, coalesce(max(number), 0) + 1, 'DRAFT', ${JSON.stringify(draft.document)}::jsonb
    FROM rulebook WHERE program_id = ${draft.programId}::uuid
    HAVING count(*) FILTER (WHERE state = 'DRAFT') < ${mostDrafts}::int`;
  return count > 0;
}

/** Replaces the document of a draft; false if it is none (any more). */
export async function replaceDraft(tx: Transaction, id: string, document: unknown): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE rulebook SET document = ${JSON.stringify(document)}::jsonb WHERE id = ${id}::uuid AND state = 'DRAFT'`;
  return count > 0;
}

/** The programme of a rulebook, for good; undefined if there is no such rulebook. */
export async function readProgramOf(tx: Transaction, rulebookId: string): Promise<string | undefined> {
  const [row] = await tx.$queryRaw<{ programId: string }[]>`
    SELECT program_id AS "programId" FROM rulebook WHERE id = ${rulebookId}::uuid`;
  return row?.programId;
}

/** Locks a rulebook until commit; undefined if there is none. */
export async function lockRulebook(tx: Transaction, id: string): Promise<RulebookRow | undefined> {
  const [row] = await tx.$queryRaw<RulebookRow[]>`
    SELECT id, program_id AS "programId", number, state::text AS state, effective_from - DATE '1970-01-01' AS "effectiveFrom", document
    FROM rulebook WHERE id = ${id}::uuid FOR UPDATE`;
  return row;
}

/** What decides whether and when a rulebook may be published. */
export type PublicationFacts = {
  readonly hasLog: boolean;
  /** Of all revenue ever recorded. */
  readonly currencies: readonly string[];
  /** The latest instant at which anything was recorded about a partner; 0 if nothing was. */
  readonly lastRecordedAt: Instant;
};

/** Reads what decides about a publication. */
export async function readPublicationFacts(tx: Transaction, programId: string): Promise<PublicationFacts> {
  const [row] = await tx.$queryRaw<
    { hasLog: boolean; currencies: string[] | null; lastRecordedAt: number | null }[]
  >`
    SELECT position > 0 AS "hasLog",
      (SELECT array_agg(DISTINCT currency) FROM fact
        WHERE program_id = ${programId}::uuid AND currency IS NOT NULL) AS currencies,
      (SELECT floor(extract(epoch FROM max(last_recorded_at)) * 1000)::float8 FROM partner
        WHERE program_id = ${programId}::uuid) AS "lastRecordedAt"
    FROM log_head WHERE program_id = ${programId}::uuid`;
  if (row === undefined) throw new Error(`The programme ${programId} has no log.`);
  return { hasLog: row.hasLog, currencies: row.currencies ?? [], lastRecordedAt: row.lastRecordedAt ?? 0 };
}

/** How many partners a programme has, and how many of them were not judged since its rules had this version. */
export async function countUnjudged(
  tx: Transaction,
  programId: string,
  rulesVersion: number,
): Promise<{ readonly waiting: number; readonly total: number }> {
  const [row] = await tx.$queryRaw<{ waiting: number; total: number }[]>`
    SELECT (SELECT count(*)::int FROM partner WHERE program_id = ${programId}::uuid AND rules_version < ${rulesVersion}::int) AS waiting,
      (SELECT count(*)::int FROM partner WHERE program_id = ${programId}::uuid) AS total`;
  if (row === undefined) throw new Error('A count has a row.');
  return row;
}

/** How many current facts, voided ones left out, are in none of these currencies. */
export async function countUnconverted(
  tx: Transaction,
  programId: string,
  currencies: readonly string[],
): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM fact
    WHERE program_id = ${programId}::uuid AND superseded_at IS NULL AND NOT voided AND currency <> ALL(${[...currencies]}::text[])`;
  if (row === undefined) throw new Error('A count has a row.');
  return row.count;
}

/** Makes a locked draft the programme's rules from a day on, and every standing of the programme due. */
export async function markPublished(
  tx: Transaction,
  rulebook: RulebookRow,
  effectiveFrom: Day,
  publishedAt: Instant,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE rulebook SET state = 'PUBLISHED', effective_from = DATE '1970-01-01' + ${effectiveFrom}::int,
      published_at = to_timestamp(${publishedAt}::float8 / 1000.0) WHERE id = ${rulebook.id}::uuid`;
  await tx.$executeRaw`UPDATE program SET rules_version = rules_version + 1 WHERE id = ${rulebook.programId}::uuid`;
}

/** Takes a published rulebook back, and makes every standing of the programme due. */
export async function markWithdrawn(
  tx: Transaction,
  rulebook: RulebookRow,
  withdrawal: { readonly at: Instant; readonly reason: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE rulebook SET state = 'WITHDRAWN', withdrawn_at = to_timestamp(${withdrawal.at}::float8 / 1000.0),
      withdrawal_reason = ${withdrawal.reason}
    WHERE id = ${rulebook.id}::uuid`;
  await tx.$executeRaw`UPDATE program SET rules_version = rules_version + 1 WHERE id = ${rulebook.programId}::uuid`;
}
