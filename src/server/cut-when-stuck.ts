import type { ServerResponse } from 'node:http';

/** As often as a WebSocket is pinged. */
const LOOK_EVERY_MS = 12_000;

/**
 * Cuts a stream of events whose client has read nothing from one look to the next: what keeps it alive would pile up behind what it does not
 * read. The client may come back, and goes on from its last cursor.
 */
export function cutWhenStuck(response: ServerResponse, lookEveryMs = LOOK_EVERY_MS): void {
  let waitingBytes = Number.POSITIVE_INFINITY;
  response.on('drain', () => {
    waitingBytes = Number.POSITIVE_INFINITY;
  });
  const timer = setInterval(() => {
    const { writableNeedDrain, writableLength } = response;
    // Whoever reads, however slowly, leaves less behind: new events come only once all is out.
    if (writableNeedDrain && writableLength >= waitingBytes) response.destroy();
    waitingBytes = writableNeedDrain ? writableLength : Number.POSITIVE_INFINITY;
  }, lookEveryMs);
  response.once('close', () => clearInterval(timer));
}
