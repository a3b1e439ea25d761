import { describe, expect, it } from 'vitest';
import { countedBehind } from '../../../src/engine/judging/counted-behind.ts';
import { judge, type Proof, prove } from '../../../src/engine/judging/judge.ts';
import { nextGap } from '../../../src/engine/judging/next-gap.ts';
import type { Measurements } from '../../../src/engine/measuring/measurements.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import type { Rulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { explainRequirement } from '../../../src/engine/text/explain-requirement.ts';
import { day, documentFor, factory, partnerWith, requirementOf, rulebookOf } from '../support/measuring.ts';
import { doublingMeasures, doublingSpecializations } from '../support/unfolding.ts';

/**
 * Deep enough that whatever walks all that is written out visits hundreds of parts, and few enough to be
 * allowed.
 */
const LEVELS = 6;
const name = { en: 'Name', de: 'Name' };
const fact = factory();
const partner = partnerWith(
  ['AREA_1', 'AREA_2', 'AREA_3'].map((area) =>
    fact('revenue', { on: '2026-05-01', value: '700', attributes: { area } }),
  ),
);

/** How many different objects with a place in the document a proof has, however often they are shown. */
function partsOf(proof: Proof): number {
  const seen = new Set<object>();
  const left: unknown[] = [proof];
  let parts = 0;
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if ('path' in value) parts += 1;
    left.push(...Object.values(value));
  }
  return parts;
}

/** Measurements that count how often anything is read of them. */
function counted(rulebook: Rulebook): { readonly measurements: Measurements; reads(): number } {
  let reads = 0;
  const watched = <T>(list: readonly T[]): readonly T[] =>
    new Proxy(list, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(target, key, receiver);
      },
    });
  const { numbers, items, ...rest } = createMeasurer(partner, rulebook).measure(day('2026-06-01'));
  const measurements = { ...rest, numbers: watched(numbers), items: items.map(watched) };
  return { measurements, reads: () => reads };
}

const byArea = {
  forEach: {
    dimension: 'attributes.area',
    where: { measure: 'm0', atLeast: '1' },
    need: 'ALL',
    body: { measure: `m${LEVELS}`, atLeast: '100000000' },
  },
};

describe('what is used twice is worked out once', () => {
  it('in measures', () => {
    const rulebook = rulebookOf(
      documentFor({ measure: `m${LEVELS}`, atLeast: '100000000' }, { measures: doublingMeasures(LEVELS) }),
    );
    const { measurements, reads } = counted(rulebook);
    const proof = prove(rulebook, measurements);
    // The threshold and each measure.
    expect(partsOf(proof)).toBe(1 + LEVELS + 1);
    // Judged and proven.
    expect(reads()).toBe(2);
    expect(judge(rulebook, measurements).computedTier).toBe('BASE');
    expect(reads()).toBe(3);
    const requirement = requirementOf(proof, 'GOLD');
    expect(requirement.type === 'THRESHOLD' ? countedBehind(requirement.actual) : []).toHaveLength(1);
  });

  it('in specializations, also those that several tiers and lists ask for', () => {
    const specializations = doublingSpecializations(LEVELS);
    const top = { specialization: `S${LEVELS}` };
    const rulebook = rulebookOf({
      format: 1,
      measures: { m0: doublingMeasures(0).m0 },
      specializations,
      tiers: [
        { code: 'BASE', name },
        { code: 'SILVER', name, requirement: { atLeast: 1, of: [top, top, top] } },
        { code: 'GOLD', name, requirement: { allOf: [top, { anyOf: [top, top] }] } },
      ],
    });
    const { measurements, reads } = counted(rulebook);
    const proof = prove(rulebook, measurements);
    // m0 with its threshold; in each other specialization a list and two requests; those of the tiers.
    expect(partsOf(proof)).toBe(2 + 3 * LEVELS + 4 + 5);
    expect(reads()).toBe(2);
    const [, silver] = proof.tiers;
    const text = silver?.requirement ? explainRequirement(silver.requirement, rulebook, 'en') : '';
    expect(text).toBe('Name needs at least 1 of 3 specializations; 0 are held.');
  });

  it('in items', () => {
    const others = { measures: doublingMeasures(LEVELS) };
    const rulebook = rulebookOf(documentFor(byArea, others));
    const { measurements, reads } = counted(rulebook);
    const proof = prove(rulebook, measurements);
    // The forEach; in each of three items the condition and the body, and each measure.
    expect(partsOf(proof)).toBe(1 + 3 * (2 + LEVELS + 1));
    // The items are gone through once, whatever is asked of them then.
    expect(reads()).toBe(3);
  });

  it('in many items: each fact is looked at for its own item, and a sentence names the first of them', () => {
    let reads = 0;
    const many = Array.from({ length: 300 }, (_, index) => {
      const attributes = new Proxy<Record<string, string>>(
        { area: `AREA_${String(index).padStart(3, '0')}` },
        {
          get(target, key, receiver) {
            reads += 1;
            return Reflect.get(target, key, receiver);
          },
          getOwnPropertyDescriptor(target, key) {
            reads += 1;
            return Reflect.getOwnPropertyDescriptor(target, key);
          },
        },
      );
      return { ...fact('revenue', { on: '2026-05-01', value: '700' }), attributes };
    });
    const rulebook = rulebookOf(documentFor(byArea, { measures: doublingMeasures(LEVELS) }));
    const measurements = createMeasurer(partnerWith(many), rulebook).measure(day('2026-06-01'));
    expect(measurements.items[0]).toHaveLength(300);
    expect(reads).toBeGreaterThan(300);
    expect(reads).toBeLessThan(300 * 10);
    const proof = requirementOf(prove(rulebook, measurements), 'GOLD');
    const named = Array.from({ length: 20 }, (_, index) => `AREA_${String(index).padStart(3, '0')}`).join(
      ', ',
    );
    expect(explainRequirement(proof, rulebook, 'en')).toBe(
      `Gold needs the condition for each of 300 values of area; met for 0, open: ${named} and 280 more.`,
    );
    expect(explainRequirement(proof, rulebook, 'de')).toContain(`offen: ${named} und 280 weitere.`);
  });

  it('in a requirement that is nested deep: each part is judged once for the verdict and the proof', () => {
    let requirement: unknown = byArea;
    for (let depth = 0; depth < 30; depth += 1) requirement = { allOf: [requirement] };
    const rulebook = rulebookOf(documentFor(requirement, { measures: doublingMeasures(LEVELS) }));
    const { measurements, reads } = counted(rulebook);
    prove(rulebook, measurements);
    expect(reads()).toBe(3);
  });

  it('in the gap, which proves no other tier than the next one', () => {
    const tier = (rank: number) => ({
      code: `T${rank}`,
      name,
      requirement: {
        measure: { metric: { ...REVENUE, window: { trailing: { days: rank } } } },
        atLeast: '1',
      },
    });
    const rulebook = rulebookOf({
      format: 1,
      tiers: [{ code: 'BASE', name }, ...Array.from({ length: 20 }, (_, index) => tier(index + 1))],
    });
    const { measurements, reads } = counted(rulebook);
    expect(nextGap(rulebook, measurements, 'BASE')).toEqual({
      tier: 'T1',
      missing: ['/tiers/1/requirement'],
    });
    // The next tier's number and its sample; none of the others'.
    expect(reads()).toBe(2);
  });
});

const REVENUE = { fact: 'revenue', aggregate: 'SUM' };
