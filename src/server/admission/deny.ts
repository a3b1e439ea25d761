import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { isRecord } from '../request/graph-request.ts';
import { withoutHttp } from '../settings/with-extensions.ts';
import type { Denial } from './check-request.ts';

/** How long a client that was denied may go on sending, in milliseconds. */
const LINGER_MS = 2_000;

/** Answers a request that nothing has read, and ends its connection. */
export function deny(request: IncomingMessage, response: ServerResponse, { status, error }: Denial): void {
  const body = JSON.stringify({ errors: [withoutHttp(error)] });
  response.writeHead(status, {
    ...httpOf(error).headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  if (request.complete || request.headers['content-length'] === undefined) return void response.end(body);
  // If the connection were closed at once, it would be reset before a client that still sends has read the
  // answer.
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('close', end).resume();
}

/** How HTTP should answer with an error, as it notes it: with 401 if the error does not say. */
export function httpOf({ extensions: { http } }: GraphQLError): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { status, headers } = isRecord(http) ? http : {};
  const texts = Object.entries(isRecord(headers) ? headers : {}).map(([name, value]) => [
    name,
    String(value),
  ]);
  return { status: typeof status === 'number' ? status : 401, headers: Object.fromEntries(texts) };
}
