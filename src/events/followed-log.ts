import type { LogEntry } from '../store/encoding/log-entry.ts';
import type { LogHead } from '../store/follow-log.ts';
import { withTimeout } from './in-time.ts';
import type { LogSource } from './log-source.ts';
import { createLogSubscribers, type LogSubscribers } from './log-subscribers.ts';
import type { PageCache } from './page-cache.ts';

/**
 * One programme's log as a process sees it: its end, its latest entries in memory, and who waits for more.
 */
export type FollowedLog = {
  /** The last entry that is in memory, or was before the window began. */
  readonly head: LogHead;
  /** The last position that the database was seen to have. */
  readonly announced: number;
  /**
   * A new number means that the log was replaced by one with another history, which may lack what was read
   * before.
   */
  readonly history: number;
  /** The entry at a position, undefined beyond the head. A promise where it has to be read first. */
  entryAt(position: number): LogEntry | undefined | Promise<LogEntry | undefined>;
  readonly subscribers: LogSubscribers;
  /**
   * Catches up with the log's end; calls meanwhile extend the same run. `news` are entries without gaps that
   * were read with the end; missing ones are read. Rejects, also with a LogFault, and may be tried again.
   */
  advance(announced: LogHead, news: readonly LogEntry[]): Promise<void>;
};

export type FollowedLogOptions = {
  readonly programId: string;
  readonly source: Pick<LogSource, 'readRange'>;
  readonly pages: PageCache;
  /** How many entries are kept in memory at least. */
  readonly windowSize: number;
  /** How many entries one statement reads at most. */
  readonly pageSize: number;
  readonly answerWithinMs: number;
};

/** A missing position: something else wrote to the log. */
export class LogFault extends Error {}

export function createFollowedLog(options: FollowedLogOptions): FollowedLog {
  const { programId, source, pages, windowSize, pageSize, answerWithinMs } = options;
  const subscribers = createLogSubscribers();
  let head: LogHead = { programId, position: 0, entryId: null };
  let target = head;
  let offered: readonly LogEntry[] = [];
  let history = 0;
  let isLoaded = false;
  /** The latest entries, without gaps, the head's last. */
  let recent: LogEntry[] = [];
  let isFollowing = false;
  let following = Promise.resolve();

  const readDense = async (from: number, to: number): Promise<readonly LogEntry[]> => {
    const entries = await withTimeout(
      answerWithinMs,
      'Reading the log',
      source.readRange(programId, from, to),
    );
    const faultAt = entries.findIndex((entry, index) => entry.position !== from + 1 + index);
    const missing = from + 1 + (faultAt < 0 ? entries.length : faultAt);
    if (missing <= to) throw new LogFault(`The log of programme ${programId} has no position ${missing}.`);
    return entries;
  };

  /** Takes the log as it is now: at the start, and after it was replaced. */
  const load = async (): Promise<void> => {
    const { position, entryId } = target;
    const loaded: LogEntry[] = [];
    for (let from = Math.max(0, position - windowSize); from < position; from += pageSize) {
      loaded.push(...(await readDense(from, Math.min(from + pageSize, position))));
    }
    if ((loaded.at(-1)?.id ?? null) !== entryId) {
      throw new LogFault(`The log of programme ${programId} became another while it was read.`);
    }
    recent = loaded;
    head = { programId, position, entryId };
    if (isLoaded) history += 1;
    isLoaded = true;
    subscribers.announceReplaced();
  };

  /** Reads on from the head; false if the log no longer has the entry there. */
  const readOn = async (): Promise<boolean> => {
    const { position, entryId } = head;
    const to = Math.min(position + pageSize, target.position);
    // Reads the head again too, since another history would have replaced it.
    const from = Math.max(0, position - 1);
    const given = offered.filter((entry) => entry.position > from && entry.position <= to);
    // Fewer where there is more than a page, and where a position is missing.
    const entries = given.length === to - from ? given : await readDense(from, to);
    if (position > 0 && entries[0]?.id !== entryId) return false;
    const added = position > 0 ? entries.slice(1) : entries;
    for (const entry of added) recent.push(entry);
    // Cut once a window's length, so that each entry is moved once and not at every advance.
    if (recent.length > 2 * windowSize) recent = recent.slice(-windowSize);
    head = { programId, position: to, entryId: added.at(-1)?.id ?? null };
    subscribers.announce(added);
    return true;
  };

  const follow = async (): Promise<void> => {
    isFollowing = true;
    try {
      while (!isLoaded || target.position !== head.position || target.entryId !== head.entryId) {
        const mayHaveGrown = isLoaded && target.position > head.position;
        if (!(mayHaveGrown && (await readOn()))) await load();
      }
    } finally {
      isFollowing = false;
    }
  };

  const entryInPage = (page: readonly LogEntry[], position: number): LogEntry | undefined =>
    page[position - (page[0]?.position ?? 0)];

  return {
    get head() {
      return head;
    },
    get announced() {
      return target.position;
    },
    get history() {
      return history;
    },
    subscribers,
    entryAt(position) {
      if (position > head.position) return undefined;
      const first = recent[0]?.position;
      if (first !== undefined && position >= first) return recent[position - first];
      // Pages begin at multiples of their size, so that all subscribers that catch up ask for the same ones.
      const from = Math.floor((position - 1) / pageSize) * pageSize;
      const to = Math.min(from + pageSize, head.position);
      const key = `${programId} ${history} ${from} ${to}`;
      const page = pages.get(key);
      if (page !== undefined) return entryInPage(page, position);
      return pages.load(key, () => readDense(from, to)).then((read) => entryInPage(read, position));
    },
    advance(announced, news) {
      target = announced;
      offered = news;
      if (!isFollowing) following = follow();
      return following;
    },
  };
}
