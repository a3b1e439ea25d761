import { setImmediate } from 'node:timers/promises';
import type { PGlite, Transaction } from '@electric-sql/pglite';

/**
 * Has the embedded database start each statement in a turn of the event loop of its own. It works in this
 * very thread, and between two statements nothing else would come to its turn otherwise.
 */
export function givingWay(database: PGlite): PGlite {
  let turn: Promise<unknown> = Promise.resolve();
  const nextTurn = (): Promise<unknown> => {
    turn = turn.then(() => setImmediate());
    return turn;
  };
  let running: Promise<unknown> = Promise.resolve();
  // What waits for the end of a transaction takes its turn after that.
  giveWayIn(database, () => running.then(nextTurn));
  const transaction = database.transaction.bind(database);
  database.transaction = (work) => {
    const result = transaction((tx) => {
      giveWayIn(tx, nextTurn);
      return work(tx);
    });
    running = result.catch(() => {});
    return result;
  };
  return database;
}

function giveWayIn(session: Pick<Transaction, 'query'>, nextTurn: () => Promise<unknown>): void {
  const query = session.query.bind(session);
  // One after the other: those that waited for the end of a transaction would follow each other in one turn
  // otherwise.
  let last: Promise<unknown> = Promise.resolve();
  session.query = <T>(...statement: Parameters<typeof query>) => {
    const answer = last.then(nextTurn).then(() => query<T>(...statement));
    last = answer.catch(() => {});
    return answer;
  };
}
