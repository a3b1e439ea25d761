import { describe, expect, test } from 'vitest';
import type { FeedFact, FeedPartner } from '../../src/demo/feed-facts.ts';
import type { FeedServer } from '../../src/demo/feed-server.ts';
import { createRandom } from '../../src/demo/random.ts';
import { type FeedOptions, runFeed } from '../../src/demo/run-feed.ts';

const PARTNERS: readonly FeedPartner[] = Array.from({ length: 120 }, (_, index) => ({
  externalRef: `Q-${index}`,
  tier: 'SILVER',
  missing: [],
}));

/** A feed against a server in memory, on a clock that only waiting moves. */
function setUp(options: Partial<FeedOptions> = {}) {
  let time = 0;
  const waits: number[] = [];
  const pages: (string | null)[] = [];
  const batches: (readonly FeedFact[])[] = [];
  const server: FeedServer = {
    async readPartners(after) {
      pages.push(after);
      const from = Number(after ?? 0);
      const next = from + 50;
      return {
        partners: PARTNERS.slice(from, next),
        today: '2026-11-23',
        next: next < PARTNERS.length ? String(next) : null,
      };
    },
    async record(_source, facts) {
      batches.push(facts);
      return { recorded: facts.length, changes: [], refusals: [] };
    },
  };
  const feed: FeedOptions = {
    server,
    random: createRandom('run'),
    runId: 'r',
    rate: 5,
    count: 20,
    now: () => time,
    async wait(milliseconds) {
      waits.push(milliseconds);
      time += milliseconds;
    },
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  };
  return { feed, waits, pages, batches, time: () => time };
}

describe('a run of the feed', () => {
  test('sends as many facts as asked for, one each 200 ms at a rate of 5, with an external id each', async () => {
    const { feed, waits, batches } = setUp();
    expect(await runFeed(feed)).toEqual({ sent: 20, recorded: 20, changes: 0, refused: 0 });
    expect(batches.map((batch) => batch.length)).toEqual(Array(20).fill(1));
    expect(waits).toEqual(Array(19).fill(200));
    const ids = batches.flat().map(({ externalId }) => externalId);
    expect(ids[0]).toBe('FEED-r-1');
    expect(new Set(ids).size).toBe(20);
  });

  test('makes batches of a high rate and stops at the count', async () => {
    const { feed, batches, time } = setUp({ rate: 100, count: 25 });
    await runFeed(feed);
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
    expect(time()).toBe(200);
  });

  test('knows every partner at first and then reads one page after another, round and round', async () => {
    const { feed, pages } = setUp({ count: 61 });
    await runFeed(feed);
    // 60 pauses of 200 ms are 12 s: a page each 3 s.
    expect(pages).toEqual([null, '50', '100', null, '50', '100', null]);
  });

  test('tells of changes and refusals and counts them', async () => {
    const { feed } = setUp({ count: 2 });
    const news: (readonly string[])[] = [];
    const totals = await runFeed({
      ...feed,
      server: {
        ...feed.server,
        record: async () => ({ recorded: 0, changes: ['Q-1 rose to Gold.'], refusals: ['unknown partner'] }),
      },
      onProgress: (_totals, sentences) => news.push(sentences),
    });
    expect(totals).toEqual({ sent: 2, recorded: 0, changes: 2, refused: 2 });
    expect(news[0]).toEqual(['Q-1 rose to Gold.', 'refused: unknown partner']);
  });

  test('ends with what it did when it is stopped while it waits', async () => {
    const stop = new AbortController();
    const { feed } = setUp({ count: null, signal: stop.signal });
    let pauses = 0;
    const totals = await runFeed({
      ...feed,
      async wait() {
        pauses += 1;
        if (pauses === 3) stop.abort();
        stop.signal.throwIfAborted();
      },
    });
    expect(totals.sent).toBe(3);
  });

  test('fails with the reason when it was not told to stop', async () => {
    const { feed } = setUp();
    const server = {
      ...feed.server,
      record: async () => Promise.reject(new Error('the server refused the facts')),
    };
    await expect(runFeed({ ...feed, server })).rejects.toThrow('the server refused the facts');
  });

  test('does not make up for a long outage in a burst', async () => {
    const { feed, waits, batches } = setUp({ count: 10 });
    let time = 0;
    await runFeed({
      ...feed,
      now: () => time,
      async wait(milliseconds) {
        waits.push(milliseconds);
        time += milliseconds;
      },
      server: {
        ...feed.server,
        async record(source, facts) {
          if (batches.length === 2) time += 60_000;
          return feed.server.record(source, facts);
        },
      },
    });
    // A second of lag at most is caught up: five pauses of nothing, then the usual ones.
    expect(waits).toEqual([200, 200, 0, 0, 0, 0, 0, 200, 200]);
  });
});
