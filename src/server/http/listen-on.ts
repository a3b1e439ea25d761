import type { Server } from 'node:http';
import type { Log } from '../settings/log.ts';

/**
 * Starts to accept connections, and returns the address without a path; port 0 lets the system choose.
 * Rejects if the address can't be had.
 */
export function listenOn(http: Server, port: number, host: string, log: Log): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      http.on('error', (error) => log.error({ err: error }, 'The server could not accept a connection.'));
      const address = http.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}
