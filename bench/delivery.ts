import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { DATABASE_CLOCK } from '../src/app/context/clock.ts';
import { openApp } from '../src/app/open-app.ts';
import { recordFacts } from '../src/app/writing/record-facts.ts';
import { createSmallProgram, enroll, granted, revenue } from '../test/support/fixtures.ts';
import { createDatabase } from '../test/support/services.ts';
import type { Answer, Command } from './delivery/serve.ts';
import type { Order, Query, Report } from './delivery/subscribers.ts';

// What it costs a server to deliver an event to its WebSocket subscribers, in microseconds of its processor
// time: tiergraph on PostgreSQL, written to by another process, beside Mercurius with the same event from
// memory and a bare broadcast of the same bytes. All are measured in turn, several times; medians count.
// Needs PostgreSQL: `node bench/delivery.ts`.

const SUBSCRIBERS = 1_000;
const ROUNDS = 7;
const EVENTS_A_ROUND = 100;
const PARTNERS = 100;

const FIELDS = `{
    ... on StatusChanged { cursor change { partner { name } explanation ... on TierChanged { from { code } to { code } } } }
    ... on Checkpoint { cursor caughtUp }
  }`;
const QUERY = `subscription ($filter: StatusChangeFilter) { statusChanged(program: "small", filter: $filter) ${FIELDS} }`;
const MERCURIUS_QUERY = `subscription NoCheckpoint { statusChanged(program: "small") ${FIELDS} }`;
const TYPES = ['HOLD_STARTED', 'HOLD_ENDED', 'TIER_AT_RISK', 'RISK_CLEARED'];

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const database = await createDatabase();
function silent(): void {}
const writer = await openApp({
  location: { kind: 'server', url: database.url },
  clock: DATABASE_CLOCK,
  log: { info: silent, warn: silent, error: console.error },
});
await createSmallProgram(writer.app);
const partnerIds = await enroll(
  writer.app,
  Array.from({ length: PARTNERS }, (_, index) => `P${index}`),
);
let written = 0;
/** Lifts partner P0 to Silver or drops it again: one change. */
async function change(): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const facts = [revenue(`f-${written}`, 'P0', written % 2 === 0 ? '100' : '-100', today)];
  written += 1;
  granted(await recordFacts(writer.app, { program: 'small', source: 's', facts, onError: 'REJECT_ALL' }));
}

async function received<T extends { type: string }>(child: ChildProcess, type: T['type']): Promise<T> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [T];
    if (message.type === type) return message;
  }
}
function tell(child: ChildProcess, message: Command | Order): void {
  return void child.send(message);
}

type Peer = {
  readonly name: string;
  readonly reached: number;
  /** Microseconds of processor time an event, once a round. */
  readonly costs: number[];
  bytes: number;
  sample: string;
  measure(events: number): Promise<number>;
  stop(): void;
};

/** Starts a server with its subscribers, of whom an event reaches `reached`. */
async function startPeer(
  name: string,
  script: string,
  queries: readonly Query[],
  reached: number,
  env: Record<string, string> = {},
): Promise<Peer> {
  const path = new URL(`delivery/${script}.ts`, import.meta.url);
  const server = fork(path, { env: { ...process.env, DATABASE_URL: database.url, ...env } });
  const { url } = await received<Extract<Answer, { type: 'READY' }>>(server, 'READY');
  const subscribers = fork(new URL('delivery/subscribers.ts', import.meta.url));
  tell(subscribers, { type: 'SUBSCRIBE', url, queries, raw: script === 'raw-server' });
  await received<Report>(subscribers, 'SUBSCRIBED');

  const cpu = async (): Promise<number> => {
    tell(server, { type: 'CPU' });
    return (await received<Extract<Answer, { type: 'CPU' }>>(server, 'CPU')).microseconds;
  };
  const peer: Peer = {
    name,
    reached,
    costs: [],
    bytes: 0,
    sample: '',
    async measure(events) {
      const before = await cpu();
      for (let event = 0; event < events; event++) {
        const got = received<Extract<Report, { type: 'GOT' }>>(subscribers, 'GOT');
        tell(subscribers, { type: 'EXPECT', messages: reached });
        if (script === 'tiergraph-server') await change();
        else tell(server, { type: 'EMIT' });
        ({ bytes: peer.bytes, sample: peer.sample } = await got);
      }
      return ((await cpu()) - before) / events;
    },
    stop() {
      subscribers.kill();
      tell(server, { type: 'STOP' });
    },
  };
  return peer;
}

function same(count: number, query: string): readonly Query[] {
  return Array.from({ length: count }, () => ({ query, variables: {} }));
}
/** Ten different filters for each partner. */
const different: readonly Query[] = Array.from({ length: SUBSCRIBERS }, (_, index) => {
  const number = Math.floor(index / PARTNERS);
  const types = ['TIER_CHANGED', ...TYPES.filter((_, bit) => (number & (1 << bit)) !== 0)];
  const id = Buffer.from(`Partner:${partnerIds[index % PARTNERS]}`).toString('base64url');
  return { query: QUERY, variables: { filter: { partners: [id], types } } };
});

const ours = await startPeer('tiergraph', 'tiergraph-server', same(SUBSCRIBERS, QUERY), SUBSCRIBERS);
await ours.measure(EVENTS_A_ROUND);
const raw = await startPeer('bare broadcast', 'raw-server', same(SUBSCRIBERS, ''), SUBSCRIBERS, {
  MESSAGE: ours.sample,
});
const mercurius = await startPeer(
  'Mercurius',
  'mercurius-server',
  same(SUBSCRIBERS, MERCURIUS_QUERY),
  SUBSCRIBERS,
);
const identical = [ours, raw, mercurius];
for (let round = -1; round < ROUNDS; round++) {
  for (const peer of identical) {
    const cost = await peer.measure(EVENTS_A_ROUND);
    // The first round warms up.
    if (round >= 0) peer.costs.push(cost / peer.reached);
  }
}
for (const peer of identical) peer.stop();

const few = await startPeer('10 subscribers', 'tiergraph-server', same(10, QUERY), 10);
const filtered = await startPeer(
  '1,000 filters, 1% match',
  'tiergraph-server',
  different,
  SUBSCRIBERS / PARTNERS,
);
for (let round = -1; round < ROUNDS; round++) {
  for (const peer of [few, filtered]) {
    const cost = await peer.measure(EVENTS_A_ROUND);
    if (round >= 0) peer.costs.push(cost);
  }
}
for (const peer of [few, filtered]) peer.stop();
await writer.close();
await database.drop();

function line({ name, costs, bytes }: Peer, unit: string): string {
  return `${name.padEnd(24)} ${median(costs).toFixed(1).padStart(8)} us ${unit}  (${Math.min(...costs).toFixed(1)} to ${Math.max(...costs).toFixed(1)}; ${Math.round(bytes)} bytes)`;
}
function ratio(one: Peer, other: Peer): string {
  return median(one.costs.map((cost, round) => cost / (other.costs[round] ?? Number.NaN))).toFixed(2);
}
console.log(`${SUBSCRIBERS} subscribers with the same subscription:`);
for (const peer of identical) console.log(`  ${line(peer, 'a delivery')}`);
console.log(
  `  tiergraph / bare broadcast ${ratio(ours, raw)}, tiergraph / Mercurius ${ratio(ours, mercurius)}`,
);
console.log('An event that reaches 10 subscribers:');
for (const peer of [few, filtered]) console.log(`  ${line(peer, 'an event')}`);
console.log(`  1,000 different filters / 10 subscribers ${ratio(filtered, few)}`);
