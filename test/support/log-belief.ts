import { expect } from 'vitest';
import type { Change } from '../../src/engine/changes/change.ts';
import type { Status } from '../../src/engine/partner/status.ts';

/** What somebody who only reads a partner's log believes. */
export type Belief = {
  tier: string | null;
  atRisk: boolean;
  readonly specializations: Set<string>;
  readonly holds: Set<string>;
};

/** What is believed before the first entry. */
export function noBelief(): Belief {
  return {
    tier: null,
    atRisk: false,
    specializations: new Set(),
    holds: new Set(),
  };
}

/** Takes an entry in; fails if it does not follow from what was believed. */
export function replay(belief: Belief, { detail }: Change): void {
  switch (detail.type) {
    case 'TierChanged':
      expect(detail.from).toBe(belief.tier);
      expect(detail.to).not.toBe(belief.tier);
      belief.tier = detail.to;
      if (detail.direction === 'DOWN' || detail.direction === 'LEFT') belief.atRisk = false;
      break;
    case 'SpecializationEarned':
      expect(belief.specializations.has(detail.specialization)).toBe(false);
      belief.specializations.add(detail.specialization);
      break;
    case 'SpecializationLapsed':
      expect(belief.specializations.delete(detail.specialization)).toBe(true);
      break;
    case 'HoldStarted':
      expect(belief.holds.has(detail.hold.reason)).toBe(false);
      belief.holds.add(detail.hold.reason);
      break;
    case 'HoldEnded':
      expect(belief.holds.delete(detail.hold.reason)).toBe(true);
      break;
    case 'TierAtRisk':
      belief.atRisk = true;
      break;
    case 'RiskCleared':
      expect(belief.atRisk).toBe(true);
      belief.atRisk = false;
      break;
    case 'HistoryRevised':
      expect(detail.fromOn).toBeLessThan(detail.untilOn);
      break;
  }
}

/** What a reader of the log ought to believe while this is the status. */
export function believed({ tier, risk, specializations, holds }: Status): Belief {
  return {
    tier,
    atRisk: risk !== null,
    specializations: new Set(specializations),
    holds: new Set(holds.map(({ reason }) => reason)),
  };
}
