import { afterEach, expect, test } from 'vitest';
import { createMetricsServer, type MetricsServer } from '../../../src/server/http/metrics-server.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { freePort } from '../../support/free-port.ts';
import { startTestServer } from '../../support/test-server.ts';
import { startToyServer } from '../support/toy-server.ts';
import { byPost } from '../support/ways-to-ask.ts';

let server: MetricsServer | undefined;

afterEach(() => server?.close());

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.text();
  return response.status;
}

test('the metrics have a port of their own if one is set, and are not beside the graph then', async () => {
  const port = await freePort();
  const tiergraph = await startTestServer({ demo: false, metrics: { at: 'PORT', port } });
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4']);
  expect(await response.text()).toContain('tiergraph_open_subscriptions 0\n');
  expect(await statusOf(`${tiergraph.url}/metrics`)).toBe(404);
  await tiergraph.close();
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
});

test('where they are not shown there is no such path', async () => {
  const toy = await startToyServer({ showsMetrics: false });
  expect(await statusOf(`${toy.url}/metrics`)).toBe(404);
  expect((await byPost(toy.url, { query: '{ hello }' })).data).toEqual({ hello: 'world' });
  await toy.server.close();
});

test('on their port there is nothing else, and nothing for the page of another site', async () => {
  server = createMetricsServer({
    metrics: createMetrics(),
    sources: { loopbackOnly: true, origins: [] },
    log,
  });
  const { url } = await server.listen(0, '127.0.0.1');
  expect(await statusOf(`${url}/metrics`)).toBe(200);
  expect(await statusOf(`${url}/graphql`)).toBe(404);
  expect(await statusOf(`${url}/metrics`, { method: 'POST', body: 'x' })).toBe(404);
  expect(await statusOf(`${url}/metrics`, { headers: { origin: 'https://evil.example' } })).toBe(403);
  const { headers } = await fetch(`${url}/metrics`);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
});
