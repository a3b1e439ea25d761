import { expect, test } from 'vitest';
import { long } from '../../support/long.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type ObservedGraph, startObservedGraph } from '../support/observed-graph.ts';
import { type Connection, openSocket, openStream, type Take } from '../support/raw-subscribers.ts';

const PARTNERS = 100;
const REF_LENGTH = 190;
const ROUNDS = 8;
// Long, since a bounded buffer shows only beside many readers that take everything.
const READERS = long(10, 100);

/**
 * Twenty kilobytes an event: eight hundred are several times what the network takes of somebody who doesn't
 * read.
 */
const REFS = Array.from({ length: 99 }, (_, index) => `r${index}: externalRef`);
const LARGE = `subscription { statusChanged(program: "small") {
  ... on StatusChanged { cursor change { partner { ${REFS.join(' ')} } } }
} }`;
const LARGE_BYTES = REFS.length * (REF_LENGTH + 9) + 200;
const SMALL = 'subscription { statusChanged(program: "small") { ... on StatusChanged { cursor } } }';

type Transport = 'WEBSOCKET' | 'SSE';
const TRANSPORTS: readonly Transport[] = ['SSE', 'WEBSOCKET'];
type Follower = { readonly connection: Connection; readonly cursors: readonly string[] };

/** Follows the log; resolves once the first event is there, which is a checkpoint. */
async function follow(graph: ObservedGraph, transport: Transport, query: string): Promise<Follower> {
  const cursors: string[] = [];
  let events = 0;
  const take: Take = (data) => {
    events += 1;
    const { cursor } = data.statusChanged as { cursor?: string };
    if (cursor !== undefined) cursors.push(cursor);
  };
  const connect = async (): Promise<Connection> => {
    if (transport === 'SSE') return openStream(graph.url, query, {}, take);
    const socket = await openSocket(graph.url);
    socket.subscribe(query, {}, take);
    return socket;
  };
  const connection = await connect();
  await waitFor(() => events === 1, { what: 'the checkpoint' });
  return { connection, cursors };
}

async function expectAll(followers: readonly Follower[], changes: readonly string[]): Promise<void> {
  for (const { cursors } of followers) {
    await waitFor(() => cursors.length >= changes.length, { what: 'the last change' });
    expect(cursors).toEqual(changes);
  }
}

// They are silent for less than the 24 s after which a WebSocket is cut that answers no ping.
test('who never reads is given nothing that the network does not take, others get everything, and so does who reads again', async () => {
  const graph = await startObservedGraph(PARTNERS, REF_LENGTH);
  const timers = await graph.countTimers();
  const followAll = (transports: readonly Transport[], query: string): Promise<readonly Follower[]> =>
    Promise.all(transports.map((transport) => follow(graph, transport, query)));
  const readers = await followAll(
    Array.from({ length: READERS }, (_, index) => TRANSPORTS[index % 5] ?? 'WEBSOCKET'),
    SMALL,
  );
  const late = await followAll(TRANSPORTS, LARGE);
  const lost = await followAll(TRANSPORTS, LARGE);
  const silent = [...late, ...lost].map(({ connection }) => connection);
  for (const connection of silent) connection.pause();
  const { deliveries: before } = await graph.count();
  const changes: string[] = [];

  /**
   * Makes eight hundred changes, which the readers get; resolves to how many events the silent ones were
   * given so far.
   */
  const change = async (): Promise<number> => {
    changes.push(...(await graph.change(ROUNDS)));
    await expectAll(readers, changes);
    const { deliveries } = await graph.count();
    return deliveries - before - READERS * changes.length;
  };
  const given = await change();
  const heapBytes = await graph.weigh();
  expect(await change()).toBe(given);
  const buffered = await graph.buffered(silent.map(({ port }) => port));

  expect(changes).toHaveLength(2 * ROUNDS * PARTNERS);
  // Not all of the first half: what the network takes was full before the second.
  expect(given).toBeLessThan(silent.length * ROUNDS * PARTNERS);
  for (const [index, bytes] of buffered.entries()) {
    // One message that is on its way and two behind it; or as much as Node's streams take before they say
    // that it is enough.
    const most = TRANSPORTS[index % 2] === 'WEBSOCKET' ? 3 * LARGE_BYTES : 65_536 + LARGE_BYTES;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(most);
  }
  // The log's latest entries, kept for all, are 3 KB each, and results of events are remembered for a second
  // or two. What the silent ones did not read in this time is 60 MB, and would stay.
  await waitFor(async () => (await graph.weigh()) - heapBytes < 5_000_000, { what: 'a heap as before' });

  for (const { connection } of late) connection.resume();
  await expectAll(late, changes);
  for (const { connection } of [...lost, ...late, ...readers]) connection.cut();
  await waitFor(async () => (await graph.count()).subscriptions === 0, { what: 'the end of all' });
  await waitFor(async () => (await graph.countTimers()) === timers, { what: 'the timers of the start' });
  expect(await graph.close()).toEqual([]);
}, 120_000);
