import { pino } from 'pino';
import { createContext } from '../schema/base/context.ts';
import { findAnswerSizes, SIZED_TYPES } from '../schema/guard/answer-sizes.ts';
import { schema } from '../schema/index.ts';
import { toSubgraph } from '../schema/subgraph.ts';
import { createAuthenticator } from './app/access/authenticate.ts';
import { type Clock, DATABASE_CLOCK } from './app/context/clock.ts';
import { type OpenApp, openApp } from './app/open-app.ts';
import { type Config, readConfig } from './config.ts';
import { tourQueries } from './demo/tour-queries.ts';
import { seedEmptyDatabase } from './seed-empty-database.ts';
import { seedNewFolder } from './seed-new-folder.ts';
import { identifyByToken, unauthenticated } from './server/admission/authentication.ts';
import { createServer } from './server/create-server.ts';
import { createMetricsServer } from './server/http/metrics-server.ts';
import type { Identify } from './server/request/caller.ts';
import { readTrustedDocuments } from './server/request/trusted-documents.ts';
import type { Log } from './server/settings/log.ts';
import { createMetrics } from './server/settings/metrics.ts';
import { terminalLog } from './server/settings/terminal-log.ts';
import { onStopSignal } from './stop-signals.ts';

/** The documents of schema/operations, as `npm run generate` writes them. */
const OWN_DOCUMENTS = new URL('./generated/graphql/persisted-documents.json', import.meta.url);

/** A running tiergraph. */
export type Tiergraph = {
  /** Where it serves, without a path. */
  readonly url: string;
  /** Looks for due work now instead of at the next round. */
  wakeDueWork(): void;
  /** Stops serving, finishes what runs, closes the database. Calling it again waits for the same stop. */
  close(): Promise<void>;
};

/** What requests are answered with. */
type Running = { readonly opened: OpenApp; readonly identify: Identify };

export type StartOptions = { readonly config: Config; readonly log: Log; readonly clock?: Clock };

/** Composes and starts tiergraph; resolves when it serves. */
export async function start({ config, log, clock = DATABASE_CLOCK }: StartOptions): Promise<Tiergraph> {
  const metrics = createMetrics();
  const texts = await readTrustedDocuments(config.trustedDocuments ?? OWN_DOCUMENTS, {
    optional: config.trustedDocuments === null,
  });
  let running: Running | undefined;
  /** What is asked for once the start is over. */
  const whenRunning = (): Running => {
    if (running === undefined) throw new Error('Something was served before the start was over.');
    return running;
  };
  const sources = { loopbackOnly: config.auth === 'off', origins: config.corsOrigins };
  const server = createServer({
    schema: config.federation ? toSubgraph(schema) : schema,
    context: ({ requestId, rights }) => {
      const { opened } = whenRunning();
      if (config.auth === 'off') return createContext({ ...opened, requestId });
      if (rights === null) throw unauthenticated('A key or token is needed.');
      return createContext({ ...opened, requestId, rights });
    },
    ...(config.auth === 'keys' && {
      identify: (authorization, address) => whenRunning().identify(authorization, address),
    }),
    sizes: {
      types: SIZED_TYPES,
      find: (session) =>
        findAnswerSizes(whenRunning().opened.app.catalogue, session?.rights.programs ?? 'ALL'),
    },
    log,
    metrics,
    sources,
    showsMetrics: config.metrics.at === 'GRAPH',
    drainMs: config.drainSeconds * 1_000,
    examples: tourQueries(new Date().toISOString().slice(0, 10)),
    documents: { texts, only: config.documents === 'trusted' },
    isStarting: () => running === undefined,
    ready: async () => {
      await whenRunning().opened.app.catalogue.current();
      return null;
    },
  });
  // First, so that an obstacle is reported before slow work begins.
  const { url } = await server.listen(config.port, config.host);
  const metricsServer = createMetricsServer({ metrics, sources, log });
  let opened: OpenApp | undefined;
  try {
    if (config.metrics.at === 'PORT') {
      const { url } = await metricsServer.listen(config.metrics.port, config.host);
      log.info({ metrics: `${url}/metrics` }, 'The metrics have a port of their own.');
    }
    const { database } = config;
    if (config.demo && database.kind === 'EMBEDDED') await seedNewFolder(database.folder, log);
    opened = await openApp({
      location:
        database.kind === 'EMBEDDED'
          ? { kind: 'embedded', folder: database.folder }
          : { kind: 'server', url: database.url },
      natsUrl: config.natsUrl,
      clock,
      log,
      gauges: metrics,
    });
    const { app, judge, close } = opened;
    if (config.demo) await seedEmptyDatabase(app, log);
    running = { opened, identify: identifyByToken(createAuthenticator(app, config.jwt)) };
    judge.wake();
    let closing: Promise<void> | undefined;
    return {
      url,
      wakeDueWork: judge.wake,
      close() {
        closing ??= server.close().then(metricsServer.close).then(close);
        return closing;
      },
    };
  } catch (error) {
    await server.close();
    await metricsServer.close();
    await opened?.close();
    throw error;
  }
}

/** Why a start failed, in a sentence. */
function explainStart(error: unknown, { host, port, metrics }: Config): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && error.code === 'EADDRINUSE')) return error.message;
  const isOfMetrics = metrics.at === 'PORT' && 'port' in error && error.port === metrics.port;
  return isOfMetrics
    ? `port ${metrics.port} of ${host} is in use; set METRICS_PORT to another one.`
    : `port ${port} of ${host} is in use; set PORT to another one.`;
}

async function run(): Promise<void> {
  const read = readConfig(process.env);
  if (!read.ok) {
    process.stderr.write(`${read.problem}\n`);
    process.exitCode = 1;
    return;
  }
  const { logLevel: level } = read.config;
  const log = process.stdout.isTTY ? pino({ level }, terminalLog(process.stdout)) : pino({ level });
  try {
    const tiergraph = await start({ config: read.config, log });
    onStopSignal((signal) => {
      log.info({ signal }, 'Stopping.');
      tiergraph.close().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, 'The stop failed.');
          process.exit(1);
        },
      );
    });
    // Logged last: a process that waits for this line may stop the server at once.
    log.info({ url: `${tiergraph.url}/graphql` }, 'tiergraph serves.');
  } catch (error) {
    log.debug({ err: error }, 'The start failed.');
    process.stderr.write(`tiergraph could not start: ${explainStart(error, read.config)}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await run();
