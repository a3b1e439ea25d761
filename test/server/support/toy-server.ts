import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { createServer, type Server, type ServerOptions } from '../../../src/server/create-server.ts';
import type { Log } from '../../../src/server/settings/log.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { createToyFeed, type ToyFeed } from './toy-feed.ts';

export type ToyServer = {
  readonly url: string;
  readonly server: Server;
  readonly feed: ToyFeed;
  /** What was logged as an error: the fields. */
  readonly errors: Record<string, unknown>[];
  /** How many contexts were made. */
  contexts(): number;
  /** Makes the next executions of `echo` fail. */
  failNext(count: number): void;
  /** How often a Depth was looked at. */
  looks(): number;
  /** Lets the fields that are slow answer. */
  release(): void;
  /** What `/health/ready` says from now on; null is ready. */
  setReady(problem: string | null | Error): void;
};

const SDL = /* GraphQL */ `
  "Fails when it is read."
  scalar Fragile
  type Query {
    hello: String
    echo(number: Int!): Int
    said(text: String): String
    large(bytes: Int!): String
    slow: String
    slowDepth: Depth
    bad: String
    broken: String
    unserializable: Int
    fragile(at: Fragile): Int
  }
  "Each one counts how often it is looked at."
  type Depth {
    deeper: Depth
  }
  type Mutation {
    touch: Int
    slowDepth: Depth
  }
  type Subscription {
    "Events with the number of the context in which they were executed."
    counted(above: Int = 0): Counted!
    refused: Counted!
    "Can't be opened twice, and can be the third time."
    unavailable: Counted!
  }
  type Counted {
    number: Int!
    context: Int!
    "What is given; fails as often as failures were asked for."
    echo(text: String): String!
    large(bytes: Int!): String!
  }
`;

/** What an answer says of a query that returns no object. */
export const CHEAP = { cost: { requested: 1, maximum: 20_000, remaining: null } };

/** A server on a free port with a schema that knows how to fail; the caller closes it. */
export async function startToyServer(options: Partial<ServerOptions> = {}): Promise<ToyServer> {
  const feed = createToyFeed();
  const errors: Record<string, unknown>[] = [];
  let contexts = 0;
  let touched = 0;
  let looks = 0;
  let outages = 2;
  let failures = 0;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let ready: string | null | Error = null;

  const schema = withResolvers(buildSchema(SDL), {
    Query: {
      hello: () => 'world',
      echo: (_: unknown, { number }: { number: number }) => number,
      large: (_: unknown, { bytes }: { bytes: number }) => 'x'.repeat(bytes),
      said: (_: unknown, { text }: { text?: string | null }) => text,
      slow: async () => {
        await released;
        return 'done';
      },
      slowDepth: async () => {
        await released;
        return {};
      },
      bad: () => {
        throw new GraphQLError('No such thing.', { extensions: { code: 'BAD_USER_INPUT' } });
      },
      broken: () => {
        throw new Error('the password is swordfish');
      },
      unserializable: () => 'not a number',
    },
    Depth: {
      deeper: () => {
        looks += 1;
        return {};
      },
    },
    Mutation: {
      slowDepth: async () => {
        await released;
        return {};
      },
      touch: () => {
        touched += 1;
        return touched;
      },
    },
    Counted: {
      large: (_: unknown, { bytes }: { bytes: number }) => 'x'.repeat(bytes),
      context: (_: unknown, __: unknown, { number }: { number: number }) => number,
      echo: (_: unknown, { text }: { text?: string | null }) => {
        failures -= 1;
        if (failures >= 0) throw new Error('the database is away');
        return `${text}`;
      },
    },
  });
  Object.assign(schema.getType('Fragile') ?? {}, {
    coerceInputValue() {
      throw new Error('the password is swordfish');
    },
  });
  const subscriptions = schema.getSubscriptionType()?.getFields();
  const subscribeTo = (name: string, subscribe: () => AsyncIterable<unknown>): void => {
    const field = subscriptions?.[name];
    if (field === undefined) throw new Error(`There is no subscription ${name}.`);
    field.subscribe = subscribe;
    field.resolve = (event) => event;
  };
  subscribeTo('counted', () => feed.open());
  subscribeTo('refused', () => {
    throw new GraphQLError('Not this one.', { extensions: { code: 'BAD_USER_INPUT' } });
  });
  subscribeTo('unavailable', () => {
    outages -= 1;
    if (outages >= 0) throw new Error('the database is away');
    return feed.open();
  });

  const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => void errors.push({ ...fields }) };
  const server = createServer({
    schema,
    context: () => {
      contexts += 1;
      return { number: contexts };
    },
    log,
    metrics: createMetrics(),
    ready: async () => {
      if (ready instanceof Error) throw ready;
      return ready;
    },
    ...options,
  });
  const { url } = await server.listen(0, '127.0.0.1');
  return {
    url,
    server,
    feed,
    errors,
    contexts: () => contexts,
    failNext: (count) => {
      failures = count;
    },
    looks: () => looks,
    release: () => release(),
    setReady: (problem) => {
      ready = problem;
    },
  };
}

type Resolvers = Record<string, Record<string, (parent: unknown, args: never, context: never) => unknown>>;

function withResolvers(schema: GraphQLSchema, resolvers: Resolvers): GraphQLSchema {
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (type === undefined || !('getFields' in type)) throw new Error(`There is no type ${typeName}.`);
    for (const [name, resolve] of Object.entries(fields)) {
      Object.assign(type.getFields()[name] ?? {}, { resolve });
    }
  }
  return schema;
}
