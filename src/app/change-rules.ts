import { advanceEpoch, beginRuleChange, type WriteStart } from '../store/begin-write.ts';
import type { DirectorySnapshot } from '../store/directory.ts';
import { inTransaction, type Transaction } from '../store/transaction.ts';
import { type App, type Refused, refuse } from './app.ts';

/** The refusal of a rulebook that is not there, or not within the caller's reach. */
export const rulebookNotFound = () => refuse('RULEBOOK_NOT_FOUND', 'There is no such rulebook.');

/** Runs a change to the rules while nothing else is written, and has every standing that it makes due judged. */
export const changeRules = async <
  Done extends { readonly rulebookId: string },
  Refusal extends Refused<string>,
>(
  app: App,
  change: (
    tx: Transaction,
    start: WriteStart & { readonly reached: DirectorySnapshot['byId'] },
  ) => Promise<Done | Refusal>,
): Promise<Done | Refusal> => {
  // The programmes that the caller can see; asked for outside the transaction, which has the only session of an embedded database.
  const { byId: reached } = await app.directory.current();
  const result = await inTransaction(app.database, async (tx) => {
    const changed = await change(tx, { ...(await beginRuleChange(tx, app.directory)), reached });
    if ('rulebookId' in changed) await advanceEpoch(tx);
    return changed;
  });
  if ('rulebookId' in result) {
    app.directory.expire();
    app.wakeJudge();
  }
  return result;
};
