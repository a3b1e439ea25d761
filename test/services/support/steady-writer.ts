import { setTimeout as sleep } from 'node:timers/promises';

/** Somebody who changes tiers all the time: every fact that was acknowledged is one change in the log. */
export type SteadyWriter = {
  /** How many facts were acknowledged. */
  readonly made: () => number;
  /** How often a batch had to be sent again. */
  readonly retries: () => number;
  /** The longest that a batch took to be acknowledged since this was asked last, in milliseconds. */
  takeLongestMs(): number;
  /** Sends no more; resolves when everything sent was acknowledged. Rejects if a row was refused. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends it, also in the middle of a batch. */
  stop(): Promise<void>;
};

export type SteadyWriterOptions = {
  /** The graphs to write to, in turn. */
  readonly urls: readonly string[];
  readonly program: string;
  /** The external references of the partners that rise and fall. */
  readonly partners: readonly string[];
  /** A multiple of ten. */
  readonly perSecond: number;
};

const LANES = 10;
const BATCH_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 3_000;
const SEND_AGAIN_AFTER_MS = 200;

const RECORD = /* GraphQL */ `
  mutation ($input: RecordFactsInput!) {
    recordFacts(input: $input) {
      __typename
      ... on FactsRecorded { rows { __typename ... on RowRejected { message } } }
    }
  }
`;

type Row = { readonly __typename: string; readonly message?: string };

/**
 * Starts to write. Each partner belongs to one lane, and a lane sends its next batch when the one before was
 * acknowledged: so facts about a partner are judged in their order and one at a time, however often they have
 * to be sent.
 */
export function startSteadyWriter(options: SteadyWriterOptions): SteadyWriter {
  const { urls, program, partners, perSecond } = options;
  const batch = perSecond / LANES;
  let made = 0;
  let retries = 0;
  let longestMs = 0;
  let turn = 0;
  let isPaused = false;
  let isStopped = false;
  let running: Promise<unknown> = Promise.resolve();

  const record = (facts: readonly object[]): Promise<void> => {
    const start = turn++ % urls.length;
    const inTurn = [...urls.slice(start), ...urls.slice(0, start)];
    const onRetry = () => {
      retries += 1;
      return !isStopped;
    };
    return recordUntilDone(inTurn, { program, source: 'steady', facts }, onRetry);
  };

  /** What a lane goes on with after a pause. */
  const lanesNext = Array.from({ length: LANES }, () => 0);
  const runLane = async (lane: number): Promise<void> => {
    const own = partners.filter((_, index) => index % LANES === lane);
    // Spread, as the load of many is.
    await sleep((BATCH_EVERY_MS * lane) / LANES);
    while (!isPaused) {
      const startedAt = performance.now();
      const occurredOn = new Date().toISOString().slice(0, 10);
      const first = lanesNext[lane] ?? 0;
      const facts = Array.from({ length: batch }, (_, index) => {
        const visit = Math.floor((first + index) / own.length);
        const detail = { revenue: { amount: visit % 2 === 0 ? '100' : '-100', currency: 'EUR' } };
        const partner = own[(first + index) % own.length] ?? '';
        return { externalId: `${lane}-${first + index}`, partner, occurredOn, detail };
      });
      await record(facts);
      lanesNext[lane] = first + batch;
      made += batch;
      const tookMs = performance.now() - startedAt;
      longestMs = Math.max(longestMs, tookMs);
      if (tookMs < BATCH_EVERY_MS) await sleep(BATCH_EVERY_MS - tookMs);
    }
  };
  const resume = (): void => {
    isPaused = false;
    running = Promise.all(lanesNext.map((_, lane) => runLane(lane)));
    // Whoever pauses is told.
    running.catch(() => {});
  };
  resume();
  return {
    made: () => made,
    retries: () => retries,
    takeLongestMs() {
      const taken = longestMs;
      longestMs = 0;
      return taken;
    },
    async pause() {
      isPaused = true;
      await running;
    },
    resume,
    async stop() {
      isPaused = true;
      isStopped = true;
      await running.catch(() => {});
    },
  };
}

/**
 * Sends facts to one graph after the other until one acknowledges them, or `onRetry` says that it is enough.
 * The same row twice is one fact. Throws if a row was refused.
 */
export async function recordUntilDone(
  urls: readonly string[],
  input: { readonly program: string; readonly source: string; readonly facts: readonly object[] },
  onRetry: () => boolean = () => true,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const rows = await send(urls[attempt % urls.length] ?? '', input).catch(() => null);
    const refused = rows?.find(({ __typename }) => __typename === 'RowRejected');
    if (refused !== undefined) throw new Error(`A row was refused: ${refused.message}`);
    if (rows !== null || !onRetry()) return;
    await sleep(SEND_AGAIN_AFTER_MS);
  }
}

/** What became of the rows; null if they have to be sent again. */
async function send(url: string, input: object): Promise<readonly Row[] | null> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: RECORD, variables: { input } }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const { data } = (await response.json()) as {
    data?: { recordFacts: { readonly rows?: readonly Row[] } } | null;
  };
  return data?.recordFacts.rows ?? null;
}
