import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bounds } from '../../../src/engine/judging/bounds.ts';
import { evidence } from '../../../src/engine/judging/evidence.ts';
import { boundsOver, type ItemValue } from '../../../src/engine/judging/over.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { ITEM_AGGREGATES } from '../../../src/engine/rulebook/metric.ts';
import { holds } from '../../../src/engine/values/comparison.ts';
import { type Fraction, wholeNumber } from '../../../src/engine/values/fraction.ts';
import { checkProperty } from '../support/check-property.ts';
import {
  day,
  documentFor,
  factory,
  goldOn,
  heldRulebookOf,
  judgeOn,
  partnerWith,
  proveOn,
  requirementOf,
  valueText,
} from '../support/measuring.ts';

const ON = '2026-06-30';
const ALL_TIME = { allTime: true };
const sales = { metric: { fact: 'revenue', aggregate: 'SUM', window: ALL_TIME } };
const MEASURE = '/tiers/1/requirement/measure';

function ruleFor(over: unknown, others: Readonly<Record<string, unknown>> = {}) {
  return heldRulebookOf(documentFor({ measure: { over }, atLeast: '2' }, { format: 2, ...others }));
}
function valueFor(over: unknown, facts: readonly Fact[], on = ON): string | null {
  return goldOn(partnerWith(facts), ruleFor(over), on).value;
}
function overOf(over: unknown, facts: readonly Fact[]) {
  const proof = requirementOf(proveOn(partnerWith(facts), ruleFor(over), ON), 'GOLD');
  if (proof.type !== 'THRESHOLD' || proof.actual.type !== 'OVER') throw new Error('a measure over items');
  return proof.actual;
}

const fact = factory();
const sold = (value: string, customer: string | null, on = '2026-01-15') =>
  fact('revenue', { value, customer, on });

