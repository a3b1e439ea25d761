import { LRUCache } from 'lru-cache';
import type { LogEntry } from '../store/encoding/log-entry.ts';

type Page = readonly LogEntry[];

/** Pages of logs that were read lately; each is read once for all readers that want it at the same time. */
export type PageCache = {
  /** The page if it is there. */
  get(key: string): Page | undefined;
  /** Reads a page, unless a reading of it is under way already. */
  load(key: string, read: () => Promise<Page>): Promise<Page>;
  /** Resolves when no reading is under way. */
  settled(): Promise<void>;
};

/** Keeps the pages used last, up to `size` of them. */
export function createPageCache(size: number): PageCache {
  const pages = new LRUCache<string, Page>({ max: size });
  const reading = new Map<string, Promise<Page>>();
  return {
    get: (key) => pages.get(key),
    load(key, read) {
      const running = reading.get(key);
      if (running !== undefined) return running;
      const page = read()
        .then((entries) => {
          pages.set(key, entries);
          return entries;
        })
        .finally(() => reading.delete(key));
      reading.set(key, page);
      return page;
    },
    async settled() {
      await Promise.allSettled(reading.values());
    },
  };
}
