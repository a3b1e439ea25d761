import { fastify } from 'fastify';
import { mercurius } from 'mercurius';
import { serve } from './serve.ts';

// Mercurius with the same shape of event, ready in memory: no log behind it, no cursor to resume by, no
// rights to check.

const app = fastify();
let position = 0;
await app.register(mercurius, {
  schema: /* GraphQL */ `
    type Query {
      nothing: Int
    }
    type Subscription {
      statusChanged(program: String!): StatusChangeEvent!
    }
    union StatusChangeEvent = StatusChanged | Checkpoint
    type Checkpoint {
      cursor: String!
      caughtUp: Boolean!
    }
    type StatusChanged {
      cursor: String!
      change: StatusChange!
    }
    interface StatusChange {
      partner: Partner!
      explanation: String!
    }
    type TierChanged implements StatusChange {
      partner: Partner!
      explanation: String!
      from: Tier
      to: Tier
    }
    type Partner {
      name: String!
    }
    type Tier {
      code: String!
    }
  `,
  resolvers: {
    StatusChangeEvent: { resolveType: () => 'StatusChanged' },
    StatusChange: { resolveType: () => 'TierChanged' },
    Subscription: {
      statusChanged: {
        subscribe: (_root: unknown, _args: unknown, { pubsub }) => pubsub.subscribe('changed'),
      },
    },
  },
  // Its compiler takes effect from the first execution on.
  jit: 1,
  subscription: true,
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
serve(
  `${url.replace('http', 'ws')}/graphql`,
  () => {
    position += 1;
    const statusChanged = {
      cursor: Buffer.from(`1:01aa208a8583476881a49f20b8be6819:${position}:49de49f9`).toString('base64url'),
      change: {
        partner: { name: 'Partner P0' },
        explanation: 'On 2026-11-23 the tier rose from Base to Silver because of new data.',
        from: { code: 'BASE' },
        to: { code: 'SILVER' },
      },
    };
    app.graphql.pubsub.publish({ topic: 'changed', payload: { statusChanged } });
  },
  () => app.close(),
);
