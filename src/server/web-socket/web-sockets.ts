import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { createFrameWriter } from '../delivery/frame-writer.ts';
import type { Limits } from '../settings/limits.ts';
import type { Metrics } from '../settings/metrics.ts';
import { type Conversation, type ConversationOptions, createConversation } from './conversation.ts';
import { MESSAGE_TOO_BIG, readNoMore, stopAtSize } from './stop-at-size.ts';

/** A close code after which graphql-ws clients connect again; after most others they give up for good. */
const SERVICE_RESTART = 1012;

const KEEP_ALIVE_MS = 12_000;

export type WebSockets = {
  /** Takes over a connection that asked to be upgraded. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Lets running queries and mutations finish, tells every client to come back, and cuts off those still
   * there after `graceMs`.
   */
  close(graceMs: number): Promise<void>;
};

type Options = Omit<ConversationOptions, 'frameWriter' | 'onRun'> & { readonly metrics: Metrics };

/** Makes the graphql-transport-ws side of the server. */
export function createWebSockets({ metrics, ...options }: Options): WebSockets {
  const { limits, log } = options;
  // The library would answer pings even of a client that reads nothing.
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.bodyBytes,
    autoPong: false,
    // One message per turn of the event loop, since a single read may bring hundreds of them.
    allowSynchronousEvents: false,
    handleProtocols,
  });
  metrics.gauge(
    'tiergraph_web_sockets',
    'WebSocket connections that are open now.',
    () => server.clients.size,
  );
  const frameWriter = createFrameWriter();
  let running = 0;
  let whenIdle = (): void => {};
  metrics.gauge(
    'tiergraph_web_socket_operations',
    'Queries and mutations over WebSocket that are running, or whose answers are not out.',
    () => running,
  );
  const onRun = (): (() => void) => {
    running += 1;
    return () => {
      running -= 1;
      if (running === 0) whenIdle();
    };
  };

  server.on('connection', (socket: WebSocket, { headers, socket: stream }: IncomingMessage) => {
    const authorization = headers.authorization ?? null;
    const conversation = createConversation({
      ...options,
      frameWriter,
      onRun,
      socket,
      stream,
      authorization,
      onLetIn: () => stopWaiting(),
    });
    socket.on('error', (error) => log.debug({ err: error }, 'A WebSocket broke.'));
    const largest = (): number =>
      conversation.phase === 'ACKNOWLEDGED'
        ? limits.bodyBytes
        : Math.min(limits.bodyBytes, limits.greeting.bytes);
    stopAtSize(socket, largest);
    if (socket.protocol === '') {
      return socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
    const stopWaiting = limitGreeting(socket, stream, limits.greeting, conversation);
    const stopPinging = keepAlive(socket, stream);
    answerPings(socket, stream);
    readWhileRead(socket, stream);
    socket.on('message', (data, isBinary) => {
      // The protocol is one of texts, and only of texts has `ws` seen that they are UTF-8.
      if (isBinary) return socket.close(CloseCode.BadRequest, 'Send text messages');
      conversation.receive(String(data));
    });
    socket.once('close', () => {
      stopWaiting();
      stopPinging();
      conversation.end();
    });
  });

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (webSocket) =>
        server.emit('connection', webSocket, request),
      );
    },
    async close(graceMs) {
      const deadline = AbortSignal.timeout(graceMs);
      await settledBy(deadline, (done) => {
        whenIdle = done;
        if (running === 0) done();
      });
      frameWriter.flush();
      for (const socket of server.clients) socket.close(SERVICE_RESTART, 'Service restart');
      await settledBy(deadline, (done) => server.close(() => done()));
      for (const socket of server.clients) socket.terminate();
    },
  };
}

/**
 * Bounds what is read of a client that was not let in yet, and how long it may take to say who it is; returns
 * what ends that. The client's part of the greeting is one short message.
 */
function limitGreeting(
  socket: WebSocket,
  stream: Socket,
  { bytes, messages, ms }: Limits['greeting'],
  conversation: Conversation,
): () => void {
  const readBefore = stream.bytesRead;
  let received = 0;
  const look = (): void => {
    const isTooLong = stream.bytesRead - readBefore > bytes;
    if (!isTooLong && received <= messages) return;
    stop();
    readNoMore(socket, isTooLong ? MESSAGE_TOO_BIG : CloseCode.BadRequest, 'Begin with a connection_init');
  };
  const count = (): void => {
    received += 1;
    look();
  };
  const timer = setTimeout(() => {
    if (conversation.phase !== 'SILENT') return;
    socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }, ms);
  const kinds = ['message', 'ping', 'pong'] as const;
  const stop = (): void => {
    clearTimeout(timer);
    stream.off('data', look);
    for (const kind of kinds) socket.off(kind, count);
  };
  stream.on('data', look);
  for (const kind of kinds) socket.on(kind, count);
  return stop;
}

/** Reads nothing of a client while it does not read itself: each message that it sends may be answered. */
function readWhileRead(socket: WebSocket, stream: Socket): void {
  const resume = (): void => socket.resume();
  stream.on('data', () => {
    if (!stream.writableNeedDrain || socket.isPaused) return;
    socket.pause();
    stream.once('drain', resume);
  });
}

/** Answers the pings of WebSocket itself; where the client does not read, the last one only, once it does. */
function answerPings(socket: WebSocket, stream: Socket): void {
  let owed: Buffer | null = null;
  const answer = (): void => {
    if (owed === null || stream.writableNeedDrain) return;
    socket.pong(owed);
    owed = null;
  };
  socket.on('ping', (payload) => {
    owed = payload;
    answer();
  });
  stream.on('drain', answer);
}

/** Pings until stopped, and cuts the connection when a ping stays unanswered. */
function keepAlive(socket: WebSocket, stream: Socket): () => void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    // A ping would queue behind what the client has not read; a client that never reads is cut off by the
    // backlog.
    if (stream.writableNeedDrain) return;
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    socket.ping();
  }, KEEP_ALIVE_MS);
  return () => clearInterval(timer);
}

/** Waits until `start` calls back, but not beyond the deadline. */
function settledBy(deadline: AbortSignal, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    if (deadline.aborted) return resolve();
    deadline.addEventListener('abort', () => resolve(), { once: true });
    start(resolve);
  });
}
