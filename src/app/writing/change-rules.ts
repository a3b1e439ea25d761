import { advanceEpoch, beginRuleChange, type WriteStart } from '../../store/catalogue/begin-write.ts';
import { inTransaction, type Transaction } from '../../store/connection/transaction.ts';
import { readProgramOf } from '../../store/writing/write-program.ts';
import { type AnyRefusalCode, type App, type Refused, refuse } from '../context/app.ts';

/** The refusal of a rulebook that is not there, or not within the caller's reach. */
export function rulebookNotFound() {
  return refuse('RULEBOOK_NOT_FOUND', 'There is no such rulebook.');
}

/**
 * Runs a change to a rulebook while nothing else is written to its programme, and has every standing that it
 * makes due judged. Other programmes go on meanwhile.
 */
export async function changeRules<
  Done extends { readonly rulebookId: string },
  Refusal extends Refused<AnyRefusalCode>,
>(
  app: App,
  rulebookId: string,
  change: (tx: Transaction, start: WriteStart) => Promise<Done | Refusal>,
): Promise<Done | Refusal | Refused<'RULEBOOK_NOT_FOUND'>> {
  // The programmes that the caller can see; asked for outside the transaction, which has the only session of
  // an embedded database.
  const { byId: reached } = await app.catalogue.current();
  const result = await inTransaction(app.database, async (tx) => {
    const programId = await readProgramOf(tx, rulebookId);
    if (programId === undefined || !reached.has(programId)) return rulebookNotFound();
    const changed = await change(tx, await beginRuleChange(tx, app.catalogue, programId));
    if ('rulebookId' in changed) await advanceEpoch(tx);
    return changed;
  });
  if ('rulebookId' in result) {
    app.catalogue.expire();
    app.wakeDueWork();
  }
  return result;
}
