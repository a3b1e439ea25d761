import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/server/limits.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { waitFor } from '../support/wait-for.ts';
import { startToyServer, type ToyServer } from './toy-server.ts';

let toy: ToyServer;
let metrics = createMetrics();

beforeEach(async () => {
  metrics = createMetrics();
  toy = await startToyServer({
    metrics,
    limits: { ...DEFAULT_LIMITS, costly: { cost: 1, atOnce: 1, waiting: 2 } },
  });
});
afterEach(() => toy.server.close());

const ask = (query: string, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(`${toy.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  });

test('costly queries run few at once, the others in turn, and not for a client that is gone', async () => {
  const first = ask('{ slow }');
  await waitFor(() => toy.contexts() === 1);
  const leaving = new AbortController();
  const gone = expect(ask('{ a: hello }', leaving.signal)).rejects.toThrow();
  const waiting = ask('{ b: hello }');
  await waitFor(() => metrics.render().includes('tiergraph_waiting_queries 2\n'));
  const refused = await ask('{ c: hello }');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({
    errors: [
      {
        message: 'Too many costly queries wait already: try again.',
        extensions: { code: 'RATE_LIMITED', limit: 'costly' },
      },
    ],
  });
  // A mutation does not wait behind them.
  expect(await (await ask('mutation { touch }')).json()).toMatchObject({ data: { touch: 1 } });
  expect(toy.contexts()).toBe(2);
  leaving.abort();
  await gone;
  await (await fetch(`${toy.url}/health/live`)).text();
  toy.release();
  expect(await (await first).json()).toMatchObject({ data: { slow: 'done' } });
  expect(await (await waiting).json()).toMatchObject({ data: { b: 'world' } });
  expect(toy.contexts()).toBe(3);
});
