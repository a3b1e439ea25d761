import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';

/**
 * What a cursor points to. ENTRY: an entry that its reader may see, always with the same text. END: the end
 * of a log, or the place up to which it was read, with a new text each time: equal texts would reveal that
 * nothing happened in between.
 */
export type CursorPlace = 'ENTRY' | 'END';

/** Cursors whose text does not say where in the log they are, nor which of two is further on. */
export type CursorSeal = {
  seal(cursor: Cursor, place: CursorPlace): string;
  /** Reads a sealed cursor's text; null if it is none of this database. */
  open(text: string): Cursor | null;
};

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
// All positions look alike: a longer number must not show.
const TEXT_BYTES = 96;

/**
 * Makes the seal of a key of 32 random bytes: AES-256-GCM, with the HMAC of the text as the nonce where texts
 * are to be the same.
 */
export function createCursorSeal(key: Uint8Array): CursorSeal {
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key, '', `tiergraph cursor ${use}`, 32));
  const [cipherKey, nonceKey] = [derive('cipher'), derive('nonce')];
  return {
    seal(cursor, place) {
      const text = encodeCursor(cursor).padEnd(TEXT_BYTES);
      const nonce =
        place === 'END'
          ? randomBytes(NONCE_BYTES)
          : createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, cipherKey, nonce);
      const sealed = Buffer.concat([
        nonce,
        cipher.update(text, 'latin1'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return sealed.toString('base64url');
    },
    open(text) {
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length !== NONCE_BYTES + TEXT_BYTES + TAG_BYTES || bytes.toString('base64url') !== text)
        return null;
      const decipher = createDecipheriv(CIPHER, cipherKey, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'latin1');
        return decodeCursor((opened + decipher.final('latin1')).trimEnd());
      } catch {
        return null;
      }
    },
  };
}
