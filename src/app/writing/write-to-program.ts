import type { Day, Instant } from '../../engine/values/day.ts';
import { beginWrite } from '../../store/catalogue/begin-write.ts';
import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import { inTransaction, isContention, type Transaction } from '../../store/connection/transaction.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import type { LockedPartner } from '../../store/writing/lock-partners.ts';
import { appendToLog } from '../../store/writing/write-log.ts';
import { type App, findProgram, type Refused, refuse } from '../context/app.ts';
import { dayIn } from '../context/clock.ts';
import type { GiveWay } from '../context/give-way.ts';
import { outageOf } from '../context/outage.ts';
import { catchUpDays, catchUpRules, type Settlement, settlePartners } from '../judging/settle-partners.ts';

/** A transaction that writes to a programme, and what it goes by. */
export type Writing = {
  readonly tx: Transaction;
  readonly program: ProgramRecord;
  readonly now: Instant;
  readonly today: Day;
  readonly giveWay: GiveWay;
};

/** Why a write to a programme may be refused whatever it is. */
export type WriteRefusal = Refused<'PROGRAM_NOT_FOUND' | 'TRY_AGAIN'>;

/**
 * Runs `work` in one transaction on the programme with this code, tried again as a whole where the database
 * asks for it, and rings the doorbell once it has committed.
 */
export async function writeToProgram<T>(
  app: App,
  code: string,
  work: (writing: Writing) => Promise<T>,
): Promise<T | WriteRefusal> {
  let found: ProgramRecord | Refused<'PROGRAM_NOT_FOUND'>;
  let result: T;
  try {
    found = await findProgram(app, code);
    if ('refused' in found) return found;
    const known = found;
    result = await inTransaction(app.database, async (tx) => {
      const { catalogue, databaseTime } = await beginWrite(tx, app.catalogue, known.id);
      const program = catalogue.byId.get(known.id) ?? known;
      const now = app.clock(databaseTime);
      return work({ tx, program, now, today: dayIn(program.timeZone, now), giveWay: app.giveWay });
    });
  } catch (error) {
    if (!isContention(error)) throw error;
    if (outageOf(error) !== null) {
      app.log.warn({ err: error, program: code }, 'A write gave up: the database could not be reached.');
      const message =
        "The database can't be reached just now; nothing was changed. Send it again in a moment.";
      return refuse('TRY_AGAIN', message);
    }
    app.log.warn({ err: error, program: code }, 'A write gave up: too much else was being written.');
    return refuse(
      'TRY_AGAIN',
      'Too much else is being written just now; nothing was changed. Send it again in a moment.',
    );
  }
  // Also if nothing was logged: numbers may have changed, which watchers of a standing receive.
  app.doorbell.ring(found.id);
  return result;
}

/**
 * An instant after everything recorded about these partners and their rules, so that no answer given before
 * includes what is recorded then.
 */
export function nextInstant(
  { now, program }: Pick<Writing, 'now' | 'program'>,
  partners: readonly Pick<LockedPartner, 'lastRecordedAt'>[],
): Instant {
  return Math.max(
    now,
    (program.rulesChangedAt.at(-1) ?? 0) + 1,
    ...partners.map((partner) => partner.lastRecordedAt + 1),
  );
}

/**
 * Makes a change to locked partners: first judges them by what was known before it, where a newer rulebook
 * has not reached them yet or days have passed that made a difference; then makes the change, judges them by
 * all that is known, and logs both.
 */
export async function changePartners(
  { tx, program, now, today, giveWay }: Writing,
  partners: readonly LockedPartner[],
  change: Pick<Settlement, 'trigger' | 'recordedAt'> & Partial<Pick<Settlement, 'causesOf' | 'arrivalsOf'>>,
  make: () => Promise<void>,
): Promise<readonly LogEntry[]> {
  const settlement = { program, now, today, giveWay, causesOf: () => [], arrivalsOf: null, ...change };
  const rules = await catchUpRules(tx, partners, settlement);
  const days = await catchUpDays(tx, rules.partners, settlement);
  await make();
  const after = await settlePartners(tx, days.partners, settlement);
  return appendToLog(tx, program.id, [...rules.entries, ...days.entries, ...after.entries]);
}
