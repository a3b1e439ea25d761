import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { textFrame } from './text-frame.ts';

/** Where the results of a subscription go. */
export type Address = {
  readonly socket: WebSocket;
  /** What lies below the socket. */
  readonly stream: Duplex;
  /** The message up to the result, as a byte string; a closing brace ends it. */
  readonly beginning: string;
};

/** Sends the events of subscriptions. */
export type Outbox = {
  /** `result` is a byte string. Calls back once the message is out; never for a connection that is closing, which ends its subscriptions. */
  send(address: Address, result: string, done: () => void): void;
};

type Letter = { readonly address: Address; readonly result: string; readonly done: () => void };

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
    // Without a pause between the writes, in which whoever receives them falls asleep and has to be woken by the next one.
    const out = leaving.filter(write);
    for (const { done } of out) done();
  };
  /** False if it is not out: it will be later, and that is told then, or never. */
  const write = ({ address, result, done }: Letter): boolean => {
    const { socket, stream, beginning } = address;
    if (socket.readyState !== socket.OPEN) return false;
    // Where something waits already the client takes less than it is sent, and what it is sent next has to wait for this.
    const isSlow = stream.writableLength > 0;
    stream.write(textFrame(`${beginning}${result}}`), 'latin1', isSlow ? () => done() : undefined);
    return !isSlow;
  };

  return {
    send(address, result, done) {
      if (letters.length === 0) setImmediate(flush);
      letters.push({ address, result, done });
    },
  };
}
