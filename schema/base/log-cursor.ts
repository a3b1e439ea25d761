import { type Cursor, checkOf, decodeCursor, encodeCursor } from '../../src/events/cursor.ts';
import type { CursorPlace } from '../../src/events/cursor-seal.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';

/**
 * The text of a place in a log, as the viewer may see it. Positions count all changes of a programme, so two
 * of them would tell a partner how often its peers' standings changed in between. Cursors for partners are
 * therefore sealed.
 */
export function writeLogCursor({ app, scope }: Context, cursor: Cursor, place: CursorPlace): string {
  return scope.partner === null ? encodeCursor(cursor) : app.cursorSeal.seal(cursor, place);
}

/** The cursor of the place after an entry. */
export function cursorAfter(context: Context, { programId, position, id }: LogEntry): string {
  return writeLogCursor(context, { programId, position, check: checkOf(id) }, 'ENTRY');
}

/** Reads a place in a programme's log; null stays null. Throws BAD_USER_INPUT that names `path`. */
export function readLogCursor(context: Context, text: string, programId: string, path: string): Cursor;
export function readLogCursor(
  context: Context,
  text: string | null | undefined,
  programId: string,
  path: string,
): Cursor | null;
export function readLogCursor(
  { app, scope }: Context,
  text: string | null | undefined,
  programId: string,
  path: string,
): Cursor | null {
  if (text == null) return null;
  // A partner could probe positions with cursors that it made itself.
  const plain = scope.partner === null ? decodeCursor(text) : null;
  const cursor = plain ?? app.cursorSeal.open(text);
  if (cursor?.programId === programId) return cursor;
  throw badUserInput("This is not a cursor of this programme's log.", path);
}
