import { GraphQLError } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import type { Rights } from '../../../src/app/access/rights.ts';
import { unauthenticated } from '../../../src/server/admission/authentication.ts';
import { maskError } from '../../../src/server/admission/mask-error.ts';
import type { ServerOptions } from '../../../src/server/create-server.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { OutcomeUnknown } from '../../../src/store/connection/outage.ts';
import { ask } from '../../schema/ask.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { type Answer, byPost, sha256 } from '../support/ways-to-ask.ts';

let toy: ToyServer | null = null;
async function stop(): Promise<void> {
  await toy?.server.close();
  toy = null;
}
afterEach(stop);

async function start(options: Partial<ServerOptions> = {}): Promise<string> {
  await stop();
  toy = await startToyServer(options);
  return toy.url;
}

function codesOf({ errors }: Answer): unknown {
  return errors?.map(({ extensions }) => extensions.code);
}
function persisted(text: string) {
  return { persistedQuery: { version: 1, sha256Hash: sha256(text) } };
}
const only = { texts: new Map([['known', '{ hello }']]), only: true };
const HELLO = { query: '{ hello }' };

test(promised('`GRAPHQL_PARSE_FAILED`: the document is not GraphQL'), async () => {
  const url = await start();
  for (const query of ['', '{', 'hello', '{ hello }}']) {
    const answer = await byPost(url, { query });
    expect([query, answer.status, codesOf(answer)]).toEqual([query, 400, ['GRAPHQL_PARSE_FAILED']]);
  }
});

test(promised('`GRAPHQL_VALIDATION_FAILED`: the document is no operation of this graph'), async () => {
  const url = await start();
  for (const query of ['{ goodbye }', '{ hello(name: 1) }', '{ echo(number: "x") }', 'mutation { hello }']) {
    const answer = await byPost(url, { query });
    expect([query, answer.status, codesOf(answer)]).toEqual([query, 400, ['GRAPHQL_VALIDATION_FAILED']]);
  }
});

test(
  promised(
    '`OPERATION_RESOLUTION_FAILURE`: the document has no operation of this name, or several and no name was given',
  ),
  async () => {
    const url = await start();
    const query = 'query A { hello } query B { hello }';
    for (const params of [{ query }, { query, operationName: 'C' }]) {
      const answer = await byPost(url, params);
      expect([answer.status, codesOf(answer)]).toEqual([400, ['OPERATION_RESOLUTION_FAILURE']]);
    }
    expect((await byPost(url, { query, operationName: 'B' })).data).toEqual({ hello: 'world' });
  },
);

test(promised('`DOCUMENT_NOT_FOUND`: no document has this id'), async () => {
  const url = await start({ documents: only });
  expect(codesOf(await byPost(url, { documentId: 'unknown' }))).toEqual(['DOCUMENT_NOT_FOUND']);
  expect((await byPost(url, { documentId: 'known' })).data).toEqual({ hello: 'world' });
});

test(promised('`DOCUMENT_NOT_TRUSTED`: only trusted documents are executed'), async () => {
  const url = await start({ documents: only });
  expect(codesOf(await byPost(url, { query: '{ echo(number: 1) }' }))).toEqual(['DOCUMENT_NOT_TRUSTED']);
  expect((await byPost(url, HELLO)).data).toEqual({ hello: 'world' });
});

test(promised('`PERSISTED_QUERY_NOT_FOUND`: no document has this hash: send the text too'), async () => {
  const url = await start();
  const params = { extensions: persisted(HELLO.query) };
  expect(codesOf(await byPost(url, params))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  expect((await byPost(url, { ...params, ...HELLO })).data).toEqual({ hello: 'world' });
});

test(promised('`BAD_REQUEST`: not a request as GraphQL over HTTP defines it'), async () => {
  const url = await start();
  for (const params of [{}, { query: 1 }, { ...HELLO, variables: [] }, { ...HELLO, operationName: 1 }]) {
    const answer = await byPost(url, params);
    expect([params, answer.status, codesOf(answer)]).toEqual([params, 400, ['BAD_REQUEST']]);
  }
});

test(promised('`NOT_FOUND`: another path'), async () => {
  const response = await fetch(`${await start()}/elsewhere`);
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
  ]);
});

