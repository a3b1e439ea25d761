import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findWarnings } from '../../../src/engine/checking/find-warnings.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { long } from '../../support/long.ts';
import { checkProperty } from '../support/check-property.ts';
import { documentFor, factory, judgeOn, PROGRAM, partnerWith, rulebookOf } from '../support/measuring.ts';

const name = { en: 'A', de: 'A' };
const allTime = { allTime: true };
const metric = (fact: string, aggregate: string, more: object = {}) => ({
  metric: { fact, aggregate, window: allTime, ...more },
});
const usage = metric('usage', 'SUM');
const users = metric('users', 'SUM');
const average = metric('satisfaction', 'AVERAGE');

function warningsOf(document: unknown): string[] {
  return findWarnings(rulebookOf(document), PROGRAM).map(({ code, path }) => `${code} ${path}`);
}
const lowering = (requirement: unknown, more: object = {}): string[] =>
  warningsOf(documentFor(requirement, { format: 2, ...more })).map((text) =>
    text.replace('/tiers/1/requirement', ''),
  );

test('a named measure or requirement that nothing asks for', () => {
  const measures = { a: usage, b: { sum: ['a', 'c'] }, c: usage, d: { maximum: ['e'] }, e: usage };
  const requirements = { r: { name, requirement: { measure: 'e', atLeast: '1' } } };
  const document = documentFor(
    { measure: { sum: ['a', { times: '2', of: 'c' }] }, atLeast: '1' },
    { measures, requirements, format: 2 },
  );
  expect(warningsOf(document)).toEqual([
    'UNUSED /measures/b',
    'UNUSED /measures/d',
    'UNUSED /measures/e',
    'UNUSED /requirements/r',
  ]);
});

test('a tier that asks for less than one below it', () => {
  const tier = (code: string, requirement: unknown) => ({ code, name, requirement });
  const measures = { usage, users, score: { points: { of: 'users', linear: { points: '1', per: '1' } } } };
  const document = {
    format: 2,
    measures,
    tiers: [
      { code: 'BASE', name },
      tier('ONE', {
        allOf: [
          { measure: 'usage', atLeast: '500' },
          { measure: 'users', atLeast: '5' },
        ],
      }),
      tier('TWO', {
        allOf: [
          { measure: 'usage', atLeast: '400' },
          {
            anyOf: [
              { measure: 'users', atLeast: '1' },
              { measure: 'score', atLeast: '1' },
            ],
          },
        ],
      }),
      tier('TOP', {
        allOf: [
          { measure: 'usage', atLeast: '450' },
          { measure: 'users', above: '5' },
        ],
      }),
    ],
  };
  expect(warningsOf(document)).toEqual([
    'OUT_OF_ORDER /tiers/2/requirement/allOf/0',
    'OUT_OF_ORDER /tiers/3/requirement/allOf/0',
  ]);
});

test('a running period beside demotion at once', () => {
  const year = (window: object, policy: object = {}) =>
    warningsOf(
      documentFor({ measure: metric('usage', 'SUM', { window }), atLeast: '1' }, { format: 2, policy }),
    );
  expect(year({ calendar: 'YEAR' })).toEqual(['DROPS_AT_ONCE /tiers/1/requirement/measure']);
  expect(year({ fiscal: 'QUARTER' })).toEqual(['DROPS_AT_ONCE /tiers/1/requirement/measure']);
  expect(year({ calendar: 'YEAR', last: 1 })).toEqual([]);
  expect(year({ trailing: { months: 12 } })).toEqual([]);
  const grace = { demotion: { mode: 'GRACE', grace: { days: 90 }, step: 'WHOLE' } };
  expect(year({ calendar: 'YEAR' }, grace)).toEqual([]);
});

