import { describe, expect, it } from 'vitest';
import type { RequirementProof } from '../../../src/engine/judging/standing.ts';
import { explainRequirement } from '../../../src/engine/text/explain-requirement.ts';
import {
  documentFor,
  factory,
  goldOn,
  partnerWith,
  proveOn,
  requirementOf,
  rulebookOf,
  valueText,
} from '../support/measuring.ts';

const ON = '2026-06-30';
const name = { en: 'Answers in time', de: 'Pünktliche Antworten' };
const score = { fact: 'satisfaction', aggregate: 'AVERAGE', window: { allTime: true } };
const fact = factory();
const answered = (value: string) => partnerWith([fact('satisfaction', { on: '2026-01-01', value })]);
const nobody = partnerWith([]);

function ruleFor(requirement: unknown, others: Readonly<Record<string, unknown>> = {}) {
  return rulebookOf(documentFor(requirement, { format: 2, ...others }));
}

function proofOf(partner: typeof nobody, requirement: unknown): RequirementProof {
  return requirementOf(proveOn(partner, ruleFor(requirement), ON), 'GOLD');
}

describe('rule 42: otherwise', () => {
  const onMeasure = (otherwise: string) => ({ measure: { name, metric: score, otherwise }, atLeast: '7' });
  const onRequirement = (otherwise: string) => ({
    measure: { name, metric: score },
    atLeast: '7',
    otherwise,
  });

  it('is the number of a measure that the data do not decide', () => {
    expect(goldOn(nobody, ruleFor(onMeasure('7')), ON)).toEqual({ outcome: 'MET', value: '7' });
    expect(goldOn(nobody, ruleFor(onMeasure('6.9')), ON)).toEqual({ outcome: 'UNMET', value: '6.9' });
  });

  it('replaces no value', () => {
    expect(goldOn(answered('3'), ruleFor(onMeasure('7')), ON)).toEqual({ outcome: 'UNMET', value: '3' });
    expect(goldOn(answered('3'), ruleFor(onRequirement('MET')), ON)).toEqual({
      outcome: 'UNMET',
      value: '3',
    });
  });

  it('is the outcome of a requirement that the data do not decide', () => {
    expect(goldOn(nobody, ruleFor(onRequirement('MET')), ON)).toEqual({ outcome: 'MET', value: null });
    expect(goldOn(nobody, ruleFor(onRequirement('UNMET')), ON)).toEqual({ outcome: 'UNMET', value: null });
    expect(proofOf(nobody, onRequirement('UNMET'))).toMatchObject({ assumed: true, shortfall: null });
    const undecided = { measure: { metric: score }, atLeast: '7' };
    for (const parts of [
      { allOf: [undecided] },
      { anyOf: [undecided] },
      { atLeast: 1, of: [undecided] },
      { specialization: 'S' },
      { requirement: 'answers' },
    ]) {
      const rulebook = ruleFor(
        { ...parts, otherwise: 'MET' },
        {
          specializations: [{ code: 'S', name, requirement: undecided }],
          requirements: { answers: { name, requirement: undecided } },
        },
      );
      const proof = requirementOf(proveOn(nobody, rulebook, ON), 'GOLD');
      expect([proof.outcome, proof.assumed]).toEqual(['MET', true]);
      expect(requirementOf(proveOn(answered('6'), rulebook, ON), 'GOLD')).toMatchObject({
        outcome: 'UNMET',
        assumed: false,
      });
    }
  });

  it('leaves a range a range', () => {
    const points = { of: { metric: score }, linear: { points: '1', per: '1' }, cap: '5' };
    const proof = proofOf(nobody, { measure: { points, otherwise: '5' }, atLeast: '5' });
    if (proof.type !== 'THRESHOLD') throw new Error('a threshold');
    expect([proof.outcome, proof.actual.value, proof.actual.assumed]).toEqual([
      'INSUFFICIENT_DATA',
      null,
      false,
    ]);
    const within = proofOf(nobody, {
      measure: { points: { ...points, of: { metric: score, otherwise: '4' } } },
      atLeast: '5',
    });
    if (within.type !== 'THRESHOLD') throw new Error('a threshold');
    expect([within.outcome, valueText(within.actual)]).toEqual(['UNMET', '4']);
  });

  it.each([
    [onMeasure('8'), nobody, 'there are no data yet, so 8 is assumed, which meets it.'],
    [onMeasure('6'), nobody, 'there are no data yet, so 6 is assumed, 1 too low.'],
    [onRequirement('MET'), nobody, 'there are no data yet, which counts as met.'],
    [onRequirement('UNMET'), nobody, 'there are no data yet, which counts as not met.'],
    [onRequirement('MET'), answered('8'), 'measured 8, which meets it.'],
    [
      { anyOf: [{ measure: { metric: score }, atLeast: '7' }], otherwise: 'MET' },
      nobody,
      '0 are met. The data do not decide it, which counts as met.',
    ],
  ])('is said in the sentence of %j', (requirement, partner, end) => {
    const rulebook = ruleFor(requirement);
    const proof = requirementOf(proveOn(partner, rulebook, ON), 'GOLD');
    expect(explainRequirement(proof, rulebook, 'en').endsWith(`; ${end}`)).toBe(true);
  });

  it('is said in German', () => {
    const said = (requirement: unknown) =>
      explainRequirement(proofOf(nobody, requirement), ruleFor(requirement), 'de').split('; ')[1];
    expect(said(onMeasure('8'))).toBe('es liegen noch keine Daten vor, daher gilt der Wert 8, erfüllt.');
    expect(said(onRequirement('UNMET'))).toBe('es liegen noch keine Daten vor, das gilt als nicht erfüllt.');
  });
});

