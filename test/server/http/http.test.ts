import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHEAP, startToyServer, type ToyServer } from '../support/toy-server.ts';

let toy: ToyServer;

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${toy.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** What `fetch` refuses to send: any Host, any length, chunks. */
function raw(
  headers: Record<string, string>,
  body: string | Buffer | null = null,
  path = '/graphql',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${toy.url}${path}`,
      { method: body === null ? 'GET' : 'POST', headers },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('requests', () => {
  beforeAll(async () => {
    toy = await startToyServer();
  });

  afterAll(() => toy.server.close());

  describe('operations', () => {
    test('a query is answered by POST and by GET', async () => {
      const posted = await post({ query: '{ hello }' });
      expect([posted.status, await posted.json()]).toEqual([
        200,
        { data: { hello: 'world' }, extensions: CHEAP },
      ]);
      const got = await fetch(`${toy.url}/graphql?query={hello}`);
      expect([got.status, await got.json()]).toEqual([200, { data: { hello: 'world' }, extensions: CHEAP }]);
    });

    test('a mutation does not run by GET', async () => {
      const got = await fetch(`${toy.url}/graphql?query=mutation{touch}`);
      expect(got.status).toBe(405);
      expect(await (await post({ query: 'mutation { touch }' })).json()).toMatchObject({
        data: { touch: 1 },
      });
    });

    test('an operation is answered alike however often it was asked', async () => {
      const asked = [
        {
          query:
            'query ($constructor: String, $toString: String) { said(text: $toString) b: said(text: $constructor) }',
        },
        { query: 'query ($number: Int!) { echo(number: $number) }', variables: { number: 3 } },
      ];
      for (const operation of asked) {
        const answers: unknown[] = [];
        for (let round = 0; round < 6; round++) {
          const { data, errors } = await (await post(operation)).json();
          answers.push({ data, errors });
        }
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
        expect(answers[0]).toMatchObject({ data: {}, errors: undefined });
      }
    });

    test('each operation has one context of its own', async () => {
      const before = toy.contexts();
      await post({ query: '{ hello a: hello }' });
      await post({ query: '{ hello }' });
      expect(toy.contexts()).toBe(before + 2);
    });
  });

  describe('errors', () => {
    test('bad input found by a resolver is shown with its code', async () => {
      expect(await (await post({ query: '{ bad }' })).json()).toEqual({
        data: { bad: null },
        errors: [
          {
            message: 'No such thing.',
            locations: [{ line: 1, column: 3 }],
            path: ['bad'],
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
        extensions: CHEAP,
      });
    });

    test('anything else is masked, and logged under the id that the client is given', async () => {
      toy.errors.length = 0;
      const response = await post({ query: '{ hello broken }' });
      const { data, errors } = (await response.json()) as {
        data: unknown;
        errors: { message: string; extensions: { requestId: string } }[];
      };
      expect(data).toEqual({ hello: 'world', broken: null });
      const requestId = errors[0]?.extensions.requestId;
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(errors).toEqual([
        {
          message: `Something went wrong on our side; it is logged as request ${requestId}.`,
          locations: [{ line: 1, column: 9 }],
          path: ['broken'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
        },
      ]);
      expect(toy.errors).toEqual([{ requestId, err: new Error('the password is swordfish') }]);
    });

    test('a value that its type cannot carry is our mistake, not the client’s', async () => {
      const { errors } = (await (await post({ query: '{ unserializable }' })).json()) as {
        errors: { extensions: { code: string } }[];
      };
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR']);
    });

    test('neither is a bug in reading a variable', async () => {
      const body = { query: 'query ($at: Fragile) { fragile(at: $at) }', variables: { at: 1 } };
      const response = await post(body);
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(text).toContain('"code":"INTERNAL_SERVER_ERROR"');
      expect(text).not.toContain('swordfish');
    });

    test.each([
      ['a document that does not parse', { query: '{ hello' }, 'GRAPHQL_PARSE_FAILED'],
      [
        'a subscription whose only field may be left out',
        {
          query: 'subscription ($no: Boolean!) { counted @include(if: $no) { number } }',
          variables: { no: true },
        },
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [
        'a subscription whose only field is left out by a fragment',
        {
          query:
            'subscription { ...A } fragment A on Subscription { ...A ... @skip(if: true) { counted { number } } }',
        },
        'GRAPHQL_VALIDATION_FAILED',
      ],
      ['a document that is not valid', { query: '{ goodbye }' }, 'GRAPHQL_VALIDATION_FAILED'],
      [
        'a variable of the wrong type',
        { query: 'query ($n: Int!) { echo(number: $n) }', variables: { n: 'x' } },
        'BAD_USER_INPUT',
      ],
      [
        'an operation that is not there',
        { query: 'query A { hello }', operationName: 'B' },
        'OPERATION_RESOLUTION_FAILURE',
      ],
      ['a body that is not JSON', '{', 'BAD_REQUEST'],
    ])('%s is the client’s mistake', async (_, body, code) => {
      toy.errors.length = 0;
      const response = await post(body, { accept: 'application/graphql-response+json' });
      const { errors } = (await response.json()) as {
        errors: { message: string; extensions: { code: string } }[];
      };
      expect(response.status).toBe(400);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
      expect(toy.errors).toEqual([]);
    });

    test('a client that leaves within its body is not our mistake', async () => {
      toy.errors.length = 0;
      const { hostname, port } = new URL(toy.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n` +
          'Content-Length: 100\r\nExpect: 100-continue\r\n\r\n',
      );
      // Said once the request is read.
      expect(String((await once(socket, 'data'))[0])).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      socket.write('{"query":');
      socket.destroy();
      await once(socket, 'close');
      for (let count = 0; count < 3; count += 1) await post({ query: '{ hello }' });
      expect(toy.errors).toEqual([]);
    });
  });

  describe('limits', () => {
    const json = { 'content-type': 'application/json' };

    test('a body of exactly 1 MiB is read, one byte more is not', async () => {
      const query = JSON.stringify({ query: '{ hello }' });
      const fitting = query.padEnd(1_048_576, ' ');
      expect((await raw({ ...json, 'content-length': '1048576' }, fitting)).body).toBe(
        '{"data":{"hello":"world"},"extensions":{"cost":{"requested":1,"maximum":20000,"remaining":null}}}',
      );
      const refused = await post(`${fitting} `);
      expect([refused.status, await refused.json()]).toEqual([
        413,
        {
          errors: [
            {
              message: 'A request may have 1048576 bytes: here it is 1048577, 1 too many.',
              extensions: { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', allowed: 1048576, actual: 1048577 },
            },
          ],
        },
      ]);
    });

    test('a body without Content-Length is refused', async () => {
      const { status } = await raw({ ...json, 'transfer-encoding': 'chunked' }, '{"query":"{ hello }"}');
      expect(status).toBe(411);
    });

    test('a type that browsers send across sites without asking is refused', async () => {
      expect(
        (await post('query=mutation{touch}', { 'content-type': 'application/x-www-form-urlencoded' })).status,
      ).toBe(415);
      expect((await post({ query: 'mutation { touch }' }, { 'content-type': 'text/plain' })).status).toBe(
        415,
      );
      expect((await fetch(`${toy.url}/graphql`, { method: 'PUT' })).status).toBe(405);
    });
  });

  describe('where requests come from', () => {
    test.each([
      ['127.0.0.1:4000', 200],
      ['localhost', 200],
      ['LOCALHOST:80', 200],
      ['[::1]:4000', 200],
      ['evil.example', 403],
      ['127.0.0.1.evil.example', 403],
      ['localhost.evil.example:4000', 403],
      ['10.0.0.1', 403],
    ])('the Host %s is answered with %i', async (host, status) => {
      expect((await raw({ host }, null, '/graphql?query={hello}')).status).toBe(status);
    });

    test.each([
      ['http://localhost:5173', 403],
      ['https://evil.example', 403],
      ['null', 403],
    ])('the Origin %s is answered with %i', async (origin, status) => {
      expect((await raw({ origin }, null, '/graphql?query={hello}')).status).toBe(status);
    });

    test('no other site is allowed to read answers', async () => {
      const response = await post({ query: '{ hello }' }, { origin: 'http://localhost:5173' });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('pages', () => {
    test('/ leads to GraphiQL, which loads nothing from anywhere else', async () => {
      const response = await fetch(`${toy.url}/`, { headers: { accept: 'text/html' } });
      expect(response.url).toBe(`${toy.url}/graphql`);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const html = await response.text();
      expect(html).toContain('YogaGraphiQL.renderYogaGraphiQL(');
      const loads = [
        ...html.matchAll(
          /<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']?(https?:|\/\/)[^>]*>/gi,
        ),
        ...html.matchAll(/(?:url\(|@import|importScripts\(|import\()\s*["'`]?(?:https?:)?\/\/[^)\s]*/gi),
      ];
      expect(loads.map(([text]) => text)).toEqual([]);
    });

    test('/health/live says that the process runs', async () => {
      const response = await fetch(`${toy.url}/health/live`);
      expect([response.status, await response.json()]).toEqual([200, { status: 'live' }]);
    });

    test('/health/ready says whether requests may be sent, and why not', async () => {
      const ask = async (): Promise<unknown> => {
        const response = await fetch(`${toy.url}/health/ready`);
        return [response.status, await response.json()];
      };
      expect(await ask()).toEqual([200, { status: 'ready' }]);
      toy.setReady('The log is being read.');
      expect(await ask()).toEqual([503, { status: 'not ready', reason: 'The log is being read.' }]);
      toy.setReady(new Error('the database is away'));
      expect(await ask()).toEqual([503, { status: 'not ready', reason: 'The check failed.' }]);
      toy.setReady(null);
      expect(await ask()).toEqual([200, { status: 'ready' }]);
    });

    test('/metrics counts operations by type and outcome', async () => {
      const read = async (): Promise<number> => {
        const text = await (await fetch(`${toy.url}/metrics`)).text();
        expect(text).toContain('# TYPE tiergraph_operations_total counter\n');
        return Number(
          /tiergraph_operations_total\{type="mutation",outcome="OK"\} (\d+)/.exec(text)?.[1] ?? 0,
        );
      };
      const before = await read();
      await post({ query: 'mutation { touch }' });
      expect(await read()).toBe(before + 1);
    });

    test('/metrics counts what is refused by code', async () => {
      const read = async (): Promise<number> => {
        const text = await (await fetch(`${toy.url}/metrics`)).text();
        return Number(
          /tiergraph_refused_total\{code="GRAPHQL_VALIDATION_FAILED"\} (\d+)/.exec(text)?.[1] ?? 0,
        );
      };
      const before = await read();
      await post({ query: '{ goodbye }' });
      expect(await read()).toBe(before + 1);
    });

    test('anything else is not found', async () => {
      expect((await fetch(`${toy.url}/graphqlx`)).status).toBe(404);
      const elsewhere = await fetch(`${toy.url}/a/graphql`);
      expect(elsewhere.status).toBe(404);
      expect(await elsewhere.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    });
  });

  test('an address that is taken makes listen fail', async () => {
    const second = await startToyServer();
    await second.server.close();
    const port = Number(new URL(toy.url).port);
    await expect(second.server.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