test(promised('`UNAUTHENTICATED`: no valid key or token'), async () => {
  const url = await start({
    identify: async (authorization) => {
      if (authorization !== 'Bearer good') throw unauthenticated('No.');
      return null;
    },
  });
  for (const key of [undefined, 'Bearer wrong']) {
    const answer = await byPost(url, HELLO, key);
    expect([answer.status, codesOf(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
  }
  expect((await byPost(url, HELLO, 'Bearer good')).data).toEqual({ hello: 'world' });
});

test(promised('`LIMIT_EXCEEDED`: beyond a limit'), async () => {
  const url = await start({ limits: { ...DEFAULT_LIMITS, aliases: 1 } });
  expect(codesOf(await byPost(url, { query: '{ a: hello b: hello }' }))).toEqual(['LIMIT_EXCEEDED']);
  expect(codesOf(await byPost(url, { query: '{ a: hello }' }))).toBeUndefined();
});

test(
  promised('`RATE_LIMITED`: over the budget, too many invalid keys, or too many costly queries at once'),
  async () => {
    const rights: Rights = { role: 'READER', programs: 'ALL', partner: null, identity: 'a', expiresAt: null };
    const limits = {
      ...DEFAULT_LIMITS,
      budget: { capacity: 1, perSecond: 0.001 },
      failedSignIns: { capacity: 1, perSecond: 0.001 },
    };
    const url = await start({
      limits,
      identify: async (authorization) => {
        if (authorization !== 'Bearer good') throw unauthenticated('No.');
        return { rights, findEnd: async () => null };
      },
    });
    const codes: unknown[] = [];
    for (const key of ['good', 'good', 'wrong', 'wrong too']) {
      codes.push(codesOf(await byPost(url, HELLO, `Bearer ${key}`)));
    }
    expect(codes).toEqual([undefined, ['RATE_LIMITED'], ['UNAUTHENTICATED'], ['RATE_LIMITED']]);
    const busy = await start({
      limits: { ...DEFAULT_LIMITS, costly: { cost: 1, atOnce: 1, waiting: 1 } },
    });
    const running = byPost(busy, { query: '{ slow }' });
    await expect.poll(() => toy?.contexts()).toBe(1);
    const more = [byPost(busy, HELLO), byPost(busy, HELLO)];
    expect(codesOf(await Promise.race(more))).toEqual(['RATE_LIMITED']);
    toy?.release();
    await Promise.all(more);
    expect((await running).data).toEqual({ slow: 'done' });
  },
);

test(promised('`TIME_LIMIT_EXCEEDED`: too slow'), async () => {
  const url = await start({ limits: { ...DEFAULT_LIMITS, operationMs: 20 } });
  expect(codesOf(await byPost(url, { query: '{ slow }' }))).toEqual(['TIME_LIMIT_EXCEEDED']);
  toy?.release();
});

function shown(cause: Error): GraphQLError {
  return maskError(
    new GraphQLError(cause.message, { originalError: cause, path: ['hello'] }),
    'r1',
    () => {},
  );
}
const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });

test(
  promised(
    "`TRY_AGAIN`: the database can't be reached just now, and nothing was changed; try again in a moment",
  ),
  () => {
    const { message, extensions } = shown(refused);
    expect([extensions.code, message]).toEqual([
      'TRY_AGAIN',
      "The database can't be reached just now, and nothing was changed; try again in a moment; it is logged as request r1.",
    ]);
  },
);

test(
  promised(
    '`OUTCOME_UNKNOWN`: the connection to the database was lost while a change was being committed: look whether it was made, or send it again',
  ),
  () => {
    const { message, extensions } = shown(new OutcomeUnknown('lost', { cause: refused }));
    expect([extensions.code, message]).toEqual([
      'OUTCOME_UNKNOWN',
      'The connection to the database was lost while a change was being committed; it may have been made or not; it is logged as request r1.',
    ]);
  },
);

test(
  promised(
    '`INTERNAL_SERVER_ERROR`: a fault of the server: masked, and logged under the request id that the message gives',
  ),
  async () => {
    const answer = await byPost(await start(), { query: '{ broken }' });
    expect(codesOf(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
    const requestId = /logged as request ([0-9a-f-]{36})\.$/.exec(answer.errors?.[0]?.message ?? '')?.[1];
    expect(JSON.stringify(answer)).not.toContain('swordfish');
    expect(toy?.errors).toEqual([{ requestId, err: new Error('the password is swordfish') }]);
  },
);

test(promised('`FORBIDDEN`: a role that may not use the field, or a page of another server'), async () => {
  const url = await start();
  const response = await fetch(`${url}/graphql?query={hello}`, {
    headers: { origin: 'https://elsewhere.example' },
  });
  expect([response.status, await response.json()]).toMatchObject([
    403,
    { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
  ]);
  const rights: Rights = { role: 'READER', programs: 'ALL', partner: null, identity: 'a', expiresAt: null };
  const opened = await openTestApp();
  const { errors } = await ask(opened, '{ apiKeys { totalCount } }', {}, rights);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  await opened.close();
});

test('wrong input is told with its place', async () => {
  promised('`BAD_USER_INPUT`: the input is wrong in itself.');
  promised(
    '`BAD_USER_INPUT`: `extensions.argument` names the place; where a value is not of its type, the message does.',
  );
  const opened = await openTestApp();
  const told = async (source: string) =>
    (await ask(opened, source)).errors?.map(({ message, extensions }) => [message, extensions]);
  expect(await told('{ partners(program: "none") { totalCount } }')).toEqual([
    [expect.any(String), { code: 'BAD_USER_INPUT', argument: 'program' }],
  ]);
  await opened.close();
  const url = await start();
  const wrong = { query: 'query ($n: Int!) { echo(number: $n) }', variables: { n: 'x' } };
  expect((await byPost(url, wrong)).errors).toMatchObject([
    { message: expect.stringContaining('Variable "$n"'), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});
