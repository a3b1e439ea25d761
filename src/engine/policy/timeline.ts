import type { PartnerInputs } from '../partner/partner-inputs.ts';
import { NO_STATUS, type Status, type Timeline } from '../partner/status.ts';
import type { Day } from '../values/day.ts';
import { finish, type InSteps } from '../values/in-steps.ts';
import { createComputedTiers } from './computed-tiers.ts';
import { foldPolicyInSteps } from './fold-policy.ts';
import { forecast } from './forecast.ts';
import type { Computed } from './policy.ts';

/** All statuses of a partner over all days, past and to come, if nothing new is recorded. */
export function computeTimeline(partner: PartnerInputs): Timeline {
  return finish(timelineInSteps(partner));
}

/** The same in steps, about one for each day on which a number changes. */
export function* timelineInSteps(partner: PartnerInputs): InSteps<Timeline> {
  const { rulebooks, entries, overrides } = partner;
  const computed = new Map<number, Computed>();
  const computedBy = (index: number) => {
    const known = computed.get(index);
    if (known !== undefined) return known;
    const published = rulebooks[index];
    if (published === undefined) throw new Error(`There is no rulebook with index ${index}.`);
    const created = createComputedTiers(partner, published.rulebook);
    computed.set(index, created);
    return created;
  };
  return forecast(yield* foldPolicyInSteps({ rulebooks, entries, overrides, computedBy }), rulebooks);
}

/** The status on `on`; NO_STATUS before the first segment. */
export function statusOn(timeline: Timeline, on: Day): Status {
  return timeline.findLast(({ from }) => from <= on)?.status ?? NO_STATUS;
}

/** The first day after `on` with another status than on `on`; null if there is none. */
export function nextChangeOn(timeline: Timeline, on: Day): Day | null {
  return timeline.find(({ from }) => from > on)?.from ?? null;
}
