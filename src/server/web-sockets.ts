import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Session } from '../app/authenticate.ts';
import type { Gate, Operation } from './admission.ts';
import { identityOf } from './authentication.ts';
import type { ConnectionCount } from './connection-count.ts';
import type { Caller, Execution, Identify } from './execution.ts';
import { readGraphRequest, withQuery } from './graph-request.ts';
import { type Limits, limitExceeded } from './limits.ts';
import type { Log } from './log.ts';
import { isOurFault } from './mask-error.ts';
import type { Metrics } from './metrics.ts';
import { createOutbox } from './outbox.ts';
import { sendEvents } from './send-events.ts';
import { stopAtSize } from './stop-at-size.ts';
import { toByteString } from './text-frame.ts';
import { withoutHttp } from './with-extensions.ts';

/** Close codes after which graphql-ws clients connect again; after most others they give up for good. */
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

/** The protocol's own for somebody who may not come in. */
const FORBIDDEN = 4403;

/** The protocol's own for a message that is none. */
const BAD_REQUEST = 4400;

const KEEP_ALIVE_MS = 12_000;

export type WebSockets = {
  /** Takes over a connection that asked to be upgraded. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Lets running queries and mutations finish, tells every client to come back, and cuts off those still there after `graceMs`. */
  close(graceMs: number): Promise<void>;
};

type Options = {
  readonly gate: Gate;
  readonly execution: Execution;
  readonly connections: ConnectionCount;
  readonly identify: Identify;
  readonly limits: Limits;
  readonly log: Log;
  readonly metrics: Metrics;
};

type Extra = {
  readonly socket: WebSocket;
  /** What lies below it. */
  readonly stream: Duplex;
  readonly authorization: string | null;
  /** Known once the connection is acknowledged. */
  session: Session | null;
  leave: () => void;
};

/** What is known of an operation from its admission on; `id` is what the client calls it. */
type Admitted = {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly id: string;
  readonly socket: WebSocket;
  readonly stream: Duplex;
};

