import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBacklog } from '../../../src/server/admission/backlog.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { promised } from '../../support/promised.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A connection that takes what it is told to. */
class Client extends EventEmitter {
  writableLength = 0;
  bytesWritten = 0;
  isCut = false;
  send(bytes: number): void {
    this.bytesWritten += bytes;
    this.writableLength += bytes;
  }
  take(bytes: number): void {
    this.writableLength -= bytes;
  }
  destroy(): void {
    this.isCut = true;
    this.emit('close');
  }
}

function watch(count: number, limits: { waitingBytes: number; departureMs: number }) {
  const metrics = createMetrics();
  const backlog = createBacklog({ limits, log, metrics, now: () => Date.now() });
  const clients = Array.from({ length: count }, () => new Client());
  for (const client of clients) backlog.watch(client);
  return { clients, metrics, cut: () => clients.map(({ isCut }) => isCut) };
}

test('a client that takes nothing for the time allowed is cut off; one that takes little by little, or is sent nothing, is not', () => {
  const { clients, metrics, cut } = watch(3, { waitingBytes: 1_000_000, departureMs: 30_000 });
  const [silent, slow] = clients;
  silent?.send(100);
  slow?.send(1_000);
  for (let second = 0; second < 29; second++) {
    vi.advanceTimersByTime(1_000);
    if (second % 20 === 19) slow?.take(1);
    // What keeps a stream alive is no sign that it is read.
    silent?.send(3);
  }
  expect(cut()).toEqual([false, false, false]);
  vi.advanceTimersByTime(2_000);
  expect(cut()).toEqual([true, false, false]);
  expect(metrics.render()).toContain('tiergraph_cut_clients_total 1\n');
  expect(metrics.render()).toContain('tiergraph_waiting_bytes 999\n');
});

test('beyond what may wait in all, clients are cut off that have taken nothing for longest', () => {
  const { clients, cut } = watch(4, { waitingBytes: 1_000, departureMs: 30_000 });
  for (const client of clients) {
    client.send(300);
    vi.advanceTimersByTime(1_000);
    if (client === clients[2]) clients[0]?.take(1);
  }
  expect(cut()).toEqual([false, true, false, false]);
});

test(promised('It is cut off after 30 s, or earlier if more than 32 MiB wait in the process.'), () => {
  const { waitingBytes, departureMs } = DEFAULT_LIMITS;
  const mebibyte = 1_048_576;
  const { clients, cut } = watch(3, { waitingBytes, departureMs });
  const [silent, large, larger] = clients;
  silent?.send(1);
  vi.advanceTimersByTime(29_000);
  expect(cut()).toEqual([false, false, false]);
  vi.advanceTimersByTime(2_000);
  expect(cut()).toEqual([true, false, false]);
  large?.send(16 * mebibyte);
  vi.advanceTimersByTime(1_000);
  larger?.send(16 * mebibyte);
  vi.advanceTimersByTime(1_000);
  expect(cut()).toEqual([true, false, false]);
  larger?.send(1);
  vi.advanceTimersByTime(1_000);
  expect(cut()).toEqual([true, true, false]);
});

test('nothing is looked at once no connection is open', () => {
  // Those of what another file left running in this process.
  vi.clearAllTimers();
  const { clients } = watch(2, { waitingBytes: 1_000, departureMs: 30_000 });
  expect(vi.getTimerCount()).toBe(1);
  for (const client of clients) client.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
