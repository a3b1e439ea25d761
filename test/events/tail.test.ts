import { describe, expect, test } from 'vitest';
import { subscribeToLog } from '../../src/events/subscribe-to-log.ts';
import { createMetrics } from '../../src/server/settings/metrics.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFakeLogs, fakeEntry, startFakeTail } from './support/fake-log.ts';
import { positions, take } from './support/take.ts';

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function range(from: number, to: number): number[] {
  return times(to - from + 1, (index) => from + index);
}

describe('the window', () => {
  test('is filled before the tail has started, and reading from it takes no statement', async () => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      times(250, () => ({})),
    );
    const tail = await startFakeTail(logs, { windowSize: 100, pageSize: 40 });
    expect(logs.reads).toEqual({ heads: 1, ranges: 3 });
    expect(tail.head('p').position).toBe(250);
    expect(range(151, 250).map((position) => tail.log('p').entryAt(position))).toEqual(
      logs.entries('p').slice(150),
    );
    expect(logs.reads.ranges).toBe(3);
    await tail.stop();
  });

  test('follows a log that grew by more than a page, in pages, and keeps at least its size', async () => {
    const logs = createFakeLogs();
    logs.append('p', [{}]);
    const tail = await startFakeTail(logs, { windowSize: 100, pageSize: 40 });
    logs.append(
      'p',
      times(300, () => ({})),
    );
    logs.reads.ranges = 0;
    // The first page comes with the news that there is more.
    expect((await tail.refresh('p')).position).toBe(301);
    expect(logs.reads.ranges).toBe(7);
    expect(tail.log('p').entryAt(202)).toEqual(logs.entries('p')[201]);
    expect(logs.reads.ranges).toBe(7);
    await tail.stop();
  });

  test.each([1, 100, 2_000])(
    '%i subscribers that catch up at the same time cost as many statements as one',
    async (count) => {
      const logs = createFakeLogs();
      logs.append(
        'p',
        times(300, () => ({})),
      );
      const tail = await startFakeTail(logs, { windowSize: 100, pageSize: 40 });
      logs.reads.ranges = 0;
      logs.reads.heads = 0;
      const after = { programId: 'p', position: 10, check: logs.entries('p')[9]?.id.slice(-8) ?? '' };
      const subscribers = await Promise.all(
        times(count, () => subscribeToLog({ tail, programId: 'p', filter: {}, after })),
      );
      const got = await Promise.all(subscribers.map((events) => take(events, 291)));
      for (const events of got) expect(positions(events)).toEqual(range(11, 300));
      // Entries 1 to 200 in five pages; one poll that was under way, and one for everybody who came
      // meanwhile.
      expect(logs.reads.ranges).toBe(5);
      expect(logs.reads.heads).toBeLessThanOrEqual(2);
      await Promise.all(subscribers.map((events) => events.return?.()));
      await tail.stop();
    },
  );

  test('a page is read again once others were used instead', async () => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      times(400, () => ({})),
    );
    const tail = await startFakeTail(logs, { windowSize: 10, pageSize: 10 });
    logs.reads.ranges = 0;
    await tail.log('p').entryAt(1);
    await tail.log('p').entryAt(10);
    expect(logs.reads.ranges).toBe(1);
    for (const position of range(2, 34)) await tail.log('p').entryAt(position * 10);
    await tail.log('p').entryAt(1);
    expect(logs.reads.ranges).toBe(1 + 33 + 1);
    await tail.stop();
  });
});

