import { describe, expect, test } from 'vitest';
import { drawFact, type FeedPartner, nearThreshold } from '../../src/demo/feed-facts.ts';
import { createRandom } from '../../src/demo/random.ts';
import { TOUR_PARTNER } from '../../src/demo/tour-partner.ts';
import { cents } from './support/brute-force.ts';

const TODAY = '2026-11-23';
const far: FeedPartner = {
  externalRef: 'P-00001',
  tier: 'AUTHORIZED',
  missing: [{ type: 'REVENUE', euros: 900_000 }],
};
const near: FeedPartner = {
  externalRef: 'P-00002',
  tier: 'SILVER',
  missing: [{ type: 'REVENUE', euros: 20_000 }],
};
const top: FeedPartner = { externalRef: 'P-00003', tier: 'PLATINUM', missing: [] };

function drawMany(partners: readonly FeedPartner[], count = 2_000) {
  const random = createRandom('feed');
  return Array.from({ length: count }, (_, index) => {
    const fact = drawFact(partners, TODAY, `f${index}`, random);
    if (fact === null) throw new Error('no fact');
    return fact;
  });
}

describe('the facts of the feed', () => {
  test('favour partners near a threshold, but reach everybody', () => {
    const facts = drawMany([far, near, top]);
    const share = (partner: FeedPartner) =>
      facts.filter((fact) => fact.partner === partner.externalRef).length / facts.length;
    // 60 % favoured and a third of the rest.
    expect(share(near)).toBeCloseTo(0.6 + 0.4 / 3, 1);
    expect(share(far)).toBeCloseTo(0.4 / 3, 1);
    expect(share(top)).toBeCloseTo(0.4 / 3, 1);
  });

  test('leave the tour partner alone, however near it is', () => {
    const tour = { ...near, externalRef: TOUR_PARTNER.externalRef };
    expect(nearThreshold([tour, near])).toEqual([near]);
    expect(drawMany([tour, far]).filter(({ partner }) => partner === tour.externalRef)).toEqual([]);
    expect(drawFact([tour], TODAY, 'f1', createRandom(1))).toBeNull();
  });

  test('name the nearest first, and only those that a few facts can lift', () => {
    const answer: FeedPartner = { ...near, externalRef: 'P-00004', missing: [{ type: 'SATISFACTION' }] };
    expect(nearThreshold([far, answer, top, near])).toEqual([near, answer]);
  });

  test('are the same for the same numbers drawn, and have the external ids given', () => {
    expect(drawMany([far, near, top], 20)).toEqual(drawMany([far, near, top], 20));
    expect(drawMany([far], 3).map(({ externalId }) => externalId)).toEqual(['f0', 'f1', 'f2']);
  });

  test('are of today or up to 40 days late, never of tomorrow', () => {
    const days = drawMany([far]).map(({ occurredOn }) => occurredOn);
    expect(days.every((day) => day <= TODAY && day >= '2026-10-14')).toBe(true);
    const late = days.filter((day) => day < TODAY).length / days.length;
    expect(late).toBeCloseTo(0.1, 1);
  });

  test('give a partner what it lacks: the credential, a good answer, an invoice of about the shortfall', () => {
    const credential = 'VIDEO_DESIGN';
    const lacksPerson: FeedPartner = { ...near, missing: [{ type: 'CREDENTIAL', credential }] };
    const certifications = drawMany([lacksPerson]).flatMap(({ detail }) =>
      'certification' in detail ? [detail.certification.credential] : [],
    );
    expect(certifications.filter((each) => each === credential).length / 2_000).toBeGreaterThan(0.55);
    const amounts = drawMany([near]).flatMap(({ detail }) =>
      'revenue' in detail ? [detail.revenue.amount] : [],
    );
    const helpful = amounts.filter((amount) => cents(amount) >= 800_000n && cents(amount) <= 2_800_000n);
    expect(helpful.length / 2_000).toBeGreaterThan(0.55);
    expect(amounts.filter((amount) => cents(amount) % 1_000n !== 0n)).toEqual([]);
  });

  test('are mostly invoices otherwise, with some credit notes, answers and certifications', () => {
    const facts = drawMany([top]);
    const share = (matches: (fact: (typeof facts)[number]) => boolean) =>
      facts.filter(matches).length / facts.length;
    expect(share(({ detail }) => 'revenue' in detail && cents(detail.revenue.amount) > 0n)).toBeCloseTo(
      0.62,
      1,
    );
    expect(share(({ detail }) => 'revenue' in detail && cents(detail.revenue.amount) < 0n)).toBeCloseTo(
      0.06,
      1,
    );
    expect(share(({ detail }) => 'satisfaction' in detail)).toBeCloseTo(0.24, 1);
    expect(share(({ detail }) => 'certification' in detail)).toBeCloseTo(0.08, 1);
  });
});
