import { describe, expect, it } from 'vitest';
import { RULEBOOK_LIMITS } from '../../../src/engine/format/rulebook-limits.ts';
import { dimensionsOf, findTooManyItems } from '../../../src/engine/measuring/dimension-items.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { day, documentFor, factory, partnerWith, rulebookOf } from '../support/measuring.ts';

const metric = { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } };
const video = { ...metric, where: [{ field: 'attributes.kind', in: ['VIDEO'] }] };
function forEach(dimension: string, where: object = video) {
  return {
    forEach: {
      dimension,
      where: { measure: { metric: where }, above: '0' },
      need: 'ALL',
      body: { measure: { metric }, atLeast: '1' },
    },
  };
}
const area = 'attributes.area';
function inAreas(count: number, others: Partial<Fact> = {}): readonly Fact[] {
  const fact = factory();
  return Array.from({ length: count }, (_, index) => {
    const attributes = { area: `Area ${index}`, kind: 'VIDEO' };
    return { ...fact('revenue', { on: '2026-01-01', value: '1', attributes }), ...others };
  });
}
const { items: ALLOWED } = RULEBOOK_LIMITS;
const arrivals = { isNew: () => true, replaced: [] };
const rulebook = rulebookOf(documentFor(forEach(area)));
function partner(facts: readonly Fact[]) {
  return {
    ...partnerWith(facts),
    rulebooks: [{ id: 'R', effectiveFrom: day('2020-01-01'), rulebook }],
  };
}

describe('the items of a dimension', () => {
  it('are looked for once, however many forEachs ask for them, and in the facts of each kind and scope', () => {
    const family = { ...video, scope: 'FAMILY' };
    const parts = [forEach(area), forEach(area, metric), forEach(area, family), forEach('currency')];
    const found = dimensionsOf([rulebookOf(documentFor({ allOf: parts })), rulebook]);
    expect(found).toEqual([
      { path: '/tiers/1/requirement/allOf/0', field: area, facts: [{ kind: 'revenue', scope: 'OWN' }] },
      { path: '/tiers/1/requirement/allOf/2', field: area, facts: [{ kind: 'revenue', scope: 'FAMILY' }] },
      { path: '/tiers/1/requirement/allOf/3', field: 'currency', facts: [{ kind: 'revenue', scope: 'OWN' }] },
    ]);
  });

  it('may be as many as allowed, void facts left out', () => {
    expect(findTooManyItems(partner(inAreas(ALLOWED)), arrivals)).toEqual([]);
    expect(findTooManyItems(partner(inAreas(ALLOWED + 1, { voided: true })), arrivals)).toEqual([]);
    const facts = inAreas(ALLOWED + 1);
    expect(findTooManyItems(partner(facts), arrivals)).toEqual([
      { field: area, items: ALLOWED + 1, arrived: facts },
    ]);
  });

  it('are none where a value never passes the condition: its facts change nothing on any day', () => {
    const attributes = { area: 'Area 0', kind: 'SOUND' };
    const measurer = createMeasurer(partnerWith(inAreas(1, { attributes })), rulebook);
    const counted = createMeasurer(partnerWith(inAreas(1)), rulebook);
    const before = day('2025-12-31');
    expect(counted.nextMeasurementChangeOn(before)).toBe(day('2026-01-01'));
    expect(measurer.nextMeasurementChangeOn(before)).toBeNull();
  });
});
