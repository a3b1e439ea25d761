import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { judge } from '../../../src/engine/judging/judge.ts';
import { gapAtRisk } from '../../../src/engine/judging/risk-gap.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import { judgePartner, rebuildStanding, standingBasis } from '../../../src/engine/policy/judge-partner.ts';
import {
  computeHistory,
  computeTimeline,
  nextChangeOn,
  statusOn,
} from '../../../src/engine/policy/timeline.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import type { Day } from '../../../src/engine/values/day.ts';
import { formatDecimal } from '../../../src/engine/values/fraction.ts';
import { anyPartner, EVERYTHING, FIRST, LAST } from '../support/any-partner.ts';
import { checkProperty } from '../support/check-property.ts';
import { day, documentFor, factory, partnerWith, requirementOf, rulebookOf } from '../support/measuring.ts';
import { describeTimeline } from '../support/policy-inputs.ts';

const connect = connectRulebooks('2026-11-23').map(
  ({ effectiveFrom, document }): PublishedRulebook => ({
    id: effectiveFrom,
    effectiveFrom: day(effectiveFrom),
    rulebook: rulebookOf(document),
  }),
);

function connectPartner(facts: readonly Fact[]): PartnerInputs {
  const enrolledOn = day('2024-01-01');
  return { ...partnerWith(facts, { firstOn: enrolledOn, enrolledOn }), rulebooks: connect };
}

const fact = factory();
const goldUnderTheOldRules = [
  fact('revenue', { on: '2026-08-01', value: '1000000' }),
  ...['2026-05-01', '2026-06-01', '2026-06-15', '2026-07-01', '2026-08-01'].map((on) =>
    fact('satisfaction', { on, value: '8' }),
  ),
];
const expert = { on: '2026-02-01', expires: '2028-02-01' };
const videoExperts = [
  fact('certification', { ...expert, person: 'ada', credential: 'VIDEO_SALES' }),
  fact('certification', { ...expert, person: 'ben', credential: 'VIDEO_SALES' }),
  fact('certification', { ...expert, person: 'cleo', credential: 'VIDEO_DESIGN' }),
];

describe('computeTimeline', () => {
  test('rule 19: Gold by the old rules that is only Silver by the new ones is kept until the transition ends', () => {
    const partner = connectPartner([
      ...goldUnderTheOldRules,
      ...videoExperts,
      fact('revenue', { on: '2027-04-01', value: '100000' }),
      ...Array.from({ length: 5 }, () => fact('satisfaction', { on: '2027-04-01', value: '7.5' })),
    ]);
    expect(describeTimeline(computeTimeline(partner))).toEqual([
      '2024-01-01 AUTHORIZED',
      '2026-02-01 AUTHORIZED',
      '2026-08-01 GOLD',
      '2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-10-01',
      '2027-10-01 SILVER',
      '2028-02-01 AUTHORIZED',
    ]);
  });

  test('rule 4: a certification that expires tomorrow makes nextChangeOn tomorrow', () => {
    const leaving = fact('certification', {
      on: '2026-02-01',
      expires: '2026-11-24',
      person: 'dora',
      credential: 'NETWORKING_DESIGN',
    });
    const sales = ['eve', 'finn'].map((person) =>
      fact('certification', { ...expert, person, credential: 'NETWORKING_SALES' }),
    );
    const partner = connectPartner([...sales, leaving]);
    const timeline = computeTimeline(partner);
    expect(statusOn(timeline, day('2026-11-23')).specializations).toEqual(['NETWORKING']);
    expect(nextChangeOn(timeline, day('2026-11-23'))).toBe(day('2026-11-24'));
    expect(statusOn(timeline, day('2026-11-24')).specializations).toEqual([]);
    expect(nextChangeOn(timeline, day('2026-11-24'))).toBe(null);
  });

  test('rule 4: nextChangeOn is the first later day with another standing, of all days of two years', () => {
    const rulebooks = [{ id: 'r1', effectiveFrom: FIRST, rulebook: simple }];
    checkProperty(
      fc.property(anyPartner, (given) => {
        const timeline = computeTimeline({ ...given, rulebooks });
        const measurer = createMeasurer(given, simple);
        let before = '';
        let next: Day | null = nextChangeOn(timeline, FIRST - 1);
        for (let on = FIRST; on <= LAST; on += 1) {
          const { computedTier, specializations } = judge(simple, measurer.measure(on));
          const seen = JSON.stringify([computedTier, specializations]);
          const status = statusOn(timeline, on);
          if (
            JSON.stringify([status.tier, status.specializations]) !== seen ||
            (on === next) !== (seen !== before)
          ) {
            expect({ on, ...status, next }).toEqual({
              on,
              tier: computedTier,
              specializations,
              next: 'another day',
            });
          }
          if (on === next) next = nextChangeOn(timeline, on);
          before = seen;
        }
      }),
      'nextChangeOn',
    );
  });

  test('rule 3: the timeline does not depend on the order in which facts arrived', () => {
    const rulebooks = [{ id: 'r1', effectiveFrom: FIRST, rulebook: EVERYTHING }];
    const shuffled = anyPartner.chain((partner) =>
      fc.tuple(
        fc.constant(partner),
        fc.shuffledSubarray([...partner.facts], { minLength: partner.facts.length }),
      ),
    );
    checkProperty(
      fc.property(shuffled, ([partner, facts]) => {
        expect(computeTimeline({ ...partner, rulebooks, facts })).toEqual(
          computeTimeline({ ...partner, rulebooks }),
        );
      }),
      'timeline and order',
    );
  });
});

