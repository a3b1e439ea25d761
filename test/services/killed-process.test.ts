import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFaults } from '../support/check-standings.ts';
import { promised } from '../support/promised.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { type SpawnedServer, spawnServer } from '../support/spawn-server.ts';
import { openTestApp } from '../support/test-app.ts';

let database: TestDatabase;
let server: SpawnedServer;

beforeAll(async () => {
  database = await createDatabase();
  server = await spawnServer({ DATABASE_URL: database.url, DEMO: 'on' });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const RECORD = /* GraphQL */ `
  mutation ($input: RecordFactsInput!) {
    recordFacts(input: $input) {
      ... on FactsRecorded { rows { __typename ... on RowRejected { message } } }
    }
  }
`;

/** Sends rows and returns what became of each; rejects if no answer came. */
async function send(url: string, facts: readonly object[]): Promise<readonly string[]> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: RECORD,
      variables: { input: { program: 'connect', source: 'killed', facts } },
    }),
  });
  const { data } = await response.json();
  return data.recordFacts.rows.map((row: { __typename: string }) => row.__typename);
}

function rowOf(key: number) {
  return {
    externalId: `k-${key}`,
    partner: `P-${String((key % 60) + 1).padStart(5, '0')}`,
    occurredOn: '2026-10-15',
    detail: { revenue: { amount: String(((key * 7919) % 90_000) - 20_000), currency: 'EUR' } },
  };
}

test('killed in the middle of a feed, three times: every acknowledged fact is there once, standings and log are whole', async () => {
  promised('One transaction writes the facts, the standings that they change, and the entries of the log.');
  const acknowledged = new Set<number>();
  const sent = new Set<number>();
  let nextKey = 0;

  for (let round = 0; round < 3; round++) {
    const { url } = server;
    const goal = acknowledged.size + 400;
    const feed = async (): Promise<void> => {
      for (;;) {
        const keys = Array.from({ length: 5 }, () => nextKey++);
        for (const key of keys) sent.add(key);
        const outcomes = await send(url, keys.map(rowOf)).catch(() => null);
        // The server is gone: whether these were recorded, nobody knows.
        if (outcomes === null) return;
        expect(outcomes).toEqual(Array(5).fill('RowRecorded'));
        for (const key of keys) acknowledged.add(key);
        if (acknowledged.size >= goal) void server.kill();
      }
    };
    await Promise.all(Array.from({ length: 6 }, feed));
    await server.kill();
    server = await spawnServer({ DATABASE_URL: database.url, DEMO: 'on' });
  }

  expect(acknowledged.size).toBeGreaterThanOrEqual(1200);
  // Sent again, what was acknowledged is a duplicate, and what was not is there once at last.
  const keys = [...sent];
  for (let start = 0; start < keys.length; start += 500) {
    const batch = keys.slice(start, start + 500);
    const outcomes = await send(server.url, batch.map(rowOf));
    for (const [index, key] of batch.entries()) {
      if (acknowledged.has(key)) expect([key, outcomes[index]]).toEqual([key, 'RowDuplicate']);
      else expect(['RowDuplicate', 'RowRecorded']).toContain(outcomes[index]);
    }
  }
  const opened = await openTestApp({ location: { kind: 'server', url: database.url } });
  expect(await opened.app.database.prisma.fact.count({ where: { source: 'killed' } })).toBe(sent.size);
  expect(await findFaults(opened.app, 'connect')).toEqual([]);
  await opened.close();
});
