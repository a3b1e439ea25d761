import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidence } from '../../../src/engine/judging/evidence.ts';
import { judge, prove } from '../../../src/engine/judging/judge.ts';
import { aggregate } from '../../../src/engine/measuring/aggregate.ts';
import { boundaryFacts } from '../../../src/engine/measuring/boundary-facts.ts';
import { convert } from '../../../src/engine/measuring/conversion.ts';
import type { Measurements, Reading } from '../../../src/engine/measuring/measurements.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import { windowOn } from '../../../src/engine/measuring/window.ts';
import { entryOn } from '../../../src/engine/partner/entry-on.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { fieldText, passes } from '../../../src/engine/partner/fact-field.ts';
import type { PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import type { Metric } from '../../../src/engine/rulebook/metric.ts';
import { type Day, formatDay } from '../../../src/engine/values/day.ts';
import { ZERO } from '../../../src/engine/values/fraction.ts';
import { anyDay, anyPartner, EVERYTHING, FIRST, LAST } from '../support/any-partner.ts';
import { checkProperty } from '../support/check-property.ts';
import { day, partnerWith, rulebookOf } from '../support/measuring.ts';

/** Everything that measurements say, but for their day. */
function sight({ on: _on, ...others }: Measurements): string {
  return JSON.stringify(others);
}

describe('measuring', () => {
  it('rule 3: neither the order of facts nor repetitions matter', () => {
    const shuffled = anyPartner.chain((partner) => {
      const again = (facts: readonly Fact[]): fc.Arbitrary<readonly Fact[]> =>
        fc
          .tuple(fc.shuffledSubarray([...facts], { minLength: facts.length }), fc.subarray([...facts]))
          .map(([all, some]) => [...all, ...some]);
      return fc
        .tuple(again(partner.facts), ...partner.family.map(({ facts }) => again(facts)))
        .map(([facts, ...families]): readonly [PartnerInputs, PartnerInputs] => [
          partner,
          {
            ...partner,
            facts,
            family: partner.family.map((member, index) => ({ ...member, facts: families[index] ?? [] })),
          },
        ]);
    });
    checkProperty(
      fc.property(shuffled, anyDay, ([partner, other], on) => {
        const [measured, again] = [partner, other].map((each) =>
          createMeasurer(each, EVERYTHING).measure(on),
        );
        expect(again).toEqual(measured);
        for (const path of EVERYTHING.scope.metricsByPath.keys()) {
          expect(evidence(other, EVERYTHING, on, { path })).toEqual(
            evidence(partner, EVERYTHING, on, { path }),
          );
        }
      }),
      'order and repetitions',
    );
  });

  it('rule 4: nextMeasurementChangeOn misses no day of two years', () => {
    checkProperty(
      fc.property(anyPartner, (partner) => {
        const measurer = createMeasurer(partner, EVERYTHING);
        let next: Day | null = measurer.nextMeasurementChangeOn(FIRST - 1);
        let before = sight(createMeasurer(partner, EVERYTHING).measure(FIRST - 1));
        for (let on = FIRST; on <= LAST; on += 1) {
          const now = sight(measurer.measure(on));
          if (next !== null && on === next) next = measurer.nextMeasurementChangeOn(on);
          else expect(now, `nothing was said to change on ${formatDay(on)}`).toBe(before);
          before = now;
        }
      }),
      'next change of measurements',
    );
  });

  it('rules 1, 5, 10 and 15: each number is that of its facts looked at one by one', () => {
    checkProperty(
      fc.property(anyPartner, anyDay, (partner, on) => {
        const { numbers } = createMeasurer(partner, EVERYTHING).measure(on);
        for (const [metric, place] of EVERYTHING.scope.metrics) {
          expect(numbers[place], JSON.stringify([metric.kind, metric.window])).toEqual(
            lookedUp(partner, metric, on),
          );
        }
      }),
      'one by one',
    );
  });

  it('rule 40: the numbers of each item are those of its facts alone, and only items with facts are there', () => {
    checkProperty(
      fc.property(anyPartner, anyDay, (partner, on) => {
        const { overs = [] } = createMeasurer(partner, EVERYTHING).measure(on);
        for (const [{ dimension, scope }, place] of EVERYTHING.scope.overs) {
          const itemOfFact = ({ occurredOn, customer, attributes }: Fact): string | null => {
            if (dimension.type === 'FIELD')
              return dimension.field === 'customer' ? customer : (attributes.area ?? null);
            // The fiscal year begins in October, as quarters of the calendar do.
            const [year, month] = formatDay(occurredOn).split('-').map(Number);
            return `${year}-${String(Math.floor(((month ?? 1) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`;
          };
          const all = [...partner.facts, ...partner.family.flatMap(({ facts }) => facts)];
          const items = new Set(all.map(itemOfFact).filter((item) => item !== null));
          const expected = [...items].sort().flatMap((item) => {
            const only = (facts: readonly Fact[]) => facts.filter((fact) => itemOfFact(fact) === item);
            const restricted = {
              ...partner,
              facts: only(partner.facts),
              family: partner.family.map((member) => ({ ...member, facts: only(member.facts) })),
            };
            const numbers = [...scope.metrics.keys()].map((metric) => lookedUp(restricted, metric, on));
            const counts = [...scope.metrics.keys()].some(
              (metric) => lookedUp(restricted, { ...metric, aggregate: 'COUNT' }, on)?.[0] !== '0',
            );
            return counts ? [{ item, numbers, persons: [] }] : [];
          });
          expect(overs[place]).toEqual(expected);
        }
      }),
      'items one by one',
    );
  });

  it('rule 26: whenever the passing of a day changes a number, the facts that turned on it are named', () => {
    checkProperty(
      fc.property(anyPartner, anyDay, (partner, after) => {
        const measurer = createMeasurer(partner, EVERYTHING);
        const on = measurer.nextMeasurementChangeOn(after);
        if (on === null || partner.entries.some(({ firstOn }) => firstOn === on)) return;
        const isOther = sight(measurer.measure(on)) !== sight(measurer.measure(on - 1));
        expect(isOther && boundaryFacts(partner, EVERYTHING, on).length === 0).toBe(false);
      }),
      'facts that turn',
    );
  });

  it('evidence: what is counted is as many as the sample', () => {
    checkProperty(
      fc.property(anyPartner, anyDay, (partner, on) => {
        const { numbers } = createMeasurer(partner, EVERYTHING).measure(on);
        for (const [path, metric] of EVERYTHING.scope.metricsByPath) {
          const { counted, excluded } = evidence(partner, EVERYTHING, on, { path });
          expect(counted.length).toBe(numbers[EVERYTHING.scope.metrics.get(metric) ?? -1]?.[1]);
          const ofKind = [
            ...partner.facts,
            ...(metric.scope === 'FAMILY' ? (partner.family[0]?.facts ?? []) : []),
          ];
          expect(counted.length + excluded.length).toBe(
            ofKind.filter(({ kind }) => kind === metric.kind).length,
          );
        }
      }),
      'evidence',
    );
  });

  it('judging and proving agree, also on measurements that were stored', () => {
    checkProperty(
      fc.property(anyPartner, anyDay, (partner, on) => {
        const measured = createMeasurer(partner, EVERYTHING).measure(on);
        const stored: Measurements = JSON.parse(JSON.stringify(measured));
        const verdict = judge(EVERYTHING, stored);
        const proof = prove(EVERYTHING, stored);
        expect(proof).toEqual(prove(EVERYTHING, measured));
        expect(new Map(proof.tiers.map(({ tier, outcome }) => [tier, outcome]))).toEqual(
          verdict.tierOutcomes,
        );
        for (const { outcome, requirement } of proof.tiers)
          expect(requirement?.outcome ?? 'MET').toBe(outcome);
      }),
      'judge and prove',
    );
  });
});

/** A metric's reading from the plain definition of windows and validity. */
function lookedUp(partner: PartnerInputs, metric: Metric, on: Day): Reading {
  const enrolledOn = entryOn(partner.entries, on)?.enrolledOn ?? day('2023-02-14');
  const window = windowOn(metric.window, on, enrolledOn);
  const worthOf = (fact: Fact) =>
    fact.value && convert(fact.value, fact.currency ?? 'EUR', fact.occurredOn, EVERYTHING);
  const relatives = partner.family
    .filter(({ memberships }) =>
      memberships.some(({ from, until }) => from <= on && (until === null || on < until)),
    )
    .flatMap(({ facts }) => facts);
  const facts = [...partner.facts, ...(metric.scope === 'FAMILY' ? relatives : [])].filter(
    (fact) =>
      fact.kind === metric.kind &&
      !fact.voided &&
      (window.from === null || fact.occurredOn >= window.from) &&
      (window.until === null || fact.occurredOn < window.until) &&
      (!metric.validOnly || fact.expiresOn === null || on < fact.expiresOn) &&
      metric.where.every((filter) => passes(fact, filter, worthOf)) &&
      metric.by.every((field) => fieldText(fact, field, worthOf) !== null),
  );
  const found = facts.map((fact) => ({
    fact,
    from: on,
    until: on + 1,
    value: (fact.value && convert(fact.value, fact.currency ?? 'EUR', fact.occurredOn, EVERYTHING)) ?? ZERO,
    key: JSON.stringify(metric.by.map((field) => fieldText(fact, field, worthOf))),
  }));
  return aggregate(metric, found);
}

describe('rule 16: more never lowers the computed tier', () => {
  const metric = (aggregate: string, others: object = {}) => ({
    metric: { fact: 'usage', aggregate, window: { trailing: { months: 6 } }, ...others },
  });
  const points = { points: { of: metric('SUM'), linear: { points: '1', per: '100' }, cap: '10' } };
  const step = {
    points: {
      of: metric('COUNT'),
      steps: [
        { atLeast: '2', points: '3' },
        { atLeast: '5', points: '9' },
      ],
    },
  };
  const tier = (code: string, factor: number) => ({
    code,
    name: { en: code, de: code },
    requirement: {
      anyOf: [
        { measure: metric('SUM'), atLeast: String(1_000 * factor) },
        {
          allOf: [
            { measure: metric('MAXIMUM'), above: String(200 * factor) },
            { measure: metric('COUNT'), atLeast: '3' },
          ],
        },
        {
          atLeast: 2,
          of: [
            { measure: { sum: [points, step] }, atLeast: String(5 * factor) },
            { measure: { minimum: [metric('COUNT'), { constant: '8' }] }, atLeast: String(2 * factor) },
            { measure: metric('DISTINCT', { by: ['subject'] }), atLeast: String(factor) },
          ],
        },
      ],
    },
  });
  const rulebook = rulebookOf({
    format: 1,
    tiers: [{ code: 'T0', name: { en: 'T0', de: 'T0' } }, tier('T1', 1), tier('T2', 2), tier('T3', 3)],
  });
  const ranks = rulebook.tiers.map(({ code }) => code);

  it('where the tree has no share, ratio, average or upper bound', () => {
    const usage = fc.record({
      value: fc.integer({ min: 0, max: 900 }),
      occurredOn: anyDay,
      subject: fc.constantFrom('a', 'b', 'c', 'd'),
    });
    checkProperty(
      fc.property(fc.array(usage, { maxLength: 12 }), usage, anyDay, (some, more, on) => {
        const facts = [...some, more].map(
          ({ value, occurredOn, subject }, index): Fact => ({
            ...TEMPLATE,
            id: String(index),
            externalId: String(index),
            value: { numerator: BigInt(value), denominator: 1n },
            occurredOn,
            subject,
          }),
        );
        const rank = (known: readonly Fact[]): number =>
          ranks.indexOf(
            judge(rulebook, createMeasurer(partnerWith(known), rulebook).measure(on)).computedTier,
          );
        expect(rank(facts)).toBeGreaterThanOrEqual(rank(facts.slice(0, -1)));
      }),
      'more is never less',
    );
  });
});

const TEMPLATE: Omit<Fact, 'id' | 'externalId' | 'value' | 'occurredOn' | 'subject'> = {
  partnerId: 'P',
  source: 'test',
  version: 1,
  kind: 'usage',
  expiresOn: null,
  currency: null,
  person: null,
  credential: null,
  customer: null,
  respondent: null,
  attributes: {},
  recordedAt: 0,
  supersededAt: null,
  voided: false,
};
