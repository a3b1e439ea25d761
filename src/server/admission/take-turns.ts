import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

type Line = {
  isBusy: boolean;
  readonly waiting: (() => void)[];
  /** Whether a request was left out, and so all after it. */
  isOver: boolean;
};

/**
 * Serves the requests of a connection one after the other, each once the answer before is out: a client may send many at once and read
 * nothing. If more than `most` wait, the others are not served, and `connection: close` in the last answer tells the client so.
 */
export function takeTurns(serve: Serve, most: number): Serve {
  const lines = new WeakMap<Socket, Line>();
  return (request, response) => {
    const { socket } = request;
    const line = lines.get(socket) ?? { isBusy: false, waiting: [], isOver: false };
    lines.set(socket, line);
    const begin = (): void => {
      line.isBusy = true;
      response.once('close', () => {
        line.isBusy = false;
        line.waiting.shift()?.();
      });
      // Node ends the connection after an answer that says so.
      if (line.isOver && line.waiting.length === 0) response.setHeader('connection', 'close');
      serve(request, response);
    };
    if (!line.isBusy) begin();
    else if (line.waiting.length === most) line.isOver = true;
    else if (!line.isOver) line.waiting.push(begin);
  };
}
