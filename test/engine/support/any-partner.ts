import fc from 'fast-check';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import type { Day } from '../../../src/engine/values/day.ts';
import { fraction } from '../../../src/engine/values/fraction.ts';
import { day, rulebookOf } from './measuring.ts';

export const FIRST: Day = day('2024-01-01');
export const LAST: Day = day('2025-12-31');

/** Any day of two years, one of them a leap year. */
export const anyDay: fc.Arbitrary<Day> = fc.integer({ min: FIRST, max: LAST });

function maybe<T>(values: readonly T[]): fc.Arbitrary<T | null> {
  return fc.constantFrom(...values, null);
}

/** Facts of every kind, with ids of their own; some expire, some are void. */
export const anyFacts: fc.Arbitrary<readonly Fact[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('revenue', 'certification', 'satisfaction', 'usage'),
      occurredOn: anyDay,
      validDays: fc.option(fc.integer({ min: 1, max: 400 })),
      cents: fc.integer({ min: -50_000, max: 100_000 }),
      currency: fc.constantFrom('EUR', 'USD'),
      person: fc.constantFrom('ada', 'ben', 'cleo', 'dan'),
      credential: fc.constantFrom('A', 'B', 'C'),
      respondent: maybe(['r1', 'r2']),
      other: maybe(['one', 'two', 'three']),
      area: maybe(['search', 'video', 'shop']),
      voided: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
    }),
    { maxLength: 25 },
  )
  .map((drawn) =>
    drawn.map(({ kind, occurredOn, validDays, cents, area, ...others }, index): Fact => {
      const money = kind === 'revenue';
      return {
        id: `id-${index}`,
        partnerId: 'P',
        source: 'test',
        externalId: `X${(index * 7) % 25}`,
        version: 1,
        kind,
        occurredOn,
        expiresOn: validDays === null ? null : occurredOn + validDays,
        value: kind === 'certification' ? null : fraction(BigInt(cents), 100n),
        currency: money ? others.currency : null,
        person: kind === 'certification' ? others.person : null,
        credential: kind === 'certification' ? others.credential : null,
        customer: money ? others.other : null,
        respondent: kind === 'satisfaction' ? others.respondent : null,
        subject: kind === 'usage' ? others.other : null,
        attributes: area === null ? {} : { area },
        recordedAt: index,
        supersededAt: null,
        voided: others.voided,
      };
    }),
  );

/**
 * A partner with facts of its own and of a daughter that comes and goes; its region and enrolment are
 * corrected once.
 */
export const anyPartner: fc.Arbitrary<PartnerInputs> = fc
  .record({
    facts: anyFacts,
    daughters: anyFacts,
    joins: anyDay,
    stays: fc.integer({ min: 0, max: 500 }),
    moves: anyDay,
  })
  .map(({ facts, daughters, joins, stays, moves }) => {
    const entry = {
      firstOn: FIRST,
      recordedAt: 0,
      region: 'EMEA',
      country: 'DE',
      attributes: {},
      enrolledOn: day('2023-02-14'),
      leftOn: null,
    };
    return {
      partnerId: 'P',
      rulebooks: [],
      entries: [
        entry,
        { ...entry, firstOn: moves, recordedAt: 1, region: 'APAC', enrolledOn: day('2023-08-31') },
      ],
      facts,
      family: [
        {
          partnerId: 'D',
          facts: daughters.map((fact) => ({
            ...fact,
            id: `d-${fact.id}`,
            externalId: `d-${fact.externalId}`,
            partnerId: 'D',
          })),
          memberships: [
            { from: joins, until: joins + stays },
            { from: joins + stays + 30, until: null },
          ],
        },
      ],
      overrides: [],
    };
  });

function of(metric: Readonly<Record<string, unknown>>): unknown {
  return { metric };
}
function months(count: number): unknown {
  return { trailing: { months: count } };
}
const revenue = { fact: 'revenue', aggregate: 'SUM' };
function slot(count: number, ...credentials: string[]): unknown {
  return {
    name: { en: 'slot', de: 'Platz' },
    count,
    where: [{ field: 'credential', in: credentials }],
  };
}

