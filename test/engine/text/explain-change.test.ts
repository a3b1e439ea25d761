import { describe, expect, test } from 'vitest';
import type { Change, ChangeDetail } from '../../../src/engine/changes/change.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { explainChange } from '../../../src/engine/text/explain-change.ts';
import { day, policyRulebook, tier } from '../support/policy-inputs.ts';

const plain = policyRulebook('r1', day('2020-01-01'));
const rulebooks: PublishedRulebook[] = [
  {
    ...plain,
    rulebook: {
      ...plain.rulebook,
      tiers: [tier('SILVER', { en: 'Silver', de: 'Silber' }), tier('GOLD', { en: 'Gold', de: 'Gold' })],
      specializations: [
        {
          code: 'VIDEO',
          name: { en: 'Solution Expert, Video', de: 'Solution Expert Video' },
          requirement: { type: 'SPECIALIZATION', otherwise: null, path: '', specialization: 'VIDEO' },
        },
      ],
    },
  },
];

const ON = day('2026-11-23');

function both(detail: ChangeDetail, more: Partial<Change> = {}): [en: string, de: string] {
  const change: Change = {
    on: ON,
    trigger: 'FACT',
    rulebookId: 'r1',
    previousRulebookId: 'r1',
    detail,
    ...more,
  };
  return [explainChange(change, rulebooks, 'en'), explainChange(change, rulebooks, 'de')];
}

