import { readFileSync } from 'node:fs';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { buildSchema, isAbstractType, OperationTypeNode, print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  PartnerStandingNowDocument,
  RecordFactsDocument,
  StatusChangedDocument,
} from '../../../src/generated/graphql/graphql.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { BY_REF, missingRevenue } from './missing-revenue.ts';

/** Which types an interface or union stands for: Apollo's cache has to be told. */
function possibleTypes(): Record<string, string[]> {
  const schema = buildSchema(
    readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'),
  );
  return Object.fromEntries(
    Object.values(schema.getTypeMap())
      .filter(isAbstractType)
      .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
}

let server: TestServer;
const closing: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => server?.close());

function overWebSocket(): ApolloLink {
  const client = createWsClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  closing.push(() => client.dispose());
  return new GraphQLWsLink(client);
}

function overEvents(): ApolloLink {
  const client = createSseClient({ url: `${server.url}/graphql` });
  closing.push(() => client.dispose());
  return new ApolloLink(
    ({ query, variables }) =>
      new Observable((sink) =>
        client.subscribe<Record<string, unknown>>(
          { query: print(query), variables },
          {
            next: (result) => sink.next(result as ApolloLink.Result),
            error: (error) => sink.error(error),
            complete: () => sink.complete(),
          },
        ),
      ),
  );
}

/** A client as a frontend would set it up. */
function createClient(live: ApolloLink): ApolloClient {
  const client = new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      live,
      new HttpLink({ uri: `${server.url}/graphql` }),
    ),
    cache: new InMemoryCache({
      possibleTypes: possibleTypes(),
      typePolicies: {
        Subscription: { fields: { statusChanged: { merge: false } } },
        Query: { fields: { partners: relayStylePagination(['program', 'filter', 'orderBy']) } },
      },
    }),
  });
  closing.push(() => client.stop());
  return client;
}

const PARTNERS = gql`
  query Partners($filter: PartnerFilter, $first: Int, $after: String) {
    partners(
      program: "connect"
      filter: $filter
      orderBy: { field: EXTERNAL_REF }
      first: $first
      after: $after
    ) {
      totalCount
      edges {
        node {
          id
          externalRef
          tier {
            code
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
type Partners = {
  readonly partners: {
    readonly totalCount: number;
    readonly edges: readonly {
      readonly node: {
        readonly id: string;
        readonly externalRef: string;
        readonly tier: { readonly code: string };
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
};

type Changes = { readonly statusChanged: { readonly caughtUp?: boolean } };

test('a typed document is answered with its types, and the second time by the cache', async () => {
  const client = createClient(overWebSocket());
  const ask = () => client.query({ query: PartnerStandingNowDocument, variables: { by: BY_REF } });
  const { data } = await ask();
  expect(data?.partner?.name).toBe('Lillehav Networks AS');
  expect(data?.partner?.standing.tier).toEqual({
    __typename: 'Tier',
    code: 'SILVER',
    name: 'Silver',
    rank: 1,
  });
  expect(data?.partner?.standing.next?.missing).toMatchObject([{ __typename: 'ThresholdProof' }]);
  client.setLink(ApolloLink.empty());
  expect((await ask()).data).toEqual(data);
});

test('pages are put together, and partners kept once', async () => {
  const client = createClient(overWebSocket());
  const pages = client.watchQuery<Partners>({ query: PARTNERS, variables: { first: 2 } });
  const shown = pages.subscribe(() => undefined);
  const current = () => pages.getCurrentResult().data as Partners | undefined;
  await waitFor(() => current()?.partners.totalCount === 300);
  await pages.fetchMore({ variables: { first: 3, after: current()?.partners.pageInfo.endCursor } });
  const partners = await waitFor(() => {
    const page = current()?.partners;
    return page?.edges.length === 5 && page;
  });
  expect(partners.edges.map(({ node }) => node.externalRef)).toEqual([
    'P-00001',
    'P-00002',
    'P-00003',
    'P-00004',
    'P-00005',
  ]);
  const kept = Object.keys(client.extract() as object).filter((key) => key.startsWith('Partner:'));
  expect(kept.sort()).toEqual(partners.edges.map(({ node }) => `Partner:${node.id}`).sort());
  shown.unsubscribe();
});

describe.each([
  ['WebSocket', overWebSocket],
  ['SSE', overEvents],
])('over %s', (_, live) => {
  test('a subscription replays from a cursor', async () => {
    const client = createClient(live());
    const { data } = await client.query<{ statusChanges: { edges: { cursor: string }[] } }>({
      query: gql`
        {
          statusChanges(program: "connect", last: 2) {
            edges {
              cursor
            }
          }
        }
      `,
    });
    const [before, last] = data?.statusChanges.edges ?? [];
    const events: unknown[] = [];
    const subscription = client
      .subscribe({
        query: StatusChangedDocument,
        variables: { program: 'connect', after: before?.cursor ?? null },
      })
      .subscribe(({ data }) => void events.push(data?.statusChanged));
    await waitFor(() => events.some((event) => (event as { caughtUp?: boolean }).caughtUp));
    expect(events).toMatchObject([
      { __typename: 'Checkpoint', caughtUp: false },
      { __typename: 'StatusChanged', cursor: last?.cursor },
      { __typename: 'Checkpoint', caughtUp: true, cursor: last?.cursor },
    ]);
    subscription.unsubscribe();
  });
});

test('what a subscription brings changes the lists that are shown', async () => {
  const client = createClient(overWebSocket());
  const list = client.watchQuery<Partners>({
    query: PARTNERS,
    variables: { filter: { search: 'P-00042' }, first: 1 },
  });
  const tiers: (string | undefined)[] = [];
  const shown = list.subscribe(({ dataState, data }) => {
    if (dataState === 'complete') tiers.push(data.partners.edges[0]?.node.tier.code);
  });
  let caughtUp = false;
  const subscription = client
    .subscribe<Changes>({
      query: gql`
        subscription {
          statusChanged(program: "connect") {
            ... on Checkpoint {
              caughtUp
            }
            ... on StatusChanged {
              change {
                id
                partner {
                  id
                  tier {
                    code
                  }
                }
              }
            }
          }
        }
      `,
    })
    .subscribe(({ data }) => {
      caughtUp ||= data?.statusChanged.caughtUp === true;
    });
  await waitFor(() => caughtUp && tiers.length === 1);

  const input = await missingRevenue(server);
  const { data } = await client.mutate({ mutation: RecordFactsDocument, variables: { input } });
  expect(data?.recordFacts).toMatchObject({
    __typename: 'FactsRecorded',
    rows: [{ __typename: 'RowRecorded', index: 0 }],
    statusChanges: [
      { __typename: 'TierChanged', direction: 'UP', from: { code: 'SILVER' }, to: { code: 'GOLD' } },
    ],
  });
  // Nobody asked for the list again: it shows the partner that the cache keeps once.
  await waitFor(() => tiers.length === 2);
  expect(tiers).toEqual(['SILVER', 'GOLD']);
  subscription.unsubscribe();
  shown.unsubscribe();
});
