import { createServer, request } from 'node:http';
import { expect, test } from 'vitest';
import { cutWhenStuck } from '../../src/server/cut-when-stuck.ts';
import { waitFor } from '../support/wait-for.ts';

const MEGABYTE = 'x'.repeat(1_048_576);

test('a client that reads nothing is cut off, and one that reads, or is sent nothing, is not', async () => {
  const ended: string[] = [];
  const server = createServer((asked, response) => {
    const name = asked.url?.slice(1) ?? '';
    response.once('close', () => ended.push(name));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    cutWhenStuck(response, 500);
    if (name === 'idle') return response.flushHeaders();
    // More than the network takes of somebody who doesn't read.
    for (let part = 0; part < 16; part++) response.write(MEGABYTE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const received = { reads: 0, idle: 0 };
  const open = (path: string, use: (response: NodeJS.ReadableStream) => void) =>
    new Promise<void>((resolve) => {
      const asked = request({ port, host: '127.0.0.1', path: `/${path}`, agent: false }, (response) => {
        response.on('error', () => {});
        use(response);
        resolve();
      });
      asked.on('error', () => {});
      asked.end();
    });
  await open('reads', (response) => {
    response.on('data', (chunk: Buffer) => {
      received.reads += chunk.length;
    });
  });
  await open('idle', (response) => response.resume());
  await open('silent', (response) => response.pause());
  await waitFor(() => ended.length > 0, { what: 'the silent one to be cut' });
  await waitFor(() => received.reads === 16 * MEGABYTE.length, { what: 'everything to be read' });
  expect(ended).toEqual(['silent']);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
