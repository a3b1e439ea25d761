import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memberships } from '../../../src/engine/partner/membership.ts';
import { long } from '../../support/long.ts';
import { anyPolicyHistory } from '../support/any-policy-inputs.ts';
import { checkProperty } from '../support/check-property.ts';
import { disagreement, ENGINE } from '../support/policy-agreement.ts';
import { caseOf, enteredBy } from '../support/policy-history.ts';
import type { PolicyHistory } from '../support/policy-reference.ts';

const PATIENCE_MS = 900_000;

test(
  'rules 3, 4, 17 to 22, 27, 31, 34 to 36 and 47 to 51: the engine says what the rules say day by day, each day and what comes next',
  () => {
    checkProperty(
      fc.property(anyPolicyHistory, (history) => {
        const found = disagreement(ENGINE, history);
        if (found !== null) expect(found.engine).toEqual(found.reference);
      }),
      'policy by jumps and by days',
      long(1_000, 10_000),
    );
  },
  PATIENCE_MS,
);

test('the histories drawn hold graces, withdrawals, memberships, overrides and transitions of every kind', () => {
  const seen = new Map<string, number>();
  for (const history of fc.sample(anyPolicyHistory, { numRuns: 600, seed: 34 })) {
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
  'a delay',
  'a delay through a remap',
  'a term',
  'days of the month',
  'periods of the calendar',
  'a review as of a day of the year',
  'retain',
  'retain beside KEEP',
  'retain at a review of another day',
  'retain through a remap',
  'a forfeit',
  'a forfeit under a lock',
  'a forfeit beside BOTH',
  'a forfeit beside FLOOR',
  'a tier held without a break',
  'a tier held on days in all',
  'a tier held beside BOTH',
  'a tier held through a remap',
  'a tier held over several memberships',
  'a start',
  'a start whose code no rulebook of its first day has',
  'a start beside BOTH',
] as const;

/** What a history has of everything that the rules speak of. */
function kindsOf(history: PolicyHistory): Set<(typeof KINDS)[number]> {
  const kinds = new Set<(typeof KINDS)[number]>();
  const { rulebooks, entries = [] } = caseOf(history);
  for (const [index, { rulebook }] of rulebooks.entries()) {
    const { policy, transition } = rulebook;
    if (transition !== null) kinds.add(transition.mode);
    const { promotion, demotion } = policy;
    if (promotion.mode === 'AT_ONCE' && promotion.delay !== null) {
      kinds.add('a delay');
      if (index > 0 && transition === null) kinds.add('a delay through a remap');
    }
    for (const review of [promotion, demotion]) {
      if (review.mode !== 'ON_REVIEW') continue;
      if (review.calendar.type === 'TERM') kinds.add('a term');
      if (review.calendar.type === 'DAYS_OF_MONTH') kinds.add('days of the month');
      if (review.calendar.type === 'CALENDAR') kinds.add('periods of the calendar');
      if ('month' in review.measured) kinds.add('a review as of a day of the year');
    }
    for (const kind of lookbackKinds(history, index)) kinds.add(kind);
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

type Kind = (typeof KINDS)[number];

/** What the rulebook with this index asks of the days before, and what it forfeits. */
function lookbackKinds(history: PolicyHistory, index: number): Set<Kind> {
  const kinds = new Set<Kind>();
  const { rulebooks, computed, entries = [], start } = caseOf(history);
  const rulebook = rulebooks[index]?.rulebook;
  const steps = computed[index] ?? [];
  if (rulebook === undefined) return kinds;
  const { lookback, policy, transition } = rulebook;
  const isRemapped = index > 0 && transition === null;
  if (lookback?.retains && steps.some(({ retained }) => retained?.length)) {
    kinds.add('retain');
    if (policy.onInsufficient === 'KEEP') kinds.add('retain beside KEEP');
    const { demotion } = policy;
    if (
      demotion.mode === 'ON_REVIEW' &&
      !('daysBefore' in demotion.measured && demotion.measured.daysBefore === 0)
    )
      kinds.add('retain at a review of another day');
    if (isRemapped) kinds.add('retain through a remap');
  }
  if (steps.some(({ forfeited }) => forfeited != null)) {
    kinds.add('a forfeit');
    if (policy.lock !== null) kinds.add('a forfeit under a lock');
    if (transition !== null) kinds.add(`a forfeit beside ${transition.mode}`);
  }
  const used = steps.flatMap(({ byHeld }) => (byHeld == null ? [] : [lookback?.spans[byHeld.span]]));
  for (const span of used) {
    if (span === undefined) continue;
    kinds.add('for' in span.length ? 'a tier held without a break' : 'a tier held on days in all');
    if (transition?.mode === 'BOTH') kinds.add('a tier held beside BOTH');
    if (isRemapped) kinds.add('a tier held through a remap');
    if (memberships(entries).length > 1) kinds.add('a tier held over several memberships');
  }
  const member = memberships(entries)[0]?.from;
  if (start != null && member !== undefined) {
    const from = Math.max(member, rulebooks[0]?.effectiveFrom ?? member);
    const first = rulebooks.findLast(({ effectiveFrom }) => effectiveFrom <= from);
    const isKnown = first?.rulebook.tiers.some(({ code }) => code === start.tier);
    kinds.add(isKnown ? 'a start' : 'a start whose code no rulebook of its first day has');
    if (isKnown && first?.rulebook.transition?.mode === 'BOTH') kinds.add('a start beside BOTH');
  }
  return kinds;
}
