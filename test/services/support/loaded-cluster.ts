import { enrollPartners } from '../../../src/app/writing/enroll-partners.ts';
import { checkOf, encodeCursor } from '../../../src/events/cursor.ts';
import { createSmallProgram, day, granted } from '../../support/fixtures.ts';
import { type FlakyProxy, startFlakyProxy } from '../../support/flaky-proxy.ts';
import { openTestApp } from '../../support/test-app.ts';
import { type FollowerFleet, startFollowerFleet } from './follower-fleet.ts';
import type { FollowerPlan } from './load-follower.ts';
import { type Member, startMember } from './load-members.ts';
import { planFollowers, regionAt } from './load-plans.ts';
import { ask } from './log-oracle.ts';
import { type OwnNats, startOwnNats } from './own-nats.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { type SteadyWriter, startSteadyWriter } from './steady-writer.ts';

/** How much goes on. */
export type Load = {
  readonly changesPerSecond: number;
  readonly subscribers: number;
  readonly partners: number;
};

/**
 * Three processes of tiergraph on a PostgreSQL and a NATS of their own, with somebody who writes and many who
 * follow.
 */
export type LoadedCluster = {
  readonly postgres: OwnPostgres;
  readonly nats: OwnNats;
  readonly members: readonly Member[];
  /** The network of the last process: to PostgreSQL, and to NATS. */
  readonly network: { readonly toPostgres: FlakyProxy; readonly toNats: FlakyProxy };
  readonly writer: SteadyWriter;
  readonly fleet: FollowerFleet;
  readonly plans: readonly FollowerPlan[];
  readonly program: string;
  /** Where the log ended before the writer began. */
  readonly start: number;
  /** A partner that the writer leaves alone. */
  readonly idlePartner: string;
  /** Ends everything that was started. */
  close(): Promise<void>;
};

const PROGRAM = 'small';
const IDLE_PARTNER = 'an-idle-partner';
const FIRST_CONNECTION_WITHIN_MS = 60_000;

/** Starts everything; resolves when everybody is connected and the writer writes. */
export async function startLoadedCluster(load: Load): Promise<LoadedCluster> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    // What can't be ended must not leave the others running.
    for (const end of closing.reverse()) await end().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be ended.');
  };
  try {
    const postgres = await startOwnPostgres();
    closing.push(postgres.close);
    const nats = await startOwnNats();
    closing.push(nats.stop);
    const refs = Array.from({ length: load.partners }, (_, index) => `P${index}`);
    const { partnerIds, start, after } = await fill(postgres.url, refs);

    const [toPostgres, toNats] = [await startFlakyProxy(postgres.port), await startFlakyProxy(nats.port)];
    closing.push(toPostgres.close, toNats.close);
    const urlThroughProxy = postgres.url.replace(`:${postgres.port}`, `:${toPostgres.port}`);
    const members = await Promise.all([
      startMember(postgres.url, nats.port),
      startMember(postgres.url, nats.port),
      startMember(urlThroughProxy, toNats.port),
    ]);
    closing.push(() => Promise.all(members.map((member) => member.kill())));

    const urls = members.map(({ url }) => url);
    const plans = planFollowers({ count: load.subscribers, urls, program: PROGRAM, partnerIds, after });
    const fleet = await startFollowerFleet(plans);
    closing.push(fleet.close);
    const connected = await fleet.reach(
      plans.map(() => start),
      FIRST_CONNECTION_WITHIN_MS,
    );
    if (connected.includes(null)) throw new Error('Not everybody could connect before anything went wrong.');
    const writer = startSteadyWriter({
      urls,
      program: PROGRAM,
      partners: refs,
      perSecond: load.changesPerSecond,
    });
    closing.push(() => writer.stop());
    const network = { toPostgres, toNats };
    return {
      postgres,
      nats,
      members,
      network,
      writer,
      fleet,
      plans,
      program: PROGRAM,
      start,
      idlePartner: IDLE_PARTNER,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the programme and its partners. */
async function fill(
  url: string,
  refs: readonly string[],
): Promise<{ readonly partnerIds: readonly string[]; readonly start: number; readonly after: string }> {
  const { app, close } = await openTestApp({ location: { kind: 'server', url } });
  const programId = await createSmallProgram(app, PROGRAM);
  const rows = [...refs, IDLE_PARTNER].map((externalRef, index) => ({
    externalRef,
    name: `Partner ${externalRef}`,
    country: 'DE',
    region: regionAt(index),
    parent: null,
    enrolledOn: day('2020-01-01'),
  }));
  const partnerIds: string[] = [];
  for (let from = 0; from < rows.length; from += 500) {
    const partners = rows.slice(from, from + 500);
    const { outcomes } = granted(await enrollPartners(app, { program: PROGRAM, partners }));
    partnerIds.push(...outcomes.map((outcome) => granted(outcome).partnerId));
  }
  await close();
  const [head] = await ask<{ position: number; id: string }>(
    url,
    'SELECT position::float8 AS position, id FROM status_change ORDER BY status_change.position DESC LIMIT 1',
  );
  const start = head?.position ?? 0;
  const after = encodeCursor({ programId, position: start, check: checkOf(head?.id ?? null) });
  return { partnerIds: partnerIds.slice(0, refs.length), start, after };
}
