import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSessionPool, type SessionPool } from '../../src/store/connection/session-pool.ts';
import { type FlakyProxy, startFlakyProxy } from '../support/flaky-proxy.ts';
import { postgresUrl } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

let proxy: FlakyProxy;
let sessions: SessionPool;

beforeEach(async () => {
  const url = new URL(postgresUrl);
  proxy = await startFlakyProxy(Number(url.port));
  url.port = String(proxy.port);
  sessions = createSessionPool({ connectionString: url.href, max: 2 }, { suspectAfterMs: 300 });
});
afterEach(async () => {
  await sessions.close();
  await proxy.close();
});

/** What became of a statement. */
function outcomeOf(statement: Promise<unknown>): Promise<string> {
  return statement.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

test('a statement whose bytes are swallowed fails once the server can be asked, and the next one gets a new session', async () => {
  const { pool } = sessions;
  await pool.query('SELECT 1');
  proxy.welcome = 'STALL';
  proxy.stall();
  const outcomes = [outcomeOf(pool.query('SELECT 2')), outcomeOf(pool.query('SELECT 3'))];
  const third = outcomeOf(pool.query('SELECT 4'));
  proxy.welcome = 'PASS';
  expect(await outcomes[0]).toBe('The database does not work on what it was sent: it was lost on the way.');
  await Promise.all(outcomes);
  expect(await third).toBe('answered');
  expect(await outcomeOf(pool.query('SELECT 5'))).toBe('answered');
});

test('an answer that is swallowed is noticed too', async () => {
  const { pool } = sessions;
  const client = await pool.connect();
  client.on('error', () => {});
  const statement = outcomeOf(client.query('SELECT pg_sleep(0.5)'));
  const started = performance.now();
  await waitFor(() => performance.now() - started > 100);
  proxy.stall();
  expect(await statement).toContain('it was lost on the way');
  client.release(true);
});

test('a statement that takes long is left alone, and a transaction that waits for its next one', async () => {
  const { pool } = sessions;
  const client = await pool.connect();
  await client.query('BEGIN');
  expect(await outcomeOf(pool.query('SELECT pg_sleep(2)'))).toBe('answered');
  expect(await outcomeOf(client.query('COMMIT'))).toBe('answered');
  client.release();
});
