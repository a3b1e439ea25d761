import type { ChangeDetail } from '../../../src/engine/changes/change.ts';
import { createLocalDoorbell } from '../../../src/events/doorbell.ts';
import type { LogSource } from '../../../src/events/log-source.ts';
import { createTail, type Tail, type TailOptions } from '../../../src/events/tail.ts';
import type { LogEntry } from '../../../src/store/encoding/log-entry.ts';

/** The time at which fake entries are recorded, and that a tail over them goes by. */
export const NOW = Date.UTC(2026, 10, 23);

const UP: ChangeDetail = {
  type: 'TierChanged',
  from: 'BASE',
  to: 'SILVER',
  direction: 'UP',
  since: 0,
};

let ids = 0;

/** An entry of a log; its id is one that no other entry has. */
export function fakeEntry(programId: string, position: number, given: Partial<LogEntry> = {}): LogEntry {
  ids += 1;
  return {
    programId,
    position,
    id: `00000000-0000-7000-8000-${ids.toString(16).padStart(12, '0')}`,
    partnerId: 'partner',
    version: position,
    recordedAt: NOW,
    region: 'DACH',
    familyIds: ['partner'],
    change: { on: 0, trigger: 'FACT', rulebookId: null, previousRulebookId: null, detail: UP },
    causes: [],
    causeCount: 0,
    ...given,
  };
}

/** Logs in memory, with everything that can happen to them, and a count of how often each was read. */
export type FakeLogs = LogSource & {
  /** Appends entries; returns the positions that they got. */
  append(programId: string, entries: readonly Partial<LogEntry>[]): readonly number[];
  /** The log as it is now; what is done to it is seen by the next reading. */
  entries(programId: string): LogEntry[];
  /** Takes a programme away. */
  remove(programId: string): void;
  /** How many statements asked for heads, with what is new, and for ranges. */
  readonly reads: { heads: number; ranges: number };
  /** Awaited before each reading. */
  delay: () => Promise<void>;
};

export function createFakeLogs(): FakeLogs {
  const logs = new Map<string, LogEntry[]>();
  const reads = { heads: 0, ranges: 0 };
  const entriesOf = (programId: string): LogEntry[] => {
    const entries = logs.get(programId) ?? [];
    logs.set(programId, entries);
    return entries;
  };
  const fake: FakeLogs = {
    reads,
    delay: async () => {},
    entries: entriesOf,
    append(programId, added) {
      const entries = entriesOf(programId);
      return added.map((given) => {
        const position = (entries.at(-1)?.position ?? 0) + 1;
        entries.push(fakeEntry(programId, position, given));
        return position;
      });
    },
    remove: (programId) => void logs.delete(programId),
    async readNews(known, limit) {
      reads.heads += 1;
      await fake.delay();
      const from = new Map(known.map(({ programId, position }) => [programId, position]));
      const news = [...logs].map(([programId, entries]) => {
        const last = entries.at(-1);
        const place = from.get(programId) ?? Number.POSITIVE_INFINITY;
        return {
          programId,
          position: last?.position ?? 0,
          entryId: last?.id ?? null,
          entries: entries.filter(({ position }) => position >= place && position <= place + limit),
        };
      });
      return { epoch: 1n, news };
    },
    async readRange(programId, from, to) {
      reads.ranges += 1;
      await fake.delay();
      return entriesOf(programId).filter(({ position }) => position > from && position <= to);
    },
  };
  return fake;
}

/** A started tail over fake logs, which only looks when it is rung or refreshed; and what it reported. */
export async function startFakeTail(
  source: LogSource,
  options: Partial<TailOptions> = {},
): Promise<Tail & { readonly faults: string[]; ring(): void }> {
  const doorbell = createLocalDoorbell();
  const faults: string[] = [];
  const tail = createTail({
    source,
    doorbell,
    onEpoch: async () => {},
    onFault: (error) => faults.push(error instanceof Error ? error.message : String(error)),
    now: async () => NOW,
    pollEveryMs: 1_000_000,
    ...options,
  });
  await tail.start();
  return {
    ...tail,
    faults,
    ring: () => doorbell.ring(null),
  };
}
