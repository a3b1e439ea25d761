import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTimerWheel } from '../../src/events/timer-wheel.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a wait ends no earlier than asked and at most two ticks later, once', () => {
  const wheel = createTimerWheel(100);
  const called: string[] = [];
  for (const ms of [0, 50, 100, 250]) wheel.add(ms, () => called.push(`${ms}`));
  vi.advanceTimersByTime(99);
  expect(called).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(called).toEqual(['0']);
  vi.advanceTimersByTime(100);
  expect(called).toEqual(['0', '50', '100']);
  vi.advanceTimersByTime(199);
  expect(called).toHaveLength(3);
  vi.advanceTimersByTime(1);
  expect(called).toEqual(['0', '50', '100', '250']);
  vi.advanceTimersByTime(1000);
  expect(called).toHaveLength(4);
});

test('ten thousand waits are one timer, and no wait is none', () => {
  // Those of what another file left running in this process.
  vi.clearAllTimers();
  const wheel = createTimerWheel(100);
  expect(vi.getTimerCount()).toBe(0);
  const cancels = Array.from({ length: 10_000 }, (_, index) => wheel.add(index, () => {}));
  expect([wheel.size, vi.getTimerCount()]).toEqual([10_000, 1]);
  for (const cancel of cancels) {
    cancel();
    cancel();
  }
  expect([wheel.size, vi.getTimerCount()]).toEqual([0, 0]);
  wheel.add(10, () => {});
  vi.advanceTimersByTime(300);
  expect([wheel.size, vi.getTimerCount()]).toEqual([0, 0]);
});

test('a wait that another one of the same tick cancels does not end', () => {
  const wheel = createTimerWheel(100);
  const called: string[] = [];
  wheel.add(10, () => {
    called.push('first');
    cancelSecond();
    wheel.add(10, () => called.push('third'));
  });
  const cancelSecond = wheel.add(10, () => called.push('second'));
  vi.advanceTimersByTime(1_000);
  expect(called).toEqual(['first', 'third']);
  expect(wheel.size).toBe(0);
});
