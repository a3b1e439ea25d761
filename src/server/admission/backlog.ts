import type { Socket } from 'node:net';
import type { Limits } from '../settings/limits.ts';
import type { Log } from '../settings/log.ts';
import type { Metrics } from '../settings/metrics.ts';

/** What is used of a socket. */
type Watched = Pick<Socket, 'writableLength' | 'bytesWritten'> & {
  destroy(): void;
  once(event: 'close', callBack: () => void): void;
};

/** Watches what is buffered for clients that do not read: answers, events, pongs. */
export type Backlog = {
  /** Watches a connection until it is closed. */
  watch(socket: Watched): void;
};

type Options = {
  readonly limits: Pick<Limits, 'waitingBytes' | 'departureMs'>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** A clock in milliseconds that never goes back. */
  readonly now?: () => number;
};

/**
 * How often the connections are looked at, in milliseconds: what can be written in this time goes beyond the
 * limit.
 */
const LOOK_EVERY_MS = 250;

/** What was seen of a connection at the last look. */
type Seen = {
  /** Bytes that had left. */
  left: number;
  /** Since when none have. */
  since: number;
};

/** In place of the bytes that had left. */
const NOTHING_WAITS = -1;

/**
 * Makes a backlog without connections. The client of a connection that is cut off may come back, and goes on
 * from its last cursor.
 */
export function createBacklog({
  limits: { waitingBytes, departureMs },
  log,
  metrics,
  now = () => performance.now(),
}: Options): Backlog {
  const watched = new Map<Watched, Seen>();
  let timer: NodeJS.Timeout | undefined;
  const cuts = metrics.counter(
    'tiergraph_cut_clients_total',
    'Clients that were cut off because they did not read.',
  );
  metrics.gauge('tiergraph_waiting_bytes', 'Bytes that wait for clients to read them.', () =>
    [...watched.keys()].reduce((sum, { writableLength }) => sum + writableLength, 0),
  );

  const cut = (socket: Watched): void => {
    cuts.add();
    log.debug({ waitingBytes: socket.writableLength }, 'Cut off a client that does not read.');
    socket.destroy();
  };
  const look = (): void => {
    const at = now();
    let total = 0;
    const stuck: { readonly socket: Watched; readonly since: number }[] = [];
    for (const [socket, seen] of watched) {
      const waiting = socket.writableLength;
      if (waiting === 0) {
        // Most have nothing, and cost nothing more.
        seen.left = NOTHING_WAITS;
        continue;
      }
      const left = socket.bytesWritten - waiting;
      if (left !== seen.left) {
        seen.left = left;
        seen.since = at;
      }
      if (at - seen.since >= departureMs) cut(socket);
      else {
        total += waiting;
        stuck.push({ socket, since: seen.since });
      }
    }
    if (total <= waitingBytes) return;
    stuck.sort((a, b) => a.since - b.since || b.socket.writableLength - a.socket.writableLength);
    for (const { socket } of stuck) {
      if (total <= waitingBytes) return;
      total -= socket.writableLength;
      cut(socket);
    }
  };

  return {
    watch(socket) {
      watched.set(socket, { left: NOTHING_WAITS, since: now() });
      timer ??= setInterval(look, LOOK_EVERY_MS).unref();
      socket.once('close', () => {
        watched.delete(socket);
        if (watched.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}
