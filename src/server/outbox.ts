import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { textFrame } from './text-frame.ts';

/** Where the results of a subscription go. */
export type Address = {
  readonly socket: WebSocket;
  /** What lies below the socket. */
  readonly stream: Duplex;
  /** The message up to the result, in UTF-8; a closing brace ends it. */
  readonly beginning: Buffer;
};

/** Sends the events of subscriptions. */
export type Outbox = {
  /** Resolves once the message is out, or the connection can't take it any more: its close then ends its subscriptions. */
  send(address: Address, result: Buffer): Promise<void>;
};

type Letter = { readonly address: Address; readonly result: Buffer; readonly done: () => void };

/**
 * Makes an outbox that sends what came in one turn of the event loop together, in the next: events have many receivers. It makes the frames
 * itself, of bytes that the receivers share, and writes them below the library, which would encode each text anew; nothing that the library
 * sends is compressed or takes several writes, so that frames never get into one another. Whoever waits for a message to be out before it makes
 * the next one has one here at most.
 */
export function createOutbox(): Outbox {
  let letters: Letter[] = [];

  const flush = (): void => {
    const leaving = letters;
    letters = [];
    for (const { address, result, done } of leaving) {
      const { socket, stream, beginning } = address;
      if (socket.readyState !== socket.OPEN) {
        done();
        continue;
      }
      const frame = textFrame(beginning, result);
      // Where something waits already the client takes less than it is sent, and what it is sent next has to wait for this.
      const isSlow = stream.writableLength > 0;
      stream.write(frame, isSlow ? () => done() : undefined);
      if (!isSlow) done();
    }
  };

  return {
    send: (address, result) =>
      new Promise((done) => {
        if (letters.length === 0) setImmediate(flush);
        letters.push({ address, result, done });
      }),
  };
}
