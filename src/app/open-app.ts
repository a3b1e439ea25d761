import { createCursorSeal } from '../events/cursor-seal.ts';
import { createDistantDoorbell, type OpenChannel } from '../events/distant-doorbell.ts';
import { createLocalDoorbell, type Doorbell } from '../events/doorbell.ts';
import { createLogSource } from '../events/log-source.ts';
import { natsChannel } from '../events/nats-channel.ts';
import { postgresChannel } from '../events/postgres-channel.ts';
import { createStandingWatch, type StandingWatch } from '../events/standing-watch.ts';
import { createTail, type Gauges, type Tail } from '../events/tail.ts';
import { readCursorKey } from '../store/catalogue/epoch.ts';
import { createProgramCatalogue } from '../store/catalogue/program-catalogue.ts';
import { readStandingStamps } from '../store/catalogue/standing-stamps.ts';
import { type DatabaseLocation, type OnStatement, openDatabase } from '../store/connection/database.ts';
import { PATIENT, sessionConfig } from '../store/connection/session-settings.ts';
import { type PartnerRow, readPartners } from '../store/reading/read-partner.ts';
import { FULL_SCOPE } from '../store/reading/read-scope.ts';
import type { App, AppLog } from './context/app.ts';
import type { Clock } from './context/clock.ts';
import { createGiveWay, type GiveWay } from './context/give-way.ts';
import { type DueWork, startDueWork } from './judging/due-work.ts';
import { tellCollidingNames } from './tell-colliding-names.ts';

export type AppOptions = {
  readonly location: DatabaseLocation;
  readonly clock: Clock;
  readonly log: AppLog;
  /** Where the processes of one database ring each other; null lets a database server carry that too. */
  readonly natsUrl?: string | null;
  readonly gauges?: Gauges;
  /** How often the tail and the watch look without being woken, in milliseconds. */
  readonly pollEveryMs?: number;
  readonly onStatement?: OnStatement;
  readonly giveWay?: GiveWay;
};

/** Everything that runs in a process below its server. */
export type OpenApp = {
  readonly app: App;
  readonly tail: Tail;
  readonly watch: StandingWatch<PartnerRow>;
  readonly judge: DueWork;
  /** Stops what runs and closes the database, in the order in which nothing is cut off. */
  close(): Promise<void>;
};

/**
 * Opens the database and starts what follows it: the tail of the logs, the watch of standings, the judge of
 * what is due.
 */
export async function openApp({
  location,
  clock,
  log,
  natsUrl = null,
  gauges,
  pollEveryMs = 1_000,
  onStatement,
  giveWay = createGiveWay(),
}: AppOptions): Promise<OpenApp> {
  const database = await openDatabase(location, onStatement);
  const cursorSeal = await readCursorKey(database.prisma).then(createCursorSeal);
  const catalogue = createProgramCatalogue(database, (program, { number, reason }) =>
    log.error({ program, rulebook: number, reason }, 'A programme cannot be judged by its rulebook.'),
  );
  const doorbell = openDoorbell(location, natsUrl, log);
  const onFault = (error: unknown) =>
    log.error({ err: error }, 'Following the log failed; the next poll tries again.');
  const tail = createTail({
    source: createLogSource(database),
    doorbell,
    onEpoch: async (epoch) => void (await catalogue.at(epoch, database.prisma)),
    onFault,
    now: async () => clock(await catalogue.databaseTime()),
    ...(gauges && { gauges }),
    pollEveryMs,
  });
  const watch = createStandingWatch({
    doorbell,
    readStamps: (ids) => readStandingStamps(database.prisma, ids),
    // For all watchers. Each checks whether the row is in scope.
    readRows: (ids) => readPartners(FULL_SCOPE, database.prisma, ids),
    onFault,
    pollEveryMs,
  });
  const judge = startDueWork(() => app);
  const app: App = {
    database,
    catalogue,
    doorbell,
    cursorSeal,
    clock,
    giveWay,
    log,
    wakeDueWork: judge.wake,
  };
  const close = async () => {
    await watch.stop();
    await judge.stop();
    await tail.stop();
    await doorbell.close();
    await database.close();
  };
  try {
    await tellCollidingNames(app);
    await tail.start();
    return { app, tail, watch, judge, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The doorbell that reaches every process that may write to the database. */
function openDoorbell(location: DatabaseLocation, natsUrl: string | null, log: AppLog): Doorbell {
  let openChannel: OpenChannel;
  if (natsUrl !== null) openChannel = natsChannel(natsUrl);
  else if (location.kind === 'server') openChannel = postgresChannel(sessionConfig(location.url, PATIENT));
  else return createLocalDoorbell();
  return createDistantDoorbell({
    openChannel,
    onLost: (error) =>
      log.warn({ err: error }, 'The doorbell reaches no other process; until it does, they poll.'),
    onRegained: () => log.info({}, 'The doorbell reaches other processes again.'),
  });
}
