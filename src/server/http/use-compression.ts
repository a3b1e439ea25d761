import { constants, gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { acceptsGzip } from './accepts-gzip.ts';

/** Smaller answers take a packet or two anyway. */
const SMALLEST_BYTES = 4_096;

/**
 * A Yoga plugin that compresses answers where the client takes that and it is worth it; never event streams.
 */
export function useCompression(): Plugin {
  return {
    async onResponse({ request, response, setResponse, fetchAPI }) {
      const bytes = Number(response.headers.get('content-length') ?? 0);
      if (bytes < SMALLEST_BYTES || !acceptsGzip(request.headers.get('accept-encoding'))) return;
      const body = await compress(await response.text());
      const { status, statusText } = response;
      const headers = new fetchAPI.Headers(response.headers);
      headers.set('content-encoding', 'gzip');
      headers.set('content-length', String(body.length));
      setResponse(new fetchAPI.Response(body, { status, statusText, headers }));
    },
  };
}

/** In another thread, at the lowest level, which already removes most of JSON's redundancy. */
function compress(text: string): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    gzip(text, { level: constants.Z_BEST_SPEED }, (error, body) =>
      error === null ? resolve(body) : reject(error),
    );
  });
}
