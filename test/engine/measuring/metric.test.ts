import { describe, expect, it } from 'vitest';
import { evidence } from '../../../src/engine/judging/evidence.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import {
  day,
  documentFor,
  factory,
  goldOn,
  heldRulebookOf,
  judgeOn,
  PROGRAM,
  partnerWith,
  rulebookOf,
} from '../support/measuring.ts';

const ALL_TIME = { allTime: true };
const ON = '2026-06-30';
const MEASURE = '/tiers/1/requirement/measure';

type Parts = Readonly<Record<string, unknown>>;

/** A rulebook whose GOLD asks for something of one metric. */
function ruleFor(metric: Parts, others: Parts = {}) {
  return heldRulebookOf(
    documentFor({ measure: { metric: { window: ALL_TIME, ...metric } }, atLeast: '0' }, others),
  );
}

/** A metric's value over facts on a day. */
function valueFor(metric: Parts, facts: readonly Fact[], on = ON, others: Parts = {}): string | null {
  return goldOn(partnerWith(facts), ruleFor(metric, others), on).value;
}

/** What was counted and what was not, by the ids of the facts. */
function countedOf(metric: Parts, facts: readonly Fact[], on = ON): unknown {
  const { counted, excluded } = evidence(partnerWith(facts), ruleFor(metric), day(on), { path: MEASURE });
  return [
    counted.map(({ id }) => id),
    Object.fromEntries(excluded.map(({ fact, reason }) => [fact.id, reason])),
  ];
}

describe('rule 8: aggregates', () => {
  const scores = (...values: readonly string[]): Fact[] => {
    const fact = factory();
    return values.map((value) => fact('satisfaction', { on: '2026-01-01', value }));
  };
  const score = { fact: 'satisfaction' };

  it.each([
    ['SUM', '16.5'],
    ['COUNT', '4'],
    ['AVERAGE', '4.125'],
    ['MEDIAN', '3'],
    ['MINIMUM', '1.5'],
    ['MAXIMUM', '9'],
  ])('%s', (aggregate, expected) => {
    expect(valueFor({ ...score, aggregate }, scores('9', '2', '1.5', '4'))).toBe(expected);
  });

  it('the median of an odd number is the middle one', () => {
    expect(valueFor({ ...score, aggregate: 'MEDIAN' }, scores('9', '2', '10'))).toBe('9');
  });

  it('counts distinct persons, or distinct persons and credentials', () => {
    const fact = factory();
    const facts = [
      fact('certification', { on: '2026-01-01', person: 'ada', credential: 'A' }),
      fact('certification', { on: '2026-02-01', person: 'ada', credential: 'A' }),
      fact('certification', { on: '2026-03-01', person: 'ada', credential: 'B' }),
      fact('certification', { on: '2026-04-01', person: 'ben', credential: 'B' }),
    ];
    const distinct = { fact: 'certification', aggregate: 'DISTINCT' };
    expect(valueFor({ ...distinct, by: ['person'] }, facts)).toBe('2');
    expect(valueFor({ ...distinct, by: ['person', 'credential'] }, facts)).toBe('3');
    expect(valueFor({ ...distinct, by: ['credential'] }, facts)).toBe('2');
    expect(countedOf({ ...distinct, by: ['person'] }, facts)).toEqual([
      ['F001', 'F004'],
      { F002: 'DUPLICATE_PERSON', F003: 'DUPLICATE_PERSON' },
    ]);
  });

  it('nets returns', () => {
    const fact = factory();
    const facts = ['100', '-30.5', '-80'].map((value) => fact('revenue', { on: '2026-01-01', value }));
    expect(valueFor({ fact: 'revenue', aggregate: 'SUM' }, facts)).toBe('-10.5');
  });
});

