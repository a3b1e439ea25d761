import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { EventSource, Receiver } from '../../events/event-source.ts';
import type { EventResult } from './event-result.ts';
import type { FrameTarget, FrameWriter } from './frame-writer.ts';
import { toByteString } from './text-frame.ts';

type Options = {
  readonly stream: EventSource<EventResult>;
  readonly frameWriter: FrameWriter;
  readonly socket: WebSocket;
  /** What lies below the socket. */
  readonly below: Duplex;
  /** The client's id of the operation. */
  readonly id: string;
};

/** Sends a subscription's results over a WebSocket, each once the one before is out. */
export class SentEvents implements Receiver<EventResult>, FrameTarget {
  readonly socket: WebSocket;
  readonly below: Duplex;
  readonly beginning: string;
  isWanted = true;
  isBusy = false;
  readonly #stream: EventSource<EventResult>;
  readonly #frameWriter: FrameWriter;
  readonly #over = Promise.withResolvers<void>();

  constructor({ stream, frameWriter, socket, below, id }: Options) {
    this.#stream = stream;
    this.#frameWriter = frameWriter;
    this.socket = socket;
    this.below = below;
    this.beginning = toByteString(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  }

  /** Begins to send; settles when the stream is over and all of it was given to the frame writer. */
  send(): Promise<void> {
    this.onSent();
    return this.#over.promise;
  }

  /** Ends the stream, also while something of it is not out. */
  stop(): void {
    this.isWanted = false;
    this.#stream.close();
    this.finish();
  }

  onSent(): void {
    this.#stream.pull(this);
  }

  receive(result: EventResult): void {
    this.#frameWriter.send(this, result.toByteString());
  }

  finish(): void {
    this.#over.resolve();
  }

  fail(error: unknown): void {
    this.#over.reject(error);
  }
}
