import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LiveGraph, startLiveGraph } from '../support/live-graph.ts';

let graph: LiveGraph;

beforeAll(async () => {
  graph = await startLiveGraph();
});

afterAll(() => graph.close());

const audits = serverAudits({ url: () => `${graph.url}/graphql`, fetchFn: fetch });

test('there are as many audits as when all of them were met', () => {
  expect(audits).toHaveLength(61);
});

// MUST, SHOULD and MAY alike.
test.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))('%s: %s', async (_, __, audit) => {
  const result = await audit();
  expect(result.status === 'ok' ? null : result.reason).toBeNull();
});