describe('rule 11: nothing', () => {
  it.each(['SUM', 'COUNT'])('the %s of nothing is 0', (aggregate) => {
    expect(goldOn(partnerWith([]), ruleFor({ fact: 'satisfaction', aggregate }), ON)).toEqual({
      outcome: 'MET',
      value: '0',
    });
  });

  it.each(['AVERAGE', 'MEDIAN', 'MINIMUM', 'MAXIMUM'])(
    'the %s of nothing is INSUFFICIENT_DATA',
    (aggregate) => {
      expect(goldOn(partnerWith([]), ruleFor({ fact: 'satisfaction', aggregate }), ON)).toEqual({
        outcome: 'INSUFFICIENT_DATA',
        value: null,
      });
    },
  );

  it('an average under its minimum sample is INSUFFICIENT_DATA', () => {
    const fact = factory();
    const facts = ['8', '9'].map((value) => fact('satisfaction', { on: '2026-01-01', value }));
    const average = { fact: 'satisfaction', aggregate: 'AVERAGE' };
    expect(valueFor({ ...average, minimumSample: 3 }, facts)).toBeNull();
    expect(valueFor({ ...average, minimumSample: 2 }, facts)).toBe('8.5');
  });
});

describe('rules 1, 5 and 6: which days count', () => {
  const fact = factory();
  const sum = { fact: 'usage', aggregate: 'SUM' };

  it('a fact dated in the future counts from its day', () => {
    const facts = [fact('usage', { on: '2026-07-01', value: '5' })];
    expect(valueFor(sum, facts, '2026-06-30')).toBe('0');
    expect(valueFor(sum, facts, '2026-07-01')).toBe('5');
  });

  it('a fact from before enrolment counts', () => {
    expect(valueFor(sum, [fact('usage', { on: '2019-01-01', value: '5' })])).toBe('5');
  });

  it('being valid on the day is a filter of its own', () => {
    const facts = [fact('usage', { on: '2026-01-01', expires: '2026-06-30', value: '5' })];
    expect(valueFor(sum, facts, '2026-06-30')).toBe('5');
    expect(valueFor({ ...sum, validOnDay: true }, facts, '2026-06-29')).toBe('5');
    expect(valueFor({ ...sum, validOnDay: true }, facts, '2026-06-30')).toBe('0');
    const window = { trailing: { months: 3 } };
    expect(valueFor({ ...sum, validOnDay: true, window }, facts, '2026-04-01')).toBe('0');
  });

  it('names why each other fact did not count', () => {
    const made = factory();
    const facts = [
      made('usage', { on: '2026-06-01', value: '1' }),
      made('usage', { on: '2025-01-01', value: '1' }),
      made('usage', { on: '2026-06-01', expires: '2026-06-02', value: '1' }),
      made('usage', { on: '2026-12-01', value: '1' }),
      made('usage', { on: '2026-06-01', value: '1', voided: true }),
      made('usage', { on: '2026-06-01', value: '1', subject: 'other' }),
      made('usage', { on: '2026-06-01', value: '1', attributes: { region: 'APAC' } }),
      made('users', { on: '2026-06-01', value: '1' }),
    ];
    const metric = {
      ...sum,
      window: { trailing: { months: 12 } },
      validOnDay: true,
      where: [
        { field: 'subject', notIn: ['other'] },
        { field: 'region', notIn: ['APAC'] },
      ],
    };
    expect(countedOf(metric, facts)).toEqual([
      ['F001'],
      {
        F002: 'OUTSIDE_WINDOW',
        F003: 'EXPIRED',
        F004: 'NOT_YET_VALID',
        F005: 'VOIDED',
        F006: 'FILTERED_OUT',
        F007: 'WRONG_REGION',
      },
    ]);
  });
});

