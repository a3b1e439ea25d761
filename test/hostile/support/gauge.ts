// Loaded into the server before it starts (`node --expose-gc --import`): tells the suite what an attack costs
// the process.
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** What the server says of the time since the last `begin`, in milliseconds. */
export type LoopReading = {
  /** The longest time for which nothing else ran. */
  readonly longestStretchMs: number;
  /**
   * The most that the thread itself worked between two turns of the event loop. The attacker and the database
   * compete with it for the cores, so `longestStretchMs` may be longer.
   */
  readonly longestWorkMs: number;
  /** The longest garbage collection: the machine's share of a stretch. */
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

let longestWorkMs = 0;
let worked = process.threadCpuUsage();
function measureWork(): void {
  const now = process.threadCpuUsage();
  longestWorkMs = Math.max(longestWorkMs, (now.user - worked.user + now.system - worked.system) / 1_000);
  worked = now;
}
let timer: NodeJS.Timeout | undefined;

process.on('message', (request: GaugeRequest) => {
  if (request === 'begin') {
    // What earlier attacks left behind is not this one's.
    globalThis.gc?.();
    setImmediate(() => {
      longestCollectionMs = 0;
      longestWorkMs = 0;
      worked = process.threadCpuUsage();
      timer = setInterval(measureWork, RESOLUTION_MS);
      delay.reset();
      delay.enable();
      process.send?.({});
    });
  } else {
    delay.disable();
    clearInterval(timer);
    measureWork();
    const reading: LoopReading = {
      longestStretchMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
      longestWorkMs,
      longestCollectionMs,
    };
    process.send?.(reading);
  }
});
// The channel to the suite must not keep a server alive that was asked to stop.
process.channel?.unref();