/** Every window, aggregate and limit that a metric can have. */
export const METRICS: readonly unknown[] = [
  of({ ...revenue, window: months(1) }),
  of({ ...revenue, window: months(12), scope: 'FAMILY' }),
  of({ ...revenue, window: { trailing: { days: 90 } }, validOnDay: true }),
  of({ ...revenue, window: { fiscal: 'YEAR' } }),
  of({ ...revenue, window: { fiscal: 'QUARTER', last: 2 }, where: [{ field: 'currency', in: ['USD'] }] }),
  of({ ...revenue, window: { calendar: 'MONTH' }, where: [{ field: 'attributes.area', notIn: ['video'] }] }),
  of({ ...revenue, aggregate: 'MAXIMUM', window: { anniversary: true } }),
  of({ fact: 'satisfaction', aggregate: 'AVERAGE', window: months(6), perRespondent: 2 }),
  of({ fact: 'satisfaction', aggregate: 'AVERAGE', window: months(6), minimumSample: 2 }),
  of({ fact: 'satisfaction', aggregate: 'MEDIAN', window: months(12) }),
  of({ fact: 'satisfaction', aggregate: 'COUNT', window: months(3), perRespondent: 1 }),
  of({ fact: 'usage', aggregate: 'MINIMUM', window: { calendar: 'YEAR', last: 1 } }),
  of({ fact: 'usage', aggregate: 'COUNT', window: { allTime: true }, validOnDay: true }),
  of({ ...revenue, window: { trailing: { days: 30 }, shift: { months: 12 } } }),
  of({ ...revenue, window: { fiscal: 'QUARTER', last: 1, shift: { periods: 1 } }, scope: 'FAMILY' }),
  of({ ...revenue, aggregate: 'COUNT', window: { anniversary: true, shift: { days: 45 } } }),
  of({ fact: 'usage', aggregate: 'LATEST', window: months(2) }),
  of({ ...revenue, window: months(12), where: [{ field: 'value', above: '70' }] }),
  of({ fact: 'revenue', aggregate: 'DISTINCT', by: ['customer', 'value'], window: { allTime: true } }),
  of({ fact: 'usage', aggregate: 'LATEST', by: ['subject'], window: months(12), validOnDay: true }),
  of({ fact: 'satisfaction', aggregate: 'LATEST', window: { allTime: true }, perRespondent: 1 }),
  of({
    fact: 'certification',
    aggregate: 'DISTINCT',
    by: ['person'],
    window: { allTime: true },
    validOnDay: true,
  }),
  of({
    fact: 'certification',
    aggregate: 'DISTINCT',
    by: ['person', 'credential'],
    window: months(12),
    scope: 'FAMILY',
  }),
];

/** Measures over the items of fields and periods, own and of the family. */
const OVERS: readonly unknown[] = [
  {
    dimension: 'customer',
    of: of({ ...revenue, window: months(6) }),
    where: { atLeast: '100' },
    aggregate: 'COUNT',
  },
  {
    dimension: { occurredOn: 'QUARTER', fiscal: true },
    of: { minimum: [of({ ...revenue, window: months(12), scope: 'FAMILY' }), { constant: '300' }] },
    aggregate: 'SUM',
  },
  {
    dimension: 'attributes.area',
    of: of({ fact: 'satisfaction', aggregate: 'AVERAGE', window: months(12), minimumSample: 2 }),
    where: { atMost: '8' },
    aggregate: 'MAXIMUM',
  },
];

/** A rulebook that measures all of them, persons, and items. */
export const EVERYTHING = rulebookOf({
  format: 2,
  currencies: [
    { from: '2024-01-01', equal: { EUR: '75', USD: '100' } },
    { from: '2025-01-01', equal: { EUR: '70', USD: '100' } },
  ],
  tiers: [
    { code: 'BASE', name: { en: 'Base', de: 'Basis' } },
    {
      code: 'GOLD',
      name: { en: 'Gold', de: 'Gold' },
      requirement: {
        allOf: [
          ...METRICS.map((measure) => ({ measure, atLeast: '1' })),
          ...OVERS.map((over) => ({ measure: { over }, atLeast: '1' })),
          { persons: [slot(1, 'A'), slot(2, 'A', 'B'), slot(1, 'C')] },
          { persons: [slot(2, 'B', 'C')], scope: 'FAMILY' },
          {
            forEach: {
              dimension: 'attributes.area',
              where: { measure: of({ ...revenue, window: months(3) }), above: '0' },
              need: 'ALL',
              body: {
                anyOf: [
                  {
                    measure: {
                      over: {
                        dimension: { occurredOn: 'WEEK' },
                        of: of({ ...revenue, window: months(3) }),
                        aggregate: 'COUNT',
                      },
                    },
                    atLeast: '2',
                  },
                  { persons: [slot(1, 'A')] },
                  {
                    measure: of({ fact: 'satisfaction', aggregate: 'AVERAGE', window: months(12) }),
                    atLeast: '5',
                  },
                ],
              },
            },
          },
        ],
      },
    },
  ],
});