describe('more facts may lower the computed tier', () => {
  test.each<[what: string, requirement: unknown, paths: readonly string[]]>([
    ['an upper bound', { measure: usage, atMost: '5' }, ['']],
    ['an average', { measure: average, atLeast: '5' }, ['/measure']],
    ['a ratio', { measure: { ratio: { of: usage, to: users } }, atLeast: '5' }, ['/measure']],
    [
      'a share',
      { measure: { largestShare: [usage, { minimum: [usage, { constant: '3' }] }] }, atLeast: '0.5' },
      ['/measure'],
    ],
    ['the latest value', { measure: metric('usage', 'LATEST'), atLeast: '5' }, ['/measure']],
    ['the least value', { measure: metric('usage', 'MINIMUM'), atLeast: '5' }, ['/measure']],
    [
      'a subtracted part',
      { measure: { sum: [usage, { times: '-1', of: usage }] }, atLeast: '5' },
      ['/measure'],
    ],
    ['only a subtracted part', { measure: { sum: [{ times: '-1', of: usage }] }, atLeast: '-5' }, ['']],
    [
      'what is met without data',
      { measure: metric('usage', 'MAXIMUM'), atLeast: '5', otherwise: 'MET' },
      [''],
    ],
    [
      'a number for no data',
      { measure: { ...metric('usage', 'MAXIMUM'), otherwise: '9' }, atLeast: '5' },
      ['/measure'],
    ],
    ['a tier held', { held: 'GOLD', for: { months: 1 } }, ['']],
    [
      'each of several items',
      {
        forEach: {
          dimension: 'attributes.area',
          where: { measure: usage, above: '0' },
          need: 'ALL',
          body: { measure: usage, atLeast: '5' },
        },
      },
      [''],
    ],
    [
      'a smallest item',
      { measure: { over: { dimension: 'subject', of: usage, aggregate: 'MINIMUM' } }, atLeast: '5' },
      ['/measure'],
    ],
    [
      'items below a bound',
      {
        measure: { over: { dimension: 'subject', of: usage, where: { atMost: '9' }, aggregate: 'COUNT' } },
        atLeast: '5',
      },
      ['/measure'],
    ],
  ])('by %s', (_, requirement, paths) => {
    expect(lowering(requirement).filter((text) => text.startsWith('MORE'))).toEqual(
      paths.map((path) => `MORE_MAY_LOWER ${path}`),
    );
  });

  test('by what is retained and what is forfeited', () => {
    const gold = { code: 'GOLD', name, requirement: { measure: usage, atLeast: '5' } };
    const more = { retain: { measure: usage, atLeast: '4' }, forfeit: { measure: users, atLeast: '1' } };
    expect(
      warningsOf({
        format: 2,
        tiers: [
          { code: 'BASE', name },
          { ...gold, ...more },
        ],
      }),
    ).toEqual(['MORE_MAY_LOWER /tiers/1/retain', 'MORE_MAY_LOWER /tiers/1/forfeit']);
  });

  test('never, where none of these is there', () => {
    const over = { over: { dimension: 'subject', of: usage, where: { atLeast: '5' }, aggregate: 'SUM' } };
    const points = { points: { of: over, wholeUnits: { points: '1', per: '10' }, cap: '20' } };
    const people = { points: { of: users, linear: { points: '1', per: '1' } } };
    const measure = { sum: [points, { minimum: [people, { constant: '3' }] }], maximumShare: '0.7' };
    const parts = [
      { measure, atLeast: '5' },
      { measure: { ratio: { of: usage, to: { constant: '7' } } }, atLeast: '1' },
    ];
    expect(lowering({ anyOf: parts })).toEqual([]);
  });
});