describe('rule 5: filters read fields and attributes', () => {
  const fact = factory();
  const facts = [
    fact('revenue', {
      on: '2024-02-26',
      value: '1',
      attributes: { line: 'A', seats: '9', soldOn: '2024-02-26' },
    }),
    fact('revenue', {
      on: '2024-02-27',
      value: '2',
      attributes: { line: 'B', seats: '10.0', soldOn: '2024-02-27' },
    }),
    fact('revenue', {
      on: '2024-02-28',
      value: '4',
      attributes: { line: 'C', seats: 'ten', soldOn: 'soon' },
    }),
    fact('revenue', { on: '2024-02-29', value: '8' }),
  ];
  it.each([
    ['14', { field: 'attributes.line', notIn: ['A'] }],
    ['3', { field: 'attributes.line', in: ['A', 'B'] }],
    ['2', { field: 'attributes.seats', atLeast: '10' }],
    ['1', { field: 'attributes.seats', below: '10' }],
    ['0', { field: 'attributes.seats', above: '10' }],
    ['3', { field: 'attributes.seats', atMost: '10' }],
    ['1', { field: 'attributes.soldOn', as: 'DATE', below: '2024-02-27' }],
    ['2', { field: 'attributes.soldOn', as: 'DATE', atLeast: '2024-02-27' }],
    ['3', { field: 'occurredOn', atMost: '2024-02-27' }],
    ['15', { field: 'currency', in: ['EUR'] }],
  ])('%s is counted with %j', (expected, filter) => {
    expect(valueFor({ fact: 'revenue', aggregate: 'SUM', where: [filter] }, facts)).toBe(expected);
  });
});

it.each([
  ['1', { field: 'value', in: ['7.5'] }],
  ['2', { field: 'value', in: ['7.50', '9.0'] }],
  ['2', { field: 'value', notIn: ['07.5'] }],
])('rule 5: %s is counted of values with %j, however they are written', (expected, filter) => {
  const fact = factory();
  const facts = ['7.5', '9', '8'].map((value) => fact('satisfaction', { on: '2026-01-01', value }));
  expect(valueFor({ fact: 'satisfaction', aggregate: 'COUNT', where: [filter] }, facts)).toBe(expected);
});

it('rule 5: an attribute that a fact does not have is no attribute, whatever its name', () => {
  const fact = factory();
  const facts = [fact('usage', { on: '2026-01-01', value: '1' })];
  expect(valueFor({ fact: 'usage', aggregate: 'DISTINCT', by: ['attributes.constructor'] }, facts)).toBe('0');
});

describe('rule 10: money in other currencies', () => {
  const tables = [
    { from: '2020-01-01', equal: { EUR: '75', USD: '100', JPY: '12000' } },
    { from: '2026-01-01', equal: { EUR: '80', USD: '100', JPY: '12000' } },
  ];
  const sum = { fact: 'revenue', aggregate: 'SUM' };

  it('is converted exactly, by the table of its own day', () => {
    const fact = factory();
    const dollars = (on: string) => fact('revenue', { on, value: '100', currency: 'USD' });
    expect(valueFor(sum, [dollars('2025-12-31')], ON, { currencies: tables })).toBe('75');
    expect(valueFor(sum, [dollars('2026-01-01')], ON, { currencies: tables })).toBe('80');
    expect(valueFor(sum, [dollars('2019-01-01')], ON, { currencies: tables })).toBe('75');
    const yen = [1, 2, 3].map(() => fact('revenue', { on: '2025-01-01', value: '1', currency: 'JPY' }));
    expect(valueFor(sum, yen, ON, { currencies: tables })).toBe('0.01875');
  });

  it('7,500 EUR at 75 EUR = 100 USD meets 10,000 USD, and a cent less does not', () => {
    const program = { currency: 'USD', fiscalYearFirstMonth: 1, measurementKinds: [] };
    const scale = {
      minimum: { numerator: 0n, denominator: 1n },
      maximum: { numerator: 10n, denominator: 1n },
    };
    const requirement = { measure: { metric: { ...sum, window: ALL_TIME } }, atLeast: '10000', unit: 'USD' };
    const rulebook = rulebookOf(
      documentFor(requirement, { currencies: [{ from: '2020-01-01', equal: { EUR: '75', USD: '100' } }] }),
      { ...program, satisfactionScale: scale },
    );
    const fact = factory();
    const sold = (value: string) =>
      partnerWith([fact('revenue', { on: '2026-01-01', value, currency: 'EUR' })]);
    expect(goldOn(sold('7500'), rulebook, ON)).toEqual({ outcome: 'MET', value: '10000' });
    expect(goldOn(sold('7499.99'), rulebook, ON).outcome).toBe('UNMET');
  });

  it('does not count where the rulebook has no table for it', () => {
    const fact = factory();
    const facts = [fact('revenue', { on: '2026-01-01', value: '5', currency: 'CHF' })];
    expect(countedOf(sum, facts)).toEqual([[], { F001: 'UNKNOWN_CURRENCY' }]);
  });
});

