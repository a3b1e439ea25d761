import type { Day, Instant } from '../../engine/values/day.ts';
import type { StoredSettings } from '../catalogue/stored-program.ts';
import type { Transaction } from '../connection/transaction.ts';
import { dateOfDay, dateOfInstant, dayOfDate } from '../encoding/model-date.ts';
import { toModelJson } from '../encoding/model-json.ts';
import { instantOf } from '../encoding/time-sql.ts';

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
  // One statement that is no error where the code is taken: an error would end the transaction.
  const { id, code, name, timeZone, currency, fiscalYearFirstMonth, settings } = program;
  const { count } = await tx.program.createMany({
    data: [{ id, code, name, timeZone, currency, fiscalYearFirstMonth, settings: toModelJson(settings) }],
    skipDuplicates: true,
  });
  if (count === 0) return false;
  await tx.logHead.create({ data: { programId: id } });
  return true;
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
  const { programId } = draft;
  // Two drafts can't take the same number.
  await tx.$executeRaw`SELECT id FROM program WHERE id = ${programId}::uuid FOR NO KEY UPDATE`;
  const drafts = await tx.rulebook.count({ where: { programId, state: 'DRAFT' } });
  if (drafts >= mostDrafts) return false;
  const { _max: last } = await tx.rulebook.aggregate({ where: { programId }, _max: { number: true } });
  await tx.rulebook.create({
    data: {
      ...draft,
      document: toModelJson(draft.document),
      number: (last.number ?? 0) + 1,
      state: 'DRAFT',
    },
  });
  return true;
}

/** Replaces the document of a draft; false if it is none (any more). */
export async function replaceDraft(tx: Transaction, id: string, document: unknown): Promise<boolean> {
  const { count } = await tx.rulebook.updateMany({
    where: { id, state: 'DRAFT' },
    data: { document: toModelJson(document) },
  });
  return count > 0;
}

/** The programme of a rulebook, for good; undefined if there is no such rulebook. */
export async function readProgramOf(tx: Transaction, rulebookId: string): Promise<string | undefined> {
  const rulebook = await tx.rulebook.findUnique({
    where: { id: rulebookId },
    select: { programId: true },
  });
  return rulebook?.programId;
}

/** Locks a rulebook until commit; undefined if there is none. */
export async function lockRulebook(tx: Transaction, id: string): Promise<RulebookRow | undefined> {
  await tx.$executeRaw`SELECT id FROM rulebook WHERE id = ${id}::uuid FOR UPDATE`;
  const rulebook = await tx.rulebook.findUnique({
    where: { id },
    select: { id: true, programId: true, number: true, state: true, effectiveFrom: true, document: true },
  });
  if (rulebook === null) return undefined;
  const { effectiveFrom } = rulebook;
  return { ...rulebook, effectiveFrom: effectiveFrom && dayOfDate(effectiveFrom) };
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
      (SELECT ${instantOf('max(last_recorded_at)')} FROM partner
        WHERE program_id = ${programId}::uuid) AS "lastRecordedAt"
    FROM log_head WHERE program_id = ${programId}::uuid`;
  if (row === undefined) throw new Error(`The programme ${programId} has no log.`);
  return { hasLog: row.hasLog, currencies: row.currencies ?? [], lastRecordedAt: row.lastRecordedAt ?? 0 };
}

/**
 * How many partners a programme has, and how many of them were not judged since its rules had this version.
 */
export async function countUnjudged(
  tx: Transaction,
  programId: string,
  rulesVersion: number,
): Promise<{ readonly waiting: number; readonly total: number }> {
  const waiting = await tx.partner.count({ where: { programId, rulesVersion: { lt: rulesVersion } } });
  return { waiting, total: await tx.partner.count({ where: { programId } }) };
}

/** How many current facts, voided ones left out, are in a currency that is none of these. */
export function countUnconverted(
  tx: Transaction,
  programId: string,
  currencies: readonly string[],
): Promise<number> {
  return tx.fact.count({
    where: { programId, supersededAt: null, voided: false, currency: { not: null, notIn: [...currencies] } },
  });
}

/** Makes a locked draft the programme's rules from a day on, and every standing of the programme due. */
export async function markPublished(
  tx: Transaction,
  rulebook: RulebookRow,
  effectiveFrom: Day,
  publishedAt: Instant,
): Promise<void> {
  await tx.rulebook.update({
    where: { id: rulebook.id },
    data: {
      state: 'PUBLISHED',
      effectiveFrom: dateOfDay(effectiveFrom),
      publishedAt: dateOfInstant(publishedAt),
    },
  });
  await advanceRules(tx, rulebook.programId);
}

/** Takes a published rulebook back, and makes every standing of the programme due. */
export async function markWithdrawn(
  tx: Transaction,
  rulebook: RulebookRow,
  withdrawal: { readonly at: Instant; readonly reason: string },
): Promise<void> {
  await tx.rulebook.update({
    where: { id: rulebook.id },
    data: {
      state: 'WITHDRAWN',
      withdrawnAt: dateOfInstant(withdrawal.at),
      withdrawalReason: withdrawal.reason,
    },
  });
  await advanceRules(tx, rulebook.programId);
}

async function advanceRules(tx: Transaction, programId: string): Promise<void> {
  await tx.program.update({ where: { id: programId }, data: { rulesVersion: { increment: 1 } } });
}
