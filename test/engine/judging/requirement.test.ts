import { describe, expect, it } from 'vitest';
import type { RequirementProof } from '../../../src/engine/judging/standing.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { explainRequirement } from '../../../src/engine/text/explain-requirement.ts';
import {
  documentFor,
  factory,
  goldOn,
  heldRulebookOf,
  judgeOn,
  partnerWith,
  proveOn,
  requirementOf,
  rulebookOf,
  valueText,
} from '../support/measuring.ts';

const ON = '2026-06-30';
const name = { en: 'Name', de: 'Name' };
const window = { allTime: true };

/** Requirements that are MET, UNMET and INSUFFICIENT_DATA whatever the facts are. */
const M = { measure: { constant: '1' }, atLeast: '1' };
const U = { measure: { constant: '0' }, atLeast: '1' };
const I = { measure: { metric: { fact: 'satisfaction', aggregate: 'AVERAGE', window } }, atLeast: '5' };

function users(subject: string): unknown {
  return {
    metric: { fact: 'users', aggregate: 'SUM', window, where: [{ field: 'subject', in: [subject] }] },
  };
}

function usersOf(numbers: Readonly<Record<string, string>>): Fact[] {
  const fact = factory();
  return Object.entries(numbers).map(([subject, value]) =>
    fact('users', { on: '2026-01-01', subject, value }),
  );
}

/** The outcome of a requirement for a partner with these facts. */
function outcome(requirement: unknown, facts: readonly Fact[] = [], region = 'EMEA'): string {
  const rulebook = heldRulebookOf(documentFor(requirement));
  return requirementOf(proveOn(partnerWith(facts, { region }), rulebook, ON), 'GOLD').outcome;
}

/** The value of a measure for a partner with these facts. */
function value(measure: unknown, facts: readonly Fact[] = [], region = 'EMEA'): string | null {
  return goldOn(partnerWith(facts, { region }), heldRulebookOf(documentFor({ measure, atLeast: '0' })), ON)
    .value;
}

describe('rule 9: thresholds', () => {
  it.each([
    ['atLeast', ['UNMET', 'MET', 'MET']],
    ['above', ['UNMET', 'UNMET', 'MET']],
    ['atMost', ['MET', 'MET', 'UNMET']],
    ['below', ['MET', 'UNMET', 'UNMET']],
  ])('%s, just below, at and just above', (comparison, expected) => {
    const numbers = ['9.99', '10', '10.01'];
    expect(numbers.map((number) => outcome({ measure: { constant: number }, [comparison]: '10' }))).toEqual(
      expected,
    );
  });

  it.each([
    [{ atLeast: '10' }, '7', '3'],
    [{ above: '10' }, '10', '0.000001'],
    [{ atLeast: '10' }, '12', '0'],
    [{ atMost: '10' }, '12.5', '2.5'],
    [{ below: '10' }, '9', '0'],
  ])('%j of %s falls short by %s', (bound, number, shortfall) => {
    const rulebook = rulebookOf(documentFor({ measure: { constant: number }, ...bound }));
    const proof = requirementOf(proveOn(partnerWith([]), rulebook, ON), 'GOLD');
    expect(proof.type === 'THRESHOLD' && valueText({ ...proof.actual, value: proof.shortfall })).toBe(
      shortfall,
    );
  });

  it('values per region are those of the partner, or the default', () => {
    const regional = { default: '10', regions: { APAC: '5' } };
    const requirement = { measure: { constant: '7' }, atLeast: regional };
    expect(outcome(requirement)).toBe('UNMET');
    expect(outcome(requirement, [], 'APAC')).toBe('MET');
    expect(value({ constant: regional }, [], 'APAC')).toBe('5');
    const points = { points: { of: { constant: '3' }, linear: { points: regional, per: '1' } } };
    expect(value(points)).toBe('30');
    expect(value(points, [], 'APAC')).toBe('15');
  });
});

