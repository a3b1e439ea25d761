import type { Holdings } from '../measuring/holdings.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import { NO_STATUS, type Status, type Timeline } from '../partner/status.ts';
import type { Day } from '../values/day.ts';
import { finish, type InSteps } from '../values/in-steps.ts';
import { type ComputedTiers, createComputedTiers } from './computed-tiers.ts';
import { foldPolicyInSteps } from './fold-policy.ts';
import { forecast } from './forecast.ts';

/** All that policy says about a partner over all days, past and to come, if nothing new is recorded. */
export type PartnerHistory = {
  readonly timeline: Timeline;
  /**
   * What policy held by a rulebook that counts on a day, before that day and after it; null if nothing was
   * judged by it then.
   */
  readonly heldBy: (rulebook: number, on: Day) => Holdings | null;
};

/** All statuses of a partner over all days, past and to come, if nothing new is recorded. */
export function computeTimeline(partner: PartnerInputs): Timeline {
  return computeHistory(partner).timeline;
}

/** The same with what policy held. */
export function computeHistory(partner: PartnerInputs): PartnerHistory {
  return finish(historyInSteps(partner));
}

/** The same in steps, about one for each day on which a number changes. */
export function* historyInSteps(partner: PartnerInputs): InSteps<PartnerHistory> {
  const { rulebooks, entries, overrides } = partner;
  const computed = new Map<number, ComputedTiers>();
  const computedBy = (index: number) => {
    const known = computed.get(index);
    if (known !== undefined) return known;
    const published = rulebooks[index];
    if (published === undefined) throw new Error(`There is no rulebook with index ${index}.`);
    const created = createComputedTiers(partner, published.rulebook);
    computed.set(index, created);
    return created;
  };
  const start = entries[0]?.start ?? null;
  const input = { rulebooks, entries, overrides, computedBy, start };
  const { periods, heldBy } = yield* foldPolicyInSteps(input);
  return { timeline: forecast(periods, rulebooks), heldBy };
}

/** The status on `on`; NO_STATUS before the first segment. */
export function statusOn(timeline: Timeline, on: Day): Status {
  return timeline.findLast(({ from }) => from <= on)?.status ?? NO_STATUS;
}

/** The first day after `on` with another status than on `on`; null if there is none. */
export function nextChangeOn(timeline: Timeline, on: Day): Day | null {
  return timeline.find(({ from }) => from > on)?.from ?? null;
}