describe('a missing position', () => {
  test('is reported once and stops that programme, and no other, until it is there', async () => {
    const logs = createFakeLogs();
    logs.append('p', [{}, {}]);
    logs.append('q', [{}]);
    const tail = await startFakeTail(logs);
    const [p, q] = await Promise.all(
      ['p', 'q'].map((programId) => subscribeToLog({ tail, programId, filter: {}, after: null })),
    );
    if (!p || !q) throw new Error('two were subscribed');
    await Promise.all([take(p, 1), take(q, 1)]);
    const events = { p: p.next(), q: q.next() };

    const [third] = logs.append('p', [{}, {}]).map((position) => logs.entries('p')[position - 1]);
    logs.entries('p').splice(2, 1);
    logs.append('q', [{}]);
    await expect(tail.refresh('p')).rejects.toThrow('The log of programme p has no position 3.');
    await expect(tail.refresh('p')).rejects.toThrow('has no position 3');
    expect(await events.q).toMatchObject({ value: { type: 'CHANGED', cursor: { position: 2 } } });
    expect(tail.faults).toEqual(['The log of programme p has no position 3.']);
    expect(tail.head('p').position).toBe(2);
    await expect(subscribeToLog({ tail, programId: 'p', filter: {}, after: null })).rejects.toThrow(
      'has no position',
    );

    if (third) logs.entries('p').splice(2, 0, third);
    tail.ring();
    expect(await events.p).toMatchObject({ value: { type: 'CHANGED', cursor: { position: 3 } } });
    expect(positions(await take(p, 1))).toEqual([4]);
    await tail.stop();
  });

  test('that is older fails whoever catches up across it, after what lies before', async () => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      times(100, () => ({})),
    );
    const tail = await startFakeTail(logs, { windowSize: 10, pageSize: 10 });
    logs.entries('p').splice(54, 1);
    const after = { programId: 'p', position: 0, check: '' };
    const events = await subscribeToLog({ tail, programId: 'p', filter: {}, after });
    expect(positions(await take(events, 51))).toEqual(range(1, 50));
    await expect(events.next()).rejects.toThrow('The log of programme p has no position 55.');
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(tail.log('p').subscribers.size).toBe(0);
    await tail.stop();
  });
});

describe('a restore from a backup', () => {
  /** Ten entries, subscribers of all at 10, and one that has only read up to 4. */
  const start = async () => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      times(10, () => ({})),
    );
    const tail = await startFakeTail(logs);
    const after = { programId: 'p', position: 3, check: logs.entries('p')[2]?.id.slice(-8) ?? '' };
    const atHead = await subscribeToLog({ tail, programId: 'p', filter: {}, after: null });
    const behind = await subscribeToLog({ tail, programId: 'p', filter: {}, after });
    await take(atHead, 1);
    expect(positions(await take(behind, 2))).toEqual([4]);
    return { logs, tail, atHead, behind };
  };

  test('to a shorter log tells those beyond its end, and the others go on without a gap', async () => {
    const { logs, tail, atHead, behind } = await start();
    const waiting = atHead.next();
    logs.entries('p').length = 6;
    tail.ring();
    expect(await waiting).toMatchObject({
      value: { type: 'RESYNC', reason: 'HISTORY_REPLACED', cursor: { position: 6 } },
    });
    expect(positions(await take(behind, 2))).toEqual([5, 6]);
    logs.append('p', [{}]);
    tail.ring();
    expect(positions(await take(atHead, 1))).toEqual([7]);
    expect(await take(behind, 2)).toMatchObject([
      { type: 'CHANGED', cursor: { position: 7 } },
      { type: 'CHECKPOINT', cursor: { position: 7 }, caughtUp: true },
    ]);
    await tail.stop();
  });

  test('is noticed although the log has grown beyond its old end before anybody looked', async () => {
    const { logs, tail, atHead, behind } = await start();
    const waiting = atHead.next();
    logs.entries('p').length = 6;
    logs.append(
      'p',
      times(10, () => ({})),
    );
    tail.ring();
    const resync = await waiting;
    expect(resync).toMatchObject({
      value: { type: 'RESYNC', reason: 'HISTORY_REPLACED', cursor: { position: 16 } },
    });
    // From 7 on it is the other history.
    const replayed = await take(behind, 12);
    expect(positions(replayed)).toEqual(range(5, 16));
    expect(replayed.map((event) => event.type === 'CHANGED' && event.entry.id)).toEqual(
      logs
        .entries('p')
        .slice(4)
        .map(({ id }) => id),
    );
    await tail.stop();
  });

  test('that took the programme away ends the history at nothing', async () => {
    const { logs, tail, atHead } = await start();
    const waiting = atHead.next();
    logs.remove('p');
    tail.ring();
    expect(await waiting).toMatchObject({
      value: {
        type: 'RESYNC',
        reason: 'HISTORY_REPLACED',
        cursor: { programId: 'p', position: 0, check: '' },
      },
    });
    await tail.stop();
  });

  test('does not let a page of the other history through', async () => {
    const logs = createFakeLogs();
    logs.append(
      'p',
      times(50, () => ({})),
    );
    const tail = await startFakeTail(logs, { windowSize: 10, pageSize: 10 });
    const before = await tail.log('p').entryAt(5);
    logs.entries('p').splice(0, 50, ...range(1, 50).map((position) => fakeEntry('p', position)));
    await tail.refresh('p');
    expect(await tail.log('p').entryAt(5)).not.toEqual(before);
    expect(await tail.log('p').entryAt(5)).toEqual(logs.entries('p')[4]);
    await tail.stop();
  });
});