/** Revenue and persons, so that tiers and specializations come and go often. */
const simple = rulebookOf(
  documentFor(
    { allOf: [{ measure: revenueOver(3), atLeast: '300' }, { specialization: 'EXPERT' }] },
    {
      currencies: [{ from: '2024-01-01', equal: { EUR: '75', USD: '100' } }],
      specializations: [
        {
          code: 'EXPERT',
          name: { en: 'Expert', de: 'Experte' },
          requirement: {
            persons: [
              {
                name: { en: 'any', de: 'beliebig' },
                count: 1,
                where: [{ field: 'credential', in: ['A', 'B'] }],
              },
            ],
          },
        },
      ],
    },
  ),
);

function revenueOver(months: number) {
  return {
    name: { en: 'Revenue', de: 'Umsatz' },
    metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months } } },
  };
}

describe('judgePartner and rebuildStanding', () => {
  const partner = connectPartner([...goldUnderTheOldRules, ...videoExperts]);
  const on = day('2026-11-23');

  test('rule 21: the standing proves the computed tier beside the tier that is held', () => {
    const standing = judgePartner(partner, on);
    expect(standing.status).toMatchObject({
      rulebookId: '2026-10-01',
      tier: 'GOLD',
      computedTier: 'SILVER',
      holds: [{ reason: 'TRANSITION', until: day('2027-10-01') }],
      specializations: ['VIDEO'],
    });
    expect(standing.proof.map(({ tier, outcome }) => [tier, outcome])).toEqual([
      ['PLATINUM', 'UNMET'],
      ['GOLD', 'UNMET'],
      ['SILVER', 'MET'],
      ['AUTHORIZED', 'MET'],
    ]);
    expect([standing.next?.tier, standing.computedNext?.tier]).toEqual(['PLATINUM', 'GOLD']);
    expect(standing.alternatives).toEqual([]);
    expect(standing.nextChangeOn).toBe(nextChangeOn(computeTimeline(partner), on));
  });

  test('rule 16: nothing is missing for the tier above where a review holds it back', () => {
    const document = documentFor(
      { measure: { metric: { fact: 'revenue', aggregate: 'SUM', window: { allTime: true } } }, atLeast: '1' },
      { policy: { promotion: { mode: 'ON_REVIEW', review: { calendar: { daysOfYear: ['07-01'] } } } } },
    );
    const published = { id: 'r1', effectiveFrom: day('2020-01-01'), rulebook: rulebookOf(document) };
    const waiting = {
      ...partnerWith([fact('revenue', { on: '2026-02-01', value: '1' })]),
      rulebooks: [published],
    };
    const { status, next, computedNext } = judgePartner(waiting, day('2026-02-01'));
    expect(status).toMatchObject({ tier: 'BASE', computedTier: 'GOLD', holds: [{ reason: 'REVIEW' }] });
    expect(next).toEqual({ tier: 'GOLD', missing: [], forfeits: [] });
    expect(computedNext).toBeNull();
    expect(judgePartner(waiting, day('2026-07-01')).next).toBeNull();
  });

  test('the same standing is rebuilt from what a row keeps as JSON', () => {
    const basis = standingBasis(partner, on, computeHistory(partner));
    const kept: typeof basis = JSON.parse(JSON.stringify(basis));
    expect(rebuildStanding({ rulebooks: connect, ...kept })).toEqual(judgePartner(partner, on));
  });

  test('rule 22: without a tier there is no proof either', () => {
    expect(judgePartner(partner, day('2023-12-31'))).toEqual({
      on: day('2023-12-31'),
      status: {
        rulebookId: null,
        computedTier: null,
        tier: null,
        holds: [],
        specializations: [],
        risk: null,
      },
      measurements: null,
      proof: [],
      specializations: [],
      next: null,
      computedNext: null,
      alternatives: [],
      nextChangeOn: day('2024-01-01'),
    });
  });

  test('rule 19: in mode BOTH the rulebook that does not count is proven beside the one that does', () => {
    const [old, next] = connect;
    if (old === undefined || next === undefined) throw new Error('two rulebooks');
    const both: PublishedRulebook = {
      ...next,
      rulebook: { ...next.rulebook, transition: { mode: 'BOTH', until: day('2027-10-01') } },
    };
    const standing = judgePartner({ ...partner, rulebooks: [old, both] }, on);
    expect([standing.status.rulebookId, standing.status.tier, standing.status.computedTier]).toEqual([
      old.id,
      'GOLD',
      'GOLD',
    ]);
    // Rule 16: in the terms of the rulebook that counts.
    expect(standing.next).toEqual(standing.computedNext);
    expect(standing.next?.tier).toBe('PLATINUM');
    const [missing] = standing.next?.missing ?? [];
    expect(missing?.type === 'THRESHOLD' && formatDecimal(missing.required)).toBe('3000000');
    expect(
      standing.alternatives.map(({ rulebookId, proof }) => [
        rulebookId,
        proof.find(({ outcome }) => outcome === 'MET')?.tier,
      ]),
    ).toEqual([[both.id, 'SILVER']]);
  });
});