describe('rule 40: over', () => {
  const facts = [sold('10', 'a'), sold('20', 'b'), sold('5', 'a'), sold('100', null), sold('1', 'c')];
  const over = { dimension: 'customer', of: sales };

  it.each([
    ['COUNT', undefined, '3'],
    ['SUM', undefined, '36'],
    ['MINIMUM', undefined, '1'],
    ['MAXIMUM', undefined, '20'],
    ['AVERAGE', undefined, '12'],
    ['MEDIAN', undefined, '15'],
    ['COUNT', { atLeast: '15' }, '2'],
    ['SUM', { atLeast: '15' }, '35'],
    ['MINIMUM', { atLeast: '15' }, '15'],
    ['AVERAGE', { above: '15' }, '20'],
    ['MEDIAN', { below: '15' }, '1'],
    ['COUNT', { above: '20' }, '0'],
    ['SUM', { above: '20' }, '0'],
    ['MAXIMUM', { above: '20' }, null],
  ])('%s of the items with %j is %s', (aggregate, where, expected) => {
    expect(valueFor({ ...over, where, aggregate }, facts)).toBe(expected);
  });

  it('an item is there while a fact counts in it', () => {
    const lately = { metric: { ...sales.metric, window: { trailing: { days: 30 } } } };
    const count = { dimension: 'customer', of: lately, aggregate: 'COUNT' };
    const two = [sold('1', 'a', '2026-06-01'), sold('1', 'b', '2026-06-20')];
    expect(
      ['2026-05-31', '2026-06-01', '2026-06-20', '2026-06-30', '2026-07-01', '2026-07-20'].map((on) =>
        valueFor(count, two, on),
      ),
    ).toEqual(['0', '1', '2', '2', '1', '0']);
    expect(valueFor({ ...count, aggregate: 'AVERAGE' }, [])).toBe(null);
    // A return leaves an item of 0, which is one all the same.
    expect(valueFor({ ...over, aggregate: 'COUNT' }, [sold('5', 'a'), sold('-5', 'a')])).toBe('1');
  });

  it('a part may be capped for each item', () => {
    const atMostTen = { minimum: [sales, { constant: '10' }] };
    expect(valueFor({ dimension: 'customer', of: atMostTen, aggregate: 'SUM' }, facts)).toBe('21');
  });

  it.each([
    [{ occurredOn: 'WEEK' }, ['2025-12-29', '2026-01-05', '2026-03-30']],
    [{ occurredOn: 'MONTH' }, ['2026-01-01', '2026-04-01']],
    [{ occurredOn: 'QUARTER' }, ['2026-01-01', '2026-04-01']],
    [{ occurredOn: 'HALF_YEAR' }, ['2026-01-01']],
    [{ occurredOn: 'HALF_YEAR', fiscal: true }, ['2025-10-01', '2026-04-01']],
    [{ occurredOn: 'YEAR' }, ['2026-01-01']],
    [{ occurredOn: 'YEAR', fiscal: true }, ['2025-10-01']],
  ])('periods are named by their first day: %j', (dimension, items) => {
    const days = ['2026-01-01', '2026-01-04', '2026-01-05', '2026-04-01'];
    const proof = overOf(
      { dimension, of: sales, aggregate: 'COUNT' },
      days.map((on) => sold('1', null, on)),
    );
    expect(proof.items.map(({ item }) => item)).toEqual(items);
  });

  it('counts quarters with enough, not those without facts', () => {
    const quarters = {
      dimension: { occurredOn: 'QUARTER' },
      of: sales,
      where: { atLeast: '10' },
      aggregate: 'COUNT',
    };
    const some = [
      sold('10', null, '2025-02-01'),
      sold('9', null, '2025-05-01'),
      sold('11', null, '2025-12-31'),
    ];
    expect(valueFor(quarters, some)).toBe('2');
    const least = { dimension: { occurredOn: 'QUARTER' }, of: sales, aggregate: 'MINIMUM' };
    expect(valueFor(least, some)).toBe('9');
  });

  it('counts persons with two certificates each', () => {
    const certificates = {
      metric: {
        fact: 'certification',
        aggregate: 'DISTINCT',
        by: ['credential'],
        window: ALL_TIME,
        validOnDay: true,
      },
    };
    const experts = { dimension: 'person', of: certificates, where: { atLeast: '2' }, aggregate: 'COUNT' };
    const earned = (person: string, credential: string, expires?: string) =>
      fact('certification', { on: '2026-01-01', person, credential, ...(expires && { expires }) });
    const known = [
      earned('ada', 'A'),
      earned('ada', 'B'),
      earned('ben', 'A'),
      earned('cleo', 'A'),
      earned('cleo', 'B', '2026-02-01'),
    ];
    expect([valueFor(experts, known, '2026-01-31'), valueFor(experts, known, '2026-02-01')]).toEqual([
      '2',
      '1',
    ]);
  });

  it('is restricted to the item within a forEach', () => {
    const customers = { over: { dimension: 'customer', of: sales, aggregate: 'COUNT' } };
    const requirement = {
      forEach: {
        dimension: 'attributes.area',
        where: { measure: sales, above: '0' },
        need: 'ALL',
        body: { measure: customers, atLeast: '2' },
      },
    };
    const rulebook = heldRulebookOf(documentFor(requirement, { format: 2 }));
    const inArea = (area: string, customer: string) =>
      fact('revenue', { on: '2026-01-01', value: '1', customer, attributes: { area } });
    const tierOf = (...some: Fact[]) => judgeOn(partnerWith(some), rulebook, ON).computedTier;
    expect(tierOf(inArea('x', 'a'), inArea('x', 'b'))).toBe('GOLD');
    expect(tierOf(inArea('x', 'a'), inArea('y', 'b'))).toBe('BASE');
  });

  it('shows the items with their numbers and facts', () => {
    const count = { ...over, where: { atLeast: '15' }, aggregate: 'COUNT' };
    const proof = overOf(count, facts);
    expect(proof.items.map(({ item, isIn, number }) => [item, isIn, valueText(number)])).toEqual([
      ['a', 'MET', '15'],
      ['b', 'MET', '20'],
      ['c', 'UNMET', '1'],
    ]);
    const [first] = proof.items;
    if (first === undefined) throw new Error('an item');
    const { path, within } = first.number;
    expect([path, within]).toEqual([`${MEASURE}/over/of`, { dimension: 'customer', item: 'a' }]);
    const ids = (place: Parameters<typeof evidence>[3]) => {
      const found = evidence(partnerWith(facts), ruleFor(count), day(ON), place);
      return [
        found.counted.map(({ id }) => id),
        found.excluded.map(({ fact: { id }, reason }) => [id, reason]),
      ];
    };
    const [ten, twenty, five, hundred, one] = facts.map(({ id }) => id);
    expect(ids({ path, within })).toEqual([
      [ten, five],
      [
        [twenty, 'FILTERED_OUT'],
        [hundred, 'FILTERED_OUT'],
        [one, 'FILTERED_OUT'],
      ],
    ]);
    expect(ids({ path: MEASURE })).toEqual([[ten, twenty, five, one], [[hundred, 'FILTERED_OUT']]]);
  });

  it('leaves open what undecided items leave open', () => {
    const score = {
      metric: { fact: 'satisfaction', aggregate: 'AVERAGE', window: ALL_TIME, minimumSample: 2 },
    };
    const answer = (customer: string, value: string) =>
      fact('satisfaction', { on: '2026-01-01', customer, value });
    const answers = [answer('a', '9'), answer('a', '9'), answer('b', '3')];
    const happy = { dimension: 'customer', of: score, where: { atLeast: '8' }, aggregate: 'COUNT' };
    const proof = overOf(happy, answers);
    expect(proof.items.map(({ isIn }) => isIn)).toEqual(['MET', 'INSUFFICIENT_DATA']);
    expect(proof.range).toEqual({ minimum: wholeNumber(1), maximum: wholeNumber(2) });
    expect(goldOn(partnerWith(answers), ruleFor(happy), ON).outcome).toBe('INSUFFICIENT_DATA');
    expect(valueFor({ ...happy, aggregate: 'AVERAGE' }, answers)).toBe(null);
  });
});

