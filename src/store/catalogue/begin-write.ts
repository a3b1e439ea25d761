import { Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../connection/transaction.ts';
import { instantOf } from '../encoding/time-sql.ts';
import { type Epoch, readEpoch } from './epoch.ts';
import type { CatalogueSnapshot, ProgramCatalogue } from './program-catalogue.ts';

/**
 * What every writing transaction is based on: the programmes of the epoch that it sees, and the database's
 * clock.
 */
export type WriteStart = Epoch & { readonly catalogue: CatalogueSnapshot };

/** Any constant, by which the locks on the rules of programmes differ from other locks. */
const RULES_LOCK = 7236541904n;

/**
 * SQL: the lock on a programme's rules. Writers of the programme share it, and a change to its rules takes it
 * exclusively. No programme waits for another.
 */
function rulesOf(programId: string): Prisma.Sql {
  return Prisma.sql`hashtextextended(${programId}::text, ${RULES_LOCK}::bigint)`;
}

/**
 * A writing transaction's first statement. It has the transaction's statements look rows up one by one and in
 * the order of an index: what is due is taken a chunk at a time, and a bitmap of all that is due would be
 * made and sorted for each. Until commit no rulebook of the programme can be published or withdrawn, so what
 * a write judges by can't change under it. Whether one was while this statement waited, `loadInputs` sees: it
 * reads the version of the rules again.
 */
export async function beginWrite(
  tx: Transaction,
  catalogue: ProgramCatalogue,
  programId: string,
): Promise<WriteStart> {
  const [row] = await tx.$queryRaw<(Epoch & { locked: string; plans: string })[]>`
    SELECT number AS epoch, ${instantOf('clock_timestamp()')} AS "databaseTime",
      pg_advisory_xact_lock_shared(${rulesOf(programId)})::text AS locked,
      set_config('enable_bitmapscan', 'off', TRUE) AS plans FROM epoch`;
  if (row === undefined) throw new Error('The epoch row is missing: the database was not migrated.');
  const { epoch, databaseTime } = row;
  return { epoch, databaseTime, catalogue: await catalogue.at(epoch, tx) };
}

/**
 * The first statements of a change to a programme's rules: waits for the programme's writers, keeps others
 * out until commit, and only then reads what such a change goes by.
 */
export async function beginRuleChange(
  tx: Transaction,
  catalogue: ProgramCatalogue,
  programId: string,
): Promise<WriteStart> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${rulesOf(programId)})::text AS locked`;
  return beginChange(tx, catalogue);
}

/** The first statement of a change to programmes, keys or rights, which no write to a programme goes by. */
export async function beginChange(tx: Transaction, catalogue: ProgramCatalogue): Promise<WriteStart> {
  const start = await readEpoch(tx);
  return { ...start, catalogue: await catalogue.at(start.epoch, tx) };
}

/**
 * Tells every process that programmes, rulebooks, keys or rights changed. It must come after the change and
 * after every read of the catalogue in the transaction, so that no process associates an old state with the
 * new number.
 */
export async function advanceEpoch(tx: Transaction): Promise<void> {
  await tx.$executeRaw`UPDATE epoch SET number = number + 1`;
}
