import { once } from 'node:events';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

/** An event as a scripted server sends it. */
export type ScriptedEvent =
  | {
      readonly __typename: 'StatusChanged';
      readonly cursor: string;
      readonly change: { readonly id: string };
    }
  | { readonly __typename: 'Checkpoint'; readonly cursor: string; readonly caughtUp: boolean }
  | { readonly __typename: 'Resync'; readonly cursor: string; readonly reason: string };

/** The event of the entry at a position of a made-up log. */
export function entry(position: number): ScriptedEvent {
  return {
    __typename: 'StatusChanged',
    cursor: `c${position}`,
    change: { id: `e${position}` },
  };
}
export function entries(first: number, last: number): ScriptedEvent[] {
  return Array.from({ length: last - first + 1 }, (_, index) => entry(first + index));
}
export function checkpoint(position: number): ScriptedEvent {
  return {
    __typename: 'Checkpoint',
    cursor: `c${position}`,
    caughtUp: false,
  };
}

/** A connection, and the one subscription in it. */
export type ScriptedConnection = {
  /** Counted from 0 over the life of the server. */
  readonly index: number;
  readonly socket: WebSocket;
  /** What the first message brought along. */
  readonly params: unknown;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Sends events; resolves when the last was given to the operating system. */
  send(...events: ScriptedEvent[]): Promise<void>;
  message(message: object): void;
  fail(code: string | undefined, extensions?: object): void;
};

export type ScriptedServer = {
  readonly url: string;
  readonly connections: readonly ScriptedConnection[];
  /** How many connections are open. */
  readonly open: number;
  /** Every message that clients sent, by type. */
  readonly heard: readonly string[];
  /** With which code each connection that is over was closed by its client, or 1006. */
  readonly closed: readonly number[];
  close(): Promise<void>;
};

export type Script = {
  /** What happens in place of the acknowledgement. */
  readonly onInit?: (socket: WebSocket, index: number) => 'ACKNOWLEDGE' | 'HANDLED';
  readonly onSubscribe?: (connection: ScriptedConnection) => void;
  readonly answersPings?: boolean;
};

/** A server that speaks graphql-transport-ws and does otherwise what a test tells it. */
export async function startScriptedServer({
  onInit,
  onSubscribe,
  answersPings = true,
}: Script): Promise<ScriptedServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const connections: ScriptedConnection[] = [];
  const heard: string[] = [];
  const closed: number[] = [];
  let opened = 0;

  server.on('connection', (socket) => {
    const index = opened;
    opened += 1;
    let params: unknown;
    const message = (content: object) => socket.send(JSON.stringify(content));
    socket.on('close', (code) => closed.push(code));
    socket.on('message', (text) => {
      const { type, id, payload } = JSON.parse(String(text));
      heard.push(type);
      if (type === 'connection_init') {
        params = payload;
        if ((onInit?.(socket, index) ?? 'ACKNOWLEDGE') === 'ACKNOWLEDGE') message({ type: 'connection_ack' });
      }
      if (type === 'ping' && answersPings) message({ type: 'pong' });
      if (type !== 'subscribe') return;
      const connection: ScriptedConnection = {
        index,
        socket,
        params,
        query: payload.query,
        variables: payload.variables,
        async send(...events) {
          for (const statusChanged of events) {
            const next = JSON.stringify({ id, type: 'next', payload: { data: { statusChanged } } });
            if (socket.readyState !== socket.OPEN) return;
            await new Promise<void>((resolve) => socket.send(next, () => resolve()));
          }
        },
        message: (content) => message({ id, ...content }),
        fail: (code, extensions) =>
          message({
            id,
            type: 'error',
            payload: [{ message: 'It is so.', extensions: { code, ...extensions } }],
          }),
      };
      connections.push(connection);
      onSubscribe?.(connection);
    });
  });

  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    connections,
    get open() {
      return server.clients.size;
    },
    heard,
    closed,
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