describe('a database that fails', () => {
  test('is reported once an outage, and asked again', async () => {
    const logs = createFakeLogs();
    logs.append('p', [{}]);
    const tail = await startFakeTail(logs);
    const fail = async () => {
      throw new Error('gone');
    };
    logs.delay = fail;
    await expect(tail.refresh('p')).rejects.toThrow('gone');
    await expect(tail.refresh('p')).rejects.toThrow('gone');
    expect(tail.faults).toEqual(['gone']);
    logs.delay = async () => {};
    expect((await tail.refresh('p')).position).toBe(1);
    logs.delay = fail;
    await expect(tail.refresh('p')).rejects.toThrow('gone');
    expect(tail.faults).toEqual(['gone', 'gone']);
    await tail.stop();
  });

  test('and never answers is given up, and what it says too late is not believed', async () => {
    const logs = createFakeLogs();
    logs.append('p', [{}]);
    const tail = await startFakeTail(logs, { answerWithinMs: 20 });
    const stuck = Promise.withResolvers<void>();
    logs.delay = () => stuck.promise;
    await expect(tail.refresh('p')).rejects.toThrow('Reading the ends of the logs: no answer within 20 ms.');
    logs.delay = async () => {};
    logs.append('p', [{}]);
    expect((await tail.refresh('p')).position).toBe(2);
    stuck.resolve();
    await stuck.promise;
    expect((await tail.refresh('p')).position).toBe(2);
    expect(tail.log('p').history).toBe(0);
    await tail.stop();
  });
});

test('whoever subscribed before anything was there gets the first entries', async () => {
  const logs = createFakeLogs();
  const tail = await startFakeTail(logs);
  const events = await subscribeToLog({ tail, programId: 'p', filter: {}, after: null });
  const got = take(events, 3);
  logs.append('p', [{}, {}]);
  tail.ring();
  expect(positions(await got)).toEqual([1, 2]);
  await tail.stop();
});

test('metrics say how far the tail is behind, whether it reads at all, and how many follow it', async () => {
  const logs = createFakeLogs();
  logs.append('p', [{}]);
  const metrics = createMetrics();
  const tail = await startFakeTail(logs, { gauges: metrics });
  const shown = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(metrics.render())?.[1]);
  const events = await subscribeToLog({ tail, programId: 'p', filter: {}, after: null });
  await take(events, 1);
  void events.next();
  await waitFor(() => shown('tiergraph_log_subscribers') === 1);
  expect(shown('tiergraph_log_lag_entries')).toBe(0);
  expect(shown('tiergraph_log_faults')).toBe(0);

  logs.append('p', [{}, {}, {}]);
  logs.entries('p').splice(1, 1);
  await expect(tail.refresh('p')).rejects.toThrow('has no position');
  expect(shown('tiergraph_log_lag_entries')).toBe(3);
  expect(shown('tiergraph_log_faults')).toBe(1);
  await waitFor(() => shown('tiergraph_log_read_age_seconds') > 0.01);
  const from = performance.now();
  await expect(tail.refresh('p')).rejects.toThrow('has no position');
  const age = shown('tiergraph_log_read_age_seconds');
  // Read again meanwhile.
  expect(age).toBeLessThanOrEqual((performance.now() - from) / 1_000);
  await events.return?.();
  expect(shown('tiergraph_log_subscribers')).toBe(0);
  await tail.stop();
});

test('every subscriber gets the same event of an entry', async () => {
  const logs = createFakeLogs();
  const tail = await startFakeTail(logs);
  const subscribers = await Promise.all(
    times(3, () => subscribeToLog({ tail, programId: 'p', filter: {}, after: null })),
  );
  logs.append('p', [{}]);
  tail.ring();
  const [[, one], [, two], [, three]] = (await Promise.all(subscribers.map((events) => take(events, 2)))) as [
    [unknown, unknown],
    [unknown, unknown],
    [unknown, unknown],
  ];
  expect(one).toBe(two);
  expect(two).toBe(three);
  await tail.stop();
});
