/**
 * A place in a programme's log, after the entry at `position`. `check` holds some bits of that entry's id,
 * which detect a cursor from a history that a restore replaced; empty at position 0.
 */
export type Cursor = { readonly programId: string; readonly position: number; readonly check: string };

const VERSION = '1';
const TEXT = /^1:([0-9a-f]{32}):(?:0:|([1-9]\d{0,14}):([0-9a-f]{8}))$/;

/** The bits of an entry's id that a cursor carries: the last ones, since the first are a timestamp. */
export function checkOf(entryId: string | null): string {
  return entryId?.replaceAll('-', '').slice(-8) ?? '';
}

/** The opaque text that clients keep. */
export function encodeCursor({ programId, position, check }: Cursor): string {
  return Buffer.from(`${VERSION}:${programId.replaceAll('-', '')}:${position}:${check}`).toString(
    'base64url',
  );
}

/** Reads a cursor's text; null if it is none. Each cursor has one text only. */
export function decodeCursor(text: string): Cursor | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return null;
  const [, id, position = '0', check = ''] = TEXT.exec(bytes.toString('latin1')) ?? [];
  if (id === undefined) return null;
  const programId = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { programId, position: Number(position), check };
}
