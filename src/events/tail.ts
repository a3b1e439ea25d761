import type { Instant } from '../engine/values/day.ts';
import type { LogHead, LogNews } from '../store/follow-log.ts';
import type { Doorbell } from './doorbell.ts';
import { createFollowedLog, type FollowedLog } from './followed-log.ts';
import { withTimeout } from './in-time.ts';
import type { LogSource } from './log-source.ts';
import { createPageCache } from './page-cache.ts';

/**
 * A process's view of the logs: it follows their ends, keeps their latest entries in memory, and serves every
 * subscriber of the process from there. Database statements do not depend on how many subscribers there are.
 */
export type Tail = {
  /** Reads once, so that no answer comes from an empty memory. Rejects if the database can't be read. */
  start(): Promise<void>;
  /**
   * The end of a programme's log as the database has it now. Rejects if the log can't be followed to there.
   */
  refresh(programId: string): Promise<LogHead>;
  /** The end of a programme's log as last seen. */
  head(programId: string): LogHead;
  /** What is in memory of a programme's log. */
  log(programId: string): FollowedLog;
  /** The time to go by, for what is too old to be replayed. */
  readonly now: () => Promise<Instant>;
  /** Ends following; resolves when no read is under way. */
  stop(): Promise<void>;
};

/** Where numbers about the running process are shown. */
export type Gauges = { gauge(name: string, sentence: string, read: () => number): void };

export type TailOptions = {
  readonly source: LogSource;
  readonly doorbell: Doorbell;
  /**
   * A new epoch was read; what memory holds of programmes and rulebooks has to be reloaded before entries are
   * delivered.
   */
  readonly onEpoch: (epoch: bigint) => Promise<void>;
  /** A log cannot be followed. Called once, until it can be followed again or fails in another way. */
  readonly onFault: (error: unknown) => void;
  readonly now: () => Promise<Instant>;
  readonly gauges?: Gauges;
  readonly pollEveryMs?: number;
  /** How many entries of each log stay in memory at least. */
  readonly windowSize?: number;
  /** How many entries one statement reads at most. */
  readonly pageSize?: number;
  /** How long a statement may take before it is given up; the next poll asks again. */
  readonly answerWithinMs?: number;
};

const PAGES_KEPT = 32;

export function createTail(options: TailOptions): Tail {
  const { source, doorbell, now, pollEveryMs = 1_000, windowSize = 4_096, pageSize = 500 } = options;
  const { answerWithinMs = 10_000 } = options;
  const logs = new Map<string, FollowedLog>();
  const pages = createPageCache(PAGES_KEPT);
  const following = new Map<string, Promise<void>>();
  const faults = new Map<string, string>();
  let epoch: bigint | undefined;
  let polling: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let readAt = performance.now();
  let stopRinging = () => {};
  let stopped = false;

  const logOf = (programId: string): FollowedLog => {
    const known = logs.get(programId);
    if (known !== undefined) return known;
    const log = createFollowedLog({ programId, source, pages, windowSize, pageSize, answerWithinMs });
    logs.set(programId, log);
    return log;
  };

  const report = (subject: string, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (faults.get(subject) === message) return;
    faults.set(subject, message);
    options.onFault(error);
  };

  /** Follows one log, in the background: a log that is at fault or long does not hold up the others. */
  const follow = ({ entries, ...head }: LogNews): void => {
    const { programId } = head;
    const run = logOf(programId).advance(head, entries);
    following.set(programId, run);
    run.then(
      () => faults.delete(programId),
      (error) => report(programId, error),
    );
  };

  const poll = async (): Promise<void> => {
    const known = [...logs.values()].map(({ head }) => head);
    const reading = source.readNews(known, pageSize);
    const seen = await withTimeout(answerWithinMs, 'Reading the ends of the logs', reading);
    if (seen.epoch !== epoch) {
      await options.onEpoch(seen.epoch);
      epoch = seen.epoch;
    }
    for (const news of seen.news) follow(news);
    const there = new Set(seen.news.map(({ programId }) => programId));
    // A programme that is gone was taken away by a restore: its log is empty.
    for (const programId of logs.keys()) {
      if (!there.has(programId)) follow({ programId, position: 0, entryId: null, entries: [] });
    }
    readAt = performance.now();
  };

  /**
   * A poll that starts after this call: one that is under way may have read before what the caller waits for.
   */
  const pollAfresh = (): Promise<void> => {
    if (polling === undefined) {
      polling = poll().finally(() => {
        polling = undefined;
      });
      polling.then(
        () => faults.delete(''),
        (error) => report('', error),
      );
      return polling;
    }
    next ??= polling.then(startNext, startNext);
    return next;
  };
  const startNext = (): Promise<void> => {
    next = undefined;
    return pollAfresh();
  };
  const wake = (): void => {
    // What fails is reported where it fails, and the next poll tries again.
    if (!stopped) pollAfresh().catch(() => {});
  };

  const sum = (of: (log: FollowedLog) => number): number =>
    logs.values().reduce((total, log) => total + of(log), 0);
  options.gauges?.gauge(
    'tiergraph_log_lag_entries',
    'Log entries that the database was seen to have and this process cannot deliver yet.',
    () => sum((log) => Math.max(0, log.announced - log.head.position)),
  );
  options.gauges?.gauge(
    'tiergraph_log_read_age_seconds',
    'Seconds since this process last read the ends of the logs.',
    () => (performance.now() - readAt) / 1000,
  );
  options.gauges?.gauge('tiergraph_log_faults', 'What of the logs cannot be followed.', () => faults.size);
  options.gauges?.gauge('tiergraph_log_subscribers', 'Subscribers that follow a log here.', () =>
    sum((log) => log.subscribers.size),
  );

  return {
    async start() {
      stopRinging = doorbell.onRing(wake);
      timer = setInterval(wake, pollEveryMs);
      timer.unref();
      await pollAfresh();
      // A faulty log is reported, and stops neither this process nor other logs.
      await Promise.allSettled(following.values());
    },
    async refresh(programId) {
      await pollAfresh();
      await following.get(programId);
      return logOf(programId).head;
    },
    head: (programId) => logOf(programId).head,
    log: logOf,
    now,
    async stop() {
      stopped = true;
      stopRinging();
      clearInterval(timer);
      await Promise.allSettled([polling, next]);
      await Promise.allSettled([...following.values(), pages.settled()]);
    },
  };
}