describe('rule 11: three values', () => {
  it.each([
    ['MET', { allOf: [M, M] }],
    ['UNMET', { allOf: [M, I, U] }],
    ['INSUFFICIENT_DATA', { allOf: [M, I] }],
    ['MET', { anyOf: [U, I, M] }],
    ['INSUFFICIENT_DATA', { anyOf: [U, I] }],
    ['UNMET', { anyOf: [U, U] }],
    ['MET', { atLeast: 2, of: [M, M, I, U] }],
    ['INSUFFICIENT_DATA', { atLeast: 2, of: [M, I, U] }],
    ['UNMET', { atLeast: 3, of: [M, I, U] }],
    ['MET', { atLeast: 2, mandatory: [M], of: [M, U] }],
    ['UNMET', { atLeast: 2, mandatory: [U], of: [M, M] }],
    ['INSUFFICIENT_DATA', { atLeast: 2, mandatory: [I], of: [M, M] }],
    ['UNMET', { atLeast: 2, mandatory: [I], of: [U, U] }],
  ])('%s is %j', (expected, requirement) => {
    expect(outcome(requirement)).toBe(expected);
  });

  it('a ratio over 0 is INSUFFICIENT_DATA', () => {
    const ratio = { ratio: { of: users('a'), to: users('b') } };
    expect(value(ratio, usersOf({ a: '7', b: '0' }))).toBeNull();
    expect(value(ratio, usersOf({ a: '7', b: '8' }))).toBe('0.875');
    expect(outcome({ measure: ratio, atLeast: '0.875' }, usersOf({ a: '7', b: '8' }))).toBe('MET');
  });

  it('an insufficient item makes points a range from 0 to its cap: decided if both ends agree', () => {
    const open = { points: { of: I.measure, linear: { points: '1', per: '1' }, cap: '10' } };
    const total = { sum: [{ points: { of: { constant: '60' }, linear: { points: '1', per: '1' } } }, open] };
    expect(outcome({ measure: total, atLeast: '60' })).toBe('MET');
    expect(outcome({ measure: total, atLeast: '60.5' })).toBe('INSUFFICIENT_DATA');
    expect(outcome({ measure: total, above: '70' })).toBe('UNMET');
    expect(outcome({ measure: { ratio: { of: total, to: { constant: '2' } } }, below: '35' })).toBe(
      'INSUFFICIENT_DATA',
    );
    expect(outcome({ measure: { ratio: { of: { constant: '1' }, to: open } }, atLeast: '0' })).toBe(
      'INSUFFICIENT_DATA',
    );
    const rulebook = rulebookOf(documentFor({ measure: total, atLeast: '65' }));
    expect(requirementOf(proveOn(partnerWith([]), rulebook, ON), 'GOLD')).toMatchObject({
      actual: { value: null, range: { minimum: { numerator: 60n }, maximum: { numerator: 70n } } },
      shortfall: null,
    });
  });

  it('a ratio over what may be 0 is INSUFFICIENT_DATA', () => {
    const open = { points: { of: I.measure, linear: { points: '1', per: '1' }, cap: '10' } };
    const around = { sum: [open, { constant: '-5' }] };
    const below = { sum: [open, { constant: '-10' }] };
    for (const to of [open, around, below]) {
      expect(outcome({ measure: { ratio: { of: { constant: '1' }, to } }, atLeast: '-9' })).toBe(
        'INSUFFICIENT_DATA',
      );
    }
  });

  it('points without a cap can be anything while their item is insufficient', () => {
    const open = { points: { of: I.measure, linear: { points: '1', per: '1' } } };
    expect(outcome({ measure: { sum: [open, { constant: '60' }] }, atLeast: '1' })).toBe('INSUFFICIENT_DATA');
  });
});

