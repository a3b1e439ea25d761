import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { promised } from '../../support/promised.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';

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

function ask(query: string, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`${toy.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  });
}

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

test('as many as allowed run, as many as allowed wait, and cheap ones pass them', async () => {
  promised(
    "Queries that cost 500 or more run two at once in a process, so that they don't hold up the others.",
  );
  promised('Where 200 wait already, the next one gets 503 and `RATE_LIMITED`.');
  await toy.server.close();
  metrics = createMetrics();
  toy = await startToyServer({ metrics });
  // Each look at the schema costs 1,000.
  const costly = '{ slow __schema { queryType { name } } }';
  const running = [ask(costly), ask(costly)];
  await waitFor(() => toy.contexts() === 2);
  const leaving = new AbortController();
  const waiting = Array.from({ length: 200 }, () => ask(costly, leaving.signal).catch(() => null));
  await waitFor(() => metrics.render().includes('tiergraph_waiting_queries 200\n'));
  const refused = await ask(costly);
  expect([refused.status, await refused.json()]).toMatchObject([
    503,
    { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
  ]);
  expect(await (await ask('{ hello }')).json()).toMatchObject({ data: { hello: 'world' } });
  expect(toy.contexts()).toBe(3);
  expect(DEFAULT_LIMITS.costly.cost).toBe(500);
  leaving.abort();
  await Promise.all(waiting);
  toy.release();
  for (const answer of await Promise.all(running)) expect(answer.status).toBe(200);
});
