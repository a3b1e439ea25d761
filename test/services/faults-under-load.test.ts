import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { long } from '../support/long.ts';
import { createFaultJudge, type FaultJudge, type Figures } from './support/fault-judge.ts';
import { type Load, type LoadedCluster, startLoadedCluster } from './support/loaded-cluster.ts';
import { recordUntilDone } from './support/steady-writer.ts';

/**
 * In the long form in full. In short the load is what two cores carry beside everything else that runs on
 * them, and each fault takes a few seconds. TEST_CHANGES_PER_SECOND (a multiple of ten) and TEST_SUBSCRIBERS
 * are for machines that carry less, or more.
 */
// Long, since a cluster heals only after faults that last, and losses are rare.
const LOAD: Load = {
  changesPerSecond: Number(process.env.TEST_CHANGES_PER_SECOND ?? long(50, 200)),
  subscribers: Number(process.env.TEST_SUBSCRIBERS ?? long(100, 500)),
  partners: long(200, 2_000),
};
const NATS_DOWN_MS = long(5_000, 60_000);
const NETWORK_CUT_MS = long(5_000, 30_000);
const IDLE_TRANSACTION_MS = long(3_000, 15_000);
const LOCK_ENDS_WITHIN_MS = 10_000;

let cluster: LoadedCluster;
let underLoad: FaultJudge;
const figures: Figures[] = [];

beforeAll(async () => {
  cluster = await startLoadedCluster(LOAD);
  const judge = createFaultJudge(cluster, LOAD.changesPerSecond);
  underLoad = async (name, fault) => {
    const judged = await judge(name, fault);
    figures.push(judged);
    return judged;
  };
}, 120_000);
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { url, errors } of cluster.members) console.info(url, 'logged at last', errors.slice(-5));
});
afterAll(async () => {
  await cluster?.close();
  console.table(figures);
});

test.each([0, 1, 2])('process %i is killed and started again', async (index) => {
  const member = cluster.members[index];
  if (member === undefined) throw new Error('There are three processes.');
  let starting: Promise<void> | undefined;
  const { losses } = await underLoad(`process ${index} killed`, async () => {
    await member.kill();
    // Over as soon as somebody sees to it: how long the start takes is part of how long the others wait.
    starting = member.start();
    starting.catch(() => {});
  });
  await starting;
  expect(losses).toBeGreaterThanOrEqual(Math.floor(LOAD.subscribers / 3));
});

test('PostgreSQL is stopped in immediate mode and started again', async () => {
  await underLoad('PostgreSQL restarted', () => cluster.postgres.restart());
});

test('NATS is down for a while', async () => {
  const { losses } = await underLoad('NATS down', async () => {
    await cluster.nats.stop();
    await sleep(NATS_DOWN_MS);
    await cluster.nats.start();
  });
  expect(losses).toBe(0);
});

test('the network between a process and its services swallows everything for a while', async () => {
  const { toPostgres, toNats } = cluster.network;
  await underLoad('network cut', async () => {
    for (const proxy of [toPostgres, toNats]) {
      proxy.welcome = 'STALL';
      proxy.stall();
    }
    await sleep(NETWORK_CUT_MS);
    for (const proxy of [toPostgres, toNats]) proxy.welcome = 'PASS';
  });
});

test('an idle open transaction without locks changes nothing', async () => {
  const idle = new Client({ connectionString: cluster.postgres.url });
  idle.on('error', () => {});
  await idle.connect();
  await idle.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  // With an id, so that nobody who goes by ids of transactions would see what comes after it.
  await idle.query('SELECT pg_current_xact_id(), count(*) FROM partner');
  const { losses, changes, longestWriteMs } = await underLoad('idle transaction', () =>
    sleep(IDLE_TRANSACTION_MS),
  );
  // It was open until everything was delivered and judged.
  await idle.query('ROLLBACK');
  await idle.end();
  expect(losses).toBe(0);
  expect(changes).toBeGreaterThan(LOAD.changesPerSecond);
  expect(longestWriteMs).toBeLessThan(LOCK_ENDS_WITHIN_MS);
});

test('a process that is cut off while it holds a partner holds it no longer than 10 s', async () => {
  const { idlePartner: partner, members, network, program } = cluster;
  const [other, , cut] = members.map(({ url }) => url);
  if (other === undefined || cut === undefined) throw new Error('There are three processes.');
  const row = (externalId: string) => {
    const detail = { revenue: { amount: '100', currency: 'EUR' } };
    return { externalId, partner, occurredOn: new Date().toISOString().slice(0, 10), detail };
  };
  let heldMs = 0;
  await underLoad('partner held', async () => {
    // The first statement that names the partner is the one that locks it. The process is cut off when three
    // transactions have sent theirs: one of them has the lock, and never hears of it, and the others are
    // next.
    const isCut = network.toPostgres.stallAfter(partner, 3);
    const unanswered = ['a', 'b', 'c', 'd'].map((externalId) =>
      recordUntilDone([cut, other], { program, source: 'held', facts: [row(externalId)] }),
    );
    await isCut;
    const cutAt = performance.now();
    await recordUntilDone([other], { program, source: 'held', facts: [row('e')] });
    heldMs = performance.now() - cutAt;
    network.toPostgres.welcome = 'PASS';
    await Promise.all(unanswered);
  });
  console.info(`The partner was held for ${Math.round(heldMs)} ms.`);
  expect(heldMs).toBeGreaterThan(1_000);
  expect(heldMs).toBeLessThan(LOCK_ENDS_WITHIN_MS);
});