describe('rule 13: at most k answers of one respondent', () => {
  const average = { fact: 'satisfaction', aggregate: 'AVERAGE', perRespondent: 2 };
  const fact = factory();
  const facts = [
    fact('satisfaction', { on: '2026-01-01', value: '1', respondent: 'acme', externalId: 'z' }),
    fact('satisfaction', { on: '2026-01-02', value: '5', respondent: 'acme', externalId: 'b' }),
    fact('satisfaction', { on: '2026-01-02', value: '9', respondent: 'acme', externalId: 'c' }),
    fact('satisfaction', { on: '2026-01-02', value: '3', respondent: 'acme', externalId: 'a' }),
    fact('satisfaction', { on: '2026-01-01', value: '10', respondent: 'other' }),
  ];

  it('the latest by day, then external id, count; the others say so', () => {
    expect(valueFor(average, facts)).toBe('8');
    expect(countedOf(average, facts)).toEqual([
      ['F005', 'F002', 'F003'],
      { F001: 'RESPONDENT_CAP', F004: 'RESPONDENT_CAP' },
    ]);
  });

  it('the source does not matter before the external id', () => {
    const twice = [
      fact('satisfaction', {
        on: '2026-01-01',
        value: '1',
        respondent: 'acme',
        externalId: 'a',
        source: 'z',
      }),
      fact('satisfaction', {
        on: '2026-01-01',
        value: '9',
        respondent: 'acme',
        externalId: 'b',
        source: 'a',
      }),
    ];
    expect(valueFor({ ...average, perRespondent: 1 }, twice)).toBe('9');
  });

  it('the minimum sample counts after it', () => {
    expect(valueFor({ ...average, minimumSample: 3 }, facts)).toBe('8');
    expect(valueFor({ ...average, minimumSample: 4 }, facts)).toBeNull();
  });

  it('an answer that leaves the window makes room for an older one of no other respondent', () => {
    const window = { trailing: { days: 30 } };
    expect(valueFor({ ...average, window }, facts, '2026-01-30')).toBe('8');
    expect(valueFor({ ...average, window }, facts, '2026-01-31')).toBe('7');
  });

  it('answers without a respondent are not limited', () => {
    const anonymous = facts.map((each) => ({ ...each, respondent: null }));
    expect(valueFor(average, anonymous)).toBe('5.6');
  });
});

