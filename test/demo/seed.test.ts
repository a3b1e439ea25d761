import { afterEach, describe, expect, test } from 'vitest';
import type { App } from '../../src/app/context/app.ts';
import { DEMO_SOURCE } from '../../src/demo/demo-base.ts';
import { generateDemo } from '../../src/demo/generate.ts';
import { CONNECT_PROGRAM } from '../../src/demo/rulebooks.ts';
import { isDemoSeeded, seedDemo } from '../../src/demo/seed.ts';
import { TOUR_PARTNER } from '../../src/demo/tour-partner.ts';
import { findFaults } from '../support/check-standings.ts';
import { long } from '../support/long.ts';
import { openTestApp } from '../support/test-app.ts';
import { bruteStanding } from './support/brute-force.ts';
import { byPartner } from './support/by-partner.ts';

/** The tour's is the 42nd. */
// Long, since each partner brings its facts, and each seeding is judged as a whole.
const PARTNERS = long(42, 60);
const TODAY = '2026-11-23';
const NOON = Date.UTC(2026, 10, 23, 12);
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function openApp(clock: { now: number }): Promise<App> {
  const opened = await openTestApp({ clock: () => clock.now });
  open.push(opened);
  return opened.app;
}

/** Each partner's stored tier by its reference. */
async function storedTiers(app: App): Promise<Record<string, unknown>> {
  const rows = await app.database.prisma.partner.findMany({ select: { externalRef: true, status: true } });
  return Object.fromEntries(rows.map(({ externalRef, status }) => [externalRef, status]));
}

describe('the seeded demo', () => {
  test('has every partner on the tier counted by hand, and standings, versions and positions without a fault', async () => {
    const app = await openApp({ now: NOON });
    const base = generateDemo({ seed: 1, today: TODAY, partners: PARTNERS });
    expect(await isDemoSeeded(app)).toBe(false);
    const seeded = await seedDemo(app, { seed: 1, today: TODAY, partners: PARTNERS });
    expect([seeded.partners, seeded.facts]).toEqual([PARTNERS, base.facts.length]);
    expect(await isDemoSeeded(app)).toBe(true);
    const stored = await storedTiers(app);
    for (const { partner, facts } of byPartner(base)) {
      const { tier, computedTier, specializations } = bruteStanding(partner, facts, TODAY, TODAY);
      expect(stored[partner.externalRef]).toMatchObject({ tier, computedTier, specializations });
    }
    expect(await findFaults(app, CONNECT_PROGRAM.code)).toEqual([]);
  });

  test('is the same when two processes that were started at once seed it', async () => {
    const app = await openApp({ now: NOON });
    const options = { seed: 1, today: TODAY, partners: 4 };
    await Promise.all([seedDemo(app, options), seedDemo(app, options)]);
    const { prisma } = app.database;
    const { facts } = generateDemo(options);
    expect([await prisma.partner.count(), await prisma.fact.count()]).toEqual([4, facts.length]);
    expect(await prisma.rulebook.count({ where: { publishedAt: { not: null } } })).toBe(2);
    expect(await findFaults(app, CONNECT_PROGRAM.code)).toEqual([]);
  });

  test('is the same when a seeding is interrupted and goes on the next day', async () => {
    const clock = { now: NOON };
    const app = await openApp(clock);
    const options = { seed: 1, today: TODAY, partners: PARTNERS };
    const { facts } = generateDemo(options);
    let writes = 0;
    const failing: App = {
      ...app,
      doorbell: {
        ...app.doorbell,
        ring(programId) {
          app.doorbell.ring(programId);
          writes += 1;
          // After the partners and the first facts.
          if (writes === 2) throw new Error('the power went');
        },
      },
    };
    await expect(seedDemo(failing, options)).rejects.toThrow('the power went');
    const before = await app.database.prisma.fact.count();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(facts.length);
    expect(await isDemoSeeded(app)).toBe(false);
    clock.now += 86_400_000;
    await seedDemo(app, { ...options, today: '2026-11-24' });
    expect(await isDemoSeeded(app)).toBe(true);
    expect(await app.database.prisma.fact.count({ where: { source: DEMO_SOURCE } })).toBe(facts.length);
    expect(await findFaults(app, CONNECT_PROGRAM.code)).toEqual([]);
  });

  test('records every fact as it was generated: the tour partner has its own', async () => {
    const app = await openApp({ now: NOON });
    const { facts } = generateDemo({ seed: 1, today: TODAY, partners: PARTNERS });
    await seedDemo(app, { seed: 1, today: TODAY, partners: PARTNERS });
    const { externalRef } = TOUR_PARTNER;
    const rows = await app.database.prisma.fact.findMany({ where: { partner: { externalRef } } });
    expect(rows.map(({ externalId }) => externalId).sort()).toEqual(
      facts.flatMap((fact) => (fact.partner === externalRef ? [fact.externalId] : [])).sort(),
    );
  });
});
