import type { ChangeFilter } from '../store/read-log.ts';
import type { LogEntry } from '../store/write-log.ts';
import { type Cursor, checkOf } from './cursor.ts';
import type { Membership } from './log-waiters.ts';
import { cursorAt, holds, RETENTION_MS, type ResyncReason, refuseToResume } from './resume.ts';
import type { Tail } from './tail.ts';

/** What a subscriber of a log gets. */
export type LogEvent =
  /** An entry that passes the filter; `cursor` is the place after it. The same object for every subscriber of the process. */
  | { readonly type: 'CHANGED'; readonly entry: LogEntry; readonly cursor: Cursor }
  /** Everything up to `cursor` was delivered. `caughtUp`: that was all there was. */
  | { readonly type: 'CHECKPOINT'; readonly cursor: Cursor; readonly caughtUp: boolean }
  /** What lies between the subscriber's cursor and this one can't be replayed. */
  | { readonly type: 'RESYNC'; readonly reason: ResyncReason; readonly cursor: Cursor };

export type LogSubscription = {
  readonly tail: Tail;
  readonly programId: string;
  readonly filter: ChangeFilter;
  /** Where to go on; null for "from now". A cursor of the same programme. */
  readonly after: Cursor | null;
  readonly checkpointEveryMs?: number;
  readonly checkpointEveryEntries?: number;
  readonly retentionMs?: number;
};

const changes = new WeakMap<LogEntry, LogEvent>();

const changeOf = (entry: LogEntry): LogEvent => {
  const known = changes.get(entry);
  if (known !== undefined) return known;
  const { programId, position, id } = entry;
  const event: LogEvent = { type: 'CHANGED', entry, cursor: { programId, position, check: checkOf(id) } };
  changes.set(entry, event);
  return event;
};

const ENDED = { done: true, value: undefined } as const;

/**
 * Follows a programme's log from a place on: first a checkpoint, then each entry that passes the filter once and in order, with
 * checkpoints when it has caught up and every so often while the filter lets nothing through. The subscriber is a position that pulls: one that
 * doesn't ask holds nothing. Ends at once on `return()`. Rejects if the log can't be read.
 */
export const subscribeToLog = async (
  subscription: LogSubscription,
): Promise<AsyncIterableIterator<LogEvent>> => {
  const { tail, programId, filter, after, retentionMs = RETENTION_MS } = subscription;
  const { checkpointEveryMs = 30_000, checkpointEveryEntries = 1_000 } = subscription;

  const head = await tail.refresh(programId);
  const log = tail.log(programId);
  let history = log.history;
  const reason = after && (await refuseToResume(tail, log, after, retentionMs));

  /** The last place that the subscriber was told. */
  let told = after !== null && reason === null ? after : cursorAt(head);
  /** Up to here nothing is left to tell. */
  let scanned = told.position;
  let toldCaughtUp = scanned === head.position;
  let first: LogEvent | undefined =
    reason === null
      ? { type: 'CHECKPOINT', cursor: told, caughtUp: toldCaughtUp }
      : { type: 'RESYNC', reason, cursor: told };
  let membership: Membership | undefined;
  let ended = false;
  let wakeToEnd = () => {};

  const tell = (event: LogEvent): LogEvent => {
    told = event.cursor;
    scanned = told.position;
    return event;
  };
  const checkpoint = (cursor: Cursor): LogEvent => {
    const caughtUp = cursor.position >= log.announced;
    toldCaughtUp ||= caughtUp;
    return tell({ type: 'CHECKPOINT', cursor, caughtUp });
  };

  /** The log became another: goes on if it still has the place last told, otherwise at its end. */
  const changeHistory = async (): Promise<LogEvent | undefined> => {
    history = log.history;
    if (await holds(log, told)) {
      scanned = told.position;
      return undefined;
    }
    toldCaughtUp = true;
    return tell({ type: 'RESYNC', reason: 'HISTORY_REPLACED', cursor: cursorAt(log.head) });
  };

  /** Waits for an entry to look at, or the time for a checkpoint, which it then gives. */
  const wait = ({ wait: waitForEntry }: Membership): Promise<LogEvent | undefined> =>
    new Promise((resolve) => {
      const settle = (event?: LogEvent) => {
        stopWaiting();
        stopTimer();
        resolve(event);
      };
      const stopTimer = tail.timers.add(checkpointEveryMs, () => settle(checkpoint(cursorAt(log.head))));
      const stopWaiting = waitForEntry(told.position + checkpointEveryEntries, (position) => {
        // What lies between was found not to pass the filter when it arrived.
        if (position !== null) scanned = position - 1;
        settle();
      });
      wakeToEnd = settle;
    });

  const nextEvent = async (): Promise<IteratorResult<LogEvent, undefined>> => {
    if (first !== undefined) {
      const value = first;
      first = undefined;
      return { done: false, value };
    }
    while (!ended) {
      if (log.history !== history) {
        const event = await changeHistory();
        if (event && !ended) return { done: false, value: event };
        continue;
      }
      membership ??= log.waiters.join(filter);
      const position = scanned + 1;
      if (position > log.head.position) {
        const event = toldCaughtUp ? await wait(membership) : caughtUpHere();
        if (event && !ended) return { done: false, value: event };
        continue;
      }
      const found = log.entryAt(position);
      const entry = found instanceof Promise ? await found : found;
      if (ended || log.history !== history || entry === undefined) continue;
      scanned = position;
      if (membership.matches(entry)) return { done: false, value: tell(changeOf(entry)) };
      if (position - told.position >= checkpointEveryEntries) {
        return { done: false, value: checkpoint(changeOf(entry).cursor) };
      }
    }
    return ENDED;
  };
  const caughtUpHere = (): LogEvent => {
    const event = checkpoint(cursorAt(log.head));
    toldCaughtUp = true;
    return event;
  };

  const end = (): void => {
    ended = true;
    wakeToEnd();
    membership?.leave();
  };

  let last: Promise<void> = Promise.resolve();
  const iterator: AsyncIterableIterator<LogEvent, undefined> = {
    next() {
      // One at a time: whoever asks twice at once gets two events in order.
      const result = last.then(nextEvent);
      // Without what it gave, since a subscriber that doesn't ask holds nothing. Nobody returns an iterator that failed.
      last = result.then(() => {}, end);
      return result;
    },
    async return() {
      end();
      return ENDED;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
};
