import type { LogEntry } from '../store/encoding/log-entry.ts';
import type { ChangeFilter } from '../store/reading/read-log.ts';
import { CONDITIONS, createMatcher, valuesOf } from './matches-filter.ts';

/** What waits for entries of a log. */
export type Sleeper = {
  /** Called with the position of the entry to look at next; null if the log was replaced. */
  wake(position: number | null): void;
};

/** A subscriber's place among those with the same filter. */
export type Subscriber = {
  /** Whether an entry passes the filter. */
  matches(entry: LogEntry): boolean;
  /** Has the subscriber woken once: at the next entry that passes the filter, or at position `until`. */
  wait(until: number): void;
  /** Ends the wait without waking. */
  stopWaiting(): void;
  leave(): void;
};

/**
 * The subscribers that wait for new entries of one log, found by what their filters ask for instead of one by
 * one.
 */
export type LogSubscribers = {
  /** Takes in a subscriber, which is woken whenever it waits. */
  join(filter: ChangeFilter, sleeper: Sleeper): Subscriber;
  /** Wakes the subscribers that wait for one of these entries, oldest first. */
  announce(entries: readonly LogEntry[]): void;
  /** Wakes all, because the log was replaced. */
  announceReplaced(): void;
  /** How many subscribers have joined. */
  readonly size: number;
};

/** The subscribers with the same filter. */
type Group = {
  /** The same text for filters that let the same through. */
  readonly name: string;
  readonly matches: (entry: LogEntry) => boolean;
  /** Where the index lists it; an entry that passes the filter has at least one of these. */
  readonly keys: readonly string[];
  readonly members: Set<Member>;
};

/** The positions at which subscribers are woken at the latest. */
type Deadlines = Map<number, Set<Member>>;

class Member implements Subscriber {
  readonly #sleeper: Sleeper;
  readonly #group: Group;
  readonly #deadlines: Deadlines;
  readonly #onLeave: (group: Group) => void;
  #isWaiting = false;
  /** The position at which it is woken at the latest. */
  #until = 0;
  /**
   * Where it is among the deadlines, which may be before `until`: most waits end long before, and then it
   * stays there.
   */
  #listedAt: number | null = null;

  constructor(sleeper: Sleeper, group: Group, deadlines: Deadlines, onLeave: (group: Group) => void) {
    this.#sleeper = sleeper;
    this.#group = group;
    this.#deadlines = deadlines;
    this.#onLeave = onLeave;
  }

  matches(entry: LogEntry): boolean {
    return this.#group.matches(entry);
  }

  wait(until: number): void {
    this.#isWaiting = true;
    this.#until = until;
    if (this.#listedAt !== null && this.#listedAt <= until) return;
    this.#unlist();
    this.#list();
  }

  stopWaiting(): void {
    this.#isWaiting = false;
  }

  leave(): void {
    if (!this.#group.members.delete(this)) return;
    this.#isWaiting = false;
    this.#unlist();
    this.#onLeave(this.#group);
  }

  wake(position: number | null): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#sleeper.wake(position);
  }

  /** The deadline at which it was listed has come, and the list is gone. */
  meetDeadline(position: number): void {
    this.#listedAt = null;
    if (!this.#isWaiting) return;
    if (this.#until <= position) this.wake(position);
    else this.#list();
  }

  /** All lists are gone. */
  forgetDeadline(): void {
    this.#listedAt = null;
  }

  #list(): void {
    this.#listedAt = this.#until;
    addTo(this.#deadlines, this.#until, this);
  }

  #unlist(): void {
    if (this.#listedAt !== null) removeFrom(this.#deadlines, this.#listedAt, this);
    this.#listedAt = null;
  }
}

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

/** See `Group`. */
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
  const deadlines: Deadlines = new Map();
  let size = 0;

  const groupOf = (filter: ChangeFilter): Group => {
    const name = nameOf(filter);
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group: Group = { name, matches: createMatcher(filter), keys: keysOf(filter), members: new Set() };
    groups.set(name, group);
    for (const key of group.keys) addTo(index, key, group);
    return group;
  };

  const dropMember = (group: Group): void => {
    size -= 1;
    if (group.members.size > 0) return;
    groups.delete(group.name);
    for (const key of group.keys) removeFrom(index, key, group);
  };
  const meetDeadlines = (position: number): void => {
    const due = deadlines.get(position);
    if (due === undefined) return;
    deadlines.delete(position);
    for (const member of due) member.meetDeadline(position);
  };

  return {
    join(filter, sleeper) {
      const group = groupOf(filter);
      const member = new Member(sleeper, group, deadlines, dropMember);
      group.members.add(member);
      size += 1;
      return member;
    },
    announce(entries) {
      for (const entry of entries) {
        for (const key of keysOfEntry(entry)) {
          for (const group of index.get(key) ?? []) {
            if (!group.matches(entry)) continue;
            for (const member of group.members) member.wake(entry.position);
          }
        }
        meetDeadlines(entry.position);
      }
    },
    announceReplaced() {
      deadlines.clear();
      for (const group of groups.values()) for (const member of group.members) member.forgetDeadline();
      for (const group of groups.values()) for (const member of group.members) member.wake(null);
    },
    get size() {
      return size;
    },
  };
}
