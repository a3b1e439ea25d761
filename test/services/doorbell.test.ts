import { randomUUID } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { createDistantDoorbell, type DistantDoorbellOptions } from '../../src/events/distant-doorbell.ts';
import { createLocalDoorbell, type Doorbell } from '../../src/events/doorbell.ts';
import { natsChannel } from '../../src/events/nats-channel.ts';
import { postgresChannel } from '../../src/events/postgres-channel.ts';
import { PATIENT, sessionConfig } from '../../src/store/connection/session-settings.ts';
import { type FlakyProxy, startFlakyProxy } from '../support/flaky-proxy.ts';
import { createDatabase, natsUrl } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

const PROGRAM = '018f4c1e-0000-7000-8000-00000badcafe';

/** What carries rings for the tests of one doorbell, through a proxy. */
type Place = {
  readonly proxy: FlakyProxy;
  open(options?: Partial<DistantDoorbellOptions>): Doorbell;
  /** Reads the texts on the line beside the doorbells, until the test ends. */
  overhear(): Promise<readonly string[]>;
};

const cleanUps: (() => unknown)[] = [];
const lost: unknown[] = [];
let regained = 0;
let attempts = 0;

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  lost.length = 0;
  regained = 0;
  attempts = 0;
});

/** Opens doorbells that notice everything soon. */
function opener(openChannel: DistantDoorbellOptions['openChannel']) {
  return (options: Partial<DistantDoorbellOptions> = {}): Doorbell => {
    const doorbell = createDistantDoorbell({
      openChannel(handlers) {
        attempts += 1;
        return openChannel(handlers);
      },
      onLost: (error) => lost.push(error),
      onRegained: () => {
        regained += 1;
      },
      probeEveryMs: 100,
      answerWithinMs: 500,
      reopenAfterMs: 20,
      ...options,
    });
    cleanUps.push(doorbell.close);
    return doorbell;
  };
}

async function startProxy(url: URL): Promise<FlakyProxy> {
  const proxy = await startFlakyProxy(Number(url.port));
  cleanUps.push(proxy.close);
  return proxy;
}

async function onPostgres(): Promise<Place> {
  const database = await createDatabase();
  cleanUps.push(database.drop);
  const url = new URL(database.url);
  const proxy = await startProxy(url);
  url.port = String(proxy.port);
  return {
    proxy,
    open: opener(postgresChannel(sessionConfig(url.href, PATIENT))),
    async overhear() {
      const texts: string[] = [];
      const client = new Client({ connectionString: database.url });
      client.on('notification', ({ payload }) => texts.push(payload ?? ''));
      await client.connect();
      cleanUps.push(() => client.end());
      await client.query('LISTEN tiergraph');
      return texts;
    },
  };
}

async function onNats(): Promise<Place> {
  const subject = `tiergraph.test.${randomUUID()}`;
  const proxy = await startProxy(new URL(natsUrl));
  return {
    proxy,
    open: opener(natsChannel(`nats://127.0.0.1:${proxy.port}`, subject)),
    async overhear() {
      const texts: string[] = [];
      const connection = await connect({ servers: new URL(natsUrl).host });
      cleanUps.push(() => connection.close());
      connection.subscribe(subject, { callback: (_, message) => void texts.push(message.string()) });
      await connection.flush();
      return texts;
    },
  };
}

/** Collects what a doorbell says. */
function listen(doorbell: Doorbell): (string | null)[] {
  const heard: (string | null)[] = [];
  doorbell.onRing((programId) => heard.push(programId));
  return heard;
}

const between: readonly (readonly [string, () => Promise<Place>])[] = [
  ['LISTEN and NOTIFY', onPostgres],
  ['NATS', onNats],
];
const kinds: readonly (readonly [string, () => Promise<Pick<Place, 'open'>>])[] = [
  ['in-process', async () => ({ open: createLocalDoorbell })],
  ...between,
];

