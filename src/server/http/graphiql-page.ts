import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import type { GraphiQLOptions } from 'graphql-yoga';
import type { GiveWay } from '../../app/context/give-way.ts';
import type { Log } from '../settings/log.ts';
import { acceptsGzip } from './accepts-gzip.ts';
import type { RenderedPage } from './render-graphiql-page.ts';

/** An operation that the page offers, each in a tab of its own. */
export type Example = { readonly query: string; readonly variables?: string };

/** The page of GraphiQL. */
export type GraphiQLPage = {
  /** Answers a browser that asks for it. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
};

type Options = {
  readonly examples: readonly Example[];
  /** Whether an operation needs a key, for which the page then asks. */
  readonly needsKey: boolean;
  readonly giveWay: GiveWay;
  readonly log: Log;
};

type Page = { readonly compressed: Buffer; readonly etag: string; readonly policy: string };

const CHUNK_BYTES = 65_536;

const KEY_HEADERS = '{\n  "authorization": "Bearer "\n}';
const ASK_FOR_KEY = `# This server needs a key: put it behind "Bearer" in the tab Headers below. The first one is made
# with "npm run key -- --role ADMIN", others with the mutation createApiKey.
`;

/**
 * Makes the page when it is first asked for: nine megabytes, which are kept once, compressed, and sent from
 * there piece by piece, so that a slow reader costs no more than a piece.
 */
export function createGraphiQLPage(options: Options): GraphiQLPage {
  let made: Promise<Page> | undefined;
  return {
    async serve({ headers }, response) {
      made ??= makePage(options);
      const { compressed, etag, policy } = await made;
      // Hundreds may have waited for the same page, and go on in the same turn of the event loop.
      await options.giveWay();
      if (response.closed) return;
      response.setHeaders(
        new Map([
          ['content-security-policy', policy],
          ['etag', etag],
          // Kept, and asked for again: another version of the server has another page.
          ['cache-control', 'no-cache'],
        ]),
      );
      if (isKept(headers['if-none-match'], etag)) {
        response.writeHead(304).end();
        return;
      }
      response.setHeader('content-type', 'text/html; charset=utf-8');
      const encodings = headers['accept-encoding'];
      const isCompressed = acceptsGzip(Array.isArray(encodings) ? encodings.join() : encodings);
      if (isCompressed) {
        response.setHeader('content-encoding', 'gzip');
        response.setHeader('content-length', compressed.length);
      }
      const unpack = isCompressed ? new PassThrough() : createGunzip();
      pipeline(Readable.from(chunksOf(compressed)), unpack, response, (error) => {
        if (error) options.log.debug({ err: error }, 'A browser did not take the whole page.');
      });
    },
  };
}

/** In another thread, which takes the nine megabytes with it when it ends. */
function makePage({ examples, needsKey }: Options): Promise<Page> {
  const headers = needsKey ? KEY_HEADERS : null;
  const workerData: GraphiQLOptions = {
    title: 'tiergraph',
    // The only one that sends the headers of the tab with a subscription.
    subscriptionsProtocol: 'SSE',
    defaultTabs: examples.map(({ query, variables = null }) => ({
      query: needsKey ? `${ASK_FOR_KEY}${query}` : query,
      variables,
      headers,
    })),
    ...(headers !== null && { headers, defaultHeaders: headers }),
  };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./render-graphiql-page.ts', import.meta.url), { workerData });
    worker.once('message', ({ compressed, scriptHash }: RenderedPage) =>
      resolve({
        compressed: Buffer.from(compressed.buffer, compressed.byteOffset, compressed.byteLength),
        etag: `W/"${createHash('sha256').update(compressed).digest('base64url')}"`,
        policy: policyFor(scriptHash),
      }),
    );
    worker.once('error', reject);
  });
}

/** Lets the page run its own script, its workers and its styles, and speak to this server. */
function policyFor(scriptHash: string): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}'`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function isKept(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((known) => ['*', etag].includes(known.trim()));
}
