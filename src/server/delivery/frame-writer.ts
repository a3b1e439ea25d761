import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { textFrame } from './text-frame.ts';

/** Where the results of a subscription go; one object a subscription. */
export type Address = {
  readonly socket: WebSocket;
  /** What lies below the socket. */
  readonly stream: Duplex;
  /** The message up to the result, as a byte string; a closing brace ends it. */
  readonly beginning: string;
  /** Whether the client still wants what is sent; its next subscription may have the same id. */
  isWanted: boolean;
  /** Whether the next result has to wait until the last one is out; the frame writer's own. */
  isBusy: boolean;
};

/** Sends the events of subscriptions. */
export type FrameWriter = {
  /**
   * Sends a result, a byte string. Calls back at once if the next one may be sent, and once the message is out if that has to wait; never
   * for a connection that is closing, which ends its subscriptions.
   */
  send(address: Address, result: string, done: () => void): void;
  /** Writes at once what it was given, so that what is sent by other ways comes after that. */
  flush(): void;
};

type Letter = { readonly address: Address; readonly result: string; readonly done: (() => void) | null };

/**
 * Makes a frame writer that sends what came in one turn of the event loop together, in the next: events have many receivers. It makes the frames
 * itself, of bytes that the receivers share, and writes them below the library, which would encode each text anew; nothing that the library
 * sends is compressed or takes several writes, so that frames never get into one another. A subscription has at most two messages here, and
 * one more that its client has begun to take.
 */
export function createFrameWriter(): FrameWriter {
  let letters: Letter[] = [];

  // Without a pause between the writes, in which the receiving process would fall asleep and have to be woken by the next one.
  const flush = (): void => {
    const leaving = letters;
    letters = [];
    const out = leaving.filter(write);
    for (const { done } of out) done?.();
  };
  /** False if it is not out: it will be later, and that is told then, or never. */
  const write = ({ address, result, done }: Letter): boolean => {
    const { socket, stream, beginning, isWanted } = address;
    if (!isWanted || socket.readyState !== socket.OPEN) return false;
    const frame = textFrame(`${beginning}${result}}`);
    // Where something waits already the client takes less than it is sent, and what it is sent next has to wait for this.
    if (stream.writableLength > 0) {
      address.isBusy = true;
      stream.write(frame, 'latin1', () => {
        address.isBusy = false;
        done?.();
      });
      return false;
    }
    stream.write(frame, 'latin1');
    address.isBusy = false;
    return true;
  };

  return {
    send(address, result, done) {
      if (letters.length === 0) setImmediate(flush);
      const mustWait = address.isBusy;
      address.isBusy = true;
      letters.push({ address, result, done: mustWait ? done : null });
      if (!mustWait) done();
    },
    flush,
  };
}
