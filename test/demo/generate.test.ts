import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/demo/calendar.ts';
import { distribute, generateDemo } from '../../src/demo/generate.ts';
import { CONNECT_PROGRAM } from '../../src/demo/rulebooks.ts';
import { TOUR_PARTNER } from '../../src/demo/tour-partner.ts';
import { isLong, long } from '../support/long.ts';
import { bruteDates, bruteOldTier, bruteStanding, cents, dayBefore } from './support/brute-force.ts';
import { byPartner, countTiers } from './support/by-partner.ts';

/** The day of the cutover and the last one before the next, leap day, month ends and days between. */
// Long, since each day needs a demo of its own.
const TODAYS = long(
  ['2026-10-01', '2028-02-29'],
  ['2026-10-01', '2026-11-23', '2026-12-31', '2027-02-28', '2027-09-30', '2028-02-29'],
);
const TODAY = '2026-11-23';

describe('the partner base', () => {
  test('is the same for the same seed and another one for another seed', () => {
    const base = generateDemo({ seed: 1, today: TODAY, partners: 60 });
    expect(generateDemo({ seed: 1, today: TODAY, partners: 60 })).toEqual(base);
    const other = generateDemo({ seed: 2, today: TODAY, partners: 60 });
    expect(other.partners).not.toEqual(base.partners);
    expect(other.facts).not.toEqual(base.facts);
  });

  test.runIf(isLong)(
    'has the distribution of 2014 under the old rules, exactly, on their last day and today',
    () => {
      const base = byPartner(generateDemo({ seed: 1, today: TODAY, partners: 'published' }));
      const published = { PLATINUM: 315, GOLD: 171, SILVER: 343, AUTHORIZED: 10_249 };
      const lastOldDay = dayBefore(bruteDates(TODAY).cutover);
      expect(
        countTiers(base, (each) => bruteStanding(each.partner, each.facts, lastOldDay, TODAY).tier),
      ).toEqual(published);
      expect(countTiers(base, ({ facts }) => bruteOldTier(facts, TODAY))).toEqual(published);
    },
    60_000,
  );

  test('keeps the published proportions for any number of partners', () => {
    expect(distribute(11_078)).toEqual({ PLATINUM: 315, GOLD: 171, SILVER: 343, AUTHORIZED: 10_249 });
    // 300 * 315 / 11078 = 8.53, 4.63, 9.29 and 277.55: the three greatest remainders are rounded up, to 300
    // in all.
    expect(distribute(300)).toEqual({ PLATINUM: 8, GOLD: 5, SILVER: 9, AUTHORIZED: 278 });
    expect(distribute(0)).toEqual({ PLATINUM: 0, GOLD: 0, SILVER: 0, AUTHORIZED: 0 });
    const base = byPartner(generateDemo({ seed: 1, today: TODAY, partners: 300 }));
    expect(countTiers(base, ({ facts }) => bruteOldTier(facts, TODAY))).toEqual(distribute(300));
  });

  test.each(TODAYS)(
    'of 300 has 24 Platinum, 36 Gold and 60 Silver under the old rules around %s',
    (today) => {
      const base = byPartner(generateDemo({ seed: 1, today }));
      const lively = { PLATINUM: 24, GOLD: 36, SILVER: 60, AUTHORIZED: 180 };
      const lastOldDay = dayBefore(bruteDates(today).cutover);
      expect(
        countTiers(base, (each) => bruteStanding(each.partner, each.facts, lastOldDay, today).tier),
      ).toEqual(lively);
      expect(countTiers(base, ({ facts }) => bruteOldTier(facts, today))).toEqual(lively);
    },
  );

  test.each(TODAYS)('is lively under the new rules on %s', (today) => {
    const base = byPartner(generateDemo({ seed: 1, today }));
    const standings = base.map(({ partner, facts }) => bruteStanding(partner, facts, today, today));
    const goldByFloorOnly = standings.filter(({ tier, flooredUntil }) => tier === 'GOLD' && flooredUntil);
    expect(goldByFloorOnly.length).toBeGreaterThanOrEqual(8);
    const risen = base.filter(
      ({ facts }, index) => bruteOldTier(facts, today) === 'SILVER' && standings[index]?.tier === 'GOLD',
    );
    expect(risen.length).toBeGreaterThanOrEqual(5);
    for (const tier of ['AUTHORIZED', 'SILVER', 'GOLD', 'PLATINUM']) {
      expect(standings.filter(({ computedTier }) => computedTier === tier).length).toBeGreaterThanOrEqual(10);
    }
    const perArea = countTiers(
      standings.flatMap(({ specializations }) => specializations),
      (area) => area,
    );
    expect(Object.keys(perArea)).toHaveLength(6);
    expect(Math.min(...Object.values(perArea))).toBeGreaterThanOrEqual(20);
    const losing = base.filter(({ partner, facts }, index) => {
      const soon = bruteStanding(partner, facts, addDays(today, 45), today);
      return soon.specializations.length < (standings[index]?.specializations.length ?? 0);
    });
    expect(losing.length).toBeGreaterThanOrEqual(10);
  });

  test('has between 60 and 130 facts for a Gold partner, few for an Authorized one, 20,000 at most', () => {
    const { facts, partners } = generateDemo({ seed: 1, today: TODAY });
    expect(facts.length).toBeLessThanOrEqual(20_000);
    const base = byPartner({ facts, partners });
    for (const tier of ['GOLD', 'AUTHORIZED'] as const) {
      const sizes = base
        .filter((each) => bruteOldTier(each.facts, TODAY) === tier)
        .map((each) => each.facts.length);
      const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
      expect(mean).toBeGreaterThanOrEqual(tier === 'GOLD' ? 60 : 5);
      expect(mean).toBeLessThanOrEqual(tier === 'GOLD' ? 130 : 30);
    }
  });

  test('has returns, late entries and reversals, and certifications of 24 months', () => {
    const { facts } = generateDemo({ seed: 1, today: TODAY });
    const revenues = facts.flatMap(({ detail }) => ('revenue' in detail ? [detail.revenue] : []));
    const withReason = (reason: string) =>
      revenues.filter(({ attributes }) => attributes?.some(({ value }) => value === reason));
    const returns = withReason('return');
    expect(returns.length).toBeGreaterThan(50);
    expect(returns.every(({ amount }) => cents(amount) < 0n)).toBe(true);
    expect(withReason('reversal').length).toBeGreaterThan(20);
    const late = revenues.filter(({ attributes }) => attributes?.some(({ name }) => name === 'bookedOn'));
    expect(late.length).toBeGreaterThan(100);
    for (const { occurredOn, detail } of facts) {
      if (!('certification' in detail)) continue;
      expect(detail.certification.expiresOn).toBe(
        Temporal.PlainDate.from(occurredOn).add({ months: 24 }).toString(),
      );
    }
  });

  test('books every wrong amount, its reversal and the right one on the same day', () => {
    const { facts } = generateDemo({ seed: 1, today: TODAY });
    const byId = new Map(facts.map((fact) => [fact.externalId, fact]));
    const reversals = facts.filter(({ externalId }) => externalId.endsWith('-REV'));
    for (const reversal of reversals) {
      const wrong = byId.get(reversal.externalId.slice(0, -'-REV'.length));
      const right = byId.get(reversal.externalId.replace(/EV$/, ''));
      expect([wrong?.occurredOn, right?.occurredOn]).toEqual([reversal.occurredOn, reversal.occurredOn]);
      if (!wrong || !('revenue' in wrong.detail) || !('revenue' in reversal.detail))
        throw new Error('no revenue');
      expect(cents(reversal.detail.revenue.amount)).toBe(-cents(wrong.detail.revenue.amount));
    }
    expect(reversals.length).toBeGreaterThan(20);
  });

  test('has seasons: September sells at least twice as much as August', () => {
    const { facts } = generateDemo({ seed: 1, today: TODAY });
    const inMonth = (month: string) =>
      facts
        .filter(({ occurredOn }) => occurredOn.slice(5, 7) === month)
        .reduce((sum, { detail }) => sum + ('revenue' in detail ? cents(detail.revenue.amount) : 0n), 0n);
    expect(inMonth('09')).toBeGreaterThan(2n * inMonth('08'));
  });

  test('has satisfaction that follows size, but weakly', () => {
    const points = byPartner(generateDemo({ seed: 1, today: TODAY, partners: long(600, 2_000) })).flatMap(
      ({ partner, facts }) => {
        const { revenueCents, scoreCents, answerIds } = bruteStanding(partner, facts, TODAY, TODAY);
        const answers = answerIds.length;
        return answers === 0 ? [] : [{ size: Number(revenueCents), score: Number(scoreCents) / answers }];
      },
    );
    const r = correlation(
      points.map(({ size }) => size),
      points.map(({ score }) => score),
    );
    expect(r).toBeGreaterThan(0.05);
    expect(r).toBeLessThan(0.6);
  });

  test('has unique references, names and external ids, no future fact, and parents before affiliates', () => {
    const { facts, partners } = generateDemo({ seed: 1, today: TODAY, partners: 3_000 });
    expect(new Set(partners.map(({ externalRef }) => externalRef)).size).toBe(3_000);
    expect(new Set(partners.map(({ name }) => name)).size).toBe(3_000);
    expect(new Set(facts.map(({ externalId }) => externalId)).size).toBe(facts.length);
    expect(facts.filter(({ occurredOn }) => occurredOn > TODAY)).toEqual([]);
    const seen = new Set<string>();
    for (const { externalRef, parent, enrolledOn } of partners) {
      if (parent !== null) expect(seen).toContain(parent);
      expect(enrolledOn < bruteDates(TODAY).cutover).toBe(true);
      seen.add(externalRef);
    }
    expect(partners.filter(({ parent }) => parent !== null).length).toBeGreaterThan(50);
  });

  test('stays within the programme: its currency, its scale, no zero amounts', () => {
    const { facts } = generateDemo({ seed: 1, today: TODAY });
    for (const { detail } of facts) {
      if ('revenue' in detail) {
        expect(detail.revenue.currency).toBe(CONNECT_PROGRAM.currency);
        expect(cents(detail.revenue.amount)).not.toBe(0n);
      }
      if ('satisfaction' in detail) {
        const score = Number(detail.satisfaction.score);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(10);
      }
    }
  });
});

