import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import {
  type ConcreteRequest,
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  type GraphQLTaggedNode,
  getFragment,
  getRequest,
  getSingularSelector,
  Network,
  Observable,
  type ReaderFragment,
  RecordSource,
  requestSubscription,
  Store,
} from 'relay-runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { BY_REF, missingRevenue } from './missing-revenue.ts';

// What a Relay project would have in a file partners.js; Relay asks for the file's name in front of each.
const DOCUMENTS = [
  /* GraphQL */ `
    fragment partnersItem on Partner
    @refetchable(queryName: "partnersItemQuery")
    @argumentDefinitions(on: { type: "Date" }) {
      externalRef
      name
      tier {
        code
      }
      standing(on: $on) {
        on
      }
    }
  `,
  /* GraphQL */ `
    fragment partnersPage on Query
    @refetchable(queryName: "partnersPageQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
      partners(program: "connect", orderBy: { field: EXTERNAL_REF }, first: $count, after: $cursor)
        @connection(key: "partnersPage_partners") {
        totalCount
        edges {
          node {
            externalRef
          }
        }
      }
    }
  `,
  /* GraphQL */ `
    query partnersFirstQuery($by: PartnerLocator!) {
      partner(by: $by) {
        id
        ...partnersItem
      }
      ...partnersPage
    }
  `,
  /* GraphQL */ `
    mutation partnersRecordMutation($input: RecordFactsInput!) {
      recordFacts(input: $input) {
        ... on FactsRecorded {
          statusChanges {
            partner {
              ...partnersItem
            }
          }
        }
        ... on Refusal {
          code
          message
        }
      }
    }
  `,
  /* GraphQL */ `
    subscription partnersChangesSubscription($program: String!) {
      statusChanged(program: $program) {
        __typename
        ... on StatusChanged {
          change {
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
];

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'tiergraph-relay-'));

let server: TestServer;
let socket: ReturnType<typeof createClient>;
let environment: Environment;

/** Runs Relay's compiler over the documents and the committed schema. */
function compile(): void {
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'artifacts'));
  copyFileSync(
    fileURLToPath(new URL('../../../schema/schema.graphql', import.meta.url)),
    join(folder, 'schema.graphql'),
  );
  const source = DOCUMENTS.map((document) => `graphql\`${document}\`;`).join('\n');
  writeFileSync(join(folder, 'src', 'partners.js'), source);
  const config = {
    src: 'src',
    schema: 'schema.graphql',
    artifactDirectory: 'artifacts',
    language: 'javascript',
    eagerEsModules: false,
    schemaConfig: { nodeInterfaceIdField: 'id' },
  };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [require.resolve('relay-compiler/cli.js'), 'relay.config.json'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`relay-compiler failed:\n${stdout}\n${stderr}`);
}

// CommonJS, as the compiler writes them: as ES modules they need a bundler to find each other.
function artifact(name: string): unknown {
  return require(join(folder, 'artifacts', `${name}.graphql.js`));
}
function requestNamed(name: string): ConcreteRequest {
  return getRequest(artifact(name) as ConcreteRequest);
}
function fragmentNamed(name: string): ReaderFragment {
  return getFragment(artifact(name) as ReaderFragment);
}

/** What a component that has `key` would be given of its fragment. */
function read(fragment: string, key: unknown): unknown {
  const selector = getSingularSelector(fragmentNamed(fragment), key);
  if (selector === null || selector === undefined) throw new Error(`${fragment} has nothing to read`);
  const { data, isMissingData } = environment.lookup(selector);
  if (isMissingData) throw new Error(`${fragment} misses data`);
  return data;
}

