import { describe, expect, it } from 'vitest';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { evidence } from '../../../src/engine/judging/evidence.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import {
  day,
  factory,
  judgeOn,
  partnerWith,
  proveOn,
  requirementOf,
  rulebookOf,
} from '../support/measuring.ts';

const [oldRules, newRules] = connectRulebooks('2026-11-23').map(({ document }) => rulebookOf(document));
if (oldRules === undefined || newRules === undefined) throw new Error('two rulebooks');

/** Three persons with the credentials of an area, valid through 2027. */
function solutionExpert(fact: ReturnType<typeof factory>, area: string): Fact[] {
  const days = { on: '2026-01-15', expires: '2028-01-15' };
  return [
    fact('certification', { ...days, person: 'ada', credential: `${area}_SALES` }),
    fact('certification', { ...days, person: 'ben', credential: `${area}_SALES` }),
    fact('certification', { ...days, person: 'cleo', credential: `${area}_DESIGN` }),
  ];
}

function answers(fact: ReturnType<typeof factory>, count: number, score: string): Fact[] {
  return Array.from({ length: count }, () => fact('satisfaction', { on: '2026-05-05', value: score }));
}

describe('Connect, the demo programme', () => {
  it('makes a partner Silver at exactly the hurdles, and not just below', () => {
    const fact = factory();
    const base = [...solutionExpert(fact, 'VIDEO'), ...answers(fact, 5, '7.5')];
    const at = (amount: string) =>
      partnerWith([...base, fact('revenue', { on: '2026-10-02', value: amount })]);
    expect(judgeOn(at('100000'), newRules, '2026-11-23').computedTier).toBe('SILVER');
    expect(judgeOn(at('99999.99'), newRules, '2026-11-23').computedTier).toBe('AUTHORIZED');
    expect(judgeOn(at('250000'), oldRules, '2026-11-23').computedTier).toBe('SILVER');
    expect(judgeOn(at('249999.99'), oldRules, '2026-11-23').computedTier).toBe('AUTHORIZED');
  });

  it('says INSUFFICIENT_DATA below the minimum sample, and names what is missing', () => {
    const fact = factory();
    const partner = partnerWith([
      ...solutionExpert(fact, 'VIDEO'),
      ...answers(fact, 4, '9'),
      fact('revenue', { on: '2026-10-02', value: '100000' }),
    ]);
    const proof = proveOn(partner, newRules, '2026-11-23');
    expect(proof.tiers.map(({ tier, outcome }) => [tier, outcome])).toEqual([
      ['PLATINUM', 'UNMET'],
      ['GOLD', 'UNMET'],
      ['SILVER', 'INSUFFICIENT_DATA'],
      ['AUTHORIZED', 'MET'],
    ]);
    expect(proof.computedNext?.tier).toBe('SILVER');
    expect(proof.computedNext?.missing).toMatchObject([
      {
        type: 'THRESHOLD',
        outcome: 'INSUFFICIENT_DATA',
        actual: { value: null, sample: 4, minimumSample: 5 },
      },
    ]);
  });

  it('loses a specialization and the tier on the day a certification expires, and names that day before', () => {
    const fact = factory();
    const [first, ...others] = solutionExpert(fact, 'VIDEO');
    if (first === undefined) throw new Error('three');
    const partner = partnerWith([
      { ...first, expiresOn: day('2026-11-24') },
      ...others,
      ...answers(fact, 5, '8'),
      fact('revenue', { on: '2026-10-02', value: '100000' }),
    ]);
    const measurer = createMeasurer(partner, newRules);
    expect(measurer.nextMeasurementChangeOn(day('2026-11-23'))).toBe(day('2026-11-24'));
    expect(judgeOn(partner, newRules, '2026-11-23')).toMatchObject({
      computedTier: 'SILVER',
      specializations: ['VIDEO'],
    });
    expect(judgeOn(partner, newRules, '2026-11-24')).toMatchObject({
      computedTier: 'AUTHORIZED',
      specializations: [],
    });
  });

  it('shows the persons assigned, and the facts behind each number', () => {
    const fact = factory();
    const certifications = solutionExpert(fact, 'VIDEO');
    const again = fact('certification', {
      on: '2026-02-01',
      person: 'ada',
      credential: 'VIDEO_SALES',
      expires: '2026-03-01',
    });
    const revenue = fact('revenue', { on: '2025-11-23', value: '5' });
    const late = fact('revenue', { on: '2025-11-24', value: '7' });
    const partner = partnerWith([...certifications, again, revenue, late]);
    const proof = proveOn(partner, newRules, '2026-11-23');
    expect(
      proof.specializations.find(({ specialization }) => specialization === 'VIDEO')?.proof,
    ).toMatchObject({
      outcome: 'MET',
      required: 3,
      filled: 3,
      slots: [
        { required: 2, persons: ['ada', 'ben'] },
        { required: 1, persons: ['cleo'] },
      ],
    });
    expect(requirementOf(proof, 'SILVER')).toMatchObject({
      rule: 'ALL',
      needed: 3,
      met: 1,
      parts: [
        {
          proof: {
            path: '/tiers/1/requirement/allOf/0',
            actual: {
              path: '/measures/revenue',
              unit: 'EUR',
              sample: 1,
              window: { from: day('2025-11-24'), until: day('2026-11-24') },
            },
          },
        },
        {},
        {},
      ],
    });
    const on = day('2026-11-23');
    expect(evidence(partner, newRules, on, { path: '/measures/revenue' })).toEqual({
      counted: [late],
      excluded: [{ fact: revenue, reason: 'OUTSIDE_WINDOW' }],
    });
    const video = newRules.specializations.findIndex(({ code }) => code === 'VIDEO');
    expect(evidence(partner, newRules, on, { path: `/specializations/${video}/requirement` })).toEqual({
      counted: certifications,
      excluded: [{ fact: again, reason: 'EXPIRED' }],
    });
  });
});
