import type { LogEntry } from '../store/encoding/log-entry.ts';
import { type Cursor, checkOf } from './cursor.ts';
import type { ResyncReason } from './resume.ts';

/** What a subscriber of a log gets. */
export type LogEvent =
  /**
   * An entry that passes the filter; `cursor` is the place after it. The same object for every subscriber of
   * the process.
   */
  | { readonly type: 'CHANGED'; readonly entry: LogEntry; readonly cursor: Cursor }
  /** Everything up to `cursor` was delivered. `caughtUp`: that was all there was. */
  | { readonly type: 'CHECKPOINT'; readonly cursor: Cursor; readonly caughtUp: boolean }
  /** The changes between the subscriber's cursor and this one cannot be replayed. */
  | { readonly type: 'RESYNC'; readonly reason: ResyncReason; readonly cursor: Cursor };

type Change = Extract<LogEvent, { readonly type: 'CHANGED' }>;

const changes = new WeakMap<LogEntry, Change>();
/** The last one looked up: an entry's subscribers pull one right after the other. */
let last: Change | undefined;

/** The event of an entry, the same object each time. */
export function changeOf(entry: LogEntry): Change {
  if (last?.entry !== entry) last = findChange(entry);
  return last;
}

function findChange(entry: LogEntry): Change {
  const known = changes.get(entry);
  if (known !== undefined) return known;
  const { programId, position, id } = entry;
  const event: Change = { type: 'CHANGED', entry, cursor: { programId, position, check: checkOf(id) } };
  changes.set(entry, event);
  return event;
}
