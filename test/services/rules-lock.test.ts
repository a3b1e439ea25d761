import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey, revokeApiKey } from '../../src/app/access/api-key.ts';
import { ALL_RIGHTS } from '../../src/app/access/rights.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { beginWrite } from '../../src/store/catalogue/begin-write.ts';
import { inTransaction } from '../../src/store/connection/transaction.ts';
import {
  createSmallProgram,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  database = await createDatabase();
  opened = await openTestApp({ location: { kind: 'server', url: database.url } });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test('a write that takes long holds up its own programme’s rules, and nothing of the others', async () => {
  const { app } = opened;
  const slow = await createSmallProgram(app, 'slow');
  await createSmallProgram(app, 'quick');
  await enroll(app, ['A'], 'quick');
  await enroll(app, ['A'], 'slow');

  const released = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const writing = inTransaction(app.database, async (tx) => {
    await beginWrite(tx, app.catalogue, slow);
    begun.resolve();
    await released.promise;
  });
  await begun.promise;

  const published = await publish(app, 'quick', SMALL_RULEBOOK, '2099-01-01');
  granted(await withdrawRulebook(app, { rulebook: published, reason: 'Too early.' }));
  await createSmallProgram(app, 'new');
  const { key } = granted(
    await createApiKey(app, ALL_RIGHTS, {
      name: 'k',
      role: 'READER',
      programs: null,
      partner: null,
      expiresAt: null,
    }),
  );
  granted(await revokeApiKey(app, ALL_RIGHTS, key.id));
  const { rows } = granted(
    await recordFacts(app, {
      program: 'quick',
      source: 's',
      facts: [revenue('r', 'A', '150', '2026-01-01')],
      onError: 'REJECT_ALL',
    }),
  );
  expect(rows.map(({ type }) => type)).toEqual(['RECORDED']);

  // Its own rules wait for it.
  let isPublished = false;
  const own = publish(app, 'slow', SMALL_RULEBOOK, '2099-01-01').then(() => {
    isPublished = true;
  });
  await waitFor(
    async () =>
      (
        await app.database.prisma.$queryRaw<
          unknown[]
        >`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
      ).length > 0,
    { what: 'the publication to wait' },
  );
  expect(isPublished).toBe(false);
  released.resolve();
  await Promise.all([writing, own]);
  expect(isPublished).toBe(true);
});