/** Makes the graphql-transport-ws side of the server. */
export function createWebSockets(options: Options): WebSockets {
  const { gate, execution, connections, identify, limits, log, metrics } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytes, handleProtocols });
  metrics.gauge(
    'tiergraph_web_sockets',
    'WebSocket connections that are open now.',
    () => server.clients.size,
  );
  const admitted = new WeakMap<object, Admitted>();
  const running = new Set<string>();
  let whenIdle = (): void => {};
  const outbox = createOutbox();

  const protocol = makeServer<Record<string, unknown>, Extra>({
    async onConnect({ connectionParams, extra }) {
      try {
        extra.session = await identify(authorizationIn(connectionParams) ?? extra.authorization);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        extra.socket.close(FORBIDDEN, error.message);
        return false;
      }
      const leave = connections.enter(identityOf(extra.session));
      if (leave === null) {
        const { message } = limitExceeded('connectionsPerIdentity', limits.connectionsPerIdentity, null);
        extra.socket.close(TRY_AGAIN_LATER, message);
        return false;
      }
      extra.leave = leave;
      if (extra.socket.readyState !== extra.socket.OPEN) leave();
      return true;
    },
    onSubscribe({ extra: { socket, stream, session }, subscriptions }, id, payload) {
      const requestId = randomUUID();
      const interrupt = (): void => socket.close(TRY_AGAIN_LATER, 'Try again later');
      const caller: Caller = { requestId, session, identity: identityOf(session), interrupt };
      const count = Object.keys(subscriptions).length;
      if (count > limits.operationsPerConnection) {
        return [limitExceeded('operationsPerConnection', limits.operationsPerConnection, count)];
      }
      try {
        const admission = gate.admit(readGraphRequest(payload), caller, { mutations: true });
        if (!admission.ok) return admission.errors.map(withoutHttp);
        const { operation } = admission;
        const { schema, document, name, node } = operation.prepared;
        const args: ExecutionArgs = { schema, document, operationName: name };
        admitted.set(args, { operation, caller, id, socket, stream });
        if (node.operation !== 'subscription') running.add(keyOf(socket, id));
        return args;
      } catch (error) {
        if (error instanceof GraphQLError) return [withoutHttp(error)];
        throw error;
      }
    },
    execute(args) {
      const { operation, caller } = admittedBy(args);
      return execution.execute(operation, caller);
    },
    async subscribe(args) {
      const { operation, caller, id, socket, stream } = admittedBy(args);
      const result = await execution.subscribe(operation, caller);
      if ('next' in result) {
        const beginning = toByteString(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
        const address = { socket, stream, beginning, isBusy: false };
        return sendEvents(result, (bytes, then) => outbox.send(address, bytes, then));
      }
      // An error message is final for the client; a lost connection is not.
      if (result.errors?.some(isOurFault) === true) caller.interrupt();
      return result;
    },
    onComplete({ extra: { socket } }, id) {
      // Called before the message is sent that tells the client so, without which it would send the operation again.
      setImmediate(() => {
        running.delete(keyOf(socket, id));
        if (running.size === 0) whenIdle();
      });
    },
  });

  const admittedBy = (args: ExecutionArgs): Admitted => {
    const found = admitted.get(args);
    if (found === undefined) throw new Error('An operation was executed that nobody subscribed to.');
    return found;
  };

  server.on('connection', (socket: WebSocket, { headers, socket: stream }: IncomingMessage) => {
    const extra: Extra = {
      socket,
      stream,
      authorization: headers.authorization ?? null,
      session: null,
      leave() {},
    };
    stopAtSize(socket, limits.bodyBytes);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, sentence) => socket.close(code, sentence),
        onMessage: (receive) =>
          socket.on('message', (data, isBinary) => {
            // The protocol is one of texts, and only of texts has `ws` seen that they are UTF-8.
            if (isBinary) return socket.close(BAD_REQUEST, 'Send text messages');
            receive(withQuery(String(data))).catch((error) => {
              log.error({ err: error }, 'A WebSocket message could not be handled.');
              socket.close(TRY_AGAIN_LATER, 'Try again later');
            });
          }),
      },
      extra,
    );
    socket.on('error', (error) => log.debug({ err: error }, 'A WebSocket broke.'));
    const stopPinging = keepAlive(socket);
    socket.once('close', (code, sentence) => {
      stopPinging();
      extra.leave();
      for (const key of running) if (key.startsWith(`${idOf(socket)}/`)) running.delete(key);
      if (running.size === 0) whenIdle();
      closed(code, String(sentence)).catch((error) =>
        log.error({ err: error }, 'The subscriptions of a WebSocket did not end cleanly.'),
      );
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
        if (running.size === 0) done();
      });
      for (const socket of server.clients) socket.close(SERVICE_RESTART, 'Service restart');
      await settledBy(deadline, (done) => server.close(() => done()));
      for (const socket of server.clients) socket.terminate();
    },
  };
}

const socketIds = new WeakMap<WebSocket, string>();

function idOf(socket: WebSocket): string {
  const id = socketIds.get(socket) ?? randomUUID();
  socketIds.set(socket, id);
  return id;
}

function keyOf(socket: WebSocket, operationId: string): string {
  return `${idOf(socket)}/${operationId}`;
}

/** Resolves once the text is out, or the connection can't take it any more: its close then ends its subscriptions. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(text, () => resolve());
  });
}

/** What the client says of who it is in its first message; null if nothing. */
function authorizationIn(connectionParams: Readonly<Record<string, unknown>> | undefined): string | null {
  const given = connectionParams?.authorization ?? connectionParams?.Authorization;
  return typeof given === 'string' ? given : null;
}

/** Pings until stopped, and cuts the connection when a ping stays unanswered. */
function keepAlive(socket: WebSocket): () => void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
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