describe('explainChange', () => {
  test('a promotion', () => {
    expect(both({ type: 'TierChanged', from: 'SILVER', to: 'GOLD', direction: 'UP', since: ON })).toEqual([
      'On 2026-11-23 the tier rose from Silver to Gold because of new data.',
      'Aufgrund neuer Daten stieg der Status am 23.11.2026 von Silber auf Gold.',
    ]);
  });

  test('a demotion that is believed to have happened earlier', () => {
    const detail = {
      type: 'TierChanged',
      from: 'GOLD',
      to: 'SILVER',
      direction: 'DOWN',
      since: day('2026-10-01'),
    } as const;
    expect(both(detail, { trigger: 'TIME' })).toEqual([
      'On 2026-11-23 the tier fell from Gold to Silver because time passed. By what is known now this holds since 2026-10-01.',
      'Durch Zeitablauf sank der Status am 23.11.2026 von Gold auf Silber. Nach heutigem Stand gilt das seit dem 01.10.2026.',
    ]);
  });

  test('a tier where there was none, on enrolment or later, none any more, and a renamed one', () => {
    expect(both({ type: 'TierChanged', from: null, to: 'SILVER', direction: 'ENTERED', since: ON })).toEqual([
      'On 2026-11-23 the partner received the tier Silver.',
      'Am 23.11.2026 erhielt der Partner den Status Silber.',
    ]);
    expect(
      both(
        { type: 'TierChanged', from: 'SILVER', to: null, direction: 'LEFT', since: ON },
        { rulebookId: null, trigger: 'PARTNER' },
      ),
    ).toEqual([
      "On 2026-11-23 the tier Silver ended because the partner's own data changed.",
      'Aufgrund geänderter Partnerdaten endete der Status Silber am 23.11.2026.',
    ]);
    expect(
      both(
        { type: 'TierChanged', from: 'OLD', to: 'GOLD', direction: 'REMAPPED', since: ON },
        { previousRulebookId: 'r0', trigger: 'RULEBOOK' },
      ),
    ).toEqual([
      'On 2026-11-23 the tier OLD became Gold because of a new rulebook.',
      'Aufgrund eines neuen Regelwerks heißt der Status OLD seit dem 23.11.2026 Gold.',
    ]);
  });

  test('specializations', () => {
    expect(both({ type: 'SpecializationEarned', specialization: 'VIDEO', since: ON })).toEqual([
      'On 2026-11-23 the specialization Solution Expert, Video was earned because of new data.',
      'Aufgrund neuer Daten wurde die Spezialisierung Solution Expert Video am 23.11.2026 erreicht.',
    ]);
    expect(
      both({ type: 'SpecializationLapsed', specialization: 'VIDEO', since: ON }, { trigger: 'TIME' }),
    ).toEqual([
      'On 2026-11-23 the specialization Solution Expert, Video lapsed because time passed.',
      'Durch Zeitablauf erlosch die Spezialisierung Solution Expert Video am 23.11.2026.',
    ]);
  });

  test('holds, by their last day', () => {
    const transition = { reason: 'TRANSITION', until: day('2027-10-01') } as const;
    expect(both({ type: 'HoldStarted', hold: transition, tier: 'GOLD', computedTier: 'SILVER' })).toEqual([
      'Gold is kept by the transition, up to and including 2027-09-30; computed is Silver.',
      'Gold bleibt durch die Übergangsregelung erhalten, bis einschließlich 30.09.2027; errechnet ist Silber.',
    ]);
    const review = { reason: 'REVIEW', until: null } as const;
    expect(both({ type: 'HoldStarted', hold: review, tier: 'SILVER', computedTier: 'GOLD' })).toEqual([
      'Silver stays until a review decides, until further notice; computed is Gold.',
      'Silber bleibt, bis eine Überprüfung entscheidet, bis auf Weiteres; errechnet ist Gold.',
    ]);
    const ended = { type: 'HoldEnded', hold: transition } as const;
    expect(both({ ...ended, ending: 'OVER', computedTier: 'SILVER' })).toEqual([
      'The transition ended on 2026-11-23.',
      'Die Übergangsregelung ist seit dem 23.11.2026 vorbei.',
    ]);
    // The transition goes on, but this partner does not live from it any more.
    expect(both({ ...ended, ending: 'NOT_NEEDED', computedTier: 'GOLD' })).toEqual([
      'The transition no longer matters as of 2026-11-23: computed is now Gold.',
      'Die Übergangsregelung spielt seit dem 23.11.2026 keine Rolle mehr: Errechnet ist nun Gold.',
    ]);
  });

  test('a hold that a withdrawal ends on the day on which it began', () => {
    const older: PublishedRulebook = { ...plain, id: 'r0', effectiveFrom: day('2019-01-01') };
    const hold = { reason: 'OVERRIDE', until: day('2027-10-01') } as const;
    const change: Change = {
      on: ON,
      trigger: 'RULEBOOK',
      rulebookId: 'r0',
      previousRulebookId: 'r1',
      detail: { type: 'HoldEnded', hold, ending: 'OVER', computedTier: 'SILVER' },
    };
    expect(explainChange(change, [older, ...rulebooks], 'en')).toBe(
      'The tier set by hand no longer matters as of 2026-11-23 because the rulebook of 2020-01-01 was withdrawn.',
    );
    expect(explainChange(change, [older, ...rulebooks], 'de')).toBe(
      'Durch die Rücknahme des Regelwerks vom 01.01.2020 spielt die Festlegung von Hand seit dem 23.11.2026 keine Rolle mehr.',
    );
  });

  test('risk', () => {
    const detail = {
      type: 'TierAtRisk',
      on: day('2026-12-24'),
      from: 'GOLD',
      tier: 'SILVER',
      tierRulebookId: 'r1',
    } as const;
    expect(both(detail)).toEqual([
      'The tier falls from Gold to Silver on 2026-12-24 if nothing new is recorded by then.',
      'Der Status sinkt am 24.12.2026 von Gold auf Silber, wenn bis dahin nichts Neues erfasst wird.',
    ]);
    expect(both({ type: 'RiskCleared' })).toEqual([
      'The tier is no longer at risk.',
      'Der Status ist nicht mehr gefährdet.',
    ]);
  });

  test('revised history, by its last day', () => {
    expect(both({ type: 'HistoryRevised', fromOn: day('2026-10-01'), untilOn: day('2026-11-01') })).toEqual([
      'The days from 2026-10-01 to 2026-10-31 are now judged differently because of new data.',
      'Aufgrund neuer Daten werden die Tage vom 01.10.2026 bis zum 31.10.2026 nun anders beurteilt.',
    ]);
  });
});
