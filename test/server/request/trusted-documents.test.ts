import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readTrustedDocuments } from '../../../src/server/request/trusted-documents.ts';
import { promised } from '../../support/promised.ts';
import { startTestServer } from '../../support/test-server.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { byPost, openSocket, sha256, WAYS_TO_ASK } from '../support/ways-to-ask.ts';

let toy: ToyServer;

afterEach(() => toy?.server.close());

const ECHO = 'query Echo($number: Int!) { echo(number: $number) }';
const HELLO = 'query Hello { hello }';
const texts = new Map([
  [`sha256:${sha256(ECHO)}`, ECHO],
  ['hello', HELLO],
]);

async function start(only: boolean): Promise<void> {
  toy = await startToyServer({ documents: { texts, only } });
}

function persisted(text: string) {
  return { persistedQuery: { version: 1, sha256Hash: sha256(text) } };
}

describe.each(WAYS_TO_ASK)('by $name', ({ ask }) => {
  test.each([
    [
      'the hash of its text, with what makes it',
      { documentId: `sha256:${sha256(ECHO)}`, variables: { number: 1 } },
      { echo: 1 },
    ],
    ['the hash alone', { documentId: sha256(ECHO), variables: { number: 2 } }, { echo: 2 }],
    ['any other id', { documentId: 'hello', operationName: 'Hello' }, { hello: 'world' }],
    ['the hash of a text that has another id', { documentId: sha256(HELLO) }, { hello: 'world' }],
    ['the hash in persistedQuery', { extensions: persisted(ECHO), variables: { number: 3 } }, { echo: 3 }],
    ['its text', { query: ECHO, variables: { number: 4 } }, { echo: 4 }],
  ])('a trusted document is known by %s', async (_, params, data) => {
    for (const only of [false, true]) {
      await start(only);
      expect(await ask(toy.url, params)).toMatchObject({ data });
      await toy.server.close();
    }
  });

  test('an id that is not known is told so', async () => {
    await start(false);
    expect((await ask(toy.url, { documentId: 'other' })).errors).toEqual([
      { message: 'There is no document other.', extensions: { code: 'DOCUMENT_NOT_FOUND' } },
    ]);
  });

  test('any other document is refused where only trusted ones are executed', async () => {
    promised('Where only trusted documents are executed there is none.');
    await start(true);
    for (const params of [
      { query: '{ hello }' },
      { query: '{ hello }', extensions: persisted('{ hello }') },
      { extensions: persisted('{ hello }') },
      { query: '{ __schema { queryType { name } } }' },
    ]) {
      expect((await ask(toy.url, params)).errors).toEqual([
        {
          message: 'This server executes only the documents that it was given.',
          extensions: { code: 'DOCUMENT_NOT_TRUSTED' },
        },
      ]);
    }
    expect(toy.contexts()).toBe(0);
  });

  test('a text that was sent with its hash once is known by it afterwards', async () => {
    await start(false);
    const unknown = await ask(toy.url, { extensions: persisted('{ hello }') });
    expect(unknown.errors).toEqual([
      { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ]);
    const params = { query: '{ hello }', extensions: persisted('{ hello }') };
    expect((await ask(toy.url, params)).data).toEqual({ hello: 'world' });
    expect((await ask(toy.url, { extensions: persisted('{ hello }') })).data).toEqual({ hello: 'world' });
  });

  test('a text is not known by the hash of another, nor one that is not valid by its own', async () => {
    await start(false);
    const wrong = await ask(toy.url, { query: '{ hello }', extensions: persisted('{ bad }') });
    expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    await ask(toy.url, { query: '{ goodbye }', extensions: persisted('{ goodbye }') });
    const unknown = await ask(toy.url, { extensions: persisted('{ goodbye }') });
    expect(unknown.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
  });
});

test.each([
  [{ extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } }],
  [{ extensions: { persistedQuery: { version: 1 } } }],
  [{ extensions: { persistedQuery: 'x' } }],
  [{ documentId: 5 }],
  [{}],
])('%j is no request', async (params) => {
  await start(false);
  expect(await byPost(toy.url, params)).toMatchObject({
    status: 400,
    errors: [{ extensions: { code: 'BAD_REQUEST' } }],
  });
});

test('a WebSocket message that is not valid closes the connection, a documentId in it or not', async () => {
  await start(false);
  for (const text of ['{"documentId"', '{"documentId":1}', '"documentId"']) {
    const socket = openSocket(toy.url);
    socket.once('open', () => socket.send(text));
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4400);
  }
});

describe('readTrustedDocuments', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('reads texts by id', async () => {
    const path = join(folder, 'good.json');
    writeFileSync(path, JSON.stringify(Object.fromEntries(texts)));
    expect(await readTrustedDocuments(path, { optional: false })).toEqual(texts);
  });

  test('is content without a file only if it may be missing', async () => {
    const path = join(folder, 'none.json');
    expect(await readTrustedDocuments(path, { optional: true })).toEqual(new Map());
    const failed = readTrustedDocuments(path, { optional: false });
    await expect(failed).rejects.toThrow(`The documents in ${path} cannot be read.`);
  });

  test.each([
    ['{', 'are not JSON.'],
    ['["{ hello }"]', 'must be an object of texts by id.'],
    ['{"a":{"b":"c"}}', 'is not a text.'],
  ])('refuses %s', async (json, sentence) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, json);
    await expect(readTrustedDocuments(path, { optional: false })).rejects.toThrow(sentence);
  });
});

test('the documents of schema/operations are known to the server by their hashes', async () => {
  const server = await startTestServer({ demo: false });
  const manifest = await readTrustedDocuments(
    new URL('../../../src/generated/graphql/persisted-documents.json', import.meta.url),
    { optional: false },
  );
  const id = [...manifest].find(([, text]) => text.includes('query PartnerStandingNow'))?.[0];
  const answer = await byPost(server.url, {
    documentId: id,
    operationName: 'PartnerStandingNow',
    variables: { by: { ref: { program: 'none', externalRef: 'nobody' } } },
  });
  expect(answer.data).toEqual({ partner: null });
  await server.close();
});
