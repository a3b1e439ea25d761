import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

// The program of a thread that makes the page of GraphiQL; `workerData` is what the page is made with.

/** What the thread sends when it is done. */
export type RenderedPage = {
  /** The page by gzip. */
  readonly compressed: Uint8Array;
  /** The SHA-256 of its only script, in base64. */
  readonly scriptHash: string;
};

const html = renderGraphiQL(workerData);
const from = html.indexOf('<script>') + '<script>'.length;
const script = html.slice(from, html.lastIndexOf('</script>'));
const rendered: RenderedPage = {
  compressed: gzipSync(html),
  scriptHash: createHash('sha256').update(script).digest('base64'),
};
parentPort?.postMessage(rendered);