describe('rule 8: measures of measures', () => {
  const facts = usersOf({ a: '3', b: '150' });
  it.each([
    ['153', { sum: [users('a'), users('b')] }],
    ['3', { minimum: [users('a'), users('b')] }],
    ['100', { minimum: [users('b'), { constant: '100' }] }],
    ['150', { maximum: [users('a'), users('b')] }],
    ['0.03', { ratio: { of: users('a'), to: { minimum: [users('b'), { constant: '100' }] } } }],
  ])('%s is %j', (expected, measure) => {
    expect(value(measure, facts)).toBe(expected);
  });

  it('a named measure is used by its name, and proven under its own path', () => {
    const document = documentFor(
      { measure: 'total', atLeast: '1' },
      { measures: { total: { sum: ['a'] }, a: users('a') } },
    );
    const proof = requirementOf(proveOn(partnerWith(facts), rulebookOf(document), ON), 'GOLD');
    expect(proof).toMatchObject({
      actual: { path: '/measures/total', parts: [{ path: '/measures/a', unit: 'users' }] },
    });
  });
});

describe('rule 12: points', () => {
  const points = (of: string, scale: unknown): string | null =>
    value({ points: { of: { constant: of }, ...(scale as object) } });

  it.each([
    ['2.5', '250', { linear: { points: '1', per: '100' } }],
    ['2', '299.99', { wholeUnits: { points: '1', per: '100' } }],
    ['9', '300', { wholeUnits: { points: '3', per: '100' } }],
    ['20', '99999', { linear: { points: '1', per: '100' }, cap: '20' }],
    ['19.9999', '1999.99', { linear: { points: '1', per: '100' }, cap: '20' }],
    ['0', '-500', { linear: { points: '1', per: '100' } }],
    [
      '0',
      '4.9',
      {
        steps: [
          { atLeast: '5', points: '1' },
          { atLeast: '10', points: '7' },
        ],
      },
    ],
    [
      '1',
      '5',
      {
        steps: [
          { atLeast: '5', points: '1' },
          { atLeast: '10', points: '7' },
        ],
      },
    ],
    [
      '7',
      '10',
      {
        steps: [
          { atLeast: '5', points: '1' },
          { atLeast: '10', points: '7' },
        ],
      },
    ],
    [
      '4',
      '10',
      {
        steps: [
          { atLeast: '5', points: '1' },
          { atLeast: '10', points: '7' },
        ],
        cap: '4',
      },
    ],
  ])('%s points for %s with %j', (expected, of, scale) => {
    expect(points(of, scale)).toBe(expected);
  });

  it('a maximum share as a condition fails when a category exceeds it', () => {
    const parts = [users('a'), users('b'), users('c')];
    const condition = { measure: { largestShare: parts }, atMost: '0.4' };
    expect(outcome(condition, usersOf({ a: '40', b: '30', c: '30' }))).toBe('MET');
    expect(outcome(condition, usersOf({ a: '41', b: '30', c: '29' }))).toBe('UNMET');
    expect(outcome(condition)).toBe('MET');
    expect(value({ largestShare: parts }, usersOf({ a: '1', b: '1', c: '1' }))).toBe('0.333333');
  });

  it.each([
    // Two equal halves stay; a larger one is cut until it is half of what is left.
    ['20', '0.5', { a: '10', b: '10', c: '0' }],
    ['8', '0.5', { a: '10', b: '4', c: '0' }],
    ['24', '0.34', { a: '8', b: '8', c: '8' }],
    // Three categories can't all stay within less than a third.
    ['0', '0.33', { a: '8', b: '8', c: '8' }],
    ['0', '0.4', { a: '10', b: '10', c: '0' }],
    ['25', '0.4', { a: '90', b: '10', c: '5' }],
    ['20', '0.5', { a: '10', b: '10', c: '-5' }],
    ['27', '1', { a: '27', b: '0', c: '0' }],
    ['0', '0.4', { a: '-3', b: '0', c: '0' }],
  ])('a maximum share as a cap counts %s with at most %s of %j', (expected, maximumShare, numbers) => {
    const total = value({ sum: [users('a'), users('b'), users('c')], maximumShare }, usersOf(numbers));
    expect(total).toBe(expected);
  });
});

