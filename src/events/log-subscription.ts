import type { LogEntry } from '../store/encoding/log-entry.ts';
import type { ChangeFilter } from '../store/reading/read-log.ts';
import type { Cursor } from './cursor.ts';
import { EventSource, type Receiver } from './event-source.ts';
import type { FollowedLog } from './followed-log.ts';
import { changeOf, type LogEvent } from './log-event.ts';
import type { Sleeper, Subscriber } from './log-subscribers.ts';
import { cursorAt, holds } from './resume.ts';

/**
 * What a subscription does:
 *
 *     IDLE -- pull --> LOOKING -- there is an event --> IDLE
 *
 *     LOOKING -- an entry is not in memory --> READING -- it was read --> LOOKING
 *     LOOKING -- nothing is left to tell --> WAITING -- an entry came, or a checkpoint is due --> LOOKING
 *
 * and from each of them to ENDED by `close`; also from READING, if the log can't be read.
 */
type State = 'IDLE' | 'LOOKING' | 'READING' | 'WAITING' | 'ENDED';

/** How a log is followed. */
export type Following = {
  readonly log: FollowedLog;
  readonly filter: ChangeFilter;
  readonly checkpointEveryMs: number;
  readonly checkpointEveryEntries: number;
  /** See `LogSubscriptionOptions`. */
  readonly discreet: boolean;
};

/** A place in a log that moves on as its subscriber pulls; one that does not pull holds no entries. */
export class LogSubscription extends EventSource<LogEvent> implements Sleeper {
  readonly #following: Following;
  #state: State = 'IDLE';
  /** Which of the log's histories the places below belong to. */
  #history: number;
  /** The last place that the subscriber was told. */
  #told: Cursor;
  /** Up to here nothing is left to tell. */
  #scanned: number;
  #toldCaughtUp: boolean;
  /** Until it was told. */
  #first: LogEvent | undefined;
  #receiver: Receiver<LogEvent> | undefined;
  /** Since what comes after the first event was pulled. */
  #subscriber: Subscriber | undefined;
  /** Runs from one wait to the next, so that most waits need not make one. */
  #timer: NodeJS.Timeout | undefined;

  /**
   * Begins with `first`, and goes on after its cursor; `history` is the log's when that cursor was checked.
   */
  constructor(following: Following, history: number, first: LogEvent, toldCaughtUp: boolean) {
    super();
    this.#following = following;
    this.#history = history;
    this.#first = first;
    this.#told = first.cursor;
    this.#scanned = first.cursor.position;
    this.#toldCaughtUp = toldCaughtUp;
  }

  pull(receiver: Receiver<LogEvent>): void {
    if (this.#state === 'ENDED') {
      receiver.finish();
      return;
    }
    this.#receiver = receiver;
    if (this.#state === 'IDLE') this.#look();
  }

  close(): void {
    this.#state = 'ENDED';
    this.#subscriber?.leave();
    clearTimeout(this.#timer);
    this.#takeReceiver()?.finish();
  }

  /**
   * Called by those who wait for entries. What lies before the position was found not to pass the filter when
   * it arrived.
   */
  wake(position: number | null): void {
    if (position !== null) this.#scanned = Math.max(this.#scanned, position - 1);
    this.#look();
  }

  /**
   * Looks at one entry after the other while there is a receiver. Entries in memory are delivered
   * synchronously.
   */
  #look(): void {
    // The receiver of the last event may have closed it.
    if (this.#state === 'ENDED') return;
    this.#state = 'LOOKING';
    while (this.#receiver !== undefined) {
      const found = this.#findNext();
      if (found === 'NOTHING') {
        this.#wait();
        return;
      }
      if (found instanceof Promise) {
        this.#state = 'READING';
        found.then((event) => this.#goOnWith(event)).catch((error: unknown) => this.#fail(error));
        return;
      }
      this.#tell(found);
    }
    if (this.#state === 'LOOKING') this.#state = 'IDLE';
  }

  #goOnWith(event: LogEvent | undefined): void {
    if (this.#state !== 'READING') return;
    this.#tell(event);
    this.#look();
  }

  #fail(error: unknown): void {
    // An iterator that failed is not returned by its reader.
    this.#takeReceiver()?.fail(error);
    this.close();
  }

  #tell(event: LogEvent | undefined): void {
    if (event !== undefined) this.#takeReceiver()?.receive(event);
  }

  #takeReceiver(): Receiver<LogEvent> | undefined {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    return receiver;
  }

  /**
   * What is to be told next; undefined if nothing is to be told of the entry looked at, a promise where
   * something has to be read.
   */
  #findNext(): LogEvent | undefined | Promise<LogEvent | undefined> | 'NOTHING' {
    const first = this.#first;
    if (first !== undefined) {
      this.#first = undefined;
      return first;
    }
    const { log, filter } = this.#following;
    if (log.history !== this.#history) return this.#changeHistory();
    this.#subscriber ??= log.subscribers.join(filter, this);
    const position = this.#scanned + 1;
    if (position > log.head.position) {
      if (this.#toldCaughtUp) return 'NOTHING';
      this.#toldCaughtUp = true;
      return this.#checkpoint();
    }
    const entry = log.entryAt(position);
    return entry instanceof Promise
      ? entry.then((read) => this.#consider(position, read))
      : this.#consider(position, entry);
  }

  /** The log was replaced: continues if it still has the last told place, otherwise at its end. */
  async #changeHistory(): Promise<LogEvent | undefined> {
    const { log } = this.#following;
    this.#history = log.history;
    if (await holds(log, this.#told)) {
      this.#scanned = this.#told.position;
      return undefined;
    }
    this.#toldCaughtUp = true;
    return this.#at({ type: 'RESYNC', reason: 'HISTORY_REPLACED', cursor: cursorAt(log.head) });
  }

  /** What is to be told of an entry. */
  #consider(position: number, entry: LogEntry | undefined): LogEvent | undefined {
    const { log, checkpointEveryEntries } = this.#following;
    if (log.history !== this.#history || entry === undefined) return undefined;
    this.#scanned = position;
    if (this.#subscriber?.matches(entry)) return this.#at(changeOf(entry));
    return position - this.#told.position >= checkpointEveryEntries
      ? this.#checkpoint(changeOf(entry).cursor)
      : undefined;
  }

  /** A checkpoint at a place of the log, by default its end. */
  #checkpoint(cursor: Cursor = cursorAt(this.#following.log.head)): LogEvent {
    const { log, discreet } = this.#following;
    const caughtUp = discreet || cursor.position >= log.announced;
    this.#toldCaughtUp ||= caughtUp;
    return this.#at({ type: 'CHECKPOINT', cursor, caughtUp });
  }

  #at(event: LogEvent): LogEvent {
    this.#told = event.cursor;
    this.#scanned = event.cursor.position;
    return event;
  }

  #wait(): void {
    const { checkpointEveryMs, checkpointEveryEntries } = this.#following;
    this.#state = 'WAITING';
    this.#subscriber?.wait(this.#told.position + checkpointEveryEntries);
    if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#checkpointInTime(), checkpointEveryMs);
      this.#timer.unref();
    } else this.#timer.refresh();
  }

  #checkpointInTime(): void {
    if (this.#state !== 'WAITING') return;
    this.#subscriber?.stopWaiting();
    this.#state = 'LOOKING';
    this.#tell(this.#checkpoint());
    this.#look();
  }
}
