import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type * as MembershipChange from '../../../src/engine/partner/membership-change.ts';
import type * as Resolve from '../../../src/engine/partner/resolve-entries.ts';
import type * as Fold from '../../../src/engine/policy/fold-policy.ts';
import type * as Forecast from '../../../src/engine/policy/forecast.ts';
import { isLong } from '../../support/long.ts';
import { anyForwardHistory, anyPolicyHistory } from '../support/any-policy-inputs.ts';
import { disagreement, type PolicyEngine, SHORT_LAST } from '../support/policy-agreement.ts';

/** A fault put into the engine: in a file, in place of a text that is there once. */
type Mutant = readonly [what: string, file: string, text: string, fault: string];

const PATIENCE_MS = 600_000;
const DRAWN_AT_ONCE = 250;
const ENGINE = join(import.meta.dirname, '../../../src/engine');

const MUTANTS: readonly Mutant[] = [
  [
    'the tier held is not asked whether it is lost',
    'policy/grace.ts',
    'lostSince: rank <= held',
    'lostSince: rank < held',
  ],
  ['a grace begins anew each day', 'policy/grace.ts', '(lostSince ?? on)', 'on'],
  [
    'a grace lasts a day longer',
    'policy/grace.ts',
    'on >= endOf(since, length)',
    'on > endOf(since, length)',
  ],
  ['KEEP is forgotten', 'policy/grace.ts', 'rank <= held && today.undecided.has(rank)', 'rank < 0'],
  ['a tier gained today is below today', 'policy/grace.ts', 'gained, on + 1, today', 'gained, on, today'],
  ['a remap asks the next tier', 'policy/grace.ts', 'target >= rank', 'target > rank'],
  [
    'a remap forgets what was left open',
    'policy/grace.ts',
    'decided.length < became.length',
    'decided.length < 0',
  ],
  [
    'WHOLE asks no lower grace',
    'policy/policy.ts',
    '&& isGraceOver(state.graces, rank,',
    '&& !isGraceOver(state.graces, -1,',
  ],
  ['WHOLE falls one tier', 'policy/policy.ts', 'while (rank > computed', 'while (rank > 9 + computed'],
  [
    'ONE_STEP waits for no step',
    'policy/policy.ts',
    "demotion.step === 'WHOLE' || steppedOn === null",
    'demotion.step !== null',
  ],
  [
    'the next step is forgotten as a day of change',
    'policy/policy.ts',
    "step === 'ONE_STEP' && steppedOn !== null ? [",
    "step === 'WHOLE' && steppedOn !== null ? [",
  ],
  [
    'days under reviews count for a grace',
    'policy/policy.ts',
    'graces: NO_GRACES }, on, context',
    'graces: state.graces }, on, context',
  ],
  [
    'a promotion counts for the day before',
    'policy/policy.ts',
    'countDay(state.graces, heldBefore, on',
    'countDay(state.graces, promote(state, on, context).rank, on',
  ],
  ['a lock blocks nothing', 'policy/policy.ts', 'if (isLocked(state, on)) return state;', ''],
  [
    'a review takes what promotion gives back',
    'policy/policy.ts',
    'Math.min(state.rank, rankToGain(state.reachedSince, on, promotion.delay))',
    '0',
  ],
  [
    'reviews look at days before membership',
    'policy/policy.ts',
    'return Math.max(day, memberSince)',
    'return Math.max(day, 0 * memberSince)',
  ],
  ['a delay begins anew each day', 'policy/promotion-delay.ts', 'before[each] ?? on', 'on'],
  [
    'the end of a delay is forgotten as a day of change',
    'policy/policy.ts',
    "...(promotion.mode === 'AT_ONCE' ? delayEnds(state.reachedSince, state.rank, promotion.delay) : []),",
    '',
  ],
  [
    'a remap forgets how long tiers were reached',
    'policy/policy.ts',
    'reachedSince: remapReached(reachedSince, remap),',
    'reachedSince: [],',
  ],
  [
    'a term begins with enrolment',
    'policy/review-calendar.ts',
    'nextTermEndOn(context.tierSetOn,',
    'nextTermEndOn(context.enrolledOn,',
  ],
  [
    'a day of the year is looked at on itself',
    'policy/review-calendar.ts',
    'inYear < on ? inYear',
    'inYear <= on ? inYear',
  ],
  [
    'a membership right after another goes on',
    'partner/membership.ts',
    'before.enrolledOn !== enrolledOn',
    'before.enrolledOn > enrolledOn',
  ],
  [
    'enrolledOn on the end moves the beginning',
    'partner/membership-change.ts',
    'enrolledOn >= target.until',
    'enrolledOn > target.until',
  ],
  [
    'the last membership is meant, also one to come',
    'partner/membership-change.ts',
    '({ from }) => from <= today',
    '({ from }) => from <= Infinity * today',
  ],
  [
    'a beginning is never moved back',
    'partner/membership-change.ts',
    'Math.min(begins, enrolledOn ?? begins)',
    'begins',
  ],
  [
    'the membership that follows loses its beginning',
    'partner/membership-change.ts',
    'if (next === null || following === null)',
    'if (next !== undefined || following === null)',
  ],
  [
    'an override under a withdrawn rulebook is led from the first',
    'policy/fold-policy.ts',
    'index >= newest',
    'index >= 0 * newest',
  ],
  [
    'what is forfeited is not lost',
    'policy/policy.ts',
    'state.rank <= cap ? state',
    'state.rank <= 9 + cap ? state',
  ],
  ['a lock outlasts a forfeit', 'policy/policy.ts', 'heldSince: on, lockedUntil: null }', 'heldSince: on }'],
  ['a forfeit does not set the tier', 'policy/policy.ts', 'rank: cap, heldSince: on,', 'rank: cap,'],
  [
    'a review promotes to what is forfeited',
    'policy/policy.ts',
    'Math.min(due, context.computed.on(on).cap)',
    'due',
  ],
  [
    'a floor is never forfeited',
    'policy/rulebook-track.ts',
    'Math.min(floor?.rank ?? 0, cap)',
    'floor?.rank ?? 0',
  ],
  [
    'an older rulebook gives what the newest forfeits',
    'policy/fold-policy.ts',
    'rank <= newest.cap)',
    'rank <= 9 + newest.cap)',
  ],
  [
    'a membership before it lets retain',
    'policy/rulebook-track.ts',
    'retainedFrom: before.length > 0 ? retainedFrom : membership.from',
    'retainedFrom',
  ],
  [
    'what was held begins anew with each membership',
    'policy/fold-policy.ts',
    'former = endTracks(tracks, membership.until)',
    'former = []',
  ],
  [
    'days after a membership count as held',
    'policy/rulebook-track.ts',
    'withRank(track.held, on, null)',
    'track.held',
  ],
  [
    'what was held is not led through a remap',
    'policy/rulebook-track.ts',
    'remapRank(rulebooks, track.index, rank, index))',
    'rank)',
  ],
  [
    'an older rulebook goes by what the newest held',
    'policy/rulebook-track.ts',
    'held: withRank(track.held, on, state.rank)',
    'held: withRank(tracks.at(-1)?.held ?? track.held, on, state.rank)',
  ],
  [
    'a short month is a whole one',
    'measuring/holdings.ts',
    'while (addMonths(day, -months) < since) day += 1;',
    '',
  ],
  [
    'a change of what is retained is forgotten as a day of change',
    'measuring/holdings.ts',
    'stretches.map(({ from }) => from + 1)',
    'stretches.map(({ from }) => from)',
  ],
  [
    'a total ends with a break',
    'measuring/holdings.ts',
    'missing -= until - from;',
    'missing = length.total.days;',
  ],
  [
    'a start is not retained',
    'policy/rulebook-track.ts',
    'retainedFrom: Math.min(retainedFrom, since)',
    'retainedFrom',
  ],
  ['an older rulebook starts too', 'policy/rulebook-track.ts', '&& inForce.until === null', ''],
  [
    'a later membership starts too',
    'policy/fold-policy.ts',
    '(index === 0 && input.start)',
    '(index >= 0 && input.start)',
  ],
  [
    'a floor lasts a day longer',
    'policy/rulebook-track.ts',
    'on < floor.until ? floor',
    'on <= floor.until ? floor',
  ],
  [
    'a floor is the newest track of BOTH',
    'policy/rulebook-track.ts',
    '...before.map((track) => remapRank',
    '...before.slice(-1).map((track) => remapRank',
  ],
  ['adjoining memberships have a day between', 'policy/fold-policy.ts', 'hasTier && !isFollowed', 'hasTier'],
];

