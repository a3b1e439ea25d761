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
    const at = (index: number, field: string, scope: 'OWN' | 'FAMILY') => ({
      path: `/tiers/1/requirement/allOf/${index}/forEach/dimension`,
      dimension: { type: 'FIELD', field },
      facts: [{ kind: 'revenue', scope }],
      allowed: ALLOWED,
    });
    expect(found).toEqual([at(0, area, 'OWN'), at(2, area, 'FAMILY'), at(3, 'currency', 'OWN')]);
  });

  it('are those of measures over items too, of which there may be more', () => {
    const over = (dimension: unknown) => ({
      measure: { over: { dimension, of: { metric }, aggregate: 'COUNT' } },
      atLeast: '1',
    });
    const weeks = { occurredOn: 'WEEK' };
    const both = [over(area), forEach(area), over(weeks), over({ occurredOn: 'YEAR', fiscal: true })];
    const rules = rulebookOf(documentFor({ allOf: both }, { format: 2 }));
    expect(dimensionsOf([rules]).map(({ dimension, allowed }) => [dimension, allowed])).toEqual([
      [{ type: 'FIELD', field: area }, ALLOWED],
      [{ type: 'PERIOD', unit: 'WEEK', firstMonth: 1 }, RULEBOOK_LIMITS.itemsOver],
      [{ type: 'PERIOD', unit: 'YEAR', firstMonth: 10 }, RULEBOOK_LIMITS.itemsOver],
    ]);
    const fact = factory();
    const ofWeeks = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...fact('revenue', { on: '2000-01-03', value: '1' }),
        occurredOn: day('2000-01-03') + 7 * index,
      }));
    const byWeek = rulebookOf(documentFor(over(weeks), { format: 2 }));
    const inputs = (count: number) => ({
      ...partnerWith(ofWeeks(count)),
      rulebooks: [{ id: 'R', effectiveFrom: day('2020-01-01'), rulebook: byWeek }],
    });
    expect(findTooManyItems(inputs(RULEBOOK_LIMITS.itemsOver), arrivals)).toEqual([]);
    expect(findTooManyItems(inputs(RULEBOOK_LIMITS.itemsOver + 1), arrivals)).toMatchObject([
      { field: 'occurredOn/WEEK', items: 1_001, allowed: 1_000, arrived: { length: 1_001 } },
    ]);
  });

  it('may be as many as allowed, void facts left out', () => {
    expect(findTooManyItems(partner(inAreas(ALLOWED)), arrivals)).toEqual([]);
    expect(findTooManyItems(partner(inAreas(ALLOWED + 1, { voided: true })), arrivals)).toEqual([]);
    const facts = inAreas(ALLOWED + 1);
    expect(findTooManyItems(partner(facts), arrivals)).toEqual([
      { field: area, items: ALLOWED + 1, allowed: ALLOWED, arrived: facts },
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
