import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { textFrame } from './text-frame.ts';

/** Where the results of a subscription go. */
export type FrameTarget = {
  readonly socket: WebSocket;
  /** What lies below the socket. */
  readonly below: Duplex;
  /** The message up to the result, as a byte string; a closing brace ends it. */
  readonly beginning: string;
  /** Whether the client still wants what is sent; its next subscription may have the same id. */
  readonly isWanted: boolean;
  /** Whether the next result has to wait until the last one is out; the frame writer's own. */
  isBusy: boolean;
  /** The next result may be sent. */
  onSent(): void;
};

/** Sends the events of subscriptions. */
export type FrameWriter = {
  /**
   * Sends a result, a byte string. Tells the target at once if the next one may be sent, and once the message
   * is out if that has to wait; never for a connection that is closing, which ends its subscriptions.
   */
  send(target: FrameTarget, result: string): void;
  /** Writes at once what it was given, so that what is sent by other ways comes after that. */
  flush(): void;
};

/** A message to write; `isAwaited`: the target sends no other before this one is out. */
type Letter = { readonly target: FrameTarget; readonly result: string; readonly isAwaited: boolean };

/**
 * Makes a frame writer that sends everything of one turn of the event loop together, in the next turn, since
 * events have many receivers. It makes the frames itself, from bytes that the receivers share, and writes
 * them below the library, which would encode each text anew. Frames never interleave, because nothing that
 * the library sends is compressed or takes several writes. A subscription has at most two messages here, and
 * one more that its client has begun to read.
 */
export function createFrameWriter(): FrameWriter {
  let letters: Letter[] = [];

  // All writes at once: during a pause the receiving process would fall asleep, and the next write would have
  // to wake it.
  const flush = (): void => {
    const leaving = letters;
    letters = [];
    const out = leaving.filter(write);
    for (const { target, isAwaited } of out) if (isAwaited) target.onSent();
  };
  /** False if the message is not out yet. Its target is told later, or never if the connection closes. */
  const write = ({ target, result, isAwaited }: Letter): boolean => {
    const { socket, below, beginning, isWanted } = target;
    if (!isWanted || socket.readyState !== socket.OPEN) return false;
    const frame = textFrame(`${beginning}${result}}`);
    // If something is buffered already, the client reads more slowly than it is sent to, and its next message
    // has to wait for this one.
    if (below.writableLength > 0) {
      target.isBusy = true;
      below.write(frame, 'latin1', () => {
        target.isBusy = false;
        if (isAwaited) target.onSent();
      });
      return false;
    }
    below.write(frame, 'latin1');
    target.isBusy = false;
    return true;
  };

  return {
    send(target, result) {
      if (letters.length === 0) setImmediate(flush);
      const mustWait = target.isBusy;
      target.isBusy = true;
      letters.push({ target, result, isAwaited: mustWait });
      if (!mustWait) target.onSent();
    },
    flush,
  };
}
