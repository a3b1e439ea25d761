import type { GraphQLFormattedError } from 'graphql';
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  MessageType,
  type NextMessage,
  parseMessage,
  type SubscribeMessage,
  stringifyMessage,
} from 'graphql-ws/client';
import type { WebSocketConstructor, WebSocketLike } from './web-socket-like.ts';

/** How a subscription ended that the client did not end. */
export type Ending =
  /** The connection was closed; by the server, or 1006 for one that broke or never came about. */
  | {
      readonly type: 'CLOSED';
      readonly code: number;
      readonly reason: string;
      readonly isAcknowledged: boolean;
    }
  /** The server answered with errors. */
  | { readonly type: 'ERRORS'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly type: 'COMPLETED' }
  /** Nothing was heard for too long. */
  | { readonly type: 'SILENT' }
  /** There was no token, no connection could be opened, or a message was not one of the protocol. */
  | { readonly type: 'FAILED'; readonly error: unknown };

export type Patience = {
  /** How long a connection may take until it is acknowledged. */
  readonly connectWithinMs: number;
  /** How long nothing need be heard before the server is pinged. */
  readonly pingAfterMs: number;
  /** How long after that nothing need be heard before the connection is given up. */
  readonly pongWithinMs: number;
};

type Options = {
  readonly url: string;
  readonly WebSocket: WebSocketConstructor;
  /** Asked once; null for no `Authorization`. */
  readonly authorization: () => string | null | Promise<string | null>;
  readonly payload: SubscribeMessage['payload'];
  readonly patience: Patience;
  readonly onResult: (result: NextMessage['payload']) => void;
  /** Called once, and not after `close`; the last call there is. */
  readonly onEnd: (ending: Ending) => void;
};

/** One subscription is all that a connection carries. */
const ID = '1';
const NORMAL_CLOSURE = 1000;
const TERMINATED = 4499;

/**
 * Opens one connection for one subscription. The client of graphql-ws does not fit: after a normal closure it
 * reconnects by itself and sends the same payload again, with the old cursor in it.
 */
export function openSubscription(options: Options): { close(): void } {
  const { url, WebSocket, authorization, payload, patience, onResult, onEnd } = options;
  let socket: WebSocketLike | undefined;
  let isAcknowledged = false;
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  // A WebSocket can't be dropped: closing waits for the other side, so what it still says is not listened to.
  const leave = (code: number, reason: string): void => {
    isOver = true;
    clearTimeout(timer);
    socket?.close(code, reason);
  };
  const end = (ending: Ending, code: number = TERMINATED): void => {
    if (isOver) return;
    leave(code, ending.type);
    onEnd(ending);
  };
  const endWhenSilentFor = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => end({ type: 'SILENT' }), ms);
  };

  const start = async (): Promise<void> => {
    const authorized = await authorization();
    if (isOver) return;
    endWhenSilentFor(patience.connectWithinMs);
    socket = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    listenTo(socket, authorized);
  };

  const listenTo = (opened: WebSocketLike, authorized: string | null): void => {
    const send = (message: Parameters<typeof stringifyMessage>[0]): void =>
      opened.send(stringifyMessage(message));

    /** Every message is a sign of life, so that a pong which waits behind many others is not missed. */
    const noteLife = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        send({ type: MessageType.Ping });
        endWhenSilentFor(patience.pongWithinMs);
      }, patience.pingAfterMs);
    };

    const receive = (message: ReturnType<typeof parseMessage>): void => {
      switch (message.type) {
        case MessageType.ConnectionAck:
          isAcknowledged = true;
          send({ id: ID, type: MessageType.Subscribe, payload });
          break;
        case MessageType.Next:
          onResult(message.payload);
          break;
        case MessageType.Error:
          end({ type: 'ERRORS', errors: message.payload }, NORMAL_CLOSURE);
          break;
        case MessageType.Complete:
          end({ type: 'COMPLETED' }, NORMAL_CLOSURE);
          break;
        case MessageType.Ping:
          send({ type: MessageType.Pong });
          break;
      }
      if (isAcknowledged && !isOver) noteLife();
    };

    opened.addEventListener('open', () => {
      if (isOver) return;
      send({
        type: MessageType.ConnectionInit,
        ...(authorized !== null && { payload: { authorization: authorized } }),
      });
    });
    opened.addEventListener('message', ({ data }) => {
      if (isOver) return;
      let message: ReturnType<typeof parseMessage>;
      try {
        message = parseMessage(data);
      } catch (error) {
        return end({ type: 'FAILED', error }, CloseCode.BadResponse);
      }
      receive(message);
    });
    // An error says nothing, and the close event follows it; without a listener `ws` would throw it.
    opened.addEventListener('error', () => {});
    opened.addEventListener('close', ({ code, reason }) =>
      end({ type: 'CLOSED', code, reason, isAcknowledged }),
    );
  };

  start().catch((error: unknown) => end({ type: 'FAILED', error }));
  return {
    close() {
      if (!isOver) leave(NORMAL_CLOSURE, 'Normal closure');
    },
  };
}
