import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type ConnectionState, followStatusChanges } from '../../../src/client/follow-status-changes.ts';
import { createRandom } from '../../../src/demo/random.ts';
import type { StatusChangeFilter } from '../../../src/generated/graphql/graphql.ts';
import { fillDataFolder } from '../../support/database-template.ts';
import { createSmallProgram, enroll } from '../../support/fixtures.ts';
import { type FlakyProxy, startFlakyProxy } from '../../support/flaky-proxy.ts';
import { openTestApp } from '../../support/test-app.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const PROGRAM = 'small';
const PARTNERS = Array.from({ length: 20 }, (_, index) => `P${index}`);
const TODAY = new Date().toISOString().slice(0, 10);

/** A tiergraph on a folder of its own in which tiers change all the time, until they are settled. */
export type FollowedGraph = {
  readonly program: string;
  /** The global ids of its partners. */
  readonly partners: readonly string[];
  readonly server: TestServer;
  /** Where the log ended before the first change. */
  readonly start: string;
  readonly port: () => number;
  /** Stops the server, and starts it again on the same folder and another port. */
  restart(): Promise<void>;
  /** Makes no more changes; resolves to how many were made. */
  settle(): Promise<number>;
  /** The cursors of all changes since the start that pass a filter, from the list. */
  list(filter: StatusChangeFilter): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** Starts it, and the changes: one to three partners every `pauseMs`, each rises or falls. */
export async function startFollowedGraph(pauseMs: number): Promise<FollowedGraph> {
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-followed-'));
  await fillDataFolder(folder);
  const app = await openTestApp({ location: { kind: 'embedded', folder } });
  await createSmallProgram(app.app, PROGRAM);
  await enroll(app.app, PARTNERS, PROGRAM);
  await app.close();

  const open = () => startTestServer({ database: { kind: 'EMBEDDED', folder }, demo: false });
  let server = await open();
  const random = createRandom('changes');
  const isSilver = new Set<string>();
  let isSettled = false;
  let made = 0;

  const RECORD = /* GraphQL */ `
    mutation ($input: RecordFactsInput!) {
      recordFacts(input: $input) {
        __typename
        ... on FactsRecorded {
          rows {
            __typename
          }
        }
      }
    }
  `;
  /** As often as it takes: the same row twice is one fact. */
  const record = async (facts: readonly object[]): Promise<void> => {
    const input = { program: PROGRAM, source: 'steady', facts };
    while (true) {
      const { data } = await server.post(RECORD, { input }).catch(() => ({ data: undefined }));
      if ((data?.recordFacts as { __typename: string } | undefined)?.__typename === 'FactsRecorded') return;
      await sleep(20);
    }
  };
  const makeChanges = async (): Promise<void> => {
    while (!isSettled) {
      const some = random.shuffle(PARTNERS).slice(0, random.integer(1, 3));
      const facts = some.map((partner) => {
        made += 1;
        const amount = isSilver.has(partner) ? '-100' : '100';
        if (!isSilver.delete(partner)) isSilver.add(partner);
        const detail = { revenue: { amount, currency: 'EUR' } };
        return { externalId: `${made}`, partner, occurredOn: TODAY, detail };
      });
      await record(facts);
      await sleep(pauseMs);
    }
  };

  const ASK = /* GraphQL */ `
    query ($program: String!) {
      program(code: $program) {
        cursor
      }
      partners(program: $program, first: 100) {
        nodes {
          id
        }
      }
    }
  `;
  const asked = await server.ask(ASK, { program: PROGRAM });
  const { cursor: start } = asked.program as { cursor: string };
  const { nodes } = asked.partners as { nodes: { id: string }[] };
  const changing = makeChanges();

  return {
    program: PROGRAM,
    partners: nodes.map(({ id }) => id),
    get server() {
      return server;
    },
    start,
    port: () => Number(new URL(server.url).port),
    async restart() {
      await server.close();
      server = await open();
    },
    async settle() {
      isSettled = true;
      await changing;
      return made;
    },
    async list(filter) {
      const LIST = /* GraphQL */ `
        query ($program: String!, $filter: StatusChangeFilter, $after: String) {
          statusChanges(program: $program, filter: $filter, after: $after, first: 100) {
            edges {
              cursor
            }
            pageInfo {
              hasNextPage
            }
          }
        }
      `;
      const cursors: string[] = [];
      for (let hasNextPage = true; hasNextPage; ) {
        const after = cursors.at(-1) ?? start;
        // Again if need be: the server may just have closed the idle connection that fetch takes.
        const page = await waitFor(() => server.ask(LIST, { program: PROGRAM, filter, after }));
        const { statusChanges } = page as {
          statusChanges: { edges: { cursor: string }[]; pageInfo: { hasNextPage: boolean } };
        };
        cursors.push(...statusChanges.edges.map(({ cursor }) => cursor));
        ({ hasNextPage } = statusChanges.pageInfo);
      }
      return cursors;
    },
    async close() {
      isSettled = true;
      await changing;
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Somebody who follows a graph through a flaky network of their own. */
export type Follower = {
  readonly filter: StatusChangeFilter;
  readonly proxy: FlakyProxy;
  /** The cursors of the changes so far; anything else that has to be told apart is in it too. */
  readonly got: readonly string[];
  readonly isConnected: () => boolean;
  /** How often the connection was lost. */
  readonly losses: () => number;
  /** How often it was closed since nobody asked for what came. */
  readonly pauses: () => number;
  /** Why each attempt or connection ended. */
  readonly whys: readonly string[];
  /** Resolves when it has come to its end; rejects if it was refused. */
  close(): Promise<void>;
};

export type FollowerOptions = {
  readonly filter?: StatusChangeFilter;
  readonly bufferSize?: number;
  /** What is done with every event before the next is asked for. */
  readonly handle?: () => Promise<unknown>;
  /**
   * What is too short for the machine keeps many followers out for good: each attempt costs the others time.
   */
  readonly connectWithinMs?: number;
};

/** Begins to follow; notices a silent connection soon, and makes short pauses. */
export async function follow(graph: FollowedGraph, options: FollowerOptions = {}): Promise<Follower> {
  const { filter = {}, bufferSize, handle, connectWithinMs = 500 } = options;
  const proxy = await startFlakyProxy(graph.port());
  const got: string[] = [];
  const whys: string[] = [];
  let state: ConnectionState['type'] = 'CONNECTING';
  let losses = 0;
  let pauses = 0;
  const changes = followStatusChanges({
    url: `http://127.0.0.1:${proxy.port}/graphql`,
    program: graph.program,
    filter,
    after: graph.start,
    bufferSize,
    retry: { firstMs: 10, longestMs: connectWithinMs },
    patience: { connectWithinMs, pingAfterMs: 100, pongWithinMs: connectWithinMs },
    onConnection(next) {
      if (next.type === 'WAITING') whys.push(next.why);
      if (next.type === 'WAITING' && state === 'CONNECTED') losses += 1;
      if (next.type === 'PAUSED') pauses += 1;
      state = next.type;
    },
  });
  const collect = async (): Promise<void> => {
    for await (const event of changes) {
      if (event.__typename === 'StatusChanged') got.push(event.cursor);
      if (event.__typename === 'Resync') got.push(`${event.reason} ${event.cursor}`);
      await handle?.();
    }
  };
  const collected = collect();
  // Whoever closes it is told.
  collected.catch(() => {});
  return {
    filter,
    proxy,
    got,
    whys,
    isConnected: () => state === 'CONNECTED',
    losses: () => losses,
    pauses: () => pauses,
    async close() {
      await changes.return?.();
      await proxy.close();
      await collected;
    },
  };
}

/** Waits until followers have got as much as the log says, and compares: lost none, none twice, in order. */
export async function expectWhole(graph: FollowedGraph, followers: readonly Follower[]): Promise<void> {
  for (const [index, { filter, got, isConnected, whys }] of followers.entries()) {
    const listed = await graph.list(filter);
    expect(listed.length).toBeGreaterThan(0);
    const arrived = waitFor(() => got.length >= listed.length, {
      timeoutMs: 30_000,
      what: 'the last change',
    });
    await arrived.catch((error) => {
      const place = `follower ${index} of ${followers.length} has ${got.length} of ${listed.length}`;
      const since = isConnected() ? 'and is connected' : `and is not connected, since ${whys.at(-1)}`;
      throw new Error(`${place} ${since}`, { cause: error });
    });
    expect(got).toEqual(listed);
  }
}