const LATER = day('2027-10-01');

describe('gapAtRisk', () => {
  const watched = connect.map((published) => ({
    ...published,
    rulebook: { ...published.rulebook, policy: { ...published.rulebook.policy, atRiskDays: 90 } },
  }));

  test('rule 27: says what is missing on the day of the fall to keep the tier', () => {
    const partner = { ...connectPartner([...goldUnderTheOldRules, ...videoExperts]), rulebooks: watched };
    const { rulebookId, tier, risk } = judgePartner(partner, day('2027-08-01')).status;
    if (rulebookId === null || tier === null || risk === null) throw new Error('Gold is at risk.');
    expect(risk).toEqual({ on: day('2027-10-01'), tier: 'AUTHORIZED', rulebookId: '2026-10-01' });
    const gap = gapAtRisk(partner, { rulebookId, tier }, risk, () => null);
    expect(gap?.tier).toBe('GOLD');
    const gold = requirementOf(
      { tiers: judgePartner(partner, risk.on).proof, specializations: [], computedNext: null },
      'GOLD',
    );
    expect(gold.type === 'COMPOSITE' && gold.parts.map(({ proof }) => proof)).toEqual(gap?.missing);
  });

  test('rule 27: in mode BOTH a tier of the newer rulebook is kept by its own rules', () => {
    const [old, next] = watched;
    if (old === undefined || next === undefined) throw new Error('two rulebooks');
    const partner = {
      ...connectPartner(videoExperts),
      rulebooks: [
        old,
        { ...next, rulebook: { ...next.rulebook, transition: { mode: 'BOTH', until: LATER } as const } },
      ],
    };
    const held = { rulebookId: next.id, tier: 'SILVER' };
    const risk = { on: day('2027-01-01'), tier: 'AUTHORIZED', rulebookId: old.id };
    const gap = gapAtRisk(partner, held, risk, () => null);
    expect(gap?.missing.map(({ path }) => path.slice(0, '/tiers/1'.length))).toEqual([
      '/tiers/1',
      '/tiers/1',
    ]);
    const [revenue] = gap?.missing ?? [];
    expect(revenue?.type === 'THRESHOLD' && formatDecimal(revenue.required)).toBe('100000');
  });

  test('rule 27: nothing is missing where an override lets the tier fall', () => {
    const override = {
      id: 'o1',
      tier: 'AUTHORIZED',
      rulebookId: '2026-10-01',
      reason: 'audit',
      actor: 'ada',
    };
    const partner = {
      ...connectPartner([...goldUnderTheOldRules, ...videoExperts]),
      rulebooks: watched,
      overrides: [{ ...override, firstOn: day('2026-12-01'), endsOn: day('2027-01-01') }],
    };
    const { risk } = judgePartner(partner, day('2026-11-23')).status;
    if (risk === null) throw new Error('Gold is at risk.');
    expect(risk.on).toBe(day('2026-12-01'));
    expect(gapAtRisk(partner, { rulebookId: '2026-10-01', tier: 'SILVER' }, risk, () => null)).toBe(null);
  });
});
