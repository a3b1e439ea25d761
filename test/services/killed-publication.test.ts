import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishRulebook } from '../../src/app/publish-rulebook.ts';
import { recordFacts } from '../../src/app/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/save-rulebook-draft.ts';
import { findFaults } from '../support/check-standings.ts';
import { createSmallProgram, day, enroll, granted, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { spawnServer } from '../support/spawn-server.ts';
import { openTestApp } from '../support/test-app.ts';
import { waitFor } from '../support/wait-for.ts';

const PARTNERS = 2_000;
const KILLS = 20;

let database: TestDatabase;
let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  database = await createDatabase();
  opened = await openTestApp({ location: { kind: 'server', url: database.url } });
  // The processes that are killed shall judge, not this one.
  await opened.judge.stop();
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

/** Silver from this revenue: half the partners have 150 EUR, half 250. */
const rulebookWith = (silver: string) => ({
  ...SMALL_RULEBOOK,
  tiers: SMALL_RULEBOOK.tiers.map((tier) =>
    tier.code === 'SILVER' ? { ...tier, requirement: { measure: 'revenue', atLeast: silver } } : tier,
  ),
});

test(`killed ${KILLS} times at random while ${PARTNERS} partners are judged by a new rulebook: nobody is left behind, nothing is logged twice`, async () => {
  const { app } = opened;
  const programId = await createSmallProgram(app);
  const refs = Array.from({ length: PARTNERS }, (_, index) => `K${index}`);
  await enroll(app, refs);
  const today = new Date().toISOString().slice(0, 10);
  for (let start = 0; start < PARTNERS; start += 1000) {
    const facts = refs
      .slice(start, start + 1000)
      .map((ref, index) => revenue(`r-${ref}`, ref, index % 2 === 0 ? '150' : '250', today));
    granted(await recordFacts(app, { program: 'small', source: 's', facts, onError: 'REJECT_ALL' }));
  }

  let published = 0;
  const publishNext = async (): Promise<string> => {
    const draft = granted(
      await saveRulebookDraft(app, { program: 'small', document: rulebookWith('200'), draft: null }),
    );
    // The first takes effect today; the later ones, on later days, only have everybody judged again.
    granted(
      await publishRulebook(app, { rulebook: draft.rulebookId, effectiveFrom: day(today) + published }),
    );
    published += 1;
    return draft.rulebookId;
  };
  const countBehind = () =>
    app.database.prisma.partner.count({ where: { programId, rulesVersion: { lt: published + 1 } } });
  const first = await publishNext();
  expect(await countBehind()).toBe(PARTNERS);

  let killsWhileJudging = 0;
  let random = 20;
  while (killsWhileJudging < KILLS) {
    if ((await countBehind()) === 0) await publishNext();
    const server = await spawnServer({ DATABASE_URL: database.url, DEMO: 'off' });
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    const before = await countBehind();
    // At random: right away, or once some more partners have been judged.
    const goal = before - Math.min(before, (random >>> 16) % 300);
    await waitFor(async () => (await countBehind()) <= goal, { what: 'some progress' });
    await server.kill();
    if ((await countBehind()) > 0) killsWhileJudging += 1;
  }
  const last = await spawnServer({ DATABASE_URL: database.url, DEMO: 'off' });
  await waitFor(async () => (await countBehind()) === 0, {
    timeoutMs: 60_000,
    what: 'every partner to be judged',
  });
  await last.stop();

  expect(await app.database.prisma.partner.count({ where: { programId, rulebookId: first } })).toBe(PARTNERS);
  expect(await app.database.prisma.partner.count({ where: { programId, tier: 'SILVER' } })).toBe(
    PARTNERS / 2,
  );
  const demotions = await app.database.prisma.statusChange.groupBy({
    by: ['partnerId'],
    where: { programId, trigger: 'RULEBOOK', type: 'TierChanged' },
    _count: true,
  });
  expect(demotions).toHaveLength(PARTNERS / 2);
  expect(demotions.every(({ _count }) => _count === 1)).toBe(true);
  expect(await findFaults(app, 'small')).toEqual([]);
});
