import { planMembership } from '../../../src/engine/partner/membership-change.ts';
import { resolveEntries } from '../../../src/engine/partner/resolve-entries.ts';
import type { Status } from '../../../src/engine/partner/status.ts';
import { foldPolicy } from '../../../src/engine/policy/fold-policy.ts';
import { forecast } from '../../../src/engine/policy/forecast.ts';
import { nextChangeOn, statusOn } from '../../../src/engine/policy/timeline.ts';
import { type Day, formatDay } from '../../../src/engine/values/day.ts';
import { long } from '../../support/long.ts';
import { BUSY_DAYS, FIRST_BUSY } from './any-policy-inputs.ts';
import { caseOf } from './policy-history.ts';
import { timelineOf } from './policy-inputs.ts';
import { type PolicyHistory, referenceStatuses } from './policy-reference.ts';

/** What of the engine decides memberships and tiers, so that another one can take its place. */
export const ENGINE = { foldPolicy, forecast, planMembership, resolveEntries };
export type PolicyEngine = typeof ENGINE;

/**
 * What happens in the busy days comes to rest in the years after; the short form looks at the first of them
 * only.
 */
export const SHORT_LAST = FIRST_BUSY + BUSY_DAYS + 150;
const LAST = long(SHORT_LAST, FIRST_BUSY + 2_200);
const FIRST = FIRST_BUSY - 310;
/** Risks look ahead so far at most, and the reference sees no day after the last. */
const WATCHED = 90;

type Said = { readonly on: string; readonly status: Status; readonly next: Day | null };

/**
 * The last day of which engine and reference say different things, or after which they expect the next change
 * on different days.
 */
export function disagreement(
  engine: PolicyEngine,
  history: PolicyHistory,
  last = LAST,
): { readonly engine: Said; readonly reference: Said } | null {
  const timeline = timelineOf(caseOf(history, engine), engine);
  const expected = referenceStatuses(history, FIRST, last);
  const texts = new Map(timeline.map(({ status }) => [status, textOf(status, last)]));
  let next: Day | null = null;
  let after: string | null = null;
  for (let index = expected.length - 1; index >= 0; index -= 1) {
    const on = FIRST + index;
    const status = expected[index];
    if (status === undefined) throw new Error('A status for each day.');
    const text = textOf(status, last);
    if (after !== null && text !== after) next = on + 1;
    after = text;
    if (on > last - WATCHED) continue;
    const said = statusOn(timeline, on);
    const saidNext = seen(nextChangeOn(timeline, on), last);
    if ((texts.get(said) ?? textOf(said, last)) === text && (saidNext === next || isLate(saidNext, last)))
      continue;
    return {
      engine: { on: formatDay(on), status: clipped(said, last), next: saidNext },
      reference: { on: formatDay(on), status: clipped(status, last), next },
    };
  }
  return null;
}

/** A day that the reference sees too. */
function seen(day: Day | null, last: Day): Day | null {
  return day === null || day > last ? null : day;
}

/** Whether risks on the last days, which the reference doesn't see whole, may have made it another day. */
function isLate(day: Day | null, last: Day): boolean {
  return day === null || day > last - WATCHED;
}

function textOf(status: Status, last: Day): string {
  return JSON.stringify(clipped(status, last));
}

function clipped(
  { rulebookId, computedTier, tier, holds, specializations, risk }: Status,
  last: Day,
): Status {
  return {
    rulebookId,
    computedTier,
    tier,
    specializations,
    holds: holds.map(({ reason, until }) => ({ reason, until: seen(until, last) })),
    risk: risk && { on: risk.on, tier: risk.tier, rulebookId: risk.rulebookId },
  };
}
