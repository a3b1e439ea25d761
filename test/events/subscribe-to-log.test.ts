import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { checkOf, decodeCursor, encodeCursor } from '../../src/events/cursor.ts';
import { subscribeToLog } from '../../src/events/subscribe-to-log.ts';
import { createSmallProgram, enroll, granted, revenue } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFakeLogs, NOW, startFakeTail } from './support/fake-log.ts';
import { positions, take } from './support/take.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let programId: string;
let sent = 0;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 5, 15) });
  programId = await createSmallProgram(opened.app);
  await enroll(opened.app, ['A', 'B']);
});
afterAll(async () => {
  await opened.close();
  expect(opened.log.problems).toEqual([]);
});

/** Lifts a partner to Silver and drops it again: two entries. */
async function flip(partner: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    for (const amount of ['100', '-100']) {
      const facts = [revenue(`f-${sent++}`, partner, amount, '2026-06-15')];
      granted(await recordFacts(opened.app, { program: 'small', source: 's', facts, onError: 'SKIP_ROW' }));
    }
  }
}

function subscribe(options: Partial<Parameters<typeof subscribeToLog>[0]> = {}) {
  return subscribeToLog({ tail: opened.tail, programId, filter: {}, after: null, ...options });
}

describe('cursors', () => {
  test('a cursor survives its text; any other text is none', () => {
    const cursor = { programId, position: 17, check: checkOf('018f4c1e-0000-7000-8000-00000badcafe') };
    expect(cursor.check).toBe('0badcafe');
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
    expect(decodeCursor('')).toBeNull();
    expect(decodeCursor('bm9uc2Vuc2U')).toBeNull();
    expect(decodeCursor(`${encodeCursor(cursor)}AAAA`)).toBeNull();
    expect(decodeCursor(`${encodeCursor(cursor)} `)).toBeNull();
    const start = { programId, position: 0, check: '' };
    expect(decodeCursor(encodeCursor(start))).toEqual(start);
    expect(decodeCursor(encodeCursor({ ...start, check: '00000000' }))).toBeNull();
    expect(decodeCursor(encodeCursor({ ...cursor, check: '' }))).toBeNull();
    expect(decodeCursor(encodeCursor({ ...cursor, position: 0.5 }))).toBeNull();
    expect(decodeCursor(encodeCursor({ ...cursor, position: -1 }))).toBeNull();
  });
});

describe('a subscription to the log', () => {
  test('begins with a checkpoint at the head, then gets what happens from then on', async () => {
    const events = await subscribe();
    const head = opened.tail.head(programId).position;
    const [first] = await take(events, 1);
    expect(first).toMatchObject({
      type: 'CHECKPOINT',
      caughtUp: true,
      cursor: { programId, position: head },
    });
    const pending = take(events, 2);
    await flip('A');
    expect(positions(await pending)).toEqual([head + 1, head + 2]);
    await events.return?.();
  });

  test('that resumes after 200 changes gets exactly the missed ones, in order, then is told that it has caught up', async () => {
    const before = await subscribe();
    const [checkpoint] = await take(before, 1);
    await before.return?.();
    if (checkpoint?.type !== 'CHECKPOINT') throw new Error('the first event is a checkpoint');
    await flip('A', 100);
    const events = await subscribe({ after: checkpoint.cursor });
    const from = checkpoint.cursor.position;
    const got = await take(events, 202);
    expect(got[0]).toEqual({ type: 'CHECKPOINT', cursor: checkpoint.cursor, caughtUp: false });
    expect(positions(got)).toEqual(Array.from({ length: 200 }, (_, index) => from + 1 + index));
    expect(got[201]).toMatchObject({ type: 'CHECKPOINT', caughtUp: true, cursor: { position: from + 200 } });
    await events.return?.();
  });

  test('only gets what passes its filter, and a checkpoint for every so many entries that do not', async () => {
    const events = await subscribe({ filter: { directions: ['UP'] }, checkpointEveryEntries: 10 });
    await take(events, 1);
    await flip('B', 3);
    const up = await take(events, 3);
    expect(up.map((event) => event.type === 'CHANGED' && event.entry.change.detail)).toMatchObject([
      { type: 'TierChanged', direction: 'UP', from: 'BASE', to: 'SILVER' },
      { direction: 'UP' },
      { direction: 'UP' },
    ]);
    await events.return?.();

    const narrow = await subscribe({ filter: { partnerIds: [] }, checkpointEveryEntries: 10 });
    const [start] = await take(narrow, 1);
    await flip('B', 5);
    const [skipped] = await take(narrow, 1);
    expect(skipped).toMatchObject({
      type: 'CHECKPOINT',
      cursor: { position: (start?.cursor.position ?? 0) + 10 },
    });
    await narrow.return?.();
  });

  test('whose filter lets nothing through gets a checkpoint when the time for one came', async () => {
    const events = await subscribe({ filter: { partnerIds: [] }, checkpointEveryMs: 5 });
    const got = await take(events, 3);
    expect(got.map((event) => event.type)).toEqual(['CHECKPOINT', 'CHECKPOINT', 'CHECKPOINT']);
    await events.return?.();
  });

  test('with a cursor of a history that is gone is told to ask again, and goes on from the head', async () => {
    for (const beyond of [0, 1000]) {
      const { position } = await opened.tail.refresh(programId);
      const events = await subscribe({
        after: { programId, position: position + beyond, check: '00000000' },
      });
      const [first] = await take(events, 1);
      expect(first).toMatchObject({ type: 'RESYNC', reason: 'HISTORY_REPLACED', cursor: { position } });
      const pending = take(events, 1);
      await flip('A');
      expect(positions(await pending)).toEqual([position + 1]);
      await events.return?.();
    }
  });

  test('ends at once when it is returned while it waits', async () => {
    const events = await subscribe();
    await take(events, 1);
    const pending = events.next();
    const { subscribers } = opened.tail.log(programId);
    await waitFor(() => subscribers.size === 1, { what: 'it to wait' });
    await events.return?.();
    expect(subscribers.size).toBe(0);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a subscription that its receiver closes', () => {
  test.each([
    // The checkpoint, the three entries of the page that was looked into first, and one of the next.
    ['an entry that had to be read', {}, 5],
    ['a checkpoint that was due', { filter: { partnerIds: [] }, checkpointEveryMs: 5 }, 3],
  ])('with %s stays closed', async (_, options, events) => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      Array.from({ length: 9 }, () => ({})),
    );
    const tail = await startFakeTail(logs, { windowSize: 1, pageSize: 3 });
    const after = { programId: 'p', position: 0, check: '' };
    const subscription = await subscribeToLog({ tail, programId: 'p', filter: {}, after, ...options });
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      const receiver = {
        receive() {
          received += 1;
          if (received < events) return subscription.pull(receiver);
          subscription.close();
          resolve();
        },
        finish: () => reject(new Error('it ended early')),
        fail: reject,
      };
      subscription.pull(receiver);
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
    expect(tail.log('p').subscribers.size).toBe(0);
    await tail.stop();
  });
});