describe('rule 43: times', () => {
  const of = (window: unknown) => ({ metric: { fact: 'revenue', aggregate: 'SUM', window } });
  const year = of({ calendar: 'YEAR', last: 1 });
  const before = of({ calendar: 'YEAR', last: 1, shift: { periods: 1 } });
  const revenue = (value: string, on: string) => fact('revenue', { value, on });
  const growth = { measure: { sum: [year, { times: '-1.15', of: before }] }, atLeast: '0', unit: 'EUR' };

  it('counts a part of a sum several times, also below zero', () => {
    const grown = (value: string) =>
      goldOn(
        partnerWith([revenue('1000', '2024-05-01'), revenue(value, '2025-05-01')]),
        ruleFor(growth),
        '2026-01-01',
      );
    expect(grown('1150')).toEqual({ outcome: 'MET', value: '0' });
    expect(grown('1149.99')).toEqual({ outcome: 'UNMET', value: '-0.01' });
  });

  it('stays exact', () => {
    const third = { measure: { sum: [{ times: '0.1', of: { constant: '3' } }] }, atLeast: '0.3' };
    expect(goldOn(nobody, ruleFor(third), ON)).toEqual({ outcome: 'MET', value: '0.3' });
  });

  it('turns a range round below zero', () => {
    const open = { points: { of: { metric: score }, linear: { points: '1', per: '1' }, cap: '5' } };
    const rangeOf = (times: string) => {
      const proof = proofOf(nobody, { measure: { sum: [{ times, of: open }] }, atLeast: times });
      if (proof.type !== 'THRESHOLD') throw new Error('a threshold');
      const { range } = proof.actual;
      return range && [range.minimum.numerator, range.maximum.numerator].map(Number);
    };
    expect(rangeOf('2')).toEqual([0, 10]);
    expect(rangeOf('-2')).toEqual([-10, 0]);
  });

  it('shows the factor and the part in the proof', () => {
    const proof = proofOf(partnerWith([revenue('200', '2024-02-01')]), growth);
    if (proof.type !== 'THRESHOLD' || proof.actual.type !== 'CALCULATION') throw new Error('a sum');
    const [, part] = proof.actual.parts;
    if (part?.type !== 'CALCULATION') throw new Error('a part');
    expect(part).toMatchObject({
      operator: 'TIMES',
      unit: 'EUR',
      path: '/tiers/1/requirement/measure/sum/1',
    });
    expect(part.factor).toEqual({ numerator: -23n, denominator: 20n });
    expect([part, ...part.parts].map(valueText)).toEqual(['-230', '200']);
  });
});

describe('rule 44: named requirements', () => {
  const credential = { name, count: 1, where: [{ field: 'credential', in: ['A'] }] };
  const certified = { persons: [credential] };
  const spent = { metric: { fact: 'revenue', aggregate: 'SUM', window: { allTime: true } } };
  const areas = {
    forEach: {
      dimension: 'attributes.area',
      where: { measure: spent, above: '0' },
      need: 'ALL',
      body: { requirement: 'skilled' },
    },
  };
  const skilled = { requirements: { skilled: { name, requirement: certified } } };
  const certification = (area: string) =>
    fact('certification', { on: '2026-01-01', person: 'ada', credential: 'A', attributes: { area } });
  const revenueIn = (area: string) => fact('revenue', { on: '2026-01-01', value: '5', attributes: { area } });

  it('mean what they would mean where they are used', () => {
    const rulebook = ruleFor({ requirement: 'skilled' }, skilled);
    const written = ruleFor(certified);
    for (const partner of [nobody, partnerWith([certification('x')])]) {
      const named = requirementOf(proveOn(partner, rulebook, ON), 'GOLD');
      if (named.type !== 'NAMED') throw new Error('a named one');
      const plain = requirementOf(proveOn(partner, written, ON), 'GOLD');
      expect(named).toMatchObject({ outcome: plain.outcome, name });
      expect(named.proof).toEqual({ ...plain, path: '/requirements/skilled/requirement' });
    }
  });

  it('are restricted to the item within a forEach', () => {
    const rulebook = ruleFor({ allOf: [areas, { requirement: 'skilled' }] }, skilled);
    const outcomeOf = (...facts: ReturnType<typeof revenueIn>[]) => {
      const proof = requirementOf(proveOn(partnerWith(facts), rulebook, ON), 'GOLD');
      return proof.type === 'COMPOSITE' ? proof.parts.map((part) => part.proof.outcome) : [];
    };
    expect(outcomeOf(revenueIn('x'), certification('x'))).toEqual(['MET', 'MET']);
    expect(outcomeOf(revenueIn('x'), certification('y'))).toEqual(['UNMET', 'MET']);
    expect(outcomeOf(revenueIn('x'), revenueIn('y'), certification('x'))).toEqual(['UNMET', 'MET']);
  });

  it('are led to by what is missing, and say whose they are', () => {
    const rulebook = ruleFor({ requirement: 'skilled' }, skilled);
    const { computedNext } = proveOn(nobody, rulebook, ON);
    expect(computedNext?.missing.map(({ path }) => path)).toEqual(['/requirements/skilled/requirement']);
    const whole = requirementOf(proveOn(nobody, rulebook, ON), 'GOLD');
    expect(explainRequirement(whole, rulebook, 'en')).toBe('Gold needs answers in time; it is not met.');
    expect(explainRequirement(whole, rulebook, 'de')).toBe(
      'Für Gold nötig: Pünktliche Antworten; nicht erfüllt.',
    );
    const [missing] = computedNext?.missing ?? [];
    if (missing === undefined) throw new Error('something missing');
    expect(explainRequirement(missing, rulebook, 'en')).toMatch(/^Answers in time needs a person/);
  });
});
