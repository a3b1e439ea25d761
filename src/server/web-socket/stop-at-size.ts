import type { WebSocket } from 'ws';

/** The code with which `ws` closes a connection itself. */
export const MESSAGE_TOO_BIG = 1009;

/** How long a client that sent too much has to read why, in milliseconds. */
const LINGER_MS = 500;

/**
 * Where `ws` closes a connection because of a message that is too large, says why and reads no more of it.
 */
export function stopAtSize(socket: WebSocket, largestBytes: () => number): void {
  const close = socket.close.bind(socket);
  socket.close = (code, sentence) => {
    if (code !== MESSAGE_TOO_BIG) return close(code, sentence);
    close(code, `A message may have ${largestBytes()} bytes`);
    stopReading(socket);
  };
}

/** Closes a connection whose client sends too much, without reading the rest of that. */
export function readNoMore(socket: WebSocket, code: number, sentence: string): void {
  socket.close(code, sentence);
  stopReading(socket);
}

function stopReading(socket: WebSocket): void {
  // Later than `ws`, which goes on reading to throw it away.
  setImmediate(() => socket.pause());
  setTimeout(() => socket.terminate(), LINGER_MS);
}