describe('rule 40: the bounds over undecided items are the tightest', () => {
  const END = 4n;
  const number = fc.bigInt({ min: -END, max: END });
  const anyItem = fc.oneof(
    number.map((value): [bigint, bigint] | null => [value, value]),
    fc.tuple(number, number).map(([a, b]): [bigint, bigint] | null => (a < b ? [a, b] : [b, a])),
    fc.constant(null),
  );
  const fractionOf = (value: bigint): Fraction => ({ numerator: value, denominator: 1n });
  const anyCondition = fc.option(
    fc.record({
      comparison: fc.constantFrom('AT_LEAST' as const, 'AT_MOST' as const),
      required: number.map(fractionOf),
    }),
  );

  it('of all ways in which the items may turn out', () => {
    checkProperty(
      fc.property(fc.array(anyItem, { maxLength: 4 }), anyCondition, (drawn, condition) => {
        // Nothing is known: any number. Two beyond all others stand for "without an end".
        const ends = drawn.map((each): [bigint, bigint] => each ?? [-100n * END, 100n * END]);
        const isOutside = (value: bigint) =>
          condition !== null && !holds(fractionOf(value), condition.comparison, condition.required);
        const items = drawn.map((each): ItemValue => {
          const bounds: Bounds = each && { minimum: fractionOf(each[0]), maximum: fractionOf(each[1]) };
          const [low, high] = (each ?? [-100n * END, 100n * END]).map(isOutside);
          const isIn = low === high ? (low ? 'UNMET' : 'MET') : 'INSUFFICIENT_DATA';
          return { bounds, isIn, condition };
        });
        const candidates = ends.map(([low, high]) => {
          const between = [
            low,
            high,
            ...(condition
              ? [
                  condition.required.numerator,
                  condition.required.numerator - 1n,
                  condition.required.numerator + 1n,
                ]
              : []),
          ];
          return between.filter((value) => low <= value && value <= high);
        });
        const worlds = candidates.reduce<bigint[][]>(
          (all, values) => all.flatMap((world) => values.map((value) => [...world, value])),
          [[]],
        );
        for (const aggregate of ITEM_AGGREGATES) {
          if (aggregate === 'AVERAGE' || aggregate === 'MEDIAN') continue;
          const results = worlds.map((world) => {
            const values = world.filter((value) => !isOutside(value)).sort((a, b) => Number(a - b));
            const made = {
              COUNT: BigInt(values.length),
              SUM: values.reduce((sum, value) => sum + value, 0n),
              MINIMUM: values.at(0) ?? null,
              MAXIMUM: values.at(-1) ?? null,
            };
            return made[aggregate];
          });
          const numbers = results.filter((result) => result !== null).sort((a, b) => Number(a - b));
          const [low, high] = [numbers[0], numbers.at(-1)];
          const isOpen = low === undefined || high === undefined || numbers.length < results.length;
          const isEndless = !isOpen && (low < -4n * END * 2n || high > 4n * END * 2n);
          const bounds = boundsOver(aggregate, items);
          if (isOpen || isEndless) expect(bounds, aggregate).toBe(null);
          else
            expect(bounds && [bounds.minimum.numerator, bounds.maximum.numerator], aggregate).toEqual([
              low,
              high,
            ]);
        }
      }),
      'worlds',
      1_000,
    );
  });
});
