import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

// Clients that do what no library lets one do: not read, leave without a word, or have many subscriptions on
// one connection.

/** Is given the data of each event. */
export type Take = (data: Record<string, unknown>) => void;

export type Connection = {
  /** The client's, by which the server knows it. */
  readonly port: number;
  /** Reads nothing more from the network. */
  pause(): void;
  resume(): void;
  /** Leaves without a word. */
  cut(): void;
  /** Resolves when nothing more will come. */
  readonly closed: Promise<unknown>;
};

export type SocketConnection = Connection & {
  /** Resolves to how to complete it. */
  subscribe(query: string, variables: Record<string, unknown>, take: Take): () => void;
  /** Says goodbye. */
  close(): void;
};

type Message = {
  readonly id: string;
  readonly type: string;
  readonly payload: { readonly data?: Record<string, unknown> };
};

/** What a result must have: the errors of anything else fail the test. */
function dataOf(payload: { readonly data?: Record<string, unknown> }): Record<string, unknown> {
  if (payload.data === undefined) throw new Error(`a subscription failed: ${JSON.stringify(payload)}`);
  return payload.data;
}

function portOf({ localPort }: Socket): number {
  if (localPort === undefined) throw new Error('The connection has no port yet.');
  return localPort;
}

/** Connects by WebSocket. */
export async function openSocket(url: string): Promise<SocketConnection> {
  const { hostname, port } = new URL(url);
  const stream = connect(Number(port), hostname);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    createConnection: () => stream,
  });
  const takes = new Map<string, Take>();
  let subscribed = 0;
  const acknowledged = new Promise<void>((resolve) => {
    socket.on('message', (bytes) => {
      const { id, type, payload }: Message = JSON.parse(String(bytes));
      if (type === 'connection_ack') resolve();
      if (type === 'error') throw new Error(JSON.stringify(payload));
      if (type === 'next') takes.get(id)?.(dataOf(payload));
    });
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  await once(socket, 'open');
  send({ type: 'connection_init' });
  await acknowledged;
  return {
    port: portOf(stream),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    cut: () => socket.terminate(),
    closed,
    subscribe(query, variables, take) {
      const id = `${subscribed++}`;
      takes.set(id, take);
      send({ id, type: 'subscribe', payload: { query, variables } });
      return () => {
        takes.delete(id);
        send({ id, type: 'complete' });
      };
    },
    close: () => socket.close(1000),
  };
}

/** Subscribes by server-sent events, on a connection of its own. */
export async function openStream(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  take: Take,
): Promise<Connection> {
  const asked = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    agent: false,
  });
  asked.on('error', () => {});
  asked.end(JSON.stringify({ query, variables }));
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (response === undefined || response.statusCode !== 200)
    throw new Error(`refused: ${response?.statusCode}`);
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^event: next\ndata: (.*)$/s.exec(block)?.[1];
      if (data !== undefined) take(dataOf(JSON.parse(data)));
    }
  });
  response.on('error', () => {});
  return {
    port: portOf(response.socket),
    pause: () => response.pause(),
    resume: () => response.resume(),
    cut: () => response.destroy(),
    closed: new Promise((resolve) => response.once('close', resolve)),
  };
}
