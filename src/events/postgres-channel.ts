import { Socket } from 'node:net';
import { Client } from 'pg';
import type { OpenChannel } from './distant-doorbell.ts';
import { withTimeout } from './in-time.ts';

const CHANNEL = 'tiergraph';
const GOODBYE_MS = 500;

/**
 * PostgreSQL's LISTEN and NOTIFY on a connection of its own: a NOTIFY inside a writing transaction would hold
 * a lock of the whole server while that commits. `connection` has to lead to the server itself, not to a
 * pooler that shares sessions out by transaction.
 */
export function postgresChannel(connection: {
  readonly connectionString: string;
  readonly options: string;
}): OpenChannel {
  return async ({ onText, onLost }) => {
    // Ours, so that a connection that answers nothing any more can be cut.
    const socket = new Socket();
    const client = new Client({
      ...connection,
      application_name: 'tiergraph doorbell',
      stream: () => socket,
    });
    client.on('notification', ({ payload }) => onText(payload ?? ''));
    client.on('error', onLost);
    client.on('end', () => onLost(new Error('PostgreSQL closed the connection of the doorbell.')));
    const close = async (): Promise<void> => {
      await withTimeout(GOODBYE_MS, 'Closing', client.end()).catch(() => {});
      socket.destroy();
    };
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await close();
      throw error;
    }
    return {
      async send(texts) {
        await client.query('SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text', [CHANNEL, texts]);
      },
      close,
    };
  };
}
