import { once } from 'node:events';
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';

/**
 * The subgraph of another team: it knows who looks after a partner and what a programme may cost. It finds
 * partners by their vendor's key and programmes by their code, and leaves all else about them to tiergraph.
 */
export const CRM_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { account(number: ID!): Account }
  type Account { number: ID! partner: Partner! program: Program! }
  type Partner @key(fields: "program { code } externalRef") {
    program: Program!
    externalRef: String!
    manager: String!
  }
  type Program @key(fields: "code") { code: String! budget: Int! }
`;

const EXECUTABLE = `
  ${CRM_SDL.replace(/extend schema.*/, '').replaceAll(/@key\(.*?"\)/g, '')}
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
  scalar _Any
  union _Entity = Partner | Program
`;

type Representation = { readonly __typename: string; readonly externalRef?: string; readonly code?: string };

function partnerOf(externalRef: string) {
  return {
    __typename: 'Partner',
    externalRef,
    program: programOf('connect'),
    manager: `Manager of ${externalRef}`,
  };
}
function programOf(code: string) {
  return { __typename: 'Program', code, budget: 1_000_000 };
}

const ROOT = {
  account: ({ number }: { number: string }) => ({
    number,
    partner: partnerOf(`P-${number}`),
    program: programOf('connect'),
  }),
  _entities: ({ representations }: { representations: readonly Representation[] }) =>
    representations.map(({ __typename, externalRef = '', code = '' }) =>
      __typename === 'Partner' ? partnerOf(externalRef) : programOf(code),
    ),
};

const withRoot: Plugin = {
  onExecute({ args }) {
    args.rootValue = ROOT;
  },
};

export type CrmSubgraph = { readonly url: string; close(): Promise<void> };

/** Serves it on a free port. */
export async function startCrmSubgraph(): Promise<CrmSubgraph> {
  const yoga = createYoga({ schema: buildSchema(EXECUTABLE), logging: false, plugins: [withRoot] });
  const server = createServer(yoga).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the subgraph has no port');
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
