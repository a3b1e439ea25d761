import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/demo/calendar.ts';
import { generateDemo } from '../../src/demo/generate.ts';
import { evidence } from '../../src/engine/judging/evidence.ts';
import type { Standing } from '../../src/engine/judging/standing.ts';
import type { PartnerInputs } from '../../src/engine/partner/partner-inputs.ts';
import { judgePartner } from '../../src/engine/policy/judge-partner.ts';
import { computeHistory } from '../../src/engine/policy/timeline.ts';
import type { PublishedRulebook } from '../../src/engine/rulebook/rulebook.ts';
import { fraction } from '../../src/engine/values/fraction.ts';
import { long } from '../support/long.ts';
import { type BruteStanding, bruteDates, bruteStanding, dayAfter, dayBefore } from './support/brute-force.ts';
import { byPartner } from './support/by-partner.ts';
import { day, partnerInputs, publishedRulebooks } from './support/partner-case.ts';
import { metricOf, thresholdsOf } from './support/thresholds.ts';

const TODAY = '2026-11-23';
const { old, cutover, until } = bruteDates(TODAY);

// Long, since the second implementation judges each partner on each day anew.
const LENGTH = long(100, 400);

/** Days under each rulebook, at each border, after the transition, and in a leap year's February. */
const DAYS: readonly string[] = [
  '2024-02-29',
  cutover,
  TODAY,
  ...long([], [dayBefore(old), old, dayBefore(cutover), addDays(TODAY, 45), dayBefore(until), until]),
];

describe('standings of the demo by the engine and by brute force', () => {
  const rulebooks = publishedRulebooks(TODAY);
  const base = byPartner(generateDemo({ seed: 1, today: TODAY })).map((each) => ({
    ...each,
    known: partnerInputs(each.partner, each.facts, rulebooks),
  }));

  test.each(DAYS)('agree for each of 300 partners on %s', (on) => {
    let judged = 0;
    for (const { partner, facts, known } of base) {
      const expected = bruteStanding(partner, facts, on, TODAY);
      const standing = judgePartner(known, day(on));
      expect({ partner: partner.externalRef, ...statusOf(standing) }).toEqual({
        partner: partner.externalRef,
        ...expectedStatus(expected),
      });
      if (expected.rulebook === null) continue;
      expectNumbers(standing, expected, known, rulebooks);
      judged += 1;
    }
    expect(judged).toBe(base.filter(({ partner }) => on >= old && on >= partner.enrolledOn).length);
  });

  test(`agree on every day of ${LENGTH} for eight partners`, () => {
    for (const { partner, facts, known } of base.slice(38, 46)) {
      const history = computeHistory(known);
      let on = addDays(cutover, -20);
      for (let count = 0; count < LENGTH; count += 1) {
        const standing = judgePartner(known, day(on), history);
        expect({ on, ...statusOf(standing) }).toEqual({
          on,
          ...expectedStatus(bruteStanding(partner, facts, on, TODAY)),
        });
        on = dayAfter(on);
      }
    }
  });

  test('agree for the published distribution of 11,078 in proportion, another seed and another today', () => {
    const today = '2028-02-29';
    const published = publishedRulebooks(today);
    for (const { partner, facts } of byPartner(generateDemo({ seed: 7, today, partners: long(100, 600) }))) {
      const known = partnerInputs(partner, facts, published);
      const expected = bruteStanding(partner, facts, today, today);
      const standing = judgePartner(known, day(today));
      expect(statusOf(standing)).toEqual(expectedStatus(expected));
      expectNumbers(standing, expected, known, published);
    }
  });
});

function statusOf({ status }: Standing) {
  const { rulebookId, computedTier, tier, specializations, holds } = status;
  return { rulebookId, computedTier, tier, specializations, holds };
}

function expectedStatus({ rulebook, computedTier, tier, specializations, flooredUntil }: BruteStanding) {
  return {
    rulebookId: rulebook,
    computedTier,
    tier,
    specializations: rulebook === null ? [] : specializations,
    holds: flooredUntil === null ? [] : [{ reason: 'TRANSITION', until: day(flooredUntil) }],
  };
}

/** Every number of the proof, and the facts behind it, against those counted by hand. */
function expectNumbers(
  standing: Standing,
  expected: BruteStanding,
  known: PartnerInputs,
  rulebooks: readonly PublishedRulebook[],
): void {
  const rulebook = rulebooks.find(({ id }) => id === expected.rulebook)?.rulebook;
  if (rulebook === undefined) throw new Error('no rulebook');
  const counted = (path: string) =>
    evidence(known, rulebook, standing.on, { path })
      .counted.map(({ externalId }) => externalId)
      .sort();
  const thresholds = thresholdsOf(standing);
  expect(thresholds).toHaveLength(6);
  for (const { actual } of thresholds) {
    const metric = metricOf(actual);
    if (metric.path === '/measures/revenue') {
      expect(metric.value).toEqual(fraction(expected.revenueCents, 100n));
      expect(metric.sample).toBe(expected.revenueIds.length);
      expect(counted(metric.path)).toEqual(expected.revenueIds);
    } else {
      const answers = expected.answerIds.length;
      const enough = metric.minimumSample !== null && answers >= metric.minimumSample;
      expect(metric.value).toEqual(enough ? fraction(expected.scoreCents, 100n * BigInt(answers)) : null);
      expect(metric.sample).toBe(answers);
      expect(counted(metric.path)).toEqual(expected.answerIds);
    }
  }
  expect(standing.specializations).toHaveLength(6);
  for (const { specialization, proof } of standing.specializations) {
    const staffing = expected.staffing[specialization];
    if (staffing === undefined || proof.type !== 'PERSONS')
      throw new Error(`${specialization} is ${proof.type}`);
    expect(proof.outcome).toBe(expected.specializations.includes(specialization) ? 'MET' : 'UNMET');
    expect(proof.slots.map(({ persons }) => persons)).toEqual([staffing.sales, staffing.design]);
    expect(counted(proof.path)).toEqual(staffing.certificationIds);
  }
}
