import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DATABASE_CLOCK } from '../../src/app/context/clock.ts';
import { openApp } from '../../src/app/open-app.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { createSmallProgram, enroll, granted, revenue } from '../support/fixtures.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

const PARTNERS = 1_000;
const WRITES = 20;
const programs = ['small', 'second', 'third', 'fourth'];
const refs = Array.from({ length: PARTNERS }, (_, index) => `P${index}`);

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

function open() {
  const silent = (): void => {};
  const log = { info: silent, warn: silent, error: console.error };
  return openApp({ location: { kind: 'server', url: database.url }, clock: DATABASE_CLOCK, log });
}

/** How many rows of a table were ever read, which sessions report at the latest when they end. */
async function rowsRead(table: string): Promise<number> {
  const others = `SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  const isAlone = async (): Promise<boolean> => (await client.query(others)).rowCount === 0;
  await waitFor(isAlone, { what: 'the end of all other sessions' });
  const { rows } = await client.query<{ read: number }>(
    'SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_user_tables WHERE relname = $1',
    [table],
  );
  return rows[0]?.read ?? Number.NaN;
}

/**
 * Puts what the log has behind it again, so many times: an end that is reached by index is worth it only in a
 * long log.
 */
async function lengthenLog(times: number): Promise<void> {
  const columns = `partner_id, "on", recorded_at, type, trigger, rulebook_id, previous_rulebook_id, region, family_ids, detail,
    causes, cause_count`;
  await client.query(`INSERT INTO status_change (program_id, position, id, version, ${columns})
    SELECT program_id, position + n * head, gen_random_uuid(), version + n * 1000, ${columns}
    FROM status_change, (SELECT max(position) AS head FROM log_head) AS log, generate_series(1, ${times}) AS n`);
  await client.query(`UPDATE log_head SET position = position * ${times + 1}`);
}

test('a write and its way through the log read a few rows, however many partners and entries there are', async () => {
  const seeding = await open();
  const write = (app: typeof seeding.app, program: string, source: string, chosen: readonly string[]) => {
    const facts = chosen.map((ref) =>
      revenue(`f-${ref}`, ref, source === 'down' ? '-100' : '100', '2026-01-01'),
    );
    return recordFacts(app, { program, source, facts, onError: 'REJECT_ALL' });
  };
  for (const program of programs) {
    await createSmallProgram(seeding.app, program);
    await enroll(seeding.app, refs, program);
    granted(await write(seeding.app, program, 'up', refs));
  }
  await seeding.close();
  await lengthenLog(20);
  // By itself in production, and switched off where some tests run.
  await client.query('ANALYZE');

  const run = async (writes: number): Promise<{ partner: number; log: number }> => {
    const before = { partner: await rowsRead('partner'), log: await rowsRead('status_change') };
    const { app, close } = await open();
    for (const ref of refs.slice(0, writes)) granted(await write(app, 'small', 'down', [ref]));
    await close();
    return {
      partner: (await rowsRead('partner')) - before.partner,
      log: (await rowsRead('status_change')) - before.log,
    };
  };
  // What a start reads, the window of the log above all.
  const idle = await run(0);
  const busy = await run(WRITES);
  expect((busy.partner - idle.partner) / WRITES).toBeLessThan(50);
  expect((busy.log - idle.log) / WRITES).toBeLessThan(50);
});
