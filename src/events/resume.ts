import type { LogHead } from '../store/follow-log.ts';
import { type Cursor, checkOf } from './cursor.ts';
import type { FollowedLog } from './followed-log.ts';
import type { Tail } from './tail.ts';

/**
 * Why changes can't be replayed. HISTORY_REPLACED: the log does not have the entry that the cursor names, as
 * after a restore from a backup. RETENTION_EXCEEDED: the first one to be replayed was recorded too long ago.
 */
export const RESYNC_REASONS = ['HISTORY_REPLACED', 'RETENTION_EXCEEDED'] as const;
export type ResyncReason = (typeof RESYNC_REASONS)[number];

/**
 * How long after it was recorded an entry can be replayed. Entries are kept longer; only replay is bounded.
 */
export const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

/** The place at the end of a log. */
export function cursorAt({ programId, position, entryId }: LogHead): Cursor {
  return {
    programId,
    position,
    check: checkOf(entryId),
  };
}

/** Whether the log has the entry that a cursor names. */
export async function holds(log: FollowedLog, { position, check }: Cursor): Promise<boolean> {
  if (position === 0) return check === '';
  return checkOf((await log.entryAt(position))?.id ?? null) === check;
}

/** Why what lies after a cursor can't be replayed, or null if it can. The log was refreshed just before. */
export async function refuseToResume(
  tail: Pick<Tail, 'now'>,
  log: FollowedLog,
  after: Cursor,
  retentionMs: number,
): Promise<ResyncReason | null> {
  if (!(await holds(log, after))) return 'HISTORY_REPLACED';
  const next = await log.entryAt(after.position + 1);
  const isTooOld = next !== undefined && next.recordedAt < (await tail.now()) - retentionMs;
  return isTooOld ? 'RETENTION_EXCEEDED' : null;
}
