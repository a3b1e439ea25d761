import { createHook } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import type { LogEvent } from '../../src/events/log-event.ts';
import { subscribeToLog } from '../../src/events/subscribe-to-log.ts';
import type { Tail } from '../../src/events/tail.ts';
import type { ChangeFilter } from '../../src/store/reading/read-log.ts';
import { isLong, long } from '../support/long.ts';
import { createFakeLogs, startFakeTail } from './support/fake-log.ts';
import { positions, take } from './support/take.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is in use once everything that can be collected was. */
function heapInUse(): number {
  for (let round = 0; round < 4; round++) collectGarbage();
  return process.memoryUsage().heapUsed;
}

// Those of src/events, also where they don't keep the process alive, which nothing else counts.
const timers = new Set<number>();
const hook = createHook({
  init(id, type) {
    if (type === 'Timeout' && new Error().stack?.includes('/src/events/')) timers.add(id);
  },
  destroy: (id) => void timers.delete(id),
}).enable();
afterAll(() => void hook.disable());

// Long, since a leak of a few bytes shows only after thousands of subscriptions.
const BATCHES = long(20, 100);
const ROUNDS = long(15, 50);

/** How many timers run; those that were cleared just now are off the list a moment later. */
async function countTimers(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return timers.size;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Subscribers that have their first checkpoint and wait. */
function subscribe(
  tail: Tail,
  count: number,
  filterOf: (index: number) => ChangeFilter = () => ({}),
): Promise<AsyncIterableIterator<LogEvent>[]> {
  return Promise.all(
    times(count, async (index) => {
      const events = await subscribeToLog({ tail, programId: 'p', filter: filterOf(index), after: null });
      await take(events, 1);
      return events;
    }),
  );
}

test(`${BATCHES * 100} subscriptions that began, waited and ended leave no listener, no timer and no memory`, async () => {
  const logs = createFakeLogs();
  logs.append('p', [{}]);
  const tail = await startFakeTail(logs);
  const timersBefore = await countTimers();
  let partners = 0;
  const subscribeAndEnd = async (batches = BATCHES): Promise<void> => {
    for (let batch = 0; batch < batches; batch++) {
      const subscribers = await subscribe(tail, 100, () => ({ partnerIds: [`${partners++}`] }));
      const waiting = subscribers.map((events) => events.next());
      await Promise.resolve();
      if (batch === 0) {
        expect(tail.log('p').subscribers.size).toBe(100);
        expect(await countTimers()).toBe(timersBefore + 100);
      }
      await Promise.all(subscribers.map((events) => events.return?.()));
      for (const { done } of await Promise.all(waiting)) expect(done).toBe(true);
    }
  };
  await subscribeAndEnd(10);
  await subscribeAndEnd();
  const afterTheFirst = heapInUse();
  await subscribeAndEnd();
  const grown = heapInUse() - afterTheFirst;

  expect([tail.log('p').subscribers.size, await countTimers()]).toEqual([0, timersBefore]);
  // In all: less than twenty bytes a subscription, and no object is that small. It is what the compiler moves
  // about.
  if (isLong) expect(grown).toBeLessThan(200_000);
  await tail.stop();
});

test('a subscriber that never reads holds nothing, and the hundred beside it get everything', async () => {
  const logs = createFakeLogs();
  const tail = await startFakeTail(logs, { windowSize: 1_000, pageSize: 500 });
  const [idle] = await subscribe(tail, 1);
  const [narrow] = await subscribe(tail, 1, () => ({ partnerIds: ['somebody else'] }));
  const skipped = narrow?.next();
  const readers = await subscribe(tail, 100);
  /** Appends entries, a hundred each round, and has the hundred read them. */
  const run = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      const appended = logs.append(
        'p',
        times(100, () => ({})),
      );
      const got = Promise.all(readers.map((events) => take(events, 100)));
      await tail.refresh('p');
      for (const events of await got) expect(positions(events)).toEqual(appended);
    }
    // What the fake database keeps is not the subscribers'.
    logs.entries('p').splice(0, ROUNDS * 80);
  };
  await run();
  const afterTheFirst = heapInUse();
  await run();
  const perEntry = (heapInUse() - afterTheFirst) / (ROUNDS * 100);
  // An entry weighs some hundred bytes, and the fake database keeps one in five.
  if (isLong) expect(perEntry).toBeLessThan(200);
  expect(await skipped).toMatchObject({ value: { type: 'CHECKPOINT', cursor: { position: 1_000 } } });
  await Promise.all([...readers, idle, narrow].map((events) => events?.return?.()));
  await tail.stop();
});

test.each([1, 100, 2_000])('%i subscribers that wait cost the same statements', async (count) => {
  const logs = createFakeLogs();
  logs.append('p', [{}]);
  const tail = await startFakeTail(logs);
  const subscribers = await subscribe(tail, count, (index) => (index === 0 ? {} : { partnerIds: ['none'] }));
  const [reader, ...others] = subscribers;
  const waiting = others.map((events) => events.next());
  logs.reads.heads = 0;
  logs.reads.ranges = 0;
  for (let round = 0; round < 50; round++) {
    logs.append('p', [{}, {}]);
    await tail.refresh('p');
  }
  expect(reader && positions(await take(reader, 100))).toHaveLength(100);
  expect(logs.reads).toEqual({ heads: 50, ranges: 0 });
  await Promise.all(subscribers.map((events) => events.return?.()));
  await Promise.all(waiting);
  await tail.stop();
});

test('of 2,000 subscribers with filters of their own only those wake that an entry concerns', async () => {
  const logs = createFakeLogs();
  const tail = await startFakeTail(logs);
  const subscribers = await subscribe(tail, 2_000, (index) => ({ partnerIds: [`${index % 200}`] }));
  const arrived: number[] = [];
  subscribers.forEach((events, index) => {
    void events.next().then(({ done }) => {
      if (!done) arrived.push(index);
    });
  });
  logs.append('p', [{ partnerId: '17' }, { partnerId: 'nobody' }]);
  await tail.refresh('p');
  expect(arrived).toEqual(times(10, (index) => 17 + 200 * index));
  await Promise.all(subscribers.map((events) => events.return?.()));
  expect(tail.log('p').subscribers.size).toBe(0);
  await tail.stop();
});
