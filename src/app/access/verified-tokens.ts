import { LRUCache } from 'lru-cache';
import type { Rights, Unauthenticated } from './rights.ts';

/** How long published keys and the results of verifications are kept, in milliseconds. */
export const KEPT_MS = 120_000;

/**
 * A token is let in for this long after the key that signed it was withdrawn, in milliseconds. If the keys
 * can't be read, it may have been withdrawn when they were last read, which is up to KEPT_MS before a token
 * was verified.
 */
const LONGEST_MS = 300_000;

/** How long to wait after the keys could not be read, in milliseconds. */
const RETRY_AFTER_MS = 10_000;

const REMEMBERED = 10_000;

/** Verified tokens. A token is verified again when its issuer's keys may have changed. */
export type VerifiedTokens = {
  /** The rights that the token gives, or why it gives none. Rejects if that cannot be determined. */
  find(text: string): Promise<Rights | Unauthenticated>;
};

type Entry = {
  /** The result of the last verification that finished. */
  rights: Rights | null;
  verifiedAt: number;
  nextAt: number;
  verifying: Promise<Rights | Unauthenticated> | null;
};

/**
 * Makes an empty memory of tokens, by `idOf`, from which their text can't be read. `verify` rejects if the
 * keys can't be read. `now` is a clock in milliseconds that never goes back.
 */
export function createVerifiedTokens(
  idOf: (text: string) => string,
  verify: (text: string) => Promise<Rights | Unauthenticated>,
  now: () => number,
): VerifiedTokens {
  const entries = new LRUCache<string, Entry>({ max: REMEMBERED });

  const verifyAgain = async (id: string, entry: Entry, text: string): Promise<Rights | Unauthenticated> => {
    const startedAt = now();
    try {
      const found = await verify(text);
      if ('refused' in found) entries.delete(id);
      else {
        entry.rights = found;
        entry.verifiedAt = startedAt;
        entry.nextAt = startedAt + KEPT_MS;
      }
      return found;
    } catch (error) {
      if (entry.rights === null || now() - entry.verifiedAt >= LONGEST_MS - KEPT_MS) {
        entries.delete(id);
        throw error;
      }
      entry.nextAt = now() + RETRY_AFTER_MS;
      return entry.rights;
    } finally {
      entry.verifying = null;
    }
  };

  return {
    async find(text) {
      const id = idOf(text);
      const entry = entries.get(id) ?? { rights: null, verifiedAt: 0, nextAt: 0, verifying: null };
      entries.set(id, entry);
      if (entry.rights !== null && now() < entry.nextAt) return entry.rights;
      entry.verifying ??= verifyAgain(id, entry, text);
      return entry.verifying;
    },
  };
}
