import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Day, formatDay } from '../../src/engine/day.ts';
import { memberships } from '../../src/engine/membership.ts';
import type { Status } from '../../src/engine/status.ts';
import { nextChangeOn, statusOn } from '../../src/engine/timeline.ts';
import { long } from '../support/long.ts';
import { anyPolicyHistory, BUSY_DAYS, FIRST_BUSY } from './support/any-policy-case.ts';
import { checkProperty } from './support/check-property.ts';
import { timelineOf } from './support/policy-case.ts';
import { caseOf, enteredBy } from './support/policy-history.ts';
import { type PolicyHistory, referenceStatuses } from './support/policy-reference.ts';

/** What happens in the busy days comes to rest in the years after; the short form looks at the first of them only. */
const LAST = FIRST_BUSY + long(BUSY_DAYS + 150, 2_200);
const FIRST = FIRST_BUSY - 310;
/** Risks look ahead so far at most, and the reference sees no day after the last. */
const WATCHED = 90;
const PATIENCE_MS = 900_000;

test(
  'rules 3, 4, 17 to 22, 27, 31 and 34 to 36: the engine says what the rules say day by day, each day and what comes next',
  () => {
    checkProperty(
      fc.property(anyPolicyHistory, (history) => {
        const timeline = timelineOf(caseOf(history));
        const expected = referenceStatuses(history, FIRST, LAST);
        const texts = new Map(timeline.map(({ status }) => [status, textOf(status)]));
        let next: Day | null = null;
        let after: string | null = null;
        for (let index = expected.length - 1; index >= 0; index -= 1) {
          const on = FIRST + index;
          const status = expected[index];
          if (status === undefined) throw new Error('A status for each day.');
          const text = textOf(status);
          if (after !== null && text !== after) next = on + 1;
          after = text;
          if (on > LAST - WATCHED) continue;
          const said = statusOn(timeline, on);
          const saidNext = seen(nextChangeOn(timeline, on));
          if ((texts.get(said) ?? textOf(said)) === text && (saidNext === next || isLate(saidNext))) continue;
          expect({ on: formatDay(on), status: clipped(said), next: saidNext }).toEqual({
            on: formatDay(on),
            status: clipped(status),
            next,
          });
        }
      }),
      'policy by jumps and by days',
      long(1_000, 10_000),
    );
  },
  PATIENCE_MS,
);

test('the histories drawn hold graces, withdrawals, memberships, overrides and transitions of every kind', () => {
  const seen = new Map<string, number>();
  for (const history of fc.sample(anyPolicyHistory, { numRuns: 400, seed: 34 })) {
    for (const kind of kindsOf(history)) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  for (const kind of KINDS) expect([kind, (seen.get(kind) ?? 0) >= 8]).toEqual([kind, true]);
});

const KINDS = [
  'WHOLE',
  'ONE_STEP',
  'WHOLE under a lock',
  'WHOLE with KEEP',
  'ONE_STEP with KEEP',
  'a grace beside reviews for promotion',
  'a grace through a remap',
  'FLOOR',
  'BOTH',
  'withdrawn',
  'withdrawn before the first that stays',
  'an override that was set under a withdrawn rulebook',
  'leftOn',
  'leftOn taken back',
  'enrolledOn',
  'a call that is refused',
  'several memberships',
  'no day at all',
] as const;

/** What a history has of everything that the rules speak of. */
function kindsOf(history: PolicyHistory): Set<(typeof KINDS)[number]> {
  const kinds = new Set<(typeof KINDS)[number]>();
  const { rulebooks, entries = [] } = caseOf(history);
  for (const [index, { rulebook }] of rulebooks.entries()) {
    const { policy, transition } = rulebook;
    if (transition !== null) kinds.add(transition.mode);
    if (policy.demotion.mode !== 'GRACE') continue;
    kinds.add(policy.demotion.step);
    if (policy.demotion.step === 'WHOLE' && policy.lock !== null) kinds.add('WHOLE under a lock');
    if (policy.onInsufficient === 'KEEP') kinds.add(`${policy.demotion.step} with KEEP`);
    if (policy.promotion.mode === 'ON_REVIEW') kinds.add('a grace beside reviews for promotion');
    const before = rulebooks[index - 1]?.rulebook.policy.demotion.mode;
    if (before === 'GRACE' && transition === null) kinds.add('a grace through a remap');
  }
  const withdrawn = history.published.filter((each) => each.withdrawn);
  if (withdrawn.length > 0) kinds.add('withdrawn');
  if (history.published[0]?.withdrawn) kinds.add('withdrawn before the first that stays');
  const ids = withdrawn.map(({ rulebook }) => rulebook.id);
  if (history.overrides.some(({ rulebookId }) => ids.includes(rulebookId))) {
    kinds.add('an override that was set under a withdrawn rulebook');
  }
  const corrections = history.calls.filter(({ firstOn }) => firstOn === null);
  for (const { leftOn, enrolledOn } of corrections) {
    if (enrolledOn !== undefined) kinds.add('enrolledOn');
    if (leftOn !== undefined) kinds.add(leftOn === null ? 'leftOn taken back' : 'leftOn');
  }
  const accepted = enteredBy(history.enrolledOn, history.calls).length - 1;
  if (accepted < history.calls.length) kinds.add('a call that is refused');
  const days = memberships(entries).length;
  if (days > 1) kinds.add('several memberships');
  if (days === 0) kinds.add('no day at all');
  return kinds;
}

/** A day that the reference sees too. */
function seen(day: Day | null): Day | null {
  return day === null || day > LAST ? null : day;
}

/** Whether risks on the last days, which the reference doesn't see whole, may have made it another day. */
function isLate(day: Day | null): boolean {
  return day === null || day > LAST - WATCHED;
}

function textOf(status: Status): string {
  return JSON.stringify(clipped(status));
}

function clipped({ rulebookId, computedTier, tier, holds, specializations, risk }: Status): Status {
  return {
    rulebookId,
    computedTier,
    tier,
    specializations,
    holds: holds.map(({ reason, until }) => ({ reason, until: seen(until) })),
    risk: risk && { on: risk.on, tier: risk.tier, rulebookId: risk.rulebookId },
  };
}