describe('rule 33: what decided is said', () => {
  const text = (requirement: unknown, facts: readonly Fact[] = []): string => {
    const rulebook = heldRulebookOf(documentFor(requirement));
    const proof = requirementOf(proveOn(partnerWith(facts), rulebook, ON), 'GOLD');
    return explainRequirement(proof, rulebook, 'en').split('; ').slice(1).join('; ');
  };
  const constant = (number: string) => ({ constant: number });
  const points = (of: unknown, cap: string) => ({
    points: { of, linear: { points: '1', per: '1' }, cap },
  });

  it('a maximum share that cuts 1,000 to none', () => {
    const sum = [users('a'), users('b')];
    expect(
      text({ measure: { sum, maximumShare: '0.4' }, atLeast: '70' }, usersOf({ a: '500', b: '500' })),
    ).toBe(
      'counted 0 users, 70 users too few (no part may be more than 40% of the total, which cuts 1,000 users to 0 users).',
    );
  });

  it('a cap of points, and a minimum with a constant', () => {
    const training = { ...points(users('a'), '20'), name: { en: 'Training', de: 'Schulung' } };
    expect(text({ measure: { sum: [training] }, atLeast: '30' }, usersOf({ a: '35' }))).toBe(
      'counted 20 points, 10 points are missing (training: limited to 20 points, otherwise 35 points).',
    );
    expect(
      text({ measure: { minimum: [users('a'), constant('100')] }, atLeast: '200' }, usersOf({ a: '300' })),
    ).toBe('counted 100 users, 100 users too few (limited to 100 users, otherwise 300 users).');
    // What the cap leaves alone is not named.
    expect(text({ measure: points(users('a'), '20'), atLeast: '30' }, usersOf({ a: '20' }))).toBe(
      'counted 20 points, 10 points are missing.',
    );
  });

  it('a limit a respondent', () => {
    const fact = factory();
    const facts = ['1', '2', '3'].map((id) =>
      fact('satisfaction', { on: `2026-01-0${id}`, value: '9', respondent: 'r' }),
    );
    const metric = { fact: 'satisfaction', aggregate: 'AVERAGE', window, minimumSample: 2, perRespondent: 1 };
    expect(text({ measure: { metric }, atLeast: '8' }, facts)).toBe(
      "only 1 of at least 2 values needed is there, so it can't be decided (2 more answers do not count: at most 1 per respondent).",
    );
  });

  it('a range by the end that decides, or by what leaves it open', () => {
    const open = points(I.measure, '20');
    const total = { sum: [points(constant('86'), '90'), open] };
    expect(text({ measure: total, atLeast: '80' })).toBe('counted at least 86 points, which meets it.');
    expect(text({ measure: total, atLeast: '111' })).toBe(
      'counted at most 106 points, so at least 5 points are missing.',
    );
    expect(text({ measure: total, atLeast: '100' })).toBe(
      'the data leave open where between 86 points and 106 points the value lies (there are no data on customer satisfaction yet).',
    );
    const ratio = { ratio: { of: constant('1'), to: open } };
    expect(text({ measure: ratio, atLeast: '1' })).toBe(
      "there are no data on customer satisfaction yet, so it can't be decided.",
    );
    expect(text({ measure: { ratio: { of: users('a'), to: users('b') } }, atLeast: '1' })).toBe(
      "the denominator (net new users) is 0, so it can't be decided.",
    );
  });

  it('without looking at what is used often more than once', () => {
    const layers = Array.from({ length: 10 }, (_, index) => [
      `m${index + 1}`,
      { sum: [`m${index}`, `m${index}`] },
    ]);
    const document = documentFor(
      { measure: 'm10', atLeast: '1' },
      { measures: { m0: points(users('a'), '1'), ...Object.fromEntries(layers) } },
    );
    const rulebook = rulebookOf(document);
    const proof = requirementOf(proveOn(partnerWith(usersOf({ a: '-1' })), rulebook, ON), 'GOLD');
    expect(explainRequirement(proof, rulebook, 'en')).toMatch(/counted 0 points, 1 point is missing\.$/);
  });
});