/** Any requirement of a few forms, monotone or not. */
const anyRequirement: fc.Arbitrary<unknown> = (() => {
  const kind = fc.constantFrom('usage', 'users', 'customer');
  const leaf = fc.oneof(
    fc
      .tuple(kind, fc.constantFrom('SUM', 'COUNT', 'MAXIMUM', 'AVERAGE', 'MINIMUM', 'LATEST'))
      .map(([fact, aggregate]) => metric(fact, aggregate)),
    fc.integer({ min: 1, max: 5 }).map((value) => ({ constant: String(value) })),
  );
  const whole = (parts: fc.Arbitrary<unknown>) => fc.array(parts, { minLength: 1, maxLength: 3 });
  const { measure } = fc.letrec<{ measure: unknown }>((tie) => ({
    measure: fc.oneof(
      { depthSize: 'small' },
      leaf,
      whole(tie('measure')).map((sum) => ({ sum })),
      whole(tie('measure')).map((minimum) => ({ minimum })),
      whole(tie('measure')).map((maximum) => ({ maximum })),
      fc.tuple(tie('measure'), tie('measure')).map(([of, to]) => ({ ratio: { of, to } })),
      fc.tuple(tie('measure'), fc.constantFrom('2', '-1')).map(([of, times]) => ({ sum: [{ times, of }] })),
      tie('measure').map((of) => ({ points: { of, linear: { points: '1', per: '2' }, cap: '9' } })),
      fc
        .tuple(
          kind,
          fc.constantFrom('COUNT', 'SUM', 'MAXIMUM', 'MINIMUM', 'AVERAGE'),
          fc.constantFrom({ atLeast: '3' }, { atMost: '3' }, null),
        )
        .map(([fact, aggregate, where]) => ({
          over: { dimension: 'subject', of: metric(fact, 'SUM'), aggregate, ...(where && { where }) },
        })),
    ),
  }));
  const threshold = fc
    .tuple(
      measure,
      fc.constantFrom('atLeast', 'above', 'atMost', 'below'),
      fc.integer({ min: -2, max: 12 }),
      fc.constantFrom(undefined, undefined, 'MET', 'UNMET'),
    )
    .map(([of, comparison, bound, otherwise]) => ({
      measure: of,
      [comparison]: String(bound),
      ...(otherwise && { otherwise }),
    }));
  return fc.oneof(
    threshold,
    fc.array(threshold, { minLength: 1, maxLength: 3 }).map((allOf) => ({ allOf })),
    fc.array(threshold, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  );
})();

const anyFact = fc.record({
  kind: fc.constantFrom('usage', 'users', 'customer'),
  value: fc.integer({ min: 0, max: 6 }),
  subject: fc.constantFrom('a', 'b', null),
  day: fc.integer({ min: 1, max: 28 }),
});

test('rule 16: where no part is named, no further fact with a value of 0 or more lowers the computed tier', () => {
  let monotone = 0;
  let lowered = 0;
  const documents = fc.tuple(
    anyRequirement,
    fc.array(anyFact, { maxLength: 8 }),
    fc.array(anyFact, { minLength: 1, maxLength: 3 }),
  );
  checkProperty(
    fc.property(documents, ([requirement, before, more]) => {
      const document = documentFor(requirement, { format: 2 });
      let rulebook: ReturnType<typeof rulebookOf>;
      try {
        rulebook = rulebookOf(document);
      } catch {
        return;
      }
      const make = factory();
      const facts = (drawn: typeof before): Fact[] =>
        drawn.map(({ kind, value, subject, day }) =>
          make(kind, { on: `2026-05-${String(day).padStart(2, '0')}`, value: String(value), subject }),
        );
      const some = facts(before);
      const tier = (of: readonly Fact[]) => judgeOn(partnerWith(of), rulebook, '2026-06-01').computedTier;
      const falls = tier(some) === 'GOLD' && tier([...some, ...facts(more)]) !== 'GOLD';
      const isMonotone = findWarnings(rulebook, PROGRAM).every(({ code }) => code !== 'MORE_MAY_LOWER');
      if (isMonotone) monotone += 1;
      if (falls) lowered += 1;
      expect(falls && isMonotone).toBe(false);
    }),
    'monotony',
    long(3_000, 100_000),
  );
  // Both are there, so that neither side is decided by what was drawn.
  expect([monotone > 100, lowered > 20]).toEqual([true, true]);
});
