import type { LogEvent } from '../../../src/events/log-event.ts';

/** The next events of a subscription. */
export async function take(events: AsyncIterator<LogEvent>, count: number): Promise<LogEvent[]> {
  const taken: LogEvent[] = [];
  while (taken.length < count) {
    const { done, value } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** The positions of the entries among events. */
export function positions(events: readonly LogEvent[]): number[] {
  return events.filter((event) => event.type === 'CHANGED').map((event) => event.entry.position);
}
