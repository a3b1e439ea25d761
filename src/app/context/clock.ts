import type { Day, Instant } from '../../engine/values/day.ts';

/** Turns the database's time into the time to go by; the identity, except where a test moves the day. */
export type Clock = (databaseTime: Instant) => Instant;

export const DATABASE_CLOCK: Clock = (databaseTime) => databaseTime;

const EPOCH_DAY = Temporal.PlainDate.from('1970-01-01');

/** The calendar day of an instant in an IANA time zone. */
export function dayIn(timeZone: string, instant: Instant): Day {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .since(EPOCH_DAY, { largestUnit: 'days' }).days;
}

/** Whether this is a time zone that `dayIn` knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId.length > 0;
  } catch {
    return false;
  }
}
