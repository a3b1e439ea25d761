import { createHash } from 'node:crypto';
import { WebSocket } from 'ws';

/** What a client gets for one operation. */
export type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  readonly extensions?: Record<string, unknown>;
  /** Of the HTTP response; empty for others. */
  readonly headers: Headers;
  /** Of the HTTP response, or with which the connection was closed instead of an answer; 0 for others. */
  readonly status: number;
};

/** Sends the parameters of one operation and gives back what comes first. */
export type Ask = (url: string, params: Readonly<Record<string, unknown>>, key?: string) => Promise<Answer>;

export const byPost: Ask = async (url, params, key) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(key !== undefined && { authorization: key }),
    },
    body: JSON.stringify(params),
  });
  return { ...(await response.json()), headers: response.headers, status: response.status };
};

export const byGet: Ask = async (url, params, key) => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const response = await fetch(`${url}/graphql?${search}`, {
    headers: {
      accept: 'application/graphql-response+json',
      ...(key !== undefined && { authorization: key }),
    },
  });
  return { ...(await response.json()), headers: response.headers, status: response.status };
};

const byEventStream: Ask = async (url, params, key) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(key !== undefined && { authorization: key }),
    },
    body: JSON.stringify(params),
  });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const event = /^data: (.*)\n/m.exec(text)?.[1];
    if (event !== undefined)
      return { ...JSON.parse(event), headers: response.headers, status: response.status };
  }
  throw new Error(`no event in ${JSON.stringify(text)}`);
};

const byWebSocket: Ask = (url, params, key) =>
  new Promise((resolve, reject) => {
    const socket = openSocket(url);
    const answer = { headers: new Headers(), status: 0 };
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('error', reject);
    socket.once('open', () =>
      send({ type: 'connection_init', payload: key === undefined ? {} : { authorization: key } }),
    );
    socket.once('close', (status) => resolve({ ...answer, status }));
    socket.on('message', (text) => {
      const { type, payload } = JSON.parse(String(text));
      if (type === 'connection_ack') send({ type: 'subscribe', id: '1', payload: params });
      if (type === 'next') resolve({ ...payload, ...answer });
      if (type === 'error') resolve({ errors: payload, ...answer });
      if (type === 'next' || type === 'error') socket.terminate();
    });
  });

/** The ways to send a query. */
export const WAYS_TO_ASK: readonly { readonly name: string; readonly ask: Ask }[] = [
  { name: 'POST', ask: byPost },
  { name: 'GET', ask: byGet },
  { name: 'SSE', ask: byEventStream },
  { name: 'WebSocket', ask: byWebSocket },
];

/** A raw connection of graphql-transport-ws. */
export function openSocket(url: string, headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