describe('rule 15: scope', () => {
  const fact = factory();
  const member = (facts: readonly Fact[], ...memberships: readonly (readonly [string, string | null])[]) => ({
    partnerId: 'C',
    facts,
    memberships: memberships.map(([from, until]) => ({
      from: day(from),
      until: until === null ? null : day(until),
    })),
  });
  const own = fact('certification', { on: '2026-01-01', person: 'ada', credential: 'A' });
  const child = [
    fact('certification', { on: '2026-01-01', person: 'ada', credential: 'A', partnerId: 'C' }),
    fact('certification', { on: '2026-01-01', person: 'ben', credential: 'A', partnerId: 'C' }),
  ];
  const heads = { fact: 'certification', aggregate: 'DISTINCT', by: ['person'] };
  const partner = partnerWith([own], {}, [
    member(child, ['2026-03-01', '2026-06-01'], ['2026-05-01', '2026-09-01']),
  ]);

  it.each([
    ['2026-02-28', '1'],
    ['2026-03-01', '2'],
    ['2026-06-15', '2'],
    ['2026-08-31', '2'],
    ['2026-09-01', '1'],
  ])('on %s the family has %s persons, nobody twice', (on, expected) => {
    expect(goldOn(partner, ruleFor({ ...heads, scope: 'FAMILY' }), on).value).toBe(expected);
    expect(goldOn(partner, ruleFor(heads), on).value).toBe('1');
  });

  it('names the facts of those who were not in the family then', () => {
    const rulebook = ruleFor({ ...heads, scope: 'FAMILY' });
    expect(evidence(partner, rulebook, day('2026-09-01'), { path: MEASURE })).toEqual({
      counted: [own],
      excluded: child.map((each) => ({ fact: each, reason: 'NOT_IN_FAMILY' })),
    });
  });

  describe('rule 37: a descendant that leaves', () => {
    const dated = (on: string) => fact('revenue', { on, value: '1', currency: 'EUR', partnerId: 'C' });
    const [early, inside, away, back] = ['2025-06-01', '2026-02-01', '2026-04-15', '2026-05-15'].map(dated);
    const facts = [early, inside, away, back].filter((each) => each !== undefined);
    const leaver = {
      ...member(facts, ['2026-01-01', null]),
      enrolled: [
        { from: day('2026-01-01'), until: day('2026-04-01') },
        { from: day('2026-05-01'), until: null },
      ],
    };
    const family = partnerWith([], {}, [leaver]);
    const sums = { fact: 'revenue', aggregate: 'SUM', scope: 'FAMILY', window: { allTime: true } };

    it.each([
      ['2025-12-31', '0'],
      ['2026-01-01', '1'],
      ['2026-03-31', '2'],
      ['2026-04-01', '0'],
      ['2026-04-30', '0'],
      ['2026-05-01', '2'],
      ['2026-05-15', '3'],
    ])('on %s brings %s: on days as a member, what is not dated while it was away', (on, expected) => {
      expect(goldOn(family, ruleFor(sums), on).value).toBe(expected);
    });

    it('its facts from while it was away are named as not of the family', () => {
      const { excluded } = evidence(family, ruleFor(sums), day('2026-06-01'), { path: MEASURE });
      expect(excluded).toEqual([{ fact: away, reason: 'NOT_IN_FAMILY' }]);
    });
  });

  it('a fact counts once, though overlapping memberships, or two partners, bring it', () => {
    const counts = { fact: 'certification', aggregate: 'COUNT', scope: 'FAMILY' };
    const twice = partnerWith([own], {}, [
      member([own, ...child], ['2026-01-01', null], ['2026-01-01', null]),
    ]);
    expect(goldOn(twice, ruleFor(counts), ON).value).toBe('3');
  });
});

describe('rule 41: the latest', () => {
  const usage = (
    facts: readonly { on: string; value: string; subject?: string; source?: string; id?: string }[],
  ) => {
    const fact = factory();
    return facts.map(({ id, ...input }) => fact('usage', { ...input, ...(id && { externalId: id }) }));
  };
  const latest = { fact: 'usage', aggregate: 'LATEST' };

  it('is the value of the latest day, and of nothing undecided', () => {
    const facts = usage([
      { on: '2026-03-01', value: '40' },
      { on: '2026-05-01', value: '7' },
      { on: '2026-04-01', value: '90' },
    ]);
    expect(valueFor(latest, facts)).toBe('7');
    expect(valueFor(latest, facts, '2026-04-30')).toBe('90');
    expect(countedOf(latest, facts)).toEqual([['F002'], { F001: 'NOT_LATEST', F003: 'NOT_LATEST' }]);
    expect(goldOn(partnerWith([]), ruleFor(latest), ON)).toEqual({
      outcome: 'INSUFFICIENT_DATA',
      value: null,
    });
  });

  it('is told apart on one day by external id, then by source', () => {
    const at = (id: string, source: string, value: string) => ({ on: '2026-05-01', id, source, value });
    expect(valueFor(latest, usage([at('B', 'a', '1'), at('A', 'z', '2')]))).toBe('1');
    expect(valueFor(latest, usage([at('B', 'y', '1'), at('B', 'z', '2'), at('B', 'x', '3')]))).toBe('2');
  });

  it('with keys is the sum of the latest of each, and of nothing 0', () => {
    const facts = usage([
      { on: '2026-03-01', value: '40', subject: 'north' },
      { on: '2026-05-01', value: '7', subject: 'north' },
      { on: '2026-01-01', value: '2.5', subject: 'south' },
      { on: '2026-05-01', value: '100' },
    ]);
    const bySubject = { ...latest, by: ['subject'] };
    expect(valueFor(bySubject, facts)).toBe('9.5');
    expect(countedOf(bySubject, facts)).toEqual([
      ['F003', 'F002'],
      { F001: 'NOT_LATEST', F004: 'FILTERED_OUT' },
    ]);
    expect(valueFor(bySubject, [])).toBe('0');
  });
});

