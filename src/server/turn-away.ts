import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TurnedAway } from './guard.ts';

/** How long a client that was turned away may go on sending, in milliseconds. */
const LINGER_MS = 2_000;

/** Answers a request that nothing has read, and ends its connection. */
export function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  { status, error }: TurnedAway,
): void {
  const body = JSON.stringify({ errors: [error] });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  if (request.complete || request.headers['content-length'] === undefined) return void response.end(body);
  // Closed at once, the connection of a client that still sends is reset before it has read the answer.
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('close', end).resume();
}
