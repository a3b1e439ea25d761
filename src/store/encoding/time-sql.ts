import type { Day, Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';

// Days travel as whole days and instants as whole milliseconds, so that no driver makes anything of a time
// zone. An expression is SQL as it is written: never anything that came from outside.

/** SQL: what a date expression is as a Day. */
export function dayOf(expression: string): Prisma.Sql {
  return Prisma.raw(`(${expression} - DATE '1970-01-01')`);
}

/** SQL: what a timestamp expression is as an Instant. */
export function instantOf(expression: string): Prisma.Sql {
  return Prisma.raw(`floor(extract(epoch FROM ${expression}) * 1000)::float8`);
}

/** SQL: what an expression that is a Day is as a date. */
export function dateFrom(expression: string): Prisma.Sql {
  return Prisma.raw(`(DATE '1970-01-01' + ${expression})`);
}

/** SQL: what an expression that is an Instant is as a timestamp. */
export function timestampFrom(expression: string): Prisma.Sql {
  return Prisma.raw(`to_timestamp(${expression} / 1000.0)`);
}

/** SQL: a Day as a date. */
export function toDate(day: Day): Prisma.Sql {
  return Prisma.sql`(DATE '1970-01-01' + ${day}::int)`;
}

/** SQL: an Instant as a timestamp. */
export function toTimestamp(instant: Instant): Prisma.Sql {
  return Prisma.sql`to_timestamp(${instant}::float8 / 1000.0)`;
}