describe('retention', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  /** Subscribes after a position to a log with entries of these ages in days. */
  const resume = async (ages: readonly number[], position: number) => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      ages.map((days) => ({ recordedAt: NOW - days * DAY_MS })),
    );
    const tail = await startFakeTail(logs);
    const check = checkOf(logs.entries('p')[position - 1]?.id ?? null);
    const events = await subscribeToLog({
      tail,
      programId: 'p',
      filter: {},
      after: { programId: 'p', position, check },
    });
    const [first, second] = await take(events, 2);
    await events.return?.();
    await tail.stop();
    return [first, second];
  };

  test('what was recorded up to 30 days ago is replayed', async () => {
    expect(await resume([40, 30, 1], 1)).toMatchObject([
      { type: 'CHECKPOINT', caughtUp: false, cursor: { position: 1 } },
      { type: 'CHANGED', cursor: { position: 2 } },
    ]);
  });

  test('a subscriber that missed something older is told, and goes on from the head', async () => {
    for (const position of [0, 1]) {
      const logs = createFakeLogs();
      logs.append(
        'p',
        [40, 30.001, 1].map((days) => ({ recordedAt: NOW - days * DAY_MS })),
      );
      const tail = await startFakeTail(logs);
      const check = checkOf(logs.entries('p')[position - 1]?.id ?? null);
      const after = { programId: 'p', position, check };
      const events = await subscribeToLog({ tail, programId: 'p', filter: {}, after });
      expect(await take(events, 1)).toMatchObject([
        { type: 'RESYNC', reason: 'RETENTION_EXCEEDED', cursor: { position: 3 } },
      ]);
      logs.append('p', [{}]);
      tail.ring();
      expect(positions(await take(events, 1))).toEqual([4]);
      await tail.stop();
    }
  });

  test('a subscriber that missed nothing since long ago goes on', async () => {
    const logs = createFakeLogs();
    logs.append('p', [{ recordedAt: NOW - 100 * DAY_MS }]);
    const tail = await startFakeTail(logs);
    const after = { programId: 'p', position: 1, check: checkOf(logs.entries('p')[0]?.id ?? null) };
    const events = await subscribeToLog({ tail, programId: 'p', filter: {}, after });
    expect(await take(events, 1)).toMatchObject([
      { type: 'CHECKPOINT', caughtUp: true, cursor: { position: 1 } },
    ]);
    await tail.stop();
  });
});
