import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Session } from '../../../src/app/access/authenticate.ts';
import type { Rights } from '../../../src/app/access/rights.ts';
import { type EventResult, toEventResult } from '../../../src/server/delivery/event-result.ts';
import { createSharedExecutions } from '../../../src/server/delivery/shared-executions.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { promised } from '../../support/promised.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';

type Event = { data: { counted: { number: number; context: number; echo: string } } };
type Open = (
  query: string,
  variables?: Record<string, unknown>,
  token?: string,
) => AsyncIterableIterator<unknown>;

let toy: ToyServer;
let ends: (() => void)[] = [];

afterEach(async () => {
  for (const end of ends) end();
  ends = [];
  await toy.server.close();
});

const overWebSocket: Open = (query, variables = {}, token = '') => {
  const client = createWsClient({
    url: `${toy.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: token },
    retryWait: async () => {},
  });
  ends.push(() => void client.dispose());
  return client.iterate({ query, variables });
};
const overEvents: Open = (query, variables = {}, token = '') => {
  const client = createSseClient({ url: `${toy.url}/graphql`, headers: { authorization: token } });
  ends.push(() => client.dispose());
  return client.iterate({ query, variables });
};

/** Subscribes all, pushes one event, and gives what each got of it. */
async function eventOf(subscriptions: readonly (() => AsyncIterableIterator<unknown>)[]) {
  const firsts = subscriptions.map((open) => open().next());
  await toy.feed.subscribers(subscriptions.length);
  toy.feed.push(7);
  const got = await Promise.all(firsts);
  return got.map(({ value }) => (value as Event).data.counted);
}

const QUERY =
  'subscription S($above: Int, $text: String) { counted(above: $above) { number context echo(text: $text) } }';

test('an event is executed once for all who get the same of it, whatever they are subscribed by', async () => {
  toy = await startToyServer();
  const before = toy.contexts();
  const got = await eventOf([
    () => overWebSocket(QUERY, { above: 1 }),
    () => overWebSocket(QUERY, { above: 2 }),
    () => overEvents(QUERY),
    () => overWebSocket(QUERY, { text: 'a' }),
    () => overEvents(QUERY, { text: 'a', above: 3 }),
    () => overWebSocket(QUERY, { text: null }),
    () => overWebSocket(`${QUERY} # another document`, {}),
  ]);
  expect(got.map(({ number, echo }) => [number, echo])).toEqual([
    [7, 'undefined'],
    [7, 'undefined'],
    [7, 'undefined'],
    [7, 'a'],
    [7, 'a'],
    [7, 'null'],
    [7, 'undefined'],
  ]);
  const [one, two, three, ofA, alsoOfA, ofNull, another] = got.map(({ context }) => context);
  expect([two, three]).toEqual([one, one]);
  expect(alsoOfA).toBe(ofA);
  expect(new Set([one, ofA, ofNull, another]).size).toBe(4);
  // One for each subscription that was opened, and one for each of the four executions.
  expect(toy.contexts() - before).toBe(7 + 4);
});

test('rights that differ are never shared, and a context for many has nobody’s own', async () => {
  const seen: object[] = [];
  const rightsOf = (token: string | null): Rights => {
    const [role, partner = null, identity] = (token ?? '').split(' ');
    if (role !== 'READER' && role !== 'PARTNER') throw new Error(`no such role: ${token}`);
    return { role, programs: ['p'], partner, identity: `key:${identity}`, expiresAt: null };
  };
  toy = await startToyServer({
    context: ({ rights }) => {
      seen.push(rights ?? {});
      return { number: seen.length };
    },
    identify: async (token): Promise<Session> => ({ rights: rightsOf(token), findEnd: async () => null }),
  });
  const got = await eventOf(
    ['READER  1', 'READER  2', 'PARTNER a 3', 'PARTNER a 4', 'PARTNER b 5'].map(
      (token) => () => overWebSocket(QUERY, {}, token),
    ),
  );
  const [one, two, three, four, five] = got.map(({ context }) => context);
  expect([two, four]).toEqual([one, three]);
  expect(new Set([one, three, five]).size).toBe(3);
  expect(seen.slice(5).map((rights) => Object.keys(rights))).toEqual(
    Array(3).fill(['role', 'programs', 'partner']),
  );
  expect(seen.slice(5)).toEqual([
    { role: 'READER', programs: ['p'], partner: '' },
    { role: 'PARTNER', programs: ['p'], partner: 'a' },
    { role: 'PARTNER', programs: ['p'], partner: 'b' },
  ]);
});

test('the end of one subscriber’s rights ends that one, and not those who share with it', async () => {
  const revoked = new Set<string>();
  const sessionOf = (identity: string): Session => ({
    rights: { role: 'READER', programs: 'ALL', partner: null, identity, expiresAt: null },
    findEnd: async () => (revoked.has(identity) ? { refused: 'UNAUTHENTICATED', message: 'Revoked.' } : null),
  });
  toy = await startToyServer({ identify: async (token) => sessionOf(token ?? '') });
  const [leaves, stays] = ['leaves', 'stays'].map((token) => overWebSocket(QUERY, {}, token));
  const firsts = [leaves?.next(), stays?.next()];
  await toy.feed.subscribers(2);
  toy.feed.push(1);
  for (const first of firsts)
    expect((await first)?.value).toMatchObject({ data: { counted: { number: 1 } } });
  revoked.add('leaves');
  toy.feed.push(2);
  expect((await stays?.next())?.value).toMatchObject({ data: { counted: { number: 2 } } });
  expect((await leaves?.next())?.value).toEqual({
    errors: [{ message: 'Revoked.', extensions: { code: 'UNAUTHENTICATED' } }],
  });
  await toy.feed.subscribers(1);
});

