import { isRecord } from '../request/graph-request.ts';

/** What a client says in the protocol graphql-transport-ws. */
export type ClientMessage =
  | { readonly type: 'connection_init'; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly type: 'ping' | 'pong'; readonly payload: Readonly<Record<string, unknown>> | null }
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: unknown }
  | { readonly type: 'complete'; readonly id: string };

/** In characters. Each message to the client repeats it; libraries take numbers or UUIDs. */
const LONGEST_ID = 256;

/** Reads a message; a sentence that says what is wrong with it if it is none. */
export function readClientMessage(text: string): ClientMessage | string {
  const message = parse(text);
  if (!isRecord(message)) return 'A message is a JSON object';
  const { type, payload, id } = message;
  switch (type) {
    case 'connection_init':
    case 'ping':
    case 'pong': {
      if (!isNothing(payload) && !isRecord(payload)) return 'The payload must be an object';
      if (type === 'connection_init') return { type, payload: payload ?? {} };
      return { type, payload: payload ?? null };
    }
    case 'subscribe':
    case 'complete':
      if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID) {
        return `The id must be a string of 1 to ${LONGEST_ID} characters`;
      }
      return type === 'subscribe' ? { type, id, payload } : { type, id };
    default:
      return 'The type must be connection_init, ping, pong, subscribe or complete';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
