import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A network in front of a server on this machine that fails as a test wants it to. */
export type FlakyProxy = {
  readonly port: number;
  /** What happens to new connections: passed on, reset, or taken and never heard of again. */
  welcome: 'PASS' | 'REFUSE' | 'STALL';
  /** Resets every open connection. */
  cut(): void;
  /** Ends every open connection in the middle of the next piece that the server sends. */
  tear(): void;
  /**
   * Drops what is sent in the connections that are open, from now on, and tells nobody: neither side learns
   * that the other went.
   */
  stall(): void;
  /**
   * Stalls, and so do new connections, as soon as clients have sent as many pieces with this text in them;
   * the last one still arrives. Resolves then.
   */
  stallAfter(text: string, pieces: number): Promise<void>;
  /** Passes new connections on to another port. */
  redirect(port: number): void;
  close(): Promise<void>;
};

type Pair = { readonly client: Socket; readonly upstream: Socket; state: 'PASSING' | 'TEARING' | 'STALLED' };

/** Listens on a free port and passes everything on to a port of this machine. */
export async function startFlakyProxy(to: number): Promise<FlakyProxy> {
  const pairs = new Set<Pair>();
  let target = to;
  let trap: { readonly text: string; pieces: number; readonly spring: () => void } | undefined;

  const reset = ({ client, upstream }: Pair): void => {
    client.resetAndDestroy();
    upstream.destroy();
  };
  const server = createServer((client) => {
    client.on('error', () => {});
    if (proxy.welcome === 'REFUSE') return void client.resetAndDestroy();
    const upstream = connect(target, '127.0.0.1');
    upstream.on('error', () => {});
    const pair: Pair = { client, upstream, state: proxy.welcome === 'STALL' ? 'STALLED' : 'PASSING' };
    pairs.add(pair);
    client.on('data', (bytes) => {
      if (pair.state === 'STALLED') return;
      upstream.write(bytes);
      if (trap === undefined || !bytes.includes(trap.text)) return;
      trap.pieces -= 1;
      if (trap.pieces > 0) return;
      proxy.welcome = 'STALL';
      proxy.stall();
      trap.spring();
      trap = undefined;
    });
    upstream.on('data', (bytes: Buffer) => {
      if (pair.state === 'TEARING') {
        client.end(bytes.subarray(0, bytes.length / 2));
        upstream.destroy();
      } else if (pair.state === 'PASSING') client.write(bytes);
    });
    client.on('close', () => {
      if (pair.state === 'STALLED') return;
      pairs.delete(pair);
      upstream.destroy();
    });
    upstream.on('close', () => {
      if (pair.state !== 'STALLED') client.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');

  const proxy: FlakyProxy = {
    port: address.port,
    welcome: 'PASS',
    cut() {
      for (const pair of pairs) if (pair.state !== 'STALLED') reset(pair);
    },
    tear() {
      for (const pair of pairs) if (pair.state === 'PASSING') pair.state = 'TEARING';
    },
    stall() {
      for (const pair of pairs) pair.state = 'STALLED';
    },
    stallAfter(text, pieces) {
      return new Promise((spring) => {
        trap = { text, pieces, spring };
      });
    },
    redirect(port) {
      target = port;
    },
    async close() {
      for (const pair of pairs) reset(pair);
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
