import type { Change } from '../../engine/changes/change.ts';
import type { Instant } from '../../engine/values/day.ts';

/** How many of a change's causes an entry names; `causeCount` counts them all. */
export const MAX_CAUSES = 100;

/** An entry of a programme's log before it has its position. */
export type NewLogEntry = {
  readonly id: string;
  readonly partnerId: string;
  /** The entry's number among the partner's, from 1 without gaps. */
  readonly version: number;
  readonly recordedAt: Instant;
  /** The partner's region. */
  readonly region: string;
  readonly change: Change;
  /** Ids of the facts that caused it, at most MAX_CAUSES. */
  readonly causes: readonly string[];
  readonly causeCount: number;
};

/**
 * An entry of a programme's log. Positions count the programme's entries from 1 without gaps, in commit
 * order.
 */
export type LogEntry = NewLogEntry & {
  readonly programId: string;
  readonly position: number;
  /**
   * The partner and those above it when it was logged: each of them counts the partner's changes as its own.
   */
  readonly familyIds: readonly string[];
};
