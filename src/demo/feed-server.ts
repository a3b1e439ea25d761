import { FEED_PARTNERS, RECORD_FEED_FACTS } from './feed-documents.ts';
import type { FeedFact, FeedPartner } from './feed-facts.ts';
import { type GapProof, missingOf } from './feed-gap.ts';
import { CONNECT_PROGRAM } from './rulebooks.ts';

/**
 * A page of partners, the programme's today as they tell it, and where the next page begins; null after the
 * last.
 */
export type PartnerPage = {
  readonly partners: readonly FeedPartner[];
  readonly today: string | null;
  readonly next: string | null;
};

/** What the server made of a batch; `changes` are sentences, `refusals` too. */
export type Recorded = {
  readonly recorded: number;
  readonly changes: readonly string[];
  readonly refusals: readonly string[];
};

/**
 * What the feed asks of a tiergraph server. Both calls wait and ask again while it is away, and throw when
 * the feed is wrong.
 */
export type FeedServer = {
  readPartners(after: string | null): Promise<PartnerPage>;
  /** The batch may be sent more than once, and counts once: the server tells by the external ids. */
  record(source: string, facts: readonly FeedFact[]): Promise<Recorded>;
};

export type FeedServerOptions = {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Resolves after so many milliseconds; rejects when the feed is to stop. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Told why, each time the server has to be asked again. */
  readonly onAway: (reason: string) => void;
};

const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Rows of which nothing is there now. */
const UNRECORDED: ReadonlySet<string> = new Set(['RowOutdated', 'RowRejected']);

type PartnersAnswer = {
  readonly partners: {
    readonly edges: readonly {
      readonly node: {
        readonly externalRef: string;
        readonly judgedOn: string | null;
        readonly tier: { readonly code: string } | null;
        readonly standing: { readonly next: { readonly missing: readonly GapProof[] } | null };
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

type RecordAnswer = {
  readonly recordFacts:
    | {
        readonly __typename: 'FactsRecorded';
        readonly rows: readonly { readonly __typename: string; readonly message?: string }[];
        readonly statusChanges: readonly {
          readonly partner: { readonly externalRef: string };
          readonly explanation: string;
        }[];
      }
    | { readonly __typename: string; readonly message?: string };
};

/** Speaks GraphQL over HTTP with the server at `url`. */
export function createFeedServer(options: FeedServerOptions): FeedServer {
  const program = CONNECT_PROGRAM.code;
  return {
    async readPartners(after) {
      const { partners } = await ask<PartnersAnswer>(options, FEED_PARTNERS, { program, after });
      const nodes = partners.edges.map(({ node }) => node);
      const days = nodes.flatMap(({ judgedOn }) => (judgedOn === null ? [] : [judgedOn])).sort();
      return {
        partners: nodes.map(({ externalRef, tier, standing }) => ({
          externalRef,
          tier: tier?.code ?? null,
          missing: (standing.next?.missing ?? []).flatMap(missingOf),
        })),
        today: days.at(-1) ?? null,
        next: partners.pageInfo.hasNextPage ? partners.pageInfo.endCursor : null,
      };
    },
    async record(source, facts) {
      const input = { program, source, facts, onError: 'SKIP_ROW' };
      for (let attempt = 0; ; attempt += 1) {
        const { recordFacts } = await ask<RecordAnswer>(options, RECORD_FEED_FACTS, { input });
        if ('rows' in recordFacts) {
          return {
            recorded: recordFacts.rows.filter(({ __typename }) => !UNRECORDED.has(__typename)).length,
            changes: recordFacts.statusChanges.map(
              ({ partner, explanation }) => `${partner.externalRef}: ${explanation}`,
            ),
            refusals: recordFacts.rows.flatMap(({ message }) => (message === undefined ? [] : [message])),
          };
        }
        const reason = recordFacts.message ?? recordFacts.__typename;
        if (recordFacts.__typename !== 'TryAgain') throw new Error(`the server refused the facts: ${reason}`);
        await pause(options, attempt, reason);
      }
    },
  };
}

/** Asks until there is an answer; throws if the server says that the question is wrong. */
async function ask<Answer>(
  options: FeedServerOptions,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await post(options, query, variables);
    // The documents are checked against the printed schema by a test, and the server validates what it
    // answers.
    if ('data' in answer) return answer.data as Answer;
    await pause(options, attempt, answer.away);
  }
}

async function post(
  { url, fetch }: FeedServerOptions,
  query: string,
  variables: Record<string, unknown>,
): Promise<{ data: unknown } | { away: string }> {
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    status = response.status;
    body = await response.json();
  } catch (error) {
    return { away: error instanceof Error ? reasonOf(error) : String(error) };
  }
  const errors = errorsOf(body);
  const [error] = errors;
  if (error === undefined && isRecord(body) && isRecord(body.data)) return { data: body.data };
  if (status >= 500 || status === 429 || error?.code === 'INTERNAL_SERVER_ERROR') {
    return { away: error?.message ?? `HTTP ${status}` };
  }
  throw new Error(`${url} answered ${status}: ${error?.message ?? 'no GraphQL answer'}`);
}

async function pause({ wait, onAway }: FeedServerOptions, attempt: number, reason: string): Promise<void> {
  onAway(reason);
  await wait(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
}

/** `fetch failed` says nothing; what it was caused by does. */
function reasonOf(error: Error): string {
  if (!(error.cause instanceof Error)) return error.message;
  return error.cause.message === '' ? error.message : error.cause.message;
}

function errorsOf(body: unknown): { message: string; code: string | null }[] {
  if (!isRecord(body) || !Array.isArray(body.errors)) return [];
  return body.errors.filter(isRecord).map(({ message, extensions }) => ({
    message: String(message),
    code: isRecord(extensions) && typeof extensions.code === 'string' ? extensions.code : null,
  }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
