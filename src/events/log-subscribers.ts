import type { LogEntry } from '../store/encoding/log-entry.ts';
import type { ChangeFilter } from '../store/reading/read-log.ts';
import { CONDITIONS, createMatcher, valuesOf } from './matches-filter.ts';

/** Called with the position of the entry to look at next; null if the log became another. */
export type Wake = (position: number | null) => void;

/** A subscriber's place among those with the same filter. */
export type Subscriber = {
  /** Whether an entry passes the filter. */
  readonly matches: (entry: LogEntry) => boolean;
  /** Has the subscriber woken once: at the next entry that passes the filter, or at position `until`. */
  wait(until: number): void;
  /** Ends the wait without waking. */
  stopWaiting(): void;
  leave(): void;
};

/** The subscribers that wait for new entries of one log, found by what their filters ask for instead of one by one. */
export type LogSubscribers = {
  /** Takes in a subscriber, whom `wake` wakes whenever it waits. */
  join(filter: ChangeFilter, wake: Wake): Subscriber;
  /** Wakes the subscribers that wait for one of these entries, oldest first. */
  announce(entries: readonly LogEntry[]): void;
  /** Wakes all: the log became another. */
  announceReplaced(): void;
  /** How many subscribers have joined. */
  readonly size: number;
};

type Member = {
  readonly wake: Wake;
  isWaiting: boolean;
  /** The position at which it is woken at the latest. */
  until: number;
  /** Where it is on the list of deadlines, which may be before `until`: most waits end long before, and then the list stays as it is. */
  listedAt: number | null;
};

/** The subscribers with the same filter. */
type Group = {
  readonly matches: (entry: LogEntry) => boolean;
  /** Where the index lists it; an entry that passes the filter has at least one of these. */
  readonly keys: readonly string[];
  readonly members: Set<Member>;
};

const EVERYTHING = '';

/** The keys of a filter: the values of its narrowest condition. */
function keysOf(filter: ChangeFilter): readonly string[] {
  const condition = CONDITIONS.find((candidate) => filter[candidate] !== undefined);
  if (condition === undefined) return [EVERYTHING];
  return [...new Set(filter[condition])].map((value) => `${condition} ${value}`);
}

function keysOfEntry(entry: LogEntry): readonly string[] {
  return [
    EVERYTHING,
    ...CONDITIONS.flatMap((condition) => valuesOf(condition, entry).map((value) => `${condition} ${value}`)),
  ];
}

/** The same text for filters that let the same through. */
function nameOf(filter: ChangeFilter): string {
  return JSON.stringify(
    CONDITIONS.map((condition) => filter[condition] && [...new Set(filter[condition])].sort()),
  );
}

function addTo<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function removeFrom<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}

export function createLogSubscribers(): LogSubscribers {
  const groups = new Map<string, Group>();
  const index = new Map<string, Set<Group>>();
  const deadlines = new Map<number, Set<Member>>();
  let size = 0;

  const groupOf = (name: string, filter: ChangeFilter): Group => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group: Group = { matches: createMatcher(filter), keys: keysOf(filter), members: new Set() };
    groups.set(name, group);
    for (const key of group.keys) addTo(index, key, group);
    return group;
  };

  const wake = (member: Member, position: number | null): void => {
    if (!member.isWaiting) return;
    member.isWaiting = false;
    member.wake(position);
  };
  const list = (member: Member): void => {
    member.listedAt = member.until;
    addTo(deadlines, member.until, member);
  };
  const unlist = (member: Member): void => {
    if (member.listedAt !== null) removeFrom(deadlines, member.listedAt, member);
    member.listedAt = null;
  };
  const meetDeadlines = (position: number): void => {
    const due = deadlines.get(position);
    if (due === undefined) return;
    deadlines.delete(position);
    for (const member of due) {
      member.listedAt = null;
      if (!member.isWaiting) continue;
      if (member.until <= position) wake(member, position);
      else list(member);
    }
  };

  return {
    join(filter, wakeMember) {
      const name = nameOf(filter);
      const group = groupOf(name, filter);
      const member: Member = { wake: wakeMember, isWaiting: false, until: 0, listedAt: null };
      group.members.add(member);
      size += 1;
      return {
        matches: group.matches,
        wait(until) {
          member.isWaiting = true;
          member.until = until;
          if (member.listedAt !== null && member.listedAt <= until) return;
          unlist(member);
          list(member);
        },
        stopWaiting() {
          member.isWaiting = false;
        },
        leave() {
          if (!group.members.delete(member)) return;
          member.isWaiting = false;
          unlist(member);
          size -= 1;
          if (group.members.size > 0) return;
          groups.delete(name);
          for (const key of group.keys) removeFrom(index, key, group);
        },
      };
    },
    announce(entries) {
      for (const entry of entries) {
        for (const key of keysOfEntry(entry)) {
          for (const group of index.get(key) ?? []) {
            if (!group.matches(entry)) continue;
            for (const member of group.members) wake(member, entry.position);
          }
        }
        meetDeadlines(entry.position);
      }
    },
    announceReplaced() {
      deadlines.clear();
      for (const group of groups.values()) for (const member of group.members) member.listedAt = null;
      for (const group of groups.values()) for (const member of group.members) wake(member, null);
    },
    get size() {
      return size;
    },
  };
}
