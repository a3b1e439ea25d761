import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DATABASE_CLOCK } from '../../src/app/context/clock.ts';
import { type OpenApp, openApp } from '../../src/app/open-app.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { createLocalDoorbell } from '../../src/events/doorbell.ts';
import type { LogEvent } from '../../src/events/log-event.ts';
import { createLogSource } from '../../src/events/log-source.ts';
import { subscribeToLog } from '../../src/events/subscribe-to-log.ts';
import { createTail } from '../../src/events/tail.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { positions, take } from '../events/support/take.ts';
import { createSmallProgram, enroll, granted, revenue } from '../support/fixtures.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { promised } from '../support/promised.ts';
import { createDatabase, natsUrl, type TestDatabase } from '../support/services.ts';
import { createTestLog, type TestLog } from '../support/test-app.ts';
import { waitFor } from '../support/wait-for.ts';

const NEVER_MS = 1_000_000;

let database: TestDatabase;
let opened: OpenApp[];
let log: TestLog;
let sent = 0;

beforeEach(async () => {
  database = await createDatabase();
  opened = [];
  sent = 0;
  log = createTestLog();
});
afterEach(async () => {
  await Promise.all(opened.map((process) => process.close()));
  await database.drop();
});

/** What runs below a server in a process of its own. */
async function openProcess({
  url = database.url,
  natsUrl = null,
  pollEveryMs = NEVER_MS,
}: {
  url?: string;
  natsUrl?: string | null;
  pollEveryMs?: number;
} = {}): Promise<OpenApp> {
  const location = { kind: 'server', url } as const;
  const process = await openApp({ location, clock: DATABASE_CLOCK, log, natsUrl, pollEveryMs });
  await process.judge.stop();
  opened.push(process);
  return process;
}

/** Lifts a partner to Silver, or drops it again: one change and no other, as the facts are of today. */
async function flip({ app }: OpenApp, partner: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const facts = [revenue(`f-${sent}`, partner, sent % 2 === 0 ? '100' : '-100', today)];
  sent += 1;
  granted(await recordFacts(app, { program: 'small', source: 's', facts, onError: 'REJECT_ALL' }));
}

async function subscribe({ tail }: OpenApp, programId: string): Promise<AsyncIterableIterator<LogEvent>> {
  const events = await subscribeToLog({ tail, programId, filter: {}, after: null });
  await take(events, 1);
  return events;
}

describe.each([
  ['LISTEN and NOTIFY', {}],
  ['NATS', { natsUrl }],
])('processes that ring each other by %s', (_, settings) => {
  test('deliver what any of them writes, without polling', async () => {
    promised('Any number of processes can share one PostgreSQL database.');
    const [one, other] = [await openProcess(settings), await openProcess(settings)];
    const programId = await createSmallProgram(one.app);
    await enroll(one.app, ['A']);
    const subscribers = [await subscribe(one, programId), await subscribe(other, programId)];
    const { position } = other.tail.head(programId);
    // Until the doorbells have found their lines a ring may be missed, and no poll stands behind them here.
    let heard = 0;
    for (const { app } of [one, other])
      app.doorbell.onRing((program) => void (program === 'probe' && heard++));
    await waitFor(() => {
      for (const { app } of [one, other]) app.doorbell.ring('probe');
      return heard > 12;
    });

    for (let round = 0; round < 10; round++) await flip(round % 3 === 0 ? one : other, 'A');
    for (const events of subscribers) {
      expect(positions(await take(events, 10))).toEqual(
        Array.from({ length: 10 }, (_, index) => position + 1 + index),
      );
    }
    expect(log.problems).toEqual([]);
  });
});

test('a process whose doorbell reaches nobody delivers what others write at the next poll, and its own at once', async () => {
  promised(
    'Subscribers are served from the log, and whatever wakes them only says that there is something to read.',
  );
  const deaf = await openProcess({ natsUrl: 'nats://127.0.0.1:1', pollEveryMs: 200 });
  const other = await openProcess();
  const programId = await createSmallProgram(other.app);
  await enroll(other.app, ['A']);
  const events = await subscribe(deaf, programId);
  const { position } = deaf.tail.head(programId);
  await flip(other, 'A');
  expect(positions(await take(events, 1))).toEqual([position + 1]);
  await flip(deaf, 'A');
  expect(positions(await take(events, 1))).toEqual([position + 2]);
  expect(log.problems).toHaveLength(1);
  expect(log.problems[0]).toContain('The doorbell reaches no other process; until it does, they poll.');
});

