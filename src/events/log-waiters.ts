import type { ChangeFilter } from '../store/read-log.ts';
import type { LogEntry } from '../store/write-log.ts';
import { CONDITIONS, createMatcher, valuesOf } from './matches-filter.ts';

/** Called with the position of the entry to look at next; null if the log became another. */
export type Wake = (position: number | null) => void;

/** A subscriber's place among those with the same filter. */
export type Membership = {
  /** Whether an entry passes the filter. */
  readonly matches: (entry: LogEntry) => boolean;
  /** Wakes once: at the next entry that passes the filter, or at position `until`. Ends without it when the returned function is called. */
  wait(until: number, wake: Wake): () => void;
  leave(): void;
};

/** Who waits for new entries of one log, found by what the filters ask for instead of by asking everybody. */
export type LogWaiters = {
  join(filter: ChangeFilter): Membership;
  /** Wakes whoever waits for one of these entries, oldest first. */
  announce(entries: readonly LogEntry[]): void;
  /** Wakes everybody: the log became another. */
  announceReplaced(): void;
  /** How many subscribers have joined. */
  readonly size: number;
};

type Waiting = { readonly until: number; readonly wake: Wake };

/** Everybody with the same filter. */
type Group = {
  readonly matches: (entry: LogEntry) => boolean;
  /** Where the index lists it; an entry that passes the filter has at least one of these. */
  readonly keys: readonly string[];
  readonly waiting: Set<Waiting>;
  members: number;
};

const EVERYTHING = '';

/** The keys of a filter: the values of its narrowest condition. */
const keysOf = (filter: ChangeFilter): readonly string[] => {
  const condition = CONDITIONS.find((candidate) => filter[candidate] !== undefined);
  if (condition === undefined) return [EVERYTHING];
  return [...new Set(filter[condition])].map((value) => `${condition} ${value}`);
};

const keysOfEntry = (entry: LogEntry): readonly string[] => [
  EVERYTHING,
  ...CONDITIONS.flatMap((condition) => valuesOf(condition, entry).map((value) => `${condition} ${value}`)),
];

/** The same text for filters that let the same through. */
const nameOf = (filter: ChangeFilter): string =>
  JSON.stringify(CONDITIONS.map((condition) => filter[condition] && [...new Set(filter[condition])].sort()));

const addTo = <Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void => {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
};

const removeFrom = <Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void => {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
};

export const createLogWaiters = (): LogWaiters => {
  const groups = new Map<string, Group>();
  const index = new Map<string, Set<Group>>();
  const deadlines = new Map<number, Set<() => void>>();
  let size = 0;

  const groupOf = (name: string, filter: ChangeFilter): Group => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group = {
      matches: createMatcher(filter),
      keys: keysOf(filter),
      waiting: new Set<Waiting>(),
      members: 0,
    };
    groups.set(name, group);
    for (const key of group.keys) addTo(index, key, group);
    return group;
  };

  return {
    join(filter) {
      const name = nameOf(filter);
      const group = groupOf(name, filter);
      group.members += 1;
      size += 1;
      let isMember = true;
      return {
        matches: group.matches,
        wait(until, wake) {
          const end = () => {
            group.waiting.delete(waiting);
            removeFrom(deadlines, until, wakeAtDeadline);
          };
          const waiting: Waiting = {
            until,
            wake(position) {
              end();
              wake(position);
            },
          };
          const wakeAtDeadline = () => waiting.wake(until);
          group.waiting.add(waiting);
          addTo(deadlines, until, wakeAtDeadline);
          return end;
        },
        leave() {
          if (!isMember) return;
          isMember = false;
          size -= 1;
          group.members -= 1;
          if (group.members > 0) return;
          groups.delete(name);
          for (const key of group.keys) removeFrom(index, key, group);
        },
      };
    },
    announce(entries) {
      for (const entry of entries) {
        for (const key of keysOfEntry(entry)) {
          for (const group of index.get(key) ?? []) {
            if (group.waiting.size === 0 || !group.matches(entry)) continue;
            for (const { wake } of group.waiting) wake(entry.position);
          }
        }
        for (const wake of deadlines.get(entry.position) ?? []) wake();
      }
    },
    announceReplaced() {
      for (const group of groups.values()) for (const { wake } of group.waiting) wake(null);
    },
    get size() {
      return size;
    },
  };
};