test('an event is paid for once, by the first who can; who cannot waits for it and loses nothing', async () => {
  promised('An event of a subscription is paid for too, once for all subscribers that share it.');
  promised('Where the budget is empty, the event waits until there is enough, and is not lost.');
  const sessionOf = (identity: string): Session => ({
    rights: { role: 'READER', programs: 'ALL', partner: null, identity, expiresAt: null },
    findEnd: async () => null,
  });
  const cost = 1;
  const free = Number.POSITIVE_INFINITY;
  const limits = {
    ...DEFAULT_LIMITS,
    costs: { ...DEFAULT_LIMITS.costs, reading: { characters: free, tokens: free, pairsOfFields: free } },
    budget: { capacity: 3 * cost, perSecond: cost },
  };
  toy = await startToyServer({ limits, identify: async (token) => sessionOf(token ?? '') });
  const [first, second] = [overWebSocket(QUERY, {}, 'first'), overWebSocket(QUERY, {}, 'second')];
  const next = async (events: AsyncIterableIterator<unknown>): Promise<number> =>
    ((await events.next()).value as Event).data.counted.number;
  const ones = next(first);
  await toy.feed.subscribers(1);
  const others = next(second);
  await toy.feed.subscribers(2);
  // Opening it took a third of the first one's budget, and two events take the rest; the second one has
  // shared for nothing.
  toy.feed.push(1);
  expect([await ones, await others]).toEqual([1, 1]);
  const twos = [next(first), next(second)];
  toy.feed.push(2);
  expect(await Promise.all(twos)).toEqual([2, 2]);
  const before = toy.contexts();
  const arrived: string[] = [];
  const threes = [first, second].map(async (events, index) => {
    expect(await next(events)).toBe(3);
    arrived.push(index === 0 ? 'first' : 'second');
  });
  toy.feed.push(3);
  await Promise.all(threes);
  expect(arrived).toEqual(['second', 'first']);
  expect(toy.contexts() - before).toBe(1);
});

test('an execution that fails cuts off all who share it, and they come back', async () => {
  toy = await startToyServer();
  toy.failNext(1);
  const subscribers = [overWebSocket(QUERY), overWebSocket(QUERY)];
  const firsts = subscribers.map((events) => events.next());
  await toy.feed.subscribers(2);
  toy.feed.push(1);
  // Both are cut off, and come back.
  await toy.feed.subscribers(0);
  await toy.feed.subscribers(2);
  toy.feed.push(1);
  for (const first of firsts) expect((await first).value).toMatchObject({ data: { counted: { number: 1 } } });
  expect(toy.errors).toMatchObject([{ err: new Error('the database is away') }]);
});

test('who was given an event is not kept for as long as it is remembered', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const shared = createSharedExecutions(() => false);
  const event = {};
  const share = (): Promise<WeakRef<object>> =>
    new Promise((resolve) => {
      const recipient = { give: (): void => resolve(new WeakRef(recipient)) };
      shared.execute(event, 'key', async () => toEventResult({ data: {} }), recipient);
    });
  const given = await share();
  await vi.waitFor(() => {
    collectGarbage();
    // Compared here: an error that shows it would keep it.
    expect(given.deref() === undefined).toBe(true);
  });
  expect(shared.share(event, 'key', { give() {} })).toBe(true);
});

test('what was executed is given again for a second or two; what failed, or could not be delivered, is not', async () => {
  vi.useFakeTimers();
  try {
    const shared = createSharedExecutions(({ data }) => data === null);
    const event = {};
    const [started, stopped] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')];
    let executed = 0;
    const give = (data: Record<string, unknown> | null) => async () => {
      executed += 1;
      return toEventResult({ data });
    };
    const share = (of: object, key: string, execute: () => Promise<EventResult>): Promise<EventResult> =>
      new Promise((resolve) => {
        const recipient = { give: resolve };
        if (!shared.share(of, key, recipient)) shared.execute(of, key, execute, recipient);
      });
    const [one, two] = [share(event, 'k', give({ a: 1 })), share(event, 'k', give({ a: 2 }))];
    expect(await two).toBe(await one);
    expect((await one).stringify()).toBe('{"data":{"a":1}}');
    expect(await share(event, 'other', give({ a: 3 }))).toMatchObject({ data: { a: 3 } });
    expect(await share({}, 'k', give({ a: 4 }))).toMatchObject({ data: { a: 4 } });
    expect([executed, shared.size]).toEqual([3, 2]);

    await vi.advanceTimersByTimeAsync(1_000);
    expect(await share(event, 'k', give({ a: 5 }))).toMatchObject({ data: { a: 1 } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shared.size).toBe(0);
    // Its own timer is gone. Others may be there, of what another file left running in this process.
    const [timer] = started.mock.results;
    expect(stopped.mock.calls.map(([cleared]) => cleared)).toContain(timer?.value);
    expect(await share(event, 'k', give({ a: 6 }))).toMatchObject({ data: { a: 6 } });

    expect(await share(event, 'lost', give(null))).toMatchObject({ data: null });
    expect(await share(event, 'lost', give({ a: 7 }))).toMatchObject({ data: { a: 7 } });
  } finally {
    vi.restoreAllMocks();
    vi.useRealTimers();
  }
});