describe('the tour partner', () => {
  test.each(TODAYS)(
    'is Silver without a floor and one revenue short of Gold from %s for ten weeks',
    (today) => {
      const found = byPartner(generateDemo({ seed: 1, today })).find(
        ({ partner }) => partner.externalRef === TOUR_PARTNER.externalRef,
      );
      if (!found) throw new Error('no tour partner');
      const { partner, facts } = found;
      for (const days of [0, 1, 30, 70]) {
        const on = addDays(today, days);
        const standing = bruteStanding(partner, facts, on, today);
        expect([standing.tier, standing.computedTier, standing.flooredUntil]).toEqual([
          'SILVER',
          'SILVER',
          null,
        ]);
        expect(40_000_000n - standing.revenueCents).toBe(cents(TOUR_PARTNER.missingRevenue));
        const lifted = bruteStanding(
          partner,
          [
            ...facts,
            {
              source: 'tour',
              externalId: 'tour-1',
              partner: partner.externalRef,
              occurredOn: on,
              detail: { revenue: { amount: TOUR_PARTNER.missingRevenue, currency: 'EUR' } },
            },
          ],
          on,
          today,
        );
        expect([lifted.tier, lifted.computedTier]).toEqual(['GOLD', 'GOLD']);
      }
    },
  );

  test('exists from 42 partners on', () => {
    const refs = (partners: number) =>
      generateDemo({ seed: 1, today: TODAY, partners }).partners.map(({ externalRef }) => externalRef);
    expect(refs(41)).not.toContain(TOUR_PARTNER.externalRef);
    expect(refs(42)).toContain(TOUR_PARTNER.externalRef);
  });
});

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const products = (as: readonly number[], ma: number, bs: readonly number[], mb: number) =>
    as.reduce((sum, a, index) => sum + (a - ma) * ((bs[index] ?? mb) - mb), 0);
  return products(xs, mx, ys, my) / Math.sqrt(products(xs, mx, xs, mx) * products(ys, my, ys, my));
}
