import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { promised } from '../../support/promised.ts';
import { CHEAP, startToyServer, type ToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

let toy: ToyServer;

beforeAll(async () => {
  toy = await startToyServer({
    documents: { texts: new Map([['said', 'query($text: String) { said(text: $text) }']]), only: false },
  });
});

afterAll(() => toy.server.close());

type Reply = { readonly status: number; readonly answer: Record<string, unknown> };

function post(body: Buffer, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${toy.url}/graphql`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const answer = JSON.parse(String(Buffer.concat(chunks)));
          resolve({ status: response.statusCode ?? 0, answer });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends a GET request whose target no library would send. */
function get(target: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(toy.url);
    const socket: Socket = connect(Number(port), hostname);
    socket.on('error', reject);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.once('end', () => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])));
    socket.write(
      Buffer.concat([
        Buffer.from('GET /graphql?query='),
        target,
        Buffer.from(` HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
      ]),
    );
  });
}

const QUERY = 'query($text: String) { said(text: $text) }';
function asks(text: string, params: Record<string, unknown> = { query: QUERY }): string {
  return JSON.stringify({ ...params, variables: { text } });
}

/**
 * Bytes that are no UTF-8, each within an otherwise good text: `ä` of ISO 8859-1, a part, too long, a
 * surrogate, beyond the last.
 */
const WRONG: readonly (readonly [string, Buffer])[] = [
  ['a byte of ISO 8859-1', Buffer.from([0xe4])],
  ['a byte that only continues', Buffer.from([0x80])],
  ['a character cut off', Buffer.from([0xf0, 0x9f, 0x98])],
  ['a form that is too long', Buffer.from([0xc0, 0xaf])],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ['a code point that does not exist', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
];
function within(text: string, bytes: Buffer): Buffer {
  const [before = '', after = ''] = text.split('MARK');
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
}
function percent(bytes: Buffer): string {
  return [...bytes].map((byte) => `%${byte.toString(16)}`).join('');
}

describe.each(WRONG)('%s', (_, bytes) => {
  test.each([
    ['the variables', asks('MARK')],
    ['the query', JSON.stringify({ query: '{ said(text: "MARK") }' })],
    ['the variables of a trusted document', asks('MARK', { documentId: 'said' })],
  ])('in %s of a body is refused with 400', async (_place, text) => {
    const { status, answer } = await post(within(text, bytes));
    expect([status, answer.errors]).toEqual([
      400,
      [{ message: 'The body must be UTF-8.', extensions: { code: 'BAD_REQUEST' } }],
    ]);
  });

  test('in an address is refused with 400, as it is and percent-encoded', async () => {
    expect(await get(within('{said(text:"MARK")}', bytes))).toBe(400);
    const response = await fetch(`${toy.url}/graphql?query={said(text:"${percent(bytes)}")}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        errors: [
          {
            message: 'The address must be UTF-8 with percent-encoding.',
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      },
    ]);
  });

  test.each([
    ['a text message', false, 1007],
    ['a binary message', true, 4400],
  ])('in %s of a WebSocket ends the connection', async (_kind, binary, code) => {
    const socket = openSocket(toy.url);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.once('message', () => {
      const message = { id: '1', type: 'subscribe', payload: { query: '{ said(text: "MARK") }' } };
      socket.send(within(JSON.stringify(message), bytes), { binary });
    });
    expect(await closed).toBe(code);
  });
});

test.each([
  ['charset=iso-8859-1', undefined, 415],
  ['charset="windows-1252"', undefined, 415],
  ['charset=utf-16', undefined, 415],
  ['charset=us-ascii', undefined, 415],
  ['charset=', undefined, 415],
  ['charset=utf-8;charset=latin1', undefined, 415],
  ['charset=UTF-8', undefined, 200],
  ['charset="utf-8"', undefined, 200],
  ['profile=any', 'identity', 200],
  ['charset=utf-8', 'gzip', 415],
  ['charset=utf-8', 'br', 415],
  ['charset=utf-8', 'identity, gzip', 415],
])('a body with %s and the coding %s gets %i', async (parameter, coding, status) => {
  const headers = {
    'content-type': `application/json; ${parameter}`,
    ...(coding !== undefined && { 'content-encoding': coding }),
  };
  expect((await post(Buffer.from(asks('ä')), headers)).status).toBe(status);
});

test.each(['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/graphql'])(
  'a body of the type %s gets 415',
  async (type) => {
    expect((await post(Buffer.from('x'), { 'content-type': type })).status).toBe(415);
  },
);

test('every character of Unicode arrives as it was sent', async () => {
  const text = 'RE-ä-1 ß ẞ 😀 \u{10ffff} \ufffd \u0301 "\\';
  const said = { data: { said: text }, extensions: CHEAP };
  expect((await post(Buffer.from(asks(text)))).answer).toEqual(said);
  const search = new URLSearchParams({ query: QUERY, variables: JSON.stringify({ text }) });
  expect(await (await fetch(`${toy.url}/graphql?${search}`)).json()).toEqual(said);
});

test('what is no UTF-8 is refused wherever it is sent', async () => {
  promised('Texts are UTF-8; anything else is refused instead of being repaired.');
  promised('A body or an address with other bytes gets 400, another charset or content encoding 415.');
  promised('Such a WebSocket message ends the connection.');
  const latin = Buffer.from([0xe4]);
  const before = toy.contexts();
  const statuses = [
    (await post(within(asks('MARK'), latin))).status,
    await get(within('{said(text:"MARK")}', latin)),
    (await post(Buffer.from(asks('a')), { 'content-type': 'application/json; charset=iso-8859-1' })).status,
    (await post(Buffer.from(asks('a')), { 'content-type': 'application/json', 'content-encoding': 'gzip' }))
      .status,
  ];
  expect(statuses).toEqual([400, 400, 415, 415]);
  const socket = openSocket(toy.url);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  socket.once('message', () => {
    const message = JSON.stringify({
      id: '1',
      type: 'subscribe',
      payload: { query: '{ said(text: "MARK") }' },
    });
    socket.send(within(message, latin), { binary: false });
  });
  expect(await closed).toBe(1007);
  // Nothing of it was executed.
  expect(toy.contexts()).toBe(before);
});
