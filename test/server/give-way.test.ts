import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { openSocket } from './askers.ts';
import { startToyServer } from './toy-server.ts';

test('each request and each WebSocket asks for a turn before it begins, however many come at once', async () => {
  let asked = 0;
  const waiting: (() => void)[] = [];
  const toy = await startToyServer({
    giveWay: () => {
      asked += 1;
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
  });
  const { host, hostname, port } = new URL(toy.url);
  const client = connect(Number(port), hostname);
  let answered = '';
  client.setEncoding('utf8').on('data', (text: string) => {
    answered += text;
  });
  await once(client, 'connect');
  client.write(
    `GET /graphql?query={hello} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\n\r\n`.repeat(3),
  );
  const socket = openSocket(toy.url);
  const opened = once(socket, 'open');
  await waitFor(() => asked >= 2, { what: 'a request and a WebSocket' });
  expect([answered, socket.readyState]).toEqual(['', socket.CONNECTING]);
  expect(toy.contexts()).toBe(0);
  await waitFor(
    () => {
      for (const go of waiting.splice(0)) go();
      return asked === 4 && answered.split('"hello":"world"').length === 4;
    },
    { what: 'three answers' },
  );
  await opened;
  socket.terminate();
  client.destroy();

  // One that leaves while it waits is forgotten.
  const hasty = openSocket(toy.url);
  hasty.on('error', () => {});
  await waitFor(() => asked === 5, { what: 'another WebSocket' });
  hasty.terminate();
  await waitFor(() => hasty.readyState === hasty.CLOSED, { what: 'its end' });
  for (const go of waiting.splice(0)) go();
  await toy.server.close();
  expect(toy.errors).toEqual([]);
});
