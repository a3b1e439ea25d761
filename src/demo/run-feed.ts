import { drawFact, type FeedFact, type FeedPartner } from './feed-facts.ts';
import type { FeedServer } from './feed-server.ts';
import type { Random } from './random.ts';

/** What a feed has done so far: facts sent and accepted, status changes they set off, facts refused. */
export type FeedTotals = {
  readonly sent: number;
  readonly recorded: number;
  readonly changes: number;
  readonly refused: number;
};

export type FeedOptions = {
  readonly server: FeedServer;
  readonly random: Random;
  /** Tells this run's external ids from every other run's. */
  readonly runId: string;
  /** Facts a second. */
  readonly rate: number;
  /** Facts in all; no end without it. */
  readonly count: number | null;
  /** A clock that never jumps, in milliseconds. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects when the feed is to stop. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called after each batch with what it led to. */
  readonly onProgress: (totals: FeedTotals, news: readonly string[]) => void;
};

/** The source that the feed's facts name. */
const FEED_SOURCE = 'feed';

/** At most so many requests a second; a higher rate makes batches. */
const REQUESTS_PER_SECOND = 10;
const MAX_BATCH = 1_000;
/** Partners known from the start on; the others come with time. */
const FIRST_PARTNERS = 400;
/** After so many milliseconds one more page of partners is read again. */
const PAGE_EVERY_MS = 3_000;
/** Lost time is not made up for beyond this. */
const MAX_LAG_MS = 1_000;

/** Sends new facts at the given rate until there were `count` or `signal` is aborted; returns what it did. */
export async function runFeed(options: FeedOptions): Promise<FeedTotals> {
  const { server, rate, count, now, wait, signal, onProgress } = options;
  let totals: FeedTotals = { sent: 0, recorded: 0, changes: 0, refused: 0 };
  try {
    const known = createKnownPartners(server);
    await known.readFirst();
    const size = Math.min(MAX_BATCH, Math.ceil(rate / REQUESTS_PER_SECOND));
    let dueAt = now();
    let readAt = now() + PAGE_EVERY_MS;
    while (!signal.aborted && (count === null || totals.sent < count)) {
      if (now() >= readAt) {
        await known.readNext();
        readAt = now() + PAGE_EVERY_MS;
      }
      const facts = drawBatch(options, known, totals.sent, Math.min(size, (count ?? Infinity) - totals.sent));
      const { recorded, changes, refusals } = await server.record(FEED_SOURCE, facts);
      totals = {
        sent: totals.sent + facts.length,
        recorded: totals.recorded + recorded,
        changes: totals.changes + changes.length,
        refused: totals.refused + refusals.length,
      };
      onProgress(totals, [...changes, ...refusals.map((refusal) => `refused: ${refusal}`)]);
      dueAt = Math.max(dueAt, now() - MAX_LAG_MS) + (facts.length * 1_000) / rate;
      if (count === null || totals.sent < count) await wait(Math.max(0, dueAt - now()));
    }
  } catch (error) {
    // Whatever was waited for when the feed was told to stop is no failure.
    if (!signal.aborted) throw error;
  }
  return totals;
}

type KnownPartners = {
  readonly partners: () => readonly FeedPartner[];
  readonly today: () => string;
  readFirst(): Promise<void>;
  readNext(): Promise<void>;
};

/** Partners as last read, page by page, round and round: a big programme is never read at once. */
function createKnownPartners(server: FeedServer): KnownPartners {
  const partners = new Map<string, FeedPartner>();
  let today: string | null = null;
  let after: string | null = null;
  async function readNext(): Promise<void> {
    const page = await server.readPartners(after);
    for (const partner of page.partners) partners.set(partner.externalRef, partner);
    if (page.today !== null && (today === null || page.today > today)) today = page.today;
    after = page.next;
  }
  return {
    partners: () => [...partners.values()],
    today() {
      if (today === null) throw new Error('the programme has no partner that was judged yet');
      return today;
    },
    async readFirst() {
      do {
        await readNext();
      } while (after !== null && partners.size < FIRST_PARTNERS);
    },
    readNext,
  };
}

function drawBatch(
  { random, runId }: FeedOptions,
  known: KnownPartners,
  sent: number,
  size: number,
): FeedFact[] {
  const partners = known.partners();
  return Array.from({ length: size }, (_, index) => {
    const fact = drawFact(partners, known.today(), `FEED-${runId}-${sent + index + 1}`, random);
    if (fact === null) throw new Error('the programme has no partner that the feed may write to');
    return fact;
  });
}
