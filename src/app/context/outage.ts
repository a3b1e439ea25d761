import { isOutage, OutcomeUnknown } from '../../store/connection/outage.ts';

/**
 * Whether an outage of the database left the request undone, or its outcome unknown; null for any other
 * error.
 */
export function outageOf(error: unknown): 'NOT_DONE' | 'UNKNOWN' | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if (at instanceof OutcomeUnknown) return 'UNKNOWN';
  }
  return isOutage(error) ? 'NOT_DONE' : null;
}
