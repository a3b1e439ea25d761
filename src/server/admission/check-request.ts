import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../app/context/error-code.ts';
import { limitExceeded } from '../settings/limits.ts';

/** A request that is denied before anything reads it. */
export type Denial = { readonly status: number; readonly error: GraphQLError };

/** The headers of every answer, against sniffing, framing and wrong caching. */
export const HEADERS = new Map([
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['vary', 'Accept, Accept-Encoding, Origin'],
]);

/** From where requests may come. */
export type Sources = {
  /** Whether only this machine may send requests: the server runs without keys. */
  readonly loopbackOnly: boolean;
  /**
   * The web pages of other servers that may use this one and read its answers, as in
   * `https://partners.example`.
   */
  readonly origins: readonly string[];
};

/**
 * Checks where a request comes from; null lets it pass. A web page that another site brought into the browser
 * must not reach the server: neither under a name of its own that resolves to loopback (Host), nor from where
 * it was loaded (Origin, which browsers send with everything but simple reads, and Sec-Fetch-Site, which they
 * send with those too).
 */
export function checkSource({ headers, rawHeaders }: IncomingMessage, sources: Sources): Denial | null {
  // A proxy on the way may go by another one of several than Node does.
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) return wrongRequest(400, 'A request has one Host header.');
  if (sources.loopbackOnly && !isLoopbackAuthority(headers.host)) {
    return forbidden('The Host header must name a loopback address, because the server runs without keys.');
  }
  const { origin } = headers;
  if (origin === undefined)
    return isForeignRead(headers) ? forbidden('Another site must not ask here.') : null;
  if (sources.origins.includes(origin) || isOwnOrigin(origin, headers.host, sources)) return null;
  return forbidden('The Origin header must name this server or an allowed origin.');
}

/**
 * True for the origin of a page that this server sent: the same name and port, with the scheme that belongs
 * to them. Where a proxy may stand in front of it, that may be https.
 */
function isOwnOrigin(origin: string, host: string | undefined, { loopbackOnly }: Sources): boolean {
  return (loopbackOnly ? ['http:'] : ['http:', 'https:']).some((scheme) => {
    const own = `${scheme}//${host}`;
    return URL.canParse(own) && new URL(own).origin === origin;
  });
}

/** The headers that let a page of another server, one of `origins`, read the answer. */
export function corsHeaders(
  { headers, method }: IncomingMessage,
  { origins }: Sources,
): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined || !origins.includes(origin)) return {};
  const allowed = { 'access-control-allow-origin': origin };
  if (method !== 'OPTIONS') {
    return {
      ...allowed,
      'access-control-expose-headers': 'Operation-Cost, RateLimit, RateLimit-Policy, Retry-After',
    };
  }
  return {
    ...allowed,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'Accept, Authorization, Content-Type',
    'access-control-max-age': '7200',
  };
}

/** True for the question that a browser asks before it sends a page's request to another server. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/**
 * Checks method and type of a GraphQL request, and that its size is told; null lets it pass. The type is
 * checked because a browser sends other ones across sites without asking, and charset and coding because
 * other bytes would be taken for UTF-8.
 */
export function checkBody({ method, headers, url }: IncomingMessage): Denial | null {
  // Node takes other bytes for characters of ISO 8859-1.
  if (!/^[\x21-\x7e]*$/.test(url ?? '')) return wrongRequest(400, 'The address must be percent-encoded.');
  if (method === 'GET' || method === 'HEAD') return null;
  if (method !== 'POST') return wrongRequest(405, 'Send GraphQL by POST or GET.');
  const [type, ...parameters] = (headers['content-type'] ?? '').split(';');
  if (!/^application\/json\s*$/i.test(type ?? '')) {
    return wrongRequest(415, 'The Content-Type must be application/json.');
  }
  if (!parameters.every(isOfUtf8)) return wrongRequest(415, 'The charset must be UTF-8.');
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) {
    return wrongRequest(415, 'Send the body without a Content-Encoding.');
  }
  const isSizeKnown = headers['content-length'] !== undefined && headers['transfer-encoding'] === undefined;
  return isSizeKnown ? null : wrongRequest(411, 'Send the body with its Content-Length.');
}

/** True for a parameter of a Content-Type that is no other charset than UTF-8. */
function isOfUtf8(parameter: string): boolean {
  return !/^\s*charset\s*=/i.test(parameter) || /^\s*charset\s*=\s*("utf-?8"|utf-?8)\s*$/i.test(parameter);
}

/**
 * Checks the size of a request's body, in front because Yoga's own limit halves its throughput; null lets it
 * pass.
 */
export function checkBodySize({ headers }: IncomingMessage, largestBytes: number): Denial | null {
  const bytes = Number(headers['content-length'] ?? 0);
  return bytes > largestBytes
    ? { status: 413, error: limitExceeded('bodyBytes', largestBytes, bytes) }
    : null;
}

/** Denies with a status of HTTP. */
export function denial(status: number, code: ErrorCode, sentence: string): Denial {
  return { status, error: new GraphQLError(sentence, { extensions: { code } }) };
}

/**
 * A page of another site can send what browsers call a simple request without asking; navigation is not one.
 */
function isForeignRead(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  return isForeign && !(headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');
}

function forbidden(sentence: string): Denial {
  return denial(403, 'FORBIDDEN', sentence);
}

function wrongRequest(status: number, sentence: string): Denial {
  return denial(status, 'BAD_REQUEST', sentence);
}

function isLoopbackAuthority(authority: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(authority ?? '');
}