describe.each(kinds)('a doorbell: %s', (_, at) => {
  test('wakes who listens in its own process before ringing returns, and not a second time', async () => {
    const { open } = await at();
    const doorbell = open();
    const heard = listen(doorbell);
    doorbell.ring(PROGRAM);
    doorbell.ring(null);
    expect(heard).toEqual([PROGRAM, null]);
    await doorbell.close();
    // At most what a line says when it opens: anything may have happened before.
    expect(heard.slice(2)).toEqual(heard.slice(2).map(() => null));
    expect(heard.length).toBeLessThanOrEqual(3);
  });

  test('does not wake who stopped listening, or anybody once it is closed', async () => {
    const { open } = await at();
    const doorbell = open();
    const heard: (string | null)[] = [];
    const stop = doorbell.onRing((programId) => heard.push(programId));
    const others = listen(doorbell);
    stop();
    doorbell.ring(PROGRAM);
    expect(others).toContain(PROGRAM);
    await doorbell.close();
    const count = others.length;
    doorbell.ring(PROGRAM);
    expect([heard.length, others.length]).toEqual([0, count]);
  });
});

describe.each(between)('a doorbell between processes: %s', (_, at) => {
  /** Two doorbells that hear each other. */
  const openTwo = async () => {
    const place = await at();
    const [near, far] = [place.open(), place.open()];
    const heard = listen(far);
    await waitFor(
      () => {
        near.ring('warm-up');
        return heard.includes('warm-up');
      },
      { what: 'the line' },
    );
    near.ring('ready');
    await waitFor(() => heard.includes('ready'));
    heard.length = 0;
    return { ...place, near, far, heard };
  };

  test('wakes the other process, for one programme or for any, and its own only once', async () => {
    const { near, far, heard } = await openTwo();
    const own = listen(near);
    near.ring(PROGRAM);
    near.ring(null);
    await waitFor(() => heard.length === 2);
    expect(heard).toEqual([PROGRAM, null]);
    // Whatever came back of these came before.
    far.ring('reply');
    await waitFor(() => own.includes('reply'));
    expect(own).toEqual([PROGRAM, null, 'reply']);
    expect(lost).toEqual([]);
  });

  test('sends what rings meanwhile together', async () => {
    const { near, heard, overhear } = await openTwo();
    const texts = await overhear();
    for (let ring = 0; ring < 1_000; ring++) near.ring(ring % 2 === 0 ? PROGRAM : 'other');
    near.ring('last');
    await waitFor(() => heard.includes('last'));
    await waitFor(() => texts.some((text) => text.endsWith(' last')));
    const rings = texts.filter((text) => !text.endsWith('?'));
    expect(new Set(rings.map((text) => text.split(' ')[1]))).toEqual(new Set([PROGRAM, 'other', 'last']));
    // The first at once, and everything that came while that was under way.
    expect(rings.length).toBeLessThanOrEqual(4);
  });

  test('whose connections break opens them again, says so once, and wakes everybody since anything may have happened', async () => {
    const { near, far, heard, proxy } = await openTwo();
    proxy.cut();
    await waitFor(() => regained === 2, { what: 'both lines' });
    expect(lost).toHaveLength(2);
    expect(heard).toContain(null);
    near.ring(PROGRAM);
    await waitFor(() => heard.includes(PROGRAM));
    const back = listen(near);
    far.ring('back');
    await waitFor(() => back.includes('back'));
  });

  test('notices a connection that is silently dead although nobody rings', async () => {
    const { near, heard, proxy } = await openTwo();
    proxy.welcome = 'STALL';
    proxy.stall();
    await waitFor(() => lost.length === 2, { what: 'both to notice' });
    // Still away: reported once, however often it is tried.
    const tried = attempts;
    await waitFor(() => attempts >= tried + 4, { what: 'more attempts' });
    near.ring(PROGRAM);
    expect(lost).toHaveLength(2);
    expect(heard).toEqual([]);
    proxy.welcome = 'PASS';
    await waitFor(() => regained === 2, { what: 'both lines' });
    expect(heard).toContain(null);
    near.ring('again');
    await waitFor(() => heard.includes('again'));
    expect(lost).toHaveLength(2);
  });

  test('without anything that it could reach wakes its own process and closes at once', async () => {
    const { open, proxy } = await at();
    await proxy.close();
    const doorbell = open({ reopenAfterMs: 1_000_000 });
    const heard = listen(doorbell);
    doorbell.ring(PROGRAM);
    expect(heard).toEqual([PROGRAM]);
    await waitFor(() => lost.length === 1);
    await doorbell.close();
  });
});