describe('rule 9: forEach', () => {
  const spend = { metric: { fact: 'revenue', aggregate: 'SUM', window } };
  const forEach = (need: unknown, others: object = {}): unknown => ({
    forEach: {
      dimension: 'attributes.area',
      where: { measure: spend, atLeast: '500' },
      need,
      body: {
        measure: { metric: { fact: 'certification', aggregate: 'DISTINCT', by: ['person'], window } },
        atLeast: '1',
      },
      ...others,
    },
  });
  const fact = factory();
  const spent = (area: string, amount: string) =>
    fact('revenue', { on: '2026-01-01', value: amount, attributes: { area } });
  const certified = (area: string) =>
    fact('certification', { on: '2026-01-01', person: 'ada', credential: 'C', attributes: { area } });

  it.each([
    ['with no item: MET for all', 'ALL', [], 'MET'],
    ['with no item: UNMET for any', 'ANY', [], 'UNMET'],
    ['with no item: UNMET for at least n', 1, [], 'UNMET'],
    ['a value just below the condition is no item', 'ALL', [spent('search', '499.99')], 'MET'],
    ['a value at the condition is one', 'ALL', [spent('search', '500')], 'UNMET'],
    ['a fact of another value does not help', 'ALL', [spent('search', '500'), certified('video')], 'UNMET'],
    ['all', 'ALL', [spent('search', '500'), spent('video', '900'), certified('search')], 'UNMET'],
    [
      'all met',
      'ALL',
      [spent('search', '500'), spent('video', '900'), certified('search'), certified('video')],
      'MET',
    ],
    ['any', 'ANY', [spent('search', '500'), spent('video', '900'), certified('search')], 'MET'],
    ['at least two', 2, [spent('search', '500'), spent('video', '900'), certified('search')], 'UNMET'],
    [
      'facts without a value belong to no item',
      'ANY',
      [fact('revenue', { on: '2026-01-01', value: '900' })],
      'UNMET',
    ],
  ])('%s', (_rule, need, facts, expected) => {
    expect(outcome(forEach(need), facts)).toBe(expected);
  });

  it('a value is an item only while a fact of it counts', () => {
    const metric = { fact: 'revenue', aggregate: 'SUM', window: { trailing: { days: 30 } } };
    const requirement = forEach('ALL', { where: { measure: { metric }, below: '1000' }, body: U });
    const rulebook = rulebookOf(documentFor(requirement));
    const partner = partnerWith([spent('search', '500')]);
    expect(judgeOn(partner, rulebook, '2026-01-30').computedTier).toBe('BASE');
    expect(judgeOn(partner, rulebook, '2026-01-31').computedTier).toBe('GOLD');
  });

  it('proves each item, ascending, under the paths of the body', () => {
    const rulebook = rulebookOf(documentFor(forEach('ALL')));
    const partner = partnerWith([spent('video', '900'), spent('search', '500'), certified('search')]);
    const proof = proveOn(partner, rulebook, ON);
    expect(requirementOf(proof, 'GOLD')).toMatchObject({
      type: 'FOR_EACH',
      itemsOf: 'attributes.area',
      needed: 2,
      met: 1,
      items: [
        {
          item: 'search',
          where: { actual: { value: { numerator: 500n } } },
          proof: { item: 'search', outcome: 'MET' },
        },
        { item: 'video', proof: { outcome: 'UNMET', path: '/tiers/1/requirement/forEach/body' } },
      ],
    });
    expect(proof.computedNext?.missing).toMatchObject([{ type: 'THRESHOLD', item: 'video' }]);
  });

  it("over regions, values per region are the item's", () => {
    const requirement = forEach('ALL', {
      dimension: 'region',
      body: { measure: spend, atLeast: { default: '1000', regions: { APAC: '600' } } },
    });
    const sold = (region: string, amount: string) =>
      fact('revenue', { on: '2026-01-01', value: amount, attributes: { region } });
    expect(outcome(requirement, [sold('APAC', '600'), sold('EMEA', '1000')])).toBe('MET');
    expect(outcome(requirement, [sold('APAC', '600'), sold('EMEA', '999')], 'APAC')).toBe('UNMET');
  });

  it('a value that may be an item decides nothing that it could change', () => {
    const undecided = (body: unknown, need: unknown) =>
      forEach(need, {
        dimension: 'customer',
        where: {
          measure: { metric: { fact: 'satisfaction', aggregate: 'AVERAGE', window, minimumSample: 2 } },
          below: '5',
        },
        body,
      });
    const facts = [fact('satisfaction', { on: '2026-01-01', value: '3', customer: 'acme' })];
    expect(outcome(undecided(M, 'ALL'), facts)).toBe('MET');
    expect(outcome(undecided(U, 'ALL'), facts)).toBe('INSUFFICIENT_DATA');
    expect(outcome(undecided(M, 'ANY'), facts)).toBe('INSUFFICIENT_DATA');
    expect(outcome(undecided(U, 'ANY'), facts)).toBe('UNMET');
  });
});

