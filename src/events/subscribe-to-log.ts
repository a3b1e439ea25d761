import type { LogEntry } from '../store/encoding/log-entry.ts';
import type { ChangeFilter } from '../store/reading/read-log.ts';
import { type Cursor, checkOf } from './cursor.ts';
import { ENDED, type EventSource, nextOf, type Receiver } from './event-source.ts';
import type { Subscriber } from './log-subscribers.ts';
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
  /**
   * The subscriber must not learn of what its filter keeps from it, nor how much or when: its checkpoints come when they would come
   * if there were nothing else in the log. Where the cursors lead has to be hidden from it too.
   */
  readonly discreet?: boolean;
};

type Change = Extract<LogEvent, { readonly type: 'CHANGED' }>;

const changes = new WeakMap<LogEntry, Change>();
/** The last one asked for: an entry's subscribers ask one right after the other. */
let lastChange: Change | undefined;

function changeOf(entry: LogEntry): LogEvent {
  if (lastChange?.entry === entry) return lastChange;
  lastChange = findChange(entry);
  return lastChange;
}

function findChange(entry: LogEntry): Change {
  const known = changes.get(entry);
  if (known !== undefined) return known;
  const { programId, position, id } = entry;
  const event: Change = { type: 'CHANGED', entry, cursor: { programId, position, check: checkOf(id) } };
  changes.set(entry, event);
  return event;
}

/**
 * Follows a programme's log from a place on: first a checkpoint, then each entry that passes the filter once and in order, with
 * checkpoints when it has caught up and every so often while the filter lets nothing through. The subscriber is a position that pulls: one that
 * doesn't ask holds nothing. Ends at once on `return()`. Rejects if the log can't be read.
 */
export async function subscribeToLog(subscription: LogSubscription): Promise<EventSource<LogEvent>> {
  const { tail, programId, filter, after, retentionMs = RETENTION_MS } = subscription;
  const { checkpointEveryMs = 30_000, discreet = false } = subscription;
  const checkpointEveryEntries = discreet
    ? Number.POSITIVE_INFINITY
    : (subscription.checkpointEveryEntries ?? 1_000);

  const head = await tail.refresh(programId);
  const log = tail.log(programId);
  let history = log.history;
  const reason = after && (await refuseToResume(tail, log, after, retentionMs));

  /** The last place that the subscriber was told. */
  let told = after !== null && reason === null ? after : cursorAt(head);
  /** Up to here nothing is left to tell. */
  let scanned = told.position;
  let toldCaughtUp = discreet ? after === null || reason !== null : scanned === head.position;
  let first: LogEvent | undefined =
    reason === null
      ? { type: 'CHECKPOINT', cursor: told, caughtUp: toldCaughtUp }
      : { type: 'RESYNC', reason, cursor: told };
  /** Since it first asked for what comes after that. */
  let membership: Subscriber | undefined;
  /** The receiver that has no answer yet, and those that asked after it. */
  let receiver: Receiver<LogEvent> | undefined;
  const laterAskers: Receiver<LogEvent>[] = [];
  let isAnswering = false;
  let isWaiting = false;
  let waitingSince = 0;
  let stopTimer: (() => void) | undefined;
  let ended = false;

  const tell = (event: LogEvent): LogEvent => {
    told = event.cursor;
    scanned = told.position;
    return event;
  };
  const checkpoint = (cursor: Cursor): LogEvent => {
    const caughtUp = discreet || cursor.position >= log.announced;
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

  /** What is to be told of an entry, if anything. */
  const consider = (
    position: number,
    entry: LogEntry | undefined,
    { matches }: Subscriber,
  ): LogEvent | undefined => {
    if (ended || log.history !== history || entry === undefined) return undefined;
    scanned = position;
    if (matches(entry)) return tell(changeOf(entry));
    return position - told.position >= checkpointEveryEntries
      ? checkpoint(changeOf(entry).cursor)
      : undefined;
  };

  /** One step further: what is to be told, undefined if nothing yet, a promise where something has to be read; or there is nothing to do but wait. */
  const step = (): LogEvent | undefined | Promise<LogEvent | undefined> | 'WAIT' => {
    if (first !== undefined) {
      const event = first;
      first = undefined;
      return event;
    }
    if (log.history !== history) return changeHistory();
    membership ??= log.subscribers.join(filter, wake);
    const member = membership;
    const position = scanned + 1;
    if (position > log.head.position) {
      if (toldCaughtUp) return 'WAIT';
      const event = checkpoint(cursorAt(log.head));
      toldCaughtUp = true;
      return event;
    }
    const found = log.entryAt(position);
    return found instanceof Promise
      ? found.then((entry) => consider(position, entry, member))
      : consider(position, found, member);
  };

  /** Goes on for as long as there is a receiver; what memory has is given without a detour. */
  const advance = (): void => {
    isAnswering = true;
    while (receiver !== undefined) {
      const event = step();
      if (event === 'WAIT') {
        wait();
        break;
      }
      if (event instanceof Promise) {
        event.then((read) => {
          answer(read);
          advance();
        }, fail);
        return;
      }
      answer(event);
    }
    isAnswering = false;
  };
  const answer = (event: LogEvent | undefined): void => {
    if (event !== undefined && !ended) nextAsker()?.take(event);
  };
  const fail = (error: unknown): void => {
    // An iterator that failed is not returned by its reader.
    nextAsker()?.fail(error);
    end();
  };
  const nextAsker = (): Receiver<LogEvent> | undefined => {
    const next = receiver;
    receiver = laterAskers.length > 0 ? laterAskers.shift() : undefined;
    return next;
  };

  /** Waits for an entry to look at, or the time for a checkpoint. */
  const wait = (): void => {
    membership?.wait(told.position + checkpointEveryEntries);
    isWaiting = true;
    // Whole, since the engine keeps small integers in place and makes an object of anything else.
    waitingSince = Math.floor(performance.now());
    stopTimer ??= tail.timers.add(checkpointEveryMs, lookAtTime);
  };
  const wake = (position: number | null): void => {
    isWaiting = false;
    // What lies between was found not to pass the filter when it arrived.
    if (position !== null) scanned = Math.max(scanned, position - 1);
    advance();
  };
  // The timer goes on while waits come and go, and then sees how long the last one has lasted.
  const lookAtTime = (): void => {
    stopTimer = undefined;
    if (!isWaiting) return;
    const leftMs = waitingSince + checkpointEveryMs - performance.now();
    if (leftMs > 0) {
      stopTimer = tail.timers.add(leftMs, lookAtTime);
      return;
    }
    membership?.stopWaiting();
    isWaiting = false;
    answer(checkpoint(cursorAt(log.head)));
    advance();
  };

  const end = (): void => {
    ended = true;
    membership?.leave();
    stopTimer?.();
    for (let next = nextAsker(); next !== undefined; next = nextAsker()) next.finish();
  };

  const source: EventSource<LogEvent> = {
    ask(pulling) {
      if (ended) {
        pulling.finish();
        return;
      }
      // While another waits, or is being answered, that goes on with this one.
      if (receiver !== undefined) laterAskers.push(pulling);
      else {
        receiver = pulling;
        if (!isAnswering) advance();
      }
    },
    next: () => nextOf(source.ask),
    async return() {
      end();
      return ENDED;
    },
    [Symbol.asyncIterator]: () => source,
  };
  return source;
}
