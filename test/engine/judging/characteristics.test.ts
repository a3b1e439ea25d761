import { describe, expect, it } from 'vitest';
import { resolveEntries } from '../../../src/engine/partner/resolve-entries.ts';
import { computeTimeline } from '../../../src/engine/policy/timeline.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { day, documentFor, factory, judgeOn, partnerWith, rulebookOf } from '../support/measuring.ts';

const ON = '2026-06-30';
const sales = { metric: { fact: 'revenue', aggregate: 'SUM', window: { allTime: true } } };
const fact = factory();
const sold = (value: string) => [fact('revenue', { on: '2026-01-01', value })];

function ruleFor(requirement: unknown) {
  return rulebookOf(documentFor(requirement, { format: 2 }));
}
const bySize = { default: '100', by: 'attributes.size', values: { small: '10', large: '1000' } };

describe('rule 46: what numbers differ by', () => {
  it.each([
    [{ size: 'small' }, '10', 'GOLD'],
    [{ size: 'small' }, '9', 'BASE'],
    [{ size: 'large' }, '999', 'BASE'],
    [{ size: 'large' }, '1000', 'GOLD'],
    [{ size: 'medium' }, '100', 'GOLD'],
    [{ size: 'medium' }, '99', 'BASE'],
    [{}, '100', 'GOLD'],
    [{ constructor: 'small' }, '99', 'BASE'],
  ])('a threshold by an attribute: %j with %s is %s', (attributes, value, tier) => {
    const rulebook = ruleFor({ measure: sales, atLeast: bySize });
    expect(judgeOn(partnerWith(sold(value), { attributes }), rulebook, ON).computedTier).toBe(tier);
  });

  it.each([
    ['DE', '50', 'GOLD'],
    ['DE', '49', 'BASE'],
    ['FR', '99', 'BASE'],
    ['FR', '100', 'GOLD'],
  ])('a threshold by country: %s with %s is %s', (country, value, tier) => {
    const rulebook = ruleFor({
      measure: sales,
      atLeast: { default: '100', by: 'country', values: { DE: '50' } },
    });
    expect(judgeOn(partnerWith(sold(value), { country }), rulebook, ON).computedTier).toBe(tier);
  });

  it('constants, points and the conditions of items differ too', () => {
    const constant = ruleFor({ measure: { sum: [sales, { constant: bySize }] }, atLeast: '1000' });
    const points = ruleFor({
      measure: { points: { of: sales, linear: { points: bySize, per: '1' } } },
      atLeast: '1000',
    });
    const items = ruleFor({
      measure: { over: { dimension: 'currency', of: sales, where: { atLeast: bySize }, aggregate: 'COUNT' } },
      atLeast: '1',
    });
    const tiers = (size: string, value: string) =>
      [constant, points, items].map(
        (rulebook) => judgeOn(partnerWith(sold(value), { attributes: { size } }), rulebook, ON).computedTier,
      );
    expect(tiers('large', '1')).toEqual(['GOLD', 'GOLD', 'BASE']);
    expect(tiers('small', '10')).toEqual(['BASE', 'BASE', 'GOLD']);
  });

  it('by region is written in two ways that mean the same', () => {
    const written = [
      { default: '100', regions: { EMEA: '10' } },
      { default: '100', by: 'region', values: { EMEA: '10' } },
    ].map((atLeast) => ruleFor({ measure: sales, atLeast }));
    for (const region of ['EMEA', 'APAC']) {
      const [one, other] = written.map(
        (rulebook) => judgeOn(partnerWith(sold('10'), { region }), rulebook, ON).computedTier,
      );
      expect(one).toBe(other);
    }
  });

  it('changes with its first day, like a region', () => {
    const entered = {
      name: 'P',
      country: 'DE',
      region: 'EMEA',
      parentId: null,
      enrolledOn: day('2026-01-01'),
      leftOn: null,
    };
    const entries = resolveEntries([
      {
        firstOn: day('2026-01-01'),
        recordedAt: 1,
        data: { ...entered, attributes: { size: 'large', color: 'red' } },
      },
      { firstOn: day('2026-03-01'), recordedAt: 2, data: { attributes: { size: 'small' } } },
      { firstOn: day('2026-05-01'), recordedAt: 3, data: { attributes: { size: null } } },
      // Recorded last, for a day before: what was entered for later days stays.
      { firstOn: day('2026-02-01'), recordedAt: 4, data: { attributes: { size: 'medium' }, region: 'APAC' } },
    ]);
    expect(entries.map(({ firstOn, attributes }) => [formatDay(firstOn), attributes])).toEqual([
      ['2026-01-01', { size: 'large', color: 'red' }],
      ['2026-02-01', { size: 'medium', color: 'red' }],
      ['2026-03-01', { size: 'small', color: 'red' }],
      ['2026-05-01', { color: 'red' }],
    ]);
    const rulebook = ruleFor({ measure: sales, atLeast: bySize });
    const timeline = computeTimeline({
      ...partnerWith(sold('50')),
      entries,
      rulebooks: [{ id: 'R', effectiveFrom: day('2020-01-01'), rulebook }],
    });
    expect(timeline.map(({ from, status }) => `${formatDay(from)} ${status.tier}`)).toEqual([
      '2026-01-01 BASE',
      '2026-03-01 GOLD',
      '2026-05-01 BASE',
    ]);
  });

  it('of what was entered before there were attributes nothing is known', () => {
    const entered = {
      name: 'P',
      country: 'DE',
      region: 'EMEA',
      parentId: null,
      enrolledOn: day('2026-01-01'),
      leftOn: null,
    };
    expect(
      resolveEntries([{ firstOn: day('2026-01-01'), recordedAt: 1, data: entered }])[0]?.attributes,
    ).toEqual({});
  });
});