describe('rule 16: tiers', () => {
  const ladder = (...requirements: unknown[]) =>
    rulebookOf({
      format: 1,
      tiers: ['T0', 'T1', 'T2', 'T3'].map((code, index) => ({
        code,
        name,
        ...(index > 0 && { requirement: requirements[index - 1] }),
      })),
    });

  it.each([
    ['T3', [U, I, M]],
    ['T1', [M, U, I]],
    ['T0', [U, U, U]],
    ['T0', [I, I, I]],
  ])('the computed tier is %s, the highest that is met, whatever lower ones say', (tier, requirements) => {
    expect(judgeOn(partnerWith([]), ladder(...requirements), ON).computedTier).toBe(tier);
  });

  it('computedNext is the tier above the computed one, null at the top', () => {
    expect(proveOn(partnerWith([]), ladder(M, U, U), ON).computedNext?.tier).toBe('T2');
    expect(proveOn(partnerWith([]), ladder(U, U, M), ON).computedNext).toBeNull();
  });

  it.each([
    [{ allOf: [M, { allOf: [U, M, I] }] }, ['/allOf/1/allOf/0', '/allOf/1/allOf/2']],
    [{ allOf: [{ anyOf: [U, U] }, U] }, ['/allOf/0', '/allOf/1']],
    [{ anyOf: [U] }, ['/anyOf/0']],
    [{ atLeast: 2, mandatory: [U], of: [M, U] }, ['/mandatory/0']],
    [{ atLeast: 2, mandatory: [U], of: [U, U] }, ['/mandatory/0', '']],
  ])('of %j it names the smallest parts that are missing', (requirement, paths) => {
    const { computedNext: next } = proveOn(partnerWith([]), ladder(requirement, U, U), ON);
    const of = (proof: RequirementProof): string => proof.path.replace('/tiers/1/requirement', '');
    expect(next?.missing.map(of)).toEqual(paths);
  });

  it('specializations may build on others, and are proven once each', () => {
    const rulebook = rulebookOf(
      documentFor(
        { specialization: 'EXPERT' },
        {
          specializations: [
            { code: 'EXPERT', name, requirement: { allOf: [{ specialization: 'BASICS' }, M] } },
            { code: 'BASICS', name, requirement: M },
            { code: 'OTHER', name, requirement: I },
          ],
        },
      ),
    );
    expect(judgeOn(partnerWith([]), rulebook, ON)).toMatchObject({
      computedTier: 'GOLD',
      specializations: ['EXPERT', 'BASICS'],
    });
  });
});
