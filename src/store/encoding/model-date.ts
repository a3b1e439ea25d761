import type { Day, Instant } from '../../engine/values/day.ts';

// Prisma's models have a Date for both: a date is midnight in UTC.

const MILLISECONDS_PER_DAY = 86_400_000;

/** A Day as a model has it. */
export function dateOfDay(day: Day): Date {
  return new Date(day * MILLISECONDS_PER_DAY);
}

/** The Day that a model has. */
export function dayOfDate(date: Date): Day {
  return date.getTime() / MILLISECONDS_PER_DAY;
}

/** An Instant as a model has it. */
export function dateOfInstant(instant: Instant): Date {
  return new Date(instant);
}

/** The Instant that a model has. */
export function instantOfDate(date: Date): Instant {
  return date.getTime();
}
