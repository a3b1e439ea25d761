import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

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

test('a body that was read asks for another turn before it is admitted', async () => {
  const waiting: (() => void)[] = [];
  const toy = await startToyServer({
    giveWay: () => new Promise<void>((resolve) => waiting.push(resolve)),
  });
  const answer = fetch(`${toy.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ hello }' }),
  }).then((response) => response.json());
  for (const what of ['the request', 'its body']) {
    await waitFor(() => waiting.length === 1, { what });
    expect(toy.contexts()).toBe(0);
    waiting.pop()?.();
  }
  expect(await answer).toMatchObject({ data: { hello: 'world' } });
  await toy.server.close();
});

test('those who waited for the same thing each ask for a turn once it is there, and those who left are forgotten', async () => {
  let asked = 0;
  /** So many turns are given at once, the others when the test says so. */
  const atOnce = 3;
  const waiting: (() => void)[] = [];
  const goOn = (): void => {
    for (const go of waiting.splice(0)) go();
  };
  const known: (() => void)[] = [];
  const toy = await startToyServer({
    giveWay: () => {
      asked += 1;
      return asked > atOnce ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve();
    },
    identify: () => new Promise((resolve) => known.push(() => resolve(null))),
  });
  const { host, hostname, port } = new URL(toy.url);
  const ask = async (accept: string) => {
    const client = connect(Number(port), hostname);
    const answered: string[] = [];
    client.setEncoding('latin1').on('data', (text: string) => answered.push(text));
    await once(client, 'connect');
    client.write(`GET /graphql?query={hello} HTTP/1.1\r\nhost: ${host}\r\naccept: ${accept}\r\n\r\n`);
    return { client, answered };
  };

  // Three callers whose key is looked up at once.
  const callers = await Promise.all(Array.from({ length: 3 }, () => ask('application/json')));
  await waitFor(() => known.length === 3, { what: 'three keys that are looked up' });
  expect(asked).toBe(3);
  for (const tell of known) tell();
  await waitFor(() => waiting.length === 3, { what: 'the three to ask for a turn' });
  expect(toy.contexts()).toBe(0);
  goOn();
  await waitFor(() => callers.every(({ answered }) => answered.join('').includes('"hello":"world"')), {
    what: 'three answers',
  });
  for (const { client } of callers) client.destroy();

  // Three browsers that wait for the page, two of which leave.
  asked = 0;
  const browsers = await Promise.all(Array.from({ length: 3 }, () => ask('text/html')));
  await waitFor(() => waiting.length === 3, { what: 'the page to be made', timeoutMs: 30_000 });
  expect(asked).toBe(6);
  const [stays, ...leave] = browsers;
  for (const { client } of leave) client.destroy();
  await Promise.all(leave.map(({ client }) => client.closed || once(client, 'close')));
  goOn();
  await waitFor(() => stays?.answered.join('').includes('</html>'), { what: 'the page', timeoutMs: 30_000 });
  stays?.client.destroy();
  await toy.server.close();
  expect(toy.errors).toEqual([]);
});
