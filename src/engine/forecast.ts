import type { Day } from './day.ts';
import type { RunningHold, Stretch } from './fold-policy.ts';
import type { PublishedRulebook } from './rulebook.ts';
import { isSameHistory, isSameList, isSameStatus } from './same-status.ts';
import { type Hold, NO_STATUS, type Risk, type Segment, type Status, type Timeline } from './status.ts';
import { compareTiers, tierAt } from './tier-ladder.ts';

/** A stretch as a status that doesn't look ahead yet. */
type Draft = { readonly from: Day; readonly status: Status; readonly holds: readonly RunningHold[] };

/** The first fall of the effective tier after a stretch begins. */
type Fall = Risk;

/** The statuses of folded stretches: with the ends of holds and the tiers at risk, which only the days to come tell. */
export function forecast(stretches: readonly Stretch[], rulebooks: readonly PublishedRulebook[]): Timeline {
  const drafts = stretches
    .map((stretch) => draft(stretch, rulebooks))
    .filter((each, index, all) => {
      const before = all[index - 1];
      return before === undefined ? each.status.tier !== null : !isSameDraft(before, each);
    });
  const segments: Segment[] = [];
  let later: { readonly draft: Draft; readonly holds: readonly Hold[]; readonly fall: Fall | null } | null =
    null;
  for (const current of drafts.toReversed()) {
    const holds = current.holds.map(({ reason, run }): Hold => {
      if (later === null) return { reason, until: null };
      const index = later.draft.holds.findIndex((each) => each.reason === reason && each.run === run);
      return {
        reason,
        until: later.holds[index] === undefined ? later.draft.from : later.holds[index].until,
      };
    });
    const fall: Fall | null =
      later === null ? null : fallBetween(current, later.draft, later.fall, rulebooks);
    segments.push(
      ...withRisk(
        { ...current, status: { ...current.status, holds } },
        later?.draft.from ?? null,
        fall,
        rulebooks,
      ),
    );
    later = { draft: current, holds, fall };
  }
  return withoutRepeats(segments.reverse());
}

function isSameDraft(a: Draft, b: Draft): boolean {
  return isSameHistory(a.status, b.status) && isSameList(runs(a), runs(b));
}

function runs({ holds }: Draft): string[] {
  return holds.map(({ reason, run }) => `${reason} ${run}`);
}

function withoutRepeats(segments: readonly Segment[]): Segment[] {
  return segments.filter((segment, index) => {
    const before = segments[index - 1];
    return before === undefined || !isSameStatus(before.status, segment.status);
  });
}

function draft({ from, decided }: Stretch, rulebooks: readonly PublishedRulebook[]): Draft {
  const published = decided === null ? undefined : rulebooks[decided.rulebook];
  if (decided === null || published === undefined) return { from, status: NO_STATUS, holds: [] };
  const status: Status = {
    rulebookId: published.id,
    computedTier: tierAt(published, decided.computedRank),
    tier: tierAt(published, decided.rank),
    holds: [],
    specializations: decided.specializations,
    risk: null,
  };
  return { from, status, holds: decided.holds };
}

/** The fall at the border of two neighbours, or else the one after it; no fall is seen beyond days without a tier. */
function fallBetween(
  current: Draft,
  later: Draft,
  laterFall: Fall | null,
  rulebooks: readonly PublishedRulebook[],
): Fall | null {
  const from = tierOf(current.status);
  const to = tierOf(later.status);
  if (from === null || to === null) return null;
  return compareTiers(rulebooks, from, to) === 'DOWN' ? { on: later.from, ...to } : laterFall;
}

/** The segments of a draft, last first: a second one begins on the day from which the coming fall is watched. */
function withRisk(
  { from, status }: Draft,
  until: Day | null,
  fall: Fall | null,
  rulebooks: readonly PublishedRulebook[],
): Segment[] {
  const watched = rulebooks.find(({ id }) => id === status.rulebookId)?.rulebook.policy.atRiskDays ?? null;
  if (fall === null || watched === null) return [{ from, status }];
  const watchedFrom = Math.max(from, fall.on - watched);
  if (until !== null && watchedFrom >= until) return [{ from, status }];
  const atRisk = { from: watchedFrom, status: { ...status, risk: fall } };
  return watchedFrom === from ? [atRisk] : [atRisk, { from, status }];
}

function tierOf({ rulebookId, tier }: Status): { rulebookId: string; tier: string } | null {
  return rulebookId === null || tier === null ? null : { rulebookId, tier };
}
