import { beginWrite } from '../../store/catalogue/begin-write.ts';
import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import { inTransaction } from '../../store/connection/transaction.ts';
import { BATCH_SIZE } from '../../store/encoding/batches.ts';
import { claimDuePartners } from '../../store/writing/lock-partners.ts';
import { appendToLog } from '../../store/writing/write-log.ts';
import type { App } from '../context/app.ts';
import { dayIn } from '../context/clock.ts';
import { catchUpRules, settlePartners } from './settle-partners.ts';

/** How many partners one transaction takes on. */
const CHUNK = BATCH_SIZE;

/**
 * Judges the partners that a change of day or a published rulebook made due, until none is left that no other
 * process works on. Every transaction leaves its partners completely judged, so the work may be stopped at
 * any point. Returns how many were judged.
 */
export async function judgeDue(app: App): Promise<number> {
  let judged = 0;
  const failures: unknown[] = [];
  for (const program of (await app.catalogue.current()).byId.values()) {
    // The reason was logged when its rulebooks were read, and is in the graph.
    if (program.obstacle !== null) continue;
    try {
      for (let count = CHUNK; count === CHUNK; judged += count) count = await judgeChunk(app, program);
    } catch (error) {
      // A fault in one programme must not stop the others.
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'Several programmes could not be judged.');
  return judged;
}

async function judgeChunk(app: App, known: ProgramRecord): Promise<number> {
  const { count, changes } = await inTransaction(app.database, async (tx) => {
    const { catalogue, databaseTime } = await beginWrite(tx, app.catalogue, known.id);
    const program = catalogue.byId.get(known.id) ?? known;
    if (program.obstacle !== null) return { count: 0, changes: 0 };
    const now = app.clock(databaseTime);
    const today = dayIn(program.timeZone, now);
    const due = await claimDuePartners(tx, program.id, today, program.rulesVersion, CHUNK);
    const { giveWay } = app;
    const settlement = { program, today, now, giveWay, causesOf: () => [] };
    const stale = await catchUpRules(tx, due, settlement);
    const current = await settlePartners(
      tx,
      due.filter((partner) => partner.rulesVersion >= program.rulesVersion),
      { ...settlement, trigger: 'TIME', recordedAt: null },
    );
    // In the order of days; each partner's own are in that order already.
    const logged = [...stale.entries, ...current.entries].sort((a, b) => a.change.on - b.change.on);
    const entries = await appendToLog(tx, program.id, logged);
    return { count: due.length, changes: entries.length };
  });
  if (changes > 0) app.doorbell.ring(known.id);
  return count;
}
