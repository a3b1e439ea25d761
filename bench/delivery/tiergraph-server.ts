import { DATABASE_CLOCK } from '../../src/app/context/clock.ts';
import { start } from '../../src/main.ts';
import { serve } from './serve.ts';

// tiergraph as it is started, on the database in DATABASE_URL that another process writes to.

function silent(): void {}
const tiergraph = await start({
  config: {
    port: 0,
    host: '127.0.0.1',
    metrics: { at: 'GRAPH' },
    database: { kind: 'POSTGRES', url: process.env.DATABASE_URL ?? '' },
    natsUrl: null,
    auth: 'off',
    jwt: null,
    corsOrigins: [],
    documents: 'any',
    trustedDocuments: null,
    demo: false,
    federation: false,
    drainSeconds: 0,
    logLevel: 'silent',
  },
  log: { debug: silent, info: silent, warn: silent, error: console.error },
  clock: DATABASE_CLOCK,
});
serve(`${tiergraph.url.replace('http', 'ws')}/graphql`, silent, tiergraph.close);
