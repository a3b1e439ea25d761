import { WebSocket } from 'ws';

// Subscribers in a process of their own, told by its parent how many and what for; they count what comes and
// tell when each of an event has it.

/** What the parent sends: `event` is how many of them an event reaches. */
export type Order =
  | {
      readonly type: 'SUBSCRIBE';
      readonly url: string;
      readonly queries: readonly Query[];
      readonly raw: boolean;
    }
  | { readonly type: 'EXPECT'; readonly messages: number };
export type Query = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };
/** What it answers: all are subscribed, or what was expected is there. */
export type Report =
  | { readonly type: 'SUBSCRIBED' }
  | { readonly type: 'GOT'; readonly bytes: number; readonly sample: string };

let got = 0;
let bytes = 0;
let expected = Number.POSITIVE_INFINITY;
let sample = '';
function report(message: Report): void {
  return void process.send?.(message);
}

function tellIfDone(): void {
  if (got < expected) return;
  report({ type: 'GOT', bytes: bytes / got, sample });
  got = 0;
  bytes = 0;
  expected = Number.POSITIVE_INFINITY;
}

/**
 * Resolves once subscribed: for a graph's subscriber when its first message is there, which says where the
 * log is.
 */
function subscribe(url: string, { query, variables }: Query, raw: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, raw ? [] : ['graphql-transport-ws'], { perMessageDeflate: false });
    let isSubscribed = false;
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
    socket.on('open', () => {
      if (raw) resolve();
      else socket.send(JSON.stringify({ type: 'connection_init' }));
    });
    socket.on('message', (data: Buffer) => {
      const text = String(data);
      if (text.includes('"type":"error"')) return reject(new Error(text));
      if (text === '{"type":"connection_ack"}') {
        socket.send(
          JSON.stringify({ id: 'subscription-1', type: 'subscribe', payload: { query, variables } }),
        );
        // Mercurius sends nothing before the first event; a ping comes back after what was sent before it.
        socket.send(JSON.stringify({ type: 'ping' }));
      } else if (text.includes('"pong"') || text.includes('"caughtUp":')) {
        if (!isSubscribed && (text.includes('"caughtUp":') || query.includes('NoCheckpoint'))) {
          isSubscribed = true;
          resolve();
        }
      } else if (text.includes('"ping"')) socket.send(JSON.stringify({ type: 'pong' }));
      else {
        got += 1;
        bytes += data.length;
        sample = text;
        tellIfDone();
      }
    });
  });
}

process.on('message', (order: Order) => {
  if (order.type === 'EXPECT') {
    expected = order.messages;
    tellIfDone();
    return;
  }
  const { url, queries, raw } = order;
  void (async () => {
    // A few at a time, as the queue for new connections is short.
    for (let from = 0; from < queries.length; from += 50) {
      await Promise.all(queries.slice(from, from + 50).map((query) => subscribe(url, query, raw)));
    }
    report({ type: 'SUBSCRIBED' });
  })();
});
