import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import type { Day } from '../../src/engine/values/day.ts';
import { findFaults } from '../support/check-standings.ts';
import { createSmallProgram, day, enroll, granted, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { noonToday } from '../support/noon-today.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { spawnServer } from '../support/spawn-server.ts';
import { openTestApp } from '../support/test-app.ts';
import { waitFor } from '../support/wait-for.ts';

const PARTNERS = 2_000;
const KILLS = 20;
const { timeZone: TIME_ZONE, today: TODAY } = noonToday();

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
function rulebookWith(silver: string) {
  return {
    ...SMALL_RULEBOOK,
    tiers: SMALL_RULEBOOK.tiers.map((tier) =>
      tier.code === 'SILVER' ? { ...tier, requirement: { measure: 'revenue', atLeast: silver } } : tier,
    ),
  };
}

/**
 * Makes a programme whose partners are all judged: half have Silver from 100 EUR, and half from 200 EUR too.
 */
async function createJudgedProgram(code: string): Promise<string> {
  const { app } = opened;
  const programId = await createSmallProgram(app, code, TIME_ZONE);
  const refs = Array.from({ length: PARTNERS }, (_, index) => `K${index}`);
  await enroll(app, refs, code);
  for (let start = 0; start < PARTNERS; start += 1000) {
    const facts = refs
      .slice(start, start + 1000)
      .map((ref, index) => revenue(`r-${ref}`, ref, index % 2 === 0 ? '150' : '250', TODAY));
    granted(await recordFacts(app, { program: code, source: 's', facts, onError: 'REJECT_ALL' }));
  }
  return programId;
}

async function publishIn(program: string, silver: string, effectiveFrom: Day): Promise<string> {
  const { app } = opened;
  const draft = granted(
    await saveRulebookDraft(app, { program, document: rulebookWith(silver), draft: null }),
  );
  granted(await publishRulebook(app, { rulebook: draft.rulebookId, effectiveFrom }));
  return draft.rulebookId;
}

async function countBehind(programId: string): Promise<number> {
  const { prisma } = opened.app.database;
  const { rulesVersion } = await prisma.program.findUniqueOrThrow({ where: { id: programId } });
  return prisma.partner.count({ where: { programId, rulesVersion: { lt: rulesVersion } } });
}

/**
 * Lets processes judge what is due and kills each, right away or after some progress, until `kills` of them
 * left work behind.
 */
async function killWhileJudging(programId: string, kills: number, more: () => Promise<void>): Promise<void> {
  let random = 20;
  for (let killed = 0; killed < kills; ) {
    if ((await countBehind(programId)) === 0) await more();
    const server = await spawnServer({ DATABASE_URL: database.url, DEMO: 'off' });
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    const before = await countBehind(programId);
    const goal = before - Math.min(before, (random >>> 16) % 300);
    await waitFor(async () => (await countBehind(programId)) <= goal, { what: 'some progress' });
    await server.kill();
    if ((await countBehind(programId)) > 0) killed += 1;
  }
  const last = await spawnServer({ DATABASE_URL: database.url, DEMO: 'off' });
  await waitFor(async () => (await countBehind(programId)) === 0, {
    timeoutMs: 60_000,
    what: 'every partner to be judged',
  });
  await last.stop();
}

function changesOfTier(programId: string) {
  return opened.app.database.prisma.statusChange.groupBy({
    by: ['partnerId'],
    where: { programId, trigger: 'RULEBOOK', type: 'TierChanged' },
    _count: true,
  });
}

test(`killed ${KILLS} times at random while ${PARTNERS} partners are judged by a new rulebook: none is left behind, nothing is logged twice`, async () => {
  const { app } = opened;
  const programId = await createJudgedProgram('small');
  let published = 0;
  // The first takes effect today; the later ones, on later days, only have all partners judged again.
  const publishNext = () => publishIn('small', '200', day(TODAY) + published++);
  const first = await publishNext();
  expect(await countBehind(programId)).toBe(PARTNERS);
  await killWhileJudging(programId, KILLS, async () => void (await publishNext()));

  expect(await app.database.prisma.partner.count({ where: { programId, rulebookId: first } })).toBe(PARTNERS);
  expect(await app.database.prisma.partner.count({ where: { programId, tier: 'SILVER' } })).toBe(
    PARTNERS / 2,
  );
  const demotions = await changesOfTier(programId);
  expect(demotions).toHaveLength(PARTNERS / 2);
  expect(demotions.every(({ _count }) => _count === 1)).toBe(true);
  expect(await findFaults(app, 'small')).toEqual([]);
});

test(`rule 35: published and withdrawn again for ${PARTNERS} partners, killed at random in between: all is as before, one TierChanged there and one back`, async () => {
  const { app } = opened;
  const programId = await createJudgedProgram('hasty');
  const states = () =>
    app.database.prisma.partner.findMany({
      where: { programId },
      select: {
        id: true,
        tier: true,
        specializations: true,
        nextChangeOn: true,
        status: true,
        timeline: true,
      },
      orderBy: { id: 'asc' },
    });
  const before = await states();
  const wrong = await publishIn('hasty', '200', day(TODAY));
  await killWhileJudging(programId, 1, async () => {});
  expect(await app.database.prisma.partner.count({ where: { programId, tier: 'SILVER' } })).toBe(
    PARTNERS / 2,
  );
  granted(await withdrawRulebook(app, { rulebook: wrong, reason: 'A wrong hurdle.' }));
  expect(await countBehind(programId)).toBe(PARTNERS);
  await killWhileJudging(programId, 3, async () => {
    throw new Error('The partners were judged before a process could be killed.');
  });
  expect(await states()).toEqual(before);
  const changes = await changesOfTier(programId);
  expect(changes).toHaveLength(PARTNERS / 2);
  expect(changes.every(({ _count }) => _count === 2)).toBe(true);
  expect(await findFaults(app, 'hasty')).toEqual([]);
});
