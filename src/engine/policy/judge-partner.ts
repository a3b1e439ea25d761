import { gapAbove, prove } from '../judging/judge.ts';
import type { Standing } from '../judging/standing.ts';
import { NOTHING_HELD, nextHoldingChangeOn } from '../measuring/holdings.ts';
import { type Measurements, withHoldings } from '../measuring/measurements.ts';
import { createMeasurer } from '../measuring/measurer.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { Status } from '../partner/status.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { rulebooksInForce } from '../rulebook/transition.ts';
import type { Day } from '../values/day.ts';
import { earliest } from '../values/earliest.ts';
import { computeHistory, nextChangeOn, type PartnerHistory, statusOn } from './timeline.ts';

/** What a standing is made of besides the rulebooks: little enough to be stored with each partner. */
export type StandingBasis = {
  readonly on: Day;
  readonly status: Status;
  /** By the status's rulebook; null when it has none. */
  readonly measurements: Measurements | null;
  /** By the rulebooks that are valid beside it; left out when there are none. */
  readonly alternatives?: readonly { readonly rulebookId: string; readonly measurements: Measurements }[];
  readonly nextChangeOn: Day | null;
};

/** The partner's standing on `on`. `history` is the case's own; it is computed when left out. */
export function judgePartner(
  partner: PartnerInputs,
  on: Day,
  history: PartnerHistory = computeHistory(partner),
): Standing {
  const { rulebooks } = partner;
  return rebuildStanding({ rulebooks, ...standingBasis(partner, on, history) });
}

/**
 * What to store of the partner's standing on `on` so that `rebuildStanding` can rebuild it, and until when it
 * is valid: the first later day on which a number may differ, null if there is none.
 */
export function standingBasis(
  partner: PartnerInputs,
  on: Day,
  { timeline, heldBy }: PartnerHistory,
): StandingBasis & { readonly nextMeasurementChangeOn: Day | null } {
  const { rulebooks } = partner;
  const status = statusOn(timeline, on);
  const inForce = rulebooksInForce(rulebooks, on);
  const measured = inForce.flatMap(({ index }) => {
    const published = rulebooks[index];
    if (published === undefined || status.rulebookId === null) return [];
    const { id, rulebook } = published;
    const measurer = createMeasurer(partner, rulebook);
    const held = heldBy(index, on) ?? NOTHING_HELD;
    const measurements = withHoldings(measurer.measure(on), rulebook, held);
    const nextOn = earliest([
      measurer.nextMeasurementChangeOn(on),
      rulebook.lookback === null ? null : nextHoldingChangeOn(held, rulebook.lookback, on),
    ]);
    return [{ rulebookId: id, measurements, nextOn }];
  });
  const counting = measured.find(({ rulebookId }) => rulebookId === status.rulebookId);
  return {
    on,
    status,
    measurements: counting?.measurements ?? null,
    alternatives: measured
      .filter((each) => each !== counting)
      .map(({ rulebookId, measurements }) => ({ rulebookId, measurements })),
    nextChangeOn: nextChangeOn(timeline, on),
    nextMeasurementChangeOn: earliest([
      ...measured.map(({ nextOn }) => nextOn),
      // From then on other rulebooks are measured, also where the same one still counts.
      ...inForce.map(({ until }) => until),
      rulebooks.find(({ effectiveFrom }) => effectiveFrom > on)?.effectiveFrom ?? null,
    ]),
  };
}

/**
 * The standing with its proofs, from what was kept of it and the rulebooks it names; throws when one of those
 * is missing.
 */
export function rebuildStanding({
  rulebooks,
  alternatives = [],
  ...basis
}: StandingBasis & { readonly rulebooks: readonly PublishedRulebook[] }): Standing {
  const { on, status, measurements } = basis;
  const none = { tiers: [], specializations: [], computedNext: null };
  const { rulebookId } = status;
  const proof =
    rulebookId === null || measurements === null
      ? none
      : prove(rulebookOf(rulebooks, rulebookId), measurements);
  return {
    on,
    status,
    measurements,
    proof: proof.tiers,
    specializations: proof.specializations,
    next: status.tier === status.computedTier ? proof.computedNext : gapAbove(proof.tiers, status.tier),
    computedNext: proof.computedNext,
    alternatives: alternatives.map((each) => ({
      ...each,
      proof: prove(rulebookOf(rulebooks, each.rulebookId), each.measurements).tiers,
    })),
    nextChangeOn: basis.nextChangeOn,
  };
}

function rulebookOf(rulebooks: readonly PublishedRulebook[], id: string) {
  const published = rulebooks.find((each) => each.id === id);
  if (published === undefined) throw new Error(`Rulebook ${id} is unknown.`);
  return published.rulebook;
}