beforeAll(async () => {
  compile();
  server = await startTestServer();
  const url = `${server.url}/graphql`;
  socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const network = Network.create(
    async ({ text }, variables) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({ query: text, variables }),
      });
      return response.json();
    },
    ({ text }, variables) =>
      Observable.create((sink) =>
        socket.subscribe(
          { query: text ?? '', variables },
          { next: (result) => sink.next(result as never), error: sink.error, complete: sink.complete },
        ),
      ),
  );
  environment = new Environment({ network, store: new Store(new RecordSource()) });
});
afterAll(async () => {
  await socket?.dispose();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Page = {
  readonly partners: {
    readonly totalCount: number;
    readonly edges: readonly { readonly node: { readonly externalRef: string } }[];
    readonly pageInfo: { readonly endCursor: string };
  };
};

/** What the page's component is given, which holds what its fragments are read by. */
async function first() {
  const request = requestNamed('partnersFirstQuery');
  const operation = createOperationDescriptor(request, { by: BY_REF });
  environment.retain(operation);
  await fetchQuery(environment, request, { by: BY_REF }).toPromise();
  return environment.lookup(operation.fragment).data as { readonly partner: { readonly id: string } };
}

test('the compiler takes the schema as one of Relay', () => {
  expect(readdirSync(join(folder, 'artifacts')).sort()).toEqual([
    'partnersChangesSubscription.graphql.js',
    'partnersFirstQuery.graphql.js',
    'partnersItem.graphql.js',
    'partnersItemQuery.graphql.js',
    'partnersPage.graphql.js',
    'partnersPageQuery.graphql.js',
    'partnersRecordMutation.graphql.js',
  ]);
});

test('a fragment is read where its query put it, and asked for again by its node', async () => {
  const { partner } = await first();
  const item = { externalRef: 'P-00042', name: 'Lillehav Networks AS', tier: { code: 'SILVER' } };
  expect(read('partnersItem', partner)).toMatchObject(item);

  const again = requestNamed('partnersItemQuery');
  expect(again.params.text).toContain('node(id: $id)');
  const variables = { id: partner.id, on: '2030-01-01' };
  const answer = (await fetchQuery(environment, again, variables).toPromise()) as { readonly node: unknown };
  expect(read('partnersItem', answer.node)).toEqual({
    ...item,
    id: partner.id,
    standing: { on: '2030-01-01' },
  });
});

test('pages of a connection are put together', async () => {
  const root = await first();
  const shown = () => {
    const { totalCount, edges } = (read('partnersPage', root) as Page).partners;
    return [totalCount, ...edges.map(({ node }) => node.externalRef)];
  };
  expect(shown()).toEqual([300, 'P-00001', 'P-00002']);
  const cursor = (read('partnersPage', root) as Page).partners.pageInfo.endCursor;
  await fetchQuery(environment, requestNamed('partnersPageQuery'), { count: 3, cursor }).toPromise();
  expect(shown()).toEqual([300, 'P-00001', 'P-00002', 'P-00003', 'P-00004', 'P-00005']);
});

test('what a subscription brings and a mutation answers changes what is shown', async () => {
  const { partner } = await first();
  const kinds: unknown[] = [];
  const subscription = requestSubscription(environment, {
    subscription: artifact('partnersChangesSubscription') as GraphQLTaggedNode,
    variables: { program: 'connect' },
    onNext: (event) =>
      kinds.push((event as { statusChanged: { __typename: string } }).statusChanged.__typename),
  });
  await waitFor(() => kinds.length === 1);
  expect(read('partnersItem', partner)).toMatchObject({ tier: { code: 'SILVER' } });

  const input = await missingRevenue(server);
  await new Promise<void>((resolve, reject) =>
    commitMutation(environment, {
      mutation: artifact('partnersRecordMutation') as GraphQLTaggedNode,
      variables: { input },
      onCompleted: () => resolve(),
      onError: reject,
    }),
  );
  expect(read('partnersItem', partner)).toMatchObject({ tier: { code: 'GOLD' } });
  await waitFor(() => kinds.length === 2);
  expect(kinds).toEqual(['Checkpoint', 'StatusChanged']);
  subscription.dispose();
});
