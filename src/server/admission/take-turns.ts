import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

type Queue = {
  isBusy: boolean;
  readonly waiting: (() => void)[];
  /** Whether a request was left out, and so all after it. */
  isOver: boolean;
};

/**
 * Serves the requests of a connection one after the other, each once the answer before is out: a client may
 * send many at once and read nothing. If more than `most` wait, the others are not served, and `connection:
 * close` in the last answer tells the client so.
 */
export function takeTurns(serve: Serve, most: number): Serve {
  const queues = new WeakMap<Socket, Queue>();
  return (request, response) => {
    const { socket } = request;
    const queue = queues.get(socket) ?? { isBusy: false, waiting: [], isOver: false };
    queues.set(socket, queue);
    const begin = (): void => {
      queue.isBusy = true;
      response.once('close', () => {
        queue.isBusy = false;
        queue.waiting.shift()?.();
      });
      // Node ends the connection after an answer that says so.
      if (queue.isOver && queue.waiting.length === 0) response.setHeader('connection', 'close');
      serve(request, response);
    };
    if (!queue.isBusy) begin();
    else if (queue.waiting.length === most) queue.isOver = true;
    else if (!queue.isOver) queue.waiting.push(begin);
  };
}
