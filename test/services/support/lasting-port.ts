import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give out by themselves. */
const LOWEST = 15_000;
const COUNT = 10_000;

/**
 * A free port of 127.0.0.1 for a server that comes back to it after it was killed. Any connection could have
 * been given a port that the system chooses by itself meanwhile; one that tries to reach it can even be
 * connected to itself.
 */
export async function lastingPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error('A hundred ports in a row are in use.');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
