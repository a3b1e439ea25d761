import { type Day, type Instant, parseDay } from '../../src/engine/values/day.ts';
import { badUserInput } from './errors.ts';

/** Reads an argument that is a day; null stays null. Throws BAD_USER_INPUT that names `path`. */
export function readDay(text: string, path: string): Day;
export function readDay(text: string | null, path: string): Day | null;
export function readDay(text: string | null | undefined, path: string): Day | null | undefined;
export function readDay(text: string | null | undefined, path: string): Day | null | undefined {
  if (text === null || text === undefined) return text;
  const day = parseDay(text);
  if (day === null) {
    throw badUserInput(`${JSON.stringify(text.slice(0, 60))} is not a day; write it like 2026-11-23.`, path);
  }
  return day;
}

/**
 * Reads an argument that is an instant, to the millisecond. Its year must be one that days can have, since
 * the database has no others. Null stays null. Throws BAD_USER_INPUT that names `path`.
 */
export function readInstant(text: string | null, path: string): Instant | null {
  if (text === null) return text;
  const instant = parseInstant(text);
  if (instant !== null && FIRST_INSTANT <= instant && instant <= LAST_INSTANT) return instant;
  throw badUserInput(
    `${JSON.stringify(text.slice(0, 60))} is not an instant; write it like 2026-11-23T10:15:30Z.`,
    path,
  );
}

const FIRST_INSTANT = Date.parse('1000-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

function parseInstant(text: string): Instant | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return null;
  }
}
