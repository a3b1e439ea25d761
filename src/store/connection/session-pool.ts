import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Client, type ClientConfig, Pool, type PoolClient, type PoolConfig } from 'pg';

export type SessionPool = {
  readonly pool: Pool;
  /** Ends all sessions; resolves when none is in use any more. */
  close(): Promise<void>;
};

export type SessionPoolOptions = {
  /** How long a session may be in use before the server is asked whether it works on anything. */
  readonly suspectAfterMs?: number;
};

const ON_ITS_WAY_MS = 200;

/** A client that can be cut, and that the server knows by a name of its own. */
class NamedClient extends Client {
  readonly name: string;
  readonly #socket: Socket;

  constructor(config: ClientConfig = {}) {
    const name = `tiergraph ${randomUUID()}`;
    const socket = new Socket();
    super({ ...config, application_name: name, stream: () => socket });
    this.name = name;
    this.#socket = socket;
  }

  cut(): void {
    this.#socket.destroy(
      new Error('The database does not work on what it was sent: it was lost on the way.'),
    );
  }
}

/**
 * A pool of sessions that finds out when a network swallowed what was sent: no answer comes then, and no
 * error. Sessions that have been in use for long are looked up in the server on a connection of their own;
 * where it waits for us as we wait for it, or has no such session any more, ours is cut, and what waits for
 * it gets an error.
 */
export function createSessionPool(
  config: PoolConfig,
  { suspectAfterMs = 5_000 }: SessionPoolOptions = {},
): SessionPool {
  const pool = new Pool({ connectionTimeoutMillis: 15_000, ...config, Client: NamedClient });
  // One that broke while it was idle is out of the pool by then.
  pool.on('error', () => {});
  /** Since when sessions are in use. */
  const inUse = new Map<PoolClient, number>();
  pool.on('acquire', (client) => inUse.set(client, performance.now()));
  pool.on('release', (_, client) => inUse.delete(client));
  pool.on('remove', (client) => inUse.delete(client));

  const suspects = (): readonly NamedClient[] => {
    const before = performance.now() - suspectAfterMs;
    return [...inUse].flatMap(([client, since]) =>
      client instanceof NamedClient && since < before ? [client] : [],
    );
  };
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking || suspects().length === 0) return;
    looking = true;
    const client = new NamedClient({ ...config, connectionTimeoutMillis: suspectAfterMs });
    client.on('error', () => {});
    const giveUp = globalThis.setTimeout(() => client.cut(), 2 * suspectAfterMs);
    try {
      await client.connect();
      const first = await idleOf(client, suspects());
      // An answer may be on its way.
      await setTimeout(ON_ITS_WAY_MS);
      for (const idle of await idleOf(client, first)) if (suspects().includes(idle)) idle.cut();
      await client.end();
    } catch {
      // Nothing is known, then. The next look comes soon.
      client.cut();
    } finally {
      clearTimeout(giveUp);
      looking = false;
    }
  };
  const timer = setInterval(look, suspectAfterMs / 2);
  timer.unref();
  return {
    pool,
    async close() {
      // Still on the watch meanwhile: it waits for the sessions in use.
      await pool.end();
      clearInterval(timer);
    },
  };
}

/** The sessions that the server does not have, or that are idle there outside a transaction. */
async function idleOf(client: Client, sessions: readonly NamedClient[]): Promise<readonly NamedClient[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity WHERE application_name = ANY ($1) AND state <> 'idle'`,
    [sessions.map(({ name }) => name)],
  );
  const busy = new Set(rows.map(({ name }) => name));
  return sessions.filter(({ name }) => !busy.has(name));
}
