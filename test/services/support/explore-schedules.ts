import { Client } from 'pg';
import { expect } from 'vitest';
import type { App } from '../../../src/app/context/app.ts';
import { DATABASE_CLOCK } from '../../../src/app/context/clock.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { createCursorSeal } from '../../../src/events/cursor-seal.ts';
import { createLocalDoorbell } from '../../../src/events/doorbell.ts';
import { subscribeToLog } from '../../../src/events/subscribe-to-log.ts';
import { createProgramCatalogue } from '../../../src/store/catalogue/program-catalogue.ts';
import { type Database, openDatabase } from '../../../src/store/connection/database.ts';
import { findFaults } from '../../support/check-standings.ts';
import { createDraw } from '../../support/draw.ts';
import { createSmallProgram, enroll, granted, revenue } from '../../support/fixtures.ts';
import { createDatabase } from '../../support/services.ts';
import { openTestApp } from '../../support/test-app.ts';
import { waitFor } from '../../support/wait-for.ts';
import { createOutbox, readBySerialId, readByTransactionId, type Seen } from './outbox.ts';
import { interleave, startStepwise } from './stepwise-writers.ts';

const WRITERS = 4;
const PARTNERS = 5;
/** For how many schedules partners are enrolled at once. */
const BATCH = 100;

/** Ways to read the log: ours, and two that seem to do. */
export const READERS = ['position', 'serialId', 'transactionId'] as const;
export type ReaderKind = (typeof READERS)[number];

/** What happened in some schedules. */
export type Explored = {
  /** What each reader did wrong, once for each schedule in which it did. */
  readonly faults: Readonly<Record<ReaderKind, string[]>>;
  readonly changes: number;
  /** In how many schedules the writers did not commit in the order in which they were started. */
  readonly overtakings: number;
};

/** What a reader got wrong. */
function faultsOf(seen: readonly Seen[], written: readonly Seen[]): readonly string[] {
  const name = ({ partnerId, version }: Seen) => `${partnerId} ${version}`;
  const names = new Set(seen.map(name));
  const last = new Map<string, number>();
  const isInOrder = ({ partnerId, version }: Seen) => {
    const before = last.get(partnerId);
    last.set(partnerId, version);
    return before === undefined || version > before;
  };
  return [
    ...(written.every((entry) => names.has(name(entry))) ? [] : ['LOST']),
    ...(names.size === seen.length ? [] : ['TWICE']),
    ...(seen.filter(isInOrder).length === seen.length ? [] : ['OUT_OF_ORDER']),
  ];
}

function refsOf(seed: number) {
  return Array.from({ length: PARTNERS }, (_, index) => `S${seed}-${index}`);
}

/**
 * A row of one of a few keys, which always mean the same, so that writers meet over partners and over keys.
 */
function rowOf(seed: number, key: number) {
  const amount = Math.floor(key / PARTNERS) % 2 === 1 ? '-150' : '150';
  return revenue(`k-${key}`, refsOf(seed)[key % PARTNERS] ?? '', amount, '2026-06-01');
}

/**
 * Goes through the schedules from seed `first` up to before `end` on a database of its own: in each, writers
 * record facts about the same partners, one statement at a time in the order that the seed draws, while
 * readers read. Fails if a schedule doesn't end, a fact is recorded twice or never, or the standings are not
 * what the facts give.
 */