// Looking for each fault takes seconds, so this is done in the long form only.
test.each(MUTANTS)('%s: the engine has one place for the fault', (_, file, text) => {
  // Where the engine says it in another way now, so should the mutant.
  expect(readFileSync(join(ENGINE, file), 'utf8').split(text)).toHaveLength(2);
});

describe.runIf(isLong)('what the model of the rules finds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('nothing in the engine as it is', async () => {
    expect(findDisagreement(await engineWith(null), 200)).toBeNull();
  });

  test.each(MUTANTS)(
    '%s',
    async (...mutant) => {
      expect(findDisagreement(await engineWith(mutant), 40_000)).not.toBeNull();
    },
    PATIENCE_MS,
  );

  let engines = 0;
  async function engineWith(mutant: Mutant | null): Promise<PolicyEngine> {
    engines += 1;
    const copy = join(folder, `engine-${engines}`);
    cpSync(ENGINE, copy, { recursive: true });
    if (mutant !== null) {
      const [, file, text, fault] = mutant;
      writeFileSync(join(copy, file), readFileSync(join(copy, file), 'utf8').split(text).join(fault));
    }
    const load = (file: string) => import(pathToFileURL(join(copy, file)).href);
    const { foldPolicy }: typeof Fold = await load('policy/fold-policy.ts');
    const { forecast }: typeof Forecast = await load('policy/forecast.ts');
    const { planMembership }: typeof MembershipChange = await load('partner/membership-change.ts');
    const { resolveEntries }: typeof Resolve = await load('partner/resolve-entries.ts');
    return { foldPolicy, forecast, planMembership, resolveEntries };
  }
});

/**
 * What the first of so many histories to show it says otherwise than the model, or how the engine fails; null
 * if none does.
 */
function findDisagreement(engine: PolicyEngine, numRuns: number): unknown {
  // Drawn bit by bit, since most faults show early.
  for (let drawn = 0; drawn < numRuns; drawn += DRAWN_AT_ONCE) {
    // Some faults need what histories that ask nothing of the past hold more often.
    const histories = (drawn / DRAWN_AT_ONCE) % 2 === 0 ? anyPolicyHistory : anyForwardHistory;
    for (const history of fc.sample(histories, { numRuns: DRAWN_AT_ONCE, seed: 31 + drawn })) {
      try {
        // A fault shows in the busy days, or not at all.
        const found = disagreement(engine, history, SHORT_LAST);
        if (found !== null) return found;
      } catch (error) {
        return error;
      }
    }
  }
  return null;
}
