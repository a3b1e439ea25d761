import { describe, expect, test } from 'vitest';
import { connectRulebooks } from '../../src/demo/rulebooks.ts';
import type { Requirement } from '../../src/engine/rulebook/rulebook.ts';
import { fraction } from '../../src/engine/values/fraction.ts';
import { day, publishedRulebooks } from './support/partner-case.ts';

const TODAY = '2026-11-23';

describe('the rulebooks of Connect', () => {
  test.each([
    ['2026-10-01', '2023-10-01', '2026-10-01', '2027-10-01'],
    ['2026-11-23', '2023-10-01', '2026-10-01', '2027-10-01'],
    ['2027-09-30', '2023-10-01', '2026-10-01', '2027-10-01'],
    ['2027-10-01', '2024-10-01', '2027-10-01', '2028-10-01'],
  ])('on %s begin on %s and %s, with a transition until %s', (today, oldRulesOn, newRulesOn, until) => {
    const [older, newer] = publishedRulebooks(today);
    expect([older?.effectiveFrom, newer?.effectiveFrom]).toEqual([day(oldRulesOn), day(newRulesOn)]);
    expect(older?.rulebook.transition).toBeNull();
    expect(newer?.rulebook.transition).toEqual({ mode: 'FLOOR', until: day(until) });
  });

  test('rank Authorized, Silver, Gold, Platinum, named in both languages', () => {
    for (const { rulebook } of publishedRulebooks(TODAY)) {
      expect(rulebook.tiers.map(({ code, name }) => [code, name.en, name.de])).toEqual([
        ['AUTHORIZED', 'Authorized', 'Autorisiert'],
        ['SILVER', 'Silver', 'Silber'],
        ['GOLD', 'Gold', 'Gold'],
        ['PLATINUM', 'Platinum', 'Platin'],
      ]);
      expect(rulebook.specializations.map(({ name }) => name.de)).toEqual([
        'Solution Expert Unified Communications Enterprise',
        'Solution Expert Contact Center Enterprise',
        'Solution Expert Unified Communications Mittelstand',
        'Solution Expert Contact Center Mittelstand',
        'Solution Expert Networking',
        'Solution Expert Video',
      ]);
    }
  });

  test('ask for the published numbers of Solution Experts and answers, less revenue and more satisfaction', () => {
    const [older, newer] = publishedRulebooks(TODAY).map(({ rulebook }) =>
      rulebook.tiers.map(({ requirement }) => requirement && hurdles(requirement)),
    );
    const euros = (amount: bigint) => fraction(amount);
    const score = (tenths: bigint) => fraction(tenths, 10n);
    expect(older).toEqual([
      null,
      { revenue: euros(250_000n), experts: 0, satisfaction: score(70n), answers: 3 },
      { revenue: euros(1_000_000n), experts: 0, satisfaction: score(70n), answers: 5 },
      { revenue: euros(3_000_000n), experts: 0, satisfaction: score(75n), answers: 10 },
    ]);
    expect(newer).toEqual([
      null,
      { revenue: euros(100_000n), experts: 1, satisfaction: score(75n), answers: 5 },
      { revenue: euros(400_000n), experts: 2, satisfaction: score(80n), answers: 10 },
      { revenue: euros(1_200_000n), experts: 3, satisfaction: score(85n), answers: 15 },
    ]);
  });

  test('promote and demote at once, whole, without a lock, and rename no tier', () => {
    for (const { rulebook } of publishedRulebooks(TODAY)) {
      expect(rulebook.policy).toMatchObject({
        promotion: { mode: 'AT_ONCE' },
        demotion: { mode: 'AT_ONCE', step: 'WHOLE' },
        lock: null,
      });
    }
    const [older, newer] = connectRulebooks(TODAY);
    expect('remap' in older.document).toBe(false);
    expect(newer.document.remap).toEqual({
      AUTHORIZED: 'AUTHORIZED',
      SILVER: 'SILVER',
      GOLD: 'GOLD',
      PLATINUM: 'PLATINUM',
    });
  });
});

/** What an all-of of thresholds and one choice of specializations asks for. */
function hurdles(requirement: Requirement) {
  if (requirement.type !== 'COMPOSITE' || requirement.quantifier.rule !== 'ALL') throw new Error('no all-of');
  const parts = requirement.parts.map((part) => part.requirement);
  const thresholds = parts.filter((part) => part.type === 'THRESHOLD');
  const choices = parts.filter((part) => part.type === 'COMPOSITE');
  const [revenue, satisfaction] = thresholds;
  if (satisfaction?.measure.type !== 'METRIC') throw new Error('no average');
  expect(thresholds.map(({ comparison }) => comparison)).toEqual(['AT_LEAST', 'AT_LEAST']);
  expect(choices.map(({ parts: areas }) => areas.length)).toEqual(choices.map(() => 6));
  return {
    revenue: revenue?.required.default,
    experts: choices.reduce(
      (sum, { quantifier }) => sum + ('needed' in quantifier ? quantifier.needed : 1),
      0,
    ),
    satisfaction: satisfaction.required.default,
    answers: satisfaction.measure.minimumSample,
  };
}
