import { connect } from '@nats-io/transport-node';
import type { OpenChannel } from './distant-doorbell.ts';

const SUBJECT = 'tiergraph.doorbell';

/**
 * A NATS subject. `url` lists one or more servers, separated by commas: `nats://user:password@host:4222`,
 * `nats://token@host`, or `tls://` for an encrypted connection; the credentials are the first one's.
 */
export function natsChannel(url: string, subject = SUBJECT): OpenChannel {
  return async ({ onText, onLost }) => {
    const servers = url.split(',').map((server) => new URL(server));
    const [user, password] = [servers[0]?.username ?? '', servers[0]?.password ?? ''].map(decodeURIComponent);
    const connection = await connect({
      servers: servers.map(({ host }) => host),
      name: 'tiergraph doorbell',
      // The doorbell opens a new channel when this one is lost, whatever its kind.
      reconnect: false,
      ...(servers.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
      ...(user && (password ? { user, pass: password } : { token: user })),
    });
    void connection
      .closed()
      .then((error) => onLost(error || new Error('NATS closed the connection of the doorbell.')));
    connection.subscribe(subject, {
      callback: (error, message) => (error ? onLost(error) : onText(message.string())),
    });
    return {
      async send(texts) {
        for (const text of texts) connection.publish(subject, text);
        await connection.flush();
      },
      close: () => connection.close().catch(() => {}),
    };
  };
}
