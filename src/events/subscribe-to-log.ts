import type { ChangeFilter } from '../store/reading/read-log.ts';
import type { Cursor } from './cursor.ts';
import type { EventSource } from './event-source.ts';
import type { LogEvent } from './log-event.ts';
import { LogSubscription } from './log-subscription.ts';
import { cursorAt, RETENTION_MS, refuseToResume } from './resume.ts';
import type { Tail } from './tail.ts';

export type LogSubscriptionOptions = {
  readonly tail: Tail;
  readonly programId: string;
  readonly filter: ChangeFilter;
  /** Where to go on; null for "from now". A cursor of the same programme. */
  readonly after: Cursor | null;
  readonly checkpointEveryMs?: number;
  readonly checkpointEveryEntries?: number;
  readonly retentionMs?: number;
  /**
   * The subscriber must not learn what its filter hides, nor how much or when: its checkpoints come as if
   * nothing else were in the log. Its cursors have to be sealed too.
   */
  readonly discreet?: boolean;
};

/**
 * Follows a programme's log from a place on: first a checkpoint, or a resync if following cannot continue
 * from there; then each entry that passes the filter, once and in order. Checkpoints come when the subscriber
 * has caught up, and at intervals while the filter lets nothing through. Rejects if the log can't be read.
 */
export async function subscribeToLog(options: LogSubscriptionOptions): Promise<EventSource<LogEvent>> {
  const { tail, programId, filter, after, retentionMs = RETENTION_MS } = options;
  const { checkpointEveryMs = 30_000, checkpointEveryEntries = 1_000, discreet = false } = options;

  const head = await tail.refresh(programId);
  const log = tail.log(programId);
  const { history } = log;
  const following = {
    log,
    filter,
    checkpointEveryMs,
    checkpointEveryEntries: discreet ? Number.POSITIVE_INFINITY : checkpointEveryEntries,
    discreet,
  };
  const reason = after && (await refuseToResume(tail, log, after, retentionMs));
  if (reason !== null) {
    return new LogSubscription(following, history, { type: 'RESYNC', reason, cursor: cursorAt(head) }, true);
  }
  const cursor = after ?? cursorAt(head);
  const caughtUp = discreet ? after === null : cursor.position === head.position;
  return new LogSubscription(following, history, { type: 'CHECKPOINT', cursor, caughtUp }, caughtUp);
}
