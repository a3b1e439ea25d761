import type { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from './database.ts';
import { codesOf, isOutage, OutcomeUnknown } from './outage.ts';

/**
 * A session inside a transaction. Only this may be used there: the root client would wait for it on the
 * embedded database.
 */
export type Transaction = Prisma.TransactionClient;

/** Either a transaction or the root client: what a read needs. */
export type DatabaseClient = Transaction;

const ATTEMPTS = 6;

// Serialization failure and deadlock, as PostgreSQL names them, and what Prisma makes of them; and a lock
// that was not to be had in the short time for which sessions wait: a caller that is still there goes on
// waiting.
const RETRYABLE = new Set(['40001', '40P01', 'P2034', '55P03']);

// No connection was available in time. The transaction was rolled back too, but trying again at once would
// only add load.
const CROWDED = new Set(['P2024', 'P2028']);

/**
 * Thrown inside a transaction that saw less than another had committed meanwhile: the whole of it is tried
 * again.
 */
export class TryAgain extends Error {}

/**
 * Whether the database gave up on a transaction for a reason that passes, so that the whole of it may be
 * tried again.
 */
function isRetryable(error: unknown): boolean {
  return error instanceof TryAgain || [...codesOf(error)].some((code) => RETRYABLE.has(code));
}

/**
 * Whether a transaction failed, and was rolled back, because too much else was going on or the database was
 * not there: it may succeed later.
 */
export function isContention(error: unknown): boolean {
  return (
    !(error instanceof OutcomeUnknown) &&
    (isRetryable(error) || isOutage(error) || [...codesOf(error)].some((code) => CROWDED.has(code)))
  );
}

/**
 * Runs `work` in one transaction (READ COMMITTED) and commits what it did; whatever it throws rolls
 * everything back. A deadlock, a serialization failure or a lock that is held for long is tried again from
 * the start, so `work` must have no effect outside the transaction.
 */
export async function inTransaction<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let isCommitting = false;
    const workThenCommit = async (tx: Transaction): Promise<T> => {
      const result = await work(tx);
      isCommitting = true;
      return result;
    };
    try {
      return await database.prisma.$transaction(workThenCommit, { maxWait: 15_000, timeout: 60_000 });
    } catch (error) {
      if (isCommitting && isOutage(error)) {
        throw new OutcomeUnknown('The connection was lost while a transaction was being committed.', {
          cause: error,
        });
      }
      if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}