export async function exploreSchedules(first: number, end: number): Promise<Explored> {
  const stored = await createDatabase();
  const observer = new Client({ connectionString: stored.url });
  await observer.connect();
  const location = { kind: 'server', url: stored.url } as const;
  const { app, tail, judge, log, close } = await openTestApp({ location });
  await judge.stop();
  const database = await openDatabase({ ...location, poolSize: WRITERS });
  await createOutbox(observer);

  const programId = await createSmallProgram(app);
  const catalogue = createProgramCatalogue(database);
  /** An app whose transactions go step by step. */
  const appOn = (gated: Database): App => ({
    database: gated,
    catalogue,
    doorbell: createLocalDoorbell(),
    cursorSeal: createCursorSeal(new Uint8Array(32)),
    clock: DATABASE_CLOCK,
    giveWay: async () => {},
    log,
    wakeDueWork() {},
  });

  const delivered: (Seen & { readonly position: number })[] = [];
  let reached = 0;
  const events = await subscribeToLog({ tail, programId, filter: {}, after: null });
  const collecting = (async () => {
    for await (const event of events) {
      if (event.type !== 'CHANGED') continue;
      delivered.push(event.entry);
      reached = event.entry.position;
    }
  })();
  /** Has the subscriber read everything; returns where that is. */
  const readAll = async (): Promise<number> => {
    const { position } = await tail.refresh(programId);
    await waitFor(() => reached === position, { what: `position ${position}` });
    return position;
  };
  const serialId = readBySerialId(observer);
  const transactionId = readByTransactionId(observer);
  const seen = { position: delivered, serialId: serialId.seen, transactionId: transactionId.seen };
  const explored = {
    faults: { position: [], serialId: [], transactionId: [] } as Record<ReaderKind, string[]>,
    changes: 0,
    overtakings: 0,
  };

  const runSchedule = async (seed: number): Promise<void> => {
    const draw = createDraw(Math.imul(seed + 1, 0x9e3779b1));
    const start = await readAll();
    for (const reader of [serialId, transactionId]) await reader.read(true);
    for (const kind of READERS) seen[kind].length = 0;

    const committed: number[] = [];
    const writers = Array.from({ length: WRITERS }, (_, index) => {
      const keys = Array.from({ length: 1 + draw(4) }, () => draw(3 * PARTNERS));
      const facts = [...new Set(keys)].map((key) => rowOf(seed, key));
      return startStepwise(database, async (gated) => {
        const command = { program: 'small', source: `${seed}`, facts, onError: 'REJECT_ALL' } as const;
        const { rows } = granted(await recordFacts(appOn(gated), command));
        committed.push(index);
        return rows.filter(({ type }) => type === 'RECORDED').length;
      });
    });
    await interleave(writers, draw, observer, async (hasEnded) => {
      if (!hasEnded && draw(8) > 0) return;
      await tail.refresh(programId);
      for (const reader of [serialId, transactionId]) await reader.read();
    });
    const recorded = await Promise.all(writers.map(({ result }) => result));
    await readAll();
    for (const reader of [serialId, transactionId]) await reader.read(true);

    const { rows: written } = await observer.query<Seen & { readonly position: number }>(
      `SELECT position::int, partner_id AS "partnerId", version FROM status_change
       WHERE program_id = $1 AND position > $2 ORDER BY position`,
      [programId, start],
    );
    const { rows: facts } = await observer.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM fact WHERE program_id = $1 AND source = $2',
      [programId, `${seed}`],
    );
    expect([seed, recorded.reduce((sum, count) => sum + count, 0)]).toEqual([seed, facts[0]?.count]);
    explored.changes += written.length;
    if (committed.some((writer, index) => writer !== index)) explored.overtakings += 1;
    for (const kind of READERS) explored.faults[kind].push(...faultsOf(seen[kind], written));
    const isSame = written.every(({ position }, index) => delivered[index]?.position === position);
    if (!isSame || written.length !== delivered.length) explored.faults.position.push('NOT_THE_LOG');
  };

  try {
    for (let seed = first; seed < end; seed++) {
      if ((seed - first) % BATCH === 0) {
        await enroll(app, Array.from({ length: BATCH }, (_, index) => refsOf(seed + index)).flat());
      }
      await runSchedule(seed);
    }
    expect(await findFaults(app, 'small')).toEqual([]);
    expect(log.problems).toEqual([]);
  } finally {
    await events.return?.();
    await collecting;
    await observer.end();
    await database.close();
    await close();
    await stored.drop();
  }
  return explored;
}
