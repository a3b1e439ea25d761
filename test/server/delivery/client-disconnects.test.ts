import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src/demo/random.ts';
import type { StatusChangeFilter } from '../../../src/generated/graphql/graphql.ts';
import { long } from '../../support/long.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  expectWhole,
  type FollowedGraph,
  type Follower,
  follow,
  startFollowedGraph,
} from '../support/followed-graph.ts';

/** In the long form 1,000 disconnects of up to a minute, which take about ten minutes. */
// Long, since a loss at a disconnect is rare: it needs a change in the same milliseconds.
const DISCONNECTS = long(24, 1_000);
const LONGEST_OUTAGE_MS = long(300, 60_000);
const SEED = Number(process.env.TEST_SEED ?? Date.now());
const FOLLOWERS = long(4, 100);
const EACH = Math.ceil(DISCONNECTS / FOLLOWERS);

const FILTERS: readonly ((graph: FollowedGraph) => StatusChangeFilter)[] = [
  () => ({}),
  () => ({ directions: ['UP'] }),
  ({ partners }) => ({ partners: partners.slice(0, 3) }),
  () => ({ types: ['TIER_CHANGED'], regions: ['DACH'] }),
];

type Fault = (proxy: Follower['proxy'], outageMs: number) => Promise<void>;

/** Each ends with a network that takes new connections again. */
const FAULTS: readonly Fault[] = [
  async (proxy) => proxy.cut(),
  async (proxy, outageMs) => {
    proxy.welcome = 'REFUSE';
    proxy.cut();
    await sleep(outageMs);
  },
  async (proxy, outageMs) => {
    proxy.welcome = 'REFUSE';
    proxy.tear();
    await sleep(outageMs);
  },
  async (proxy, outageMs) => {
    proxy.welcome = 'STALL';
    proxy.stall();
    await sleep(outageMs);
  },
];

async function disconnect({ proxy, isConnected, losses, whys }: Follower, random: Random): Promise<void> {
  await waitFor(isConnected, { timeoutMs: 60_000 }).catch(() => {
    throw new Error(`no connection, since ${JSON.stringify(whys.slice(-20))}`);
  });
  await sleep(random.between(0, 200));
  const before = losses();
  await random.pick(FAULTS)(proxy, random.between(0, LONGEST_OUTAGE_MS));
  proxy.welcome = 'PASS';
  await waitFor(() => losses() > before, { timeoutMs: 30_000, what: 'the loss of the connection' });
}

test(
  `${DISCONNECTS} random disconnects: nothing lost, nothing twice, in order (seed ${SEED})`,
  async () => {
    const random = createRandom(SEED);
    const isLarge = FOLLOWERS > 10;
    const graph = await startFollowedGraph(isLarge ? 100 : 20);
    const connectWithinMs = isLarge ? 3_000 : 500;
    const followers = await Promise.all(
      Array.from({ length: FOLLOWERS }, (_, index) =>
        follow(graph, { filter: FILTERS[index % FILTERS.length]?.(graph) ?? {}, connectWithinMs }),
      ),
    );
    let isOver = false;
    const slow = await follow(graph, {
      bufferSize: 5,
      handle: async () => !isOver && sleep(random.between(0, 20)),
    });
    try {
      const slowly = (async () => {
        while (!isOver) {
          await sleep(random.between(0, 500));
          slow.proxy.cut();
        }
      })();
      await Promise.all(
        followers.map(async (follower) => {
          for (let count = 0; count < EACH; count += 1) await disconnect(follower, random);
        }),
      );
      isOver = true;
      await slowly;
      const made = await graph.settle();
      await expectWhole(graph, [...followers, slow]);

      expect(await graph.list({})).toHaveLength(made);
      const losses = followers.reduce((sum, follower) => sum + follower.losses(), 0);
      expect(losses).toBeGreaterThanOrEqual(DISCONNECTS);
      expect(slow.pauses()).toBeGreaterThan(0);
      const whys = followers.flatMap((follower) => follower.whys);
      expect(whys).toContain('Nothing was heard from the server.');
    } finally {
      isOver = true;
      await graph.settle();
      for (const follower of [...followers, slow]) await follower.close();
      await graph.close();
    }
  },
  120_000 + EACH * (LONGEST_OUTAGE_MS + 10_000),
);