test('a process whose connections are silently cut delivers again soon after the network is back, and misses nothing', async () => {
  const url = new URL(database.url);
  const proxy = await startFlakyProxy(Number(url.port));
  url.port = String(proxy.port);
  const cut = await openProcess({ url: url.href, pollEveryMs: 500 });
  const other = await openProcess();
  const programId = await createSmallProgram(other.app);
  await enroll(other.app, ['A']);
  const events = await subscribe(cut, programId);
  const { position } = cut.tail.head(programId);
  await flip(other, 'A');
  expect(positions(await take(events, 1))).toEqual([position + 1]);

  proxy.welcome = 'STALL';
  proxy.stall();
  // As many as the process has sessions, and more: every one of them is cut while it waits for an answer.
  const { prisma } = cut.app.database;
  const waiting = Array.from({ length: 15 }, () => prisma.$queryRaw`SELECT 1`.catch(() => 'failed'));
  await waitFor(() => log.problems.some((problem) => problem.includes('Following the log failed')), {
    timeoutMs: 20_000,
  });
  for (let round = 0; round < 4; round++) await flip(other, 'A');
  proxy.welcome = 'PASS';
  const back = performance.now();
  expect(positions(await take(events, 4))).toEqual([2, 3, 4, 5].map((count) => position + count));
  expect(performance.now() - back).toBeLessThan(30_000);
  await Promise.all(waiting);
  await flip(cut, 'A');
  expect(positions(await take(events, 1))).toEqual([position + 6]);
  await proxy.close();
});

test('a database restored to an earlier state: who was beyond its end is told, and goes on', async () => {
  const one = await openProcess();
  const { prisma } = one.app.database;
  const programId = await createSmallProgram(one.app);
  await enroll(one.app, ['A']);
  const { position } = await one.tail.refresh(programId);
  for (let round = 0; round < 4; round++) await flip(one, 'A');
  const events = await subscribe(one, programId);
  const pending = events.next();

  await prisma.$transaction([
    prisma.$executeRaw`DELETE FROM status_change WHERE position > ${position + 2}::bigint`,
    prisma.$executeRaw`UPDATE log_head SET position = ${position + 2}::bigint`,
    prisma.$executeRaw`UPDATE partner SET version = version - 2`,
  ]);
  one.app.doorbell.ring(null);
  expect(await pending).toMatchObject({
    value: { type: 'RESYNC', reason: 'HISTORY_REPLACED', cursor: { position: position + 2 } },
  });
  await flip(one, 'A');
  expect(positions(await take(events, 1))).toEqual([position + 3]);
  expect(log.problems).toEqual([]);
});

test('a position that is missing in the database stops delivery there, and says so', async () => {
  const one = await openProcess();
  const { prisma } = one.app.database;
  const programId = await createSmallProgram(one.app);
  await enroll(one.app, ['A']);
  const events = await subscribe(one, programId);
  const { position } = one.tail.head(programId);
  const pending = events.next();
  await prisma.$executeRaw`UPDATE log_head SET position = position + 1`;
  await flip(one, 'A');
  await waitFor(() => log.problems.length === 1);
  expect(log.problems[0]).toContain(`The log of programme ${programId} has no position ${position + 1}.`);
  // However much is written after it.
  await flip(one, 'A');
  await expect(one.tail.refresh(programId)).rejects.toThrow('has no position');
  expect(log.problems).toHaveLength(1);
  expect(one.tail.head(programId).position).toBe(position);
  await events.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
});

test.each([1, 100, 2_000])(
  '%i subscribers: the database gets the same one statement a change',
  async (count) => {
    const writer = await openProcess();
    const programId = await createSmallProgram(writer.app);
    await enroll(writer.app, ['A']);
    const statements: string[] = [];
    const counted = await openDatabase({ kind: 'server', url: database.url }, (sql) => statements.push(sql));
    const tail = createTail({
      source: createLogSource(counted),
      doorbell: createLocalDoorbell(),
      onEpoch: async () => {},
      onFault: (error) => log.error({ err: error }, 'fault'),
      now: async () => 0,
      pollEveryMs: NEVER_MS,
    });
    await tail.start();
    const subscribers = await Promise.all(
      Array.from({ length: count }, async () => {
        const events = await subscribeToLog({ tail, programId, filter: {}, after: null });
        await take(events, 1);
        return events;
      }),
    );
    statements.length = 0;
    for (let round = 0; round < 10; round++) {
      const pending = subscribers.map((events) => take(events, 1));
      await flip(writer, 'A');
      await tail.refresh(programId);
      const position = tail.head(programId).position;
      for (const events of await Promise.all(pending)) expect(positions(events)).toEqual([position]);
    }
    expect(statements).toHaveLength(10);
    await tail.stop();
    await counted.close();
    expect(log.problems).toEqual([]);
  },
);
