import { ClientError, GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PartnerStandingNowDocument, StatusChangesDocument } from '../../src/generated/graphql/graphql.ts';
import { BY_REF } from '../../test/server/clients/missing-revenue.ts';
import { startTestServer, type TestServer } from '../../test/support/test-server.ts';

let server: TestServer;
let url: string;

beforeAll(async () => {
  server = await startTestServer();
  url = `${server.url}/graphql`;
});
afterAll(() => server?.close());

test('typed documents give typed answers', async () => {
  const { partner } = await new GraphQLClient(url).request(PartnerStandingNowDocument, { by: BY_REF });
  expect([partner?.name, partner?.standing.tier?.code]).toEqual(['Lillehav Networks AS', 'SILVER']);
});

test('an error is thrown, with its code', async () => {
  const request = new GraphQLClient(url).request(StatusChangesDocument, { program: 'none' });
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClientError);
  expect((error as ClientError).response).toMatchObject({
    errors: [
      {
        message: 'There is no programme with the code "none".',
        path: ['statusChanges'],
        extensions: { code: 'BAD_USER_INPUT', argument: 'program' },
      },
    ],
  });
});
