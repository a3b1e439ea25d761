// Loaded into the server before it starts (`node --expose-gc --import`): tells the suite what an attack costs
// the process.
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** What the server says of the time since the last `begin`. */
export type LoopReading = {
  /** The longest time for which nothing else could run, in milliseconds. */
  readonly longestStretchMs: number;
  /** The longest garbage collection, in milliseconds: the machine's share of a stretch. */
  readonly longestCollectionMs: number;
};

/** What the suite asks of the gauge. */
export type GaugeRequest = 'begin' | 'end';

const RESOLUTION_MS = 2;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let longestCollectionMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestCollectionMs = Math.max(longestCollectionMs, duration);
}).observe({ entryTypes: ['gc'] });

process.on('message', (request: GaugeRequest) => {
  if (request === 'begin') {
    // What earlier attacks left behind is not this one's.
    globalThis.gc?.();
    setImmediate(() => {
      longestCollectionMs = 0;
      delay.reset();
      delay.enable();
      process.send?.({});
    });
  } else {
    delay.disable();
    const reading: LoopReading = {
      longestStretchMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
      longestCollectionMs,
    };
    process.send?.(reading);
  }
});
// The channel to the suite must not keep a server alive that was asked to stop.
process.channel?.unref();