describe('rule 45: what revenue says', () => {
  const currencies = [{ from: '2024-01-01', equal: { EUR: '75', USD: '100' } }];
  const fact = factory();
  const sold = (value: string, currency: string, customer: string | null = null) =>
    fact('revenue', { on: '2026-01-01', value, currency, customer });
  const sum = { fact: 'revenue', aggregate: 'SUM' };

  it('is its value in the currency of the rulebook, exactly', () => {
    const facts = [sold('75', 'EUR'), sold('100', 'USD'), sold('99.99', 'USD'), sold('100', 'CHF')];
    const large = { fact: 'revenue', aggregate: 'COUNT', where: [{ field: 'value', atLeast: '75' }] };
    expect(valueFor(large, facts, ON, { currencies })).toBe('2');
    const listed = { ...large, where: [{ field: 'value', in: ['75.0'] }] };
    expect(valueFor(listed, facts, ON, { currencies })).toBe('2');
    const keys = { fact: 'revenue', aggregate: 'DISTINCT', by: ['value'] };
    expect(valueFor(keys, facts, ON, { currencies })).toBe('2');
    // 1 USD is three quarters of a euro, 1 euro four thirds of a dollar: no decimal says that one.
    const dollars = { ...PROGRAM, currency: 'USD' };
    const third = documentFor(
      {
        measure: { metric: { ...listed, window: ALL_TIME, where: [{ field: 'value', in: ['1.333333'] }] } },
        atLeast: '0',
      },
      { currencies },
    );
    expect(goldOn(partnerWith([sold('1', 'EUR')]), heldRulebookOf(third, dollars), ON).value).toBe('0');
  });

  it('is excluded where a filter or a key reads a value that nothing converts', () => {
    const facts = [sold('100', 'CHF')];
    const where = [{ field: 'value', above: '0' }];
    for (const metric of [
      { fact: 'revenue', aggregate: 'COUNT', where },
      { fact: 'revenue', aggregate: 'DISTINCT', by: ['value'] },
    ]) {
      const [, excluded] = Object.values(Object(countedOf(metric, facts)));
      expect(Object.values(Object(excluded))).toEqual(['UNKNOWN_CURRENCY']);
    }
    expect(valueFor({ fact: 'revenue', aggregate: 'COUNT' }, facts)).toBe('1');
  });

  it('is to whom it was sold', () => {
    const facts = [
      sold('10', 'EUR', 'north'),
      sold('20', 'EUR', 'south'),
      sold('5', 'EUR', 'north'),
      sold('1', 'EUR'),
    ];
    expect(valueFor({ ...sum, where: [{ field: 'customer', in: ['north'] }] }, facts)).toBe('15');
    expect(valueFor({ fact: 'revenue', aggregate: 'DISTINCT', by: ['customer'] }, facts)).toBe('2');
    const each = (atLeast: string) => ({
      forEach: {
        dimension: 'customer',
        where: { measure: { metric: { ...sum, window: ALL_TIME } }, above: '0' },
        need: 2,
        body: { measure: { metric: { ...sum, window: ALL_TIME } }, atLeast },
      },
    });
    const tierFor = (atLeast: string) =>
      judgeOn(partnerWith(facts), heldRulebookOf(documentFor(each(atLeast), { format: 2 })), ON).computedTier;
    expect([tierFor('15'), tierFor('16')]).toEqual(['GOLD', 'BASE']);
  });
});
