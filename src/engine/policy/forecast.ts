import { isSameHistory, isSameList, isSameStatus } from '../partner/same-status.ts';
import {
  type Hold,
  NO_STATUS,
  type Risk,
  type Segment,
  type Status,
  type Timeline,
} from '../partner/status.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { compareTiers, tierAt } from '../rulebook/tier-ladder.ts';
import type { Day } from '../values/day.ts';
import type { RunningHold, StatusPeriod } from './fold-policy.ts';

/** A period as a status that doesn't look ahead yet. */
type Draft = { readonly from: Day; readonly status: Status; readonly holds: readonly RunningHold[] };

/**
 * The statuses of folded periods: with the ends of holds and the tiers at risk, which only the days to come
 * tell.
 */
export function forecast(
  periods: readonly StatusPeriod[],
  rulebooks: readonly PublishedRulebook[],
): Timeline {
  const drafts = periods
    .map((period) => draft(period, rulebooks))
    .filter((each, index, all) => {
      const before = all[index - 1];
      return before === undefined ? each.status.tier !== null : !isSameDraft(before, each);
    });
  const segments: Segment[] = [];
  let later: { readonly draft: Draft; readonly holds: readonly Hold[] } | null = null;
  for (const [index, current] of [...drafts.entries()].reverse()) {
    const holds = current.holds.map(({ reason, run }): Hold => {
      if (later === null) return { reason, until: null };
      const same = later.draft.holds.findIndex((each) => each.reason === reason && each.run === run);
      return { reason, until: later.holds[same] === undefined ? later.draft.from : later.holds[same].until };
    });
    segments.push(
      ...withRisk({ ...current, status: { ...current.status, holds } }, drafts, index, rulebooks),
    );
    later = { draft: current, holds };
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

function draft({ from, decided }: StatusPeriod, rulebooks: readonly PublishedRulebook[]): Draft {
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

/**
 * The segments of a draft, last first: a second one begins on the day from which the coming fall is watched.
 */
function withRisk(
  { from, status }: Draft,
  drafts: readonly Draft[],
  index: number,
  rulebooks: readonly PublishedRulebook[],
): Segment[] {
  const watched = rulebooks.find(({ id }) => id === status.rulebookId)?.rulebook.policy.atRiskDays ?? null;
  const fall = watched === null ? null : nextFall(drafts, index, watched, rulebooks);
  if (fall === null || watched === null) return [{ from, status }];
  const watchedFrom = Math.max(from, fall.on - watched);
  const atRisk = { from: watchedFrom, status: { ...status, risk: fall } };
  return watchedFrom === from ? [atRisk] : [atRisk, { from, status }];
}

/**
 * The first day on which the effective tier is below the draft's own, if it is watched while the draft lasts.
 * A tier that rises first may fall back to where it is, and then nothing is lost. Days without a tier end the
 * search.
 */
function nextFall(
  drafts: readonly Draft[],
  index: number,
  watched: number,
  rulebooks: readonly PublishedRulebook[],
): Risk | null {
  const held = tierOf(drafts[index]?.status ?? NO_STATUS);
  const until = drafts[index + 1]?.from ?? 0;
  for (let at = index + 1; at < drafts.length; at += 1) {
    const later = drafts[at];
    const to = later === undefined ? null : tierOf(later.status);
    if (later === undefined || to === null || held === null || later.from - watched >= until) return null;
    if (compareTiers(rulebooks, held, to) === 'DOWN') return { on: later.from, ...to };
  }
  return null;
}

function tierOf({ rulebookId, tier }: Status): { rulebookId: string; tier: string } | null {
  return rulebookId === null || tier === null ? null : { rulebookId, tier };
}
