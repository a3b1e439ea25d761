// The server of `startObservedGraph`.
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { queryObjects } from 'node:v8';
import { encodeGlobalId } from '../../../schema/base/global-id.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { checkOf, encodeCursor } from '../../../src/events/cursor.ts';
import { createSmallProgram, enroll, granted, revenue } from '../../support/fixtures.ts';
import { logAfter } from '../../support/read-log.ts';
import { type LiveGraph, startLiveGraph } from './live-graph.ts';
import type { Answers, Counts, Inventory, Question } from './observed-graph.ts';

/** The server's side of the connections that are open. */
const sockets = new Set<Socket>();
channel('net.server.socket').subscribe((message) => {
  if (typeof message !== 'object' || message === null || !('socket' in message)) return;
  const { socket } = message;
  if (!(socket instanceof Socket)) return;
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

// The class of all timers, to which Node gives no name.
const timer = setTimeout(() => {}, 0);
const Timer = timer.constructor;
clearTimeout(timer);

let graph: LiveGraph;
let programId: string;
let refs: readonly string[];
let isSilver = false;
let facts = 0;

async function start(partners: number, refLength: number): Promise<Answers['START']> {
  // The doorbell is enough, and a poll under way would have a timer.
  graph = await startLiveGraph({}, undefined, 600_000);
  programId = await createSmallProgram(graph.app);
  refs = Array.from({ length: partners }, (_, index) => `${index}-`.padEnd(refLength, 'x'));
  const ids = await enroll(graph.app, refs);
  return { url: graph.url, partners: ids.map((id) => encodeGlobalId('Partner', id)) };
}

/** The sum of a metric's values under all labels. */
function sumOf(name: string): number {
  const lines = graph.metrics.render().split('\n');
  return lines
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function count(): Counts {
  return {
    subscriptions: sumOf('tiergraph_open_subscriptions'),
    logSubscribers: sumOf('tiergraph_log_subscribers'),
    webSockets: sumOf('tiergraph_web_sockets'),
    deliveries: sumOf('tiergraph_deliveries_total'),
  };
}

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

async function weigh(): Promise<number> {
  // More than once: what a collection finds unused may be let go only by a callback.
  for (let round = 0; round < 4; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

function inventory(): Inventory {
  return {
    connections: sockets.size,
    emitters: Number(queryObjects(EventEmitter)),
    listeners: [process, ...sockets].reduce((sum, emitter) => sum + listenersOf(emitter), 0),
  };
}

async function change(rounds: number): Promise<Answers['CHANGE']> {
  const { position } = graph.tail.head(programId);
  for (let round = 0; round < rounds; round++) {
    const amount = isSilver ? '-100' : '100';
    isSilver = !isSilver;
    const rows = refs.map((ref) => revenue(`${facts++}`, ref, amount, '2026-11-23'));
    const request = { program: 'small', source: 's', facts: rows, onError: 'REJECT_ALL' } as const;
    granted(await recordFacts(graph.app, request));
  }
  const changes = await logAfter(graph.app, programId, position);
  return changes.map(({ id, position }) => encodeCursor({ programId, position, check: checkOf(id) }));
}

function buffered(ports: readonly number[]): Answers['BUFFERED'] {
  const open = [...sockets];
  return ports.map((port) => open.find(({ remotePort }) => remotePort === port)?.writableLength ?? null);
}

async function answer(question: Question): Promise<Answers[Question['type']]> {
  switch (question.type) {
    case 'START':
      return start(question.partners, question.refLength);
    case 'COUNT':
      return count();
    case 'WEIGH':
      return weigh();
    case 'COUNT_TIMERS':
      return Number(queryObjects(Timer));
    case 'LIST':
      return inventory();
    case 'CHANGE':
      return change(question.rounds);
    case 'BUFFERED':
      return buffered(question.ports);
    case 'CLOSE':
      await graph.close();
      return graph.log.problems;
  }
}

process.on('message', async ({ number, question }: { number: number; question: Question }) => {
  process.send?.({ number, answer: await answer(question) });
});
// The test has ended, however it did.
process.on('disconnect', () => process.exit());
