import type { Day } from '../../../src/engine/day.ts';
import type { Override, PartnerEntry } from '../../../src/engine/partner-case.ts';
import type { Duration, Policy, ReviewCalendar } from '../../../src/engine/policy-rules.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook.ts';
import { type Hold, type HoldReason, NO_STATUS, type Status } from '../../../src/engine/status.ts';
import type { Step } from './policy-case.ts';

/**
 * Policy as `semantics.md` words it, one day after the other and with no regard for speed. It shares no code with the
 * engine, so that the two can be held against each other.
 */
export function referenceStatuses(input: ReferenceInput, first: Day, last: Day): Status[] {
  const days: (Decision | null)[] = [];
  let world: World | null = null;
  for (let day = first; day <= last; day += 1) {
    world = nextWorld(world, day, input);
    days.push(world === null || world.tracks.size === 0 ? null : decisionOf(world, day, input));
  }
  return foresee(days, first, input);
}

export type ReferenceInput = {
  readonly rulebooks: readonly PublishedRulebook[];
  readonly entries: readonly PartnerEntry[];
  readonly overrides: readonly Override[];
  readonly computed: readonly (readonly Step[])[];
};

/** What one rulebook's policy holds. */
type Track = {
  tier: number;
  setOn: Day;
  lockEnd: Day | null;
  steppedOn: Day | null;
  floor: { tier: number; until: Day } | null;
  /** The days so far, from `since` on: by which rulebook they were judged, and policy's tier at their end. */
  readonly past: { readonly rulebook: number; readonly tier: number }[];
  readonly since: Day;
};

type World = { readonly memberSince: Day; readonly enrolledOn: Day; readonly tracks: Map<number, Track> };

type Decision = {
  readonly rulebook: number;
  readonly computed: number;
  readonly tier: number;
  readonly holds: readonly { readonly reason: HoldReason; readonly key: string }[];
  readonly specializations: readonly string[];
};

function nextWorld(yesterday: World | null, day: Day, input: ReferenceInput): World | null {
  const { rulebooks } = input;
  const entry = input.entries.filter(({ firstOn }) => firstOn <= day).at(-1);
  if (entry === undefined || day < entry.enrolledOn || (entry.leftOn !== null && day >= entry.leftOn))
    return null;
  const memberSince = yesterday?.memberSince ?? day;
  const world: World = { memberSince, enrolledOn: entry.enrolledOn, tracks: new Map() };
  for (const index of rulebooks.keys()) {
    if (!counts(rulebooks, index, day)) continue;
    const known = yesterday?.tracks.get(index);
    const track = known ?? newTrack(yesterday, index, day, input);
    if (track.floor !== null && day >= track.floor.until) track.floor = null;
    world.tracks.set(index, track);
  }
  for (const [index, track] of world.tracks) {
    liveThrough(track, index, day, world, input);
    track.past.push({ rulebook: index, tier: track.tier });
  }
  return world;
}

/** Whether a rulebook is judged on a day: the newest is, and an older one while each one since then lets it. */
function counts(rulebooks: readonly PublishedRulebook[], index: number, day: Day): boolean {
  const begun = rulebooks.filter(({ effectiveFrom }) => effectiveFrom <= day).length;
  if (index >= begun) return false;
  return rulebooks.slice(index + 1, begun).every(({ rulebook }, later) => {
    const { transition } = rulebook;
    // One without a transition replaces the one right before it, and leaves the others.
    if (transition === null) return later > 0;
    return transition.mode === 'BOTH' && day < transition.until;
  });
}

function newTrack(yesterday: World | null, index: number, day: Day, input: ReferenceInput): Track {
  const { rulebooks } = input;
  const transition = rulebooks[index]?.rulebook.transition ?? null;
  const before = yesterday?.tracks ?? new Map<number, Track>();
  const replaced = before.get(index - 1);
  if (transition === null && replaced !== undefined) {
    const renamed = (tier: number) => rename(rulebooks, index - 1, tier, index);
    return {
      ...replaced,
      tier: renamed(replaced.tier),
      floor: replaced.floor && { ...replaced.floor, tier: renamed(replaced.floor.tier) },
    };
  }
  const track: Track = {
    tier: look(input, index, day).rank,
    setOn: day,
    lockEnd: null,
    steppedOn: null,
    floor: null,
    past: [],
    since: day,
  };
  if (transition?.mode === 'FLOOR' && before.size > 0) {
    const tiers = [...before].map(([old, each]) => rename(rulebooks, old, effective(each), index));
    track.floor = { tier: Math.max(...tiers), until: transition.until };
  }
  return track;
}

/** Rule 34: the first of the unbroken days on which a tier was held the day before and is below, ending with this one. */
function graceBegan(track: Track, index: number, tier: number, day: Day, input: ReferenceInput): Day | null {
  const { rulebooks } = input;
  let began: Day | null = null;
  for (let at = day; at > track.since; at -= 1) {
    const judgedBy = track.past[at - track.since]?.rulebook ?? index;
    const before = track.past[at - 1 - track.since];
    const policy = rulebooks[judgedBy]?.rulebook.policy;
    if (before === undefined || policy?.demotion.mode !== 'GRACE') break;
    if (rename(rulebooks, before.rulebook, before.tier, index) < tier) break;
    const seen = look(input, judgedBy, at);
    if (rename(rulebooks, judgedBy, seen.rank, index) >= tier) break;
    const open = policy.onInsufficient === 'KEEP' ? (seen.insufficient ?? []) : [];
    if (open.some((each) => rename(rulebooks, judgedBy, each, index) === tier)) break;
    began = at;
  }
  return began;
}

function isGraceOver(track: Track, index: number, tier: number, day: Day, input: ReferenceInput): boolean {
  const demotion = input.rulebooks[index]?.rulebook.policy.demotion;
  const began = graceBegan(track, index, tier, day, input);
  return demotion?.mode === 'GRACE' && began !== null && day >= after(began, demotion.grace);
}

/** Whether the grace of the tier lets it go: it is over, and of single steps the last was a whole grace ago. */
function mayFall(track: Track, index: number, day: Day, input: ReferenceInput): boolean {
  const demotion = input.rulebooks[index]?.rulebook.policy.demotion;
  if (demotion?.mode !== 'GRACE') return false;
  const waits =
    demotion.step === 'ONE_STEP' && track.steppedOn !== null && day < after(track.steppedOn, demotion.grace);
  return !waits && isGraceOver(track, index, track.tier, day, input);
}

/** One day of policy: promotion, then demotion. */
function liveThrough(track: Track, index: number, day: Day, world: World, input: ReferenceInput): void {
  const published = input.rulebooks[index];
  if (published === undefined) throw new Error(`No rulebook ${index}.`);
  const { policy, fiscalYearFirstMonth } = published.rulebook;
  const { promotion, demotion } = policy;
  const today = look(input, index, day);
  const isReview = (calendar: ReviewCalendar) =>
    isReviewDay(calendar, day, fiscalYearFirstMonth, world.enrolledOn);
  const lookBack = (days: number) => look(input, index, Math.max(day - days, world.memberSince));

  if (promotion.mode === 'AT_ONCE') promoteTo(track, today.rank, day, policy);
  else if (isReview(promotion.calendar))
    promoteTo(track, lookBack(promotion.measuredDaysBefore).rank, day, policy);

  const locked = track.lockEnd !== null && day < track.lockEnd;
  if (demotion.mode === 'GRACE') {
    if (locked || !mayFall(track, index, day, input)) return;
    if (demotion.step === 'ONE_STEP') {
      setTier(track, track.tier - 1, day);
      track.steppedOn = day;
      return;
    }
    let lower = track.tier - 1;
    while (lower > today.rank && isGraceOver(track, index, lower, day, input)) lower -= 1;
    setTier(track, lower, day);
    return;
  }
  if (demotion.mode === 'ON_REVIEW' && !isReview(demotion.calendar)) return;
  const seen = demotion.mode === 'ON_REVIEW' ? lookBack(demotion.measuredDaysBefore) : today;
  if (locked || !isBelow(track.tier, seen, policy)) return;
  const fallen = demotion.step === 'ONE_STEP' ? track.tier - 1 : seen.rank;
  // Promotion at once never leaves a day below what is met on it.
  const met = promotion.mode === 'AT_ONCE' ? today.rank : 0;
  setTier(track, Math.min(track.tier, Math.max(fallen, met)), day);
}

function promoteTo(track: Track, tier: number, day: Day, policy: Policy): void {
  if (tier <= track.tier) return;
  setTier(track, tier, day);
  if (policy.lock !== null) track.lockEnd = after(day, policy.lock);
}

function setTier(track: Track, tier: number, day: Day): void {
  if (tier !== track.tier) track.setOn = day;
  track.tier = tier;
}

function decisionOf({ tracks }: World, day: Day, input: ReferenceInput): Decision {
  const { rulebooks } = input;
  const newest = Math.max(...tracks.keys());
  const override = input.overrides.find(({ firstOn, endsOn }) => firstOn <= day && day < endsOn);
  let best = newest;
  for (const [index, track] of [...tracks].reverse()) {
    const rank = rename(rulebooks, index, effective(track), newest);
    const bestTrack = tracks.get(best);
    if (bestTrack !== undefined && rank > rename(rulebooks, best, effective(bestTrack), newest)) best = index;
  }
  const rulebook = override === undefined ? best : newest;
  const track = tracks.get(rulebook);
  if (track === undefined) throw new Error('A rulebook that counts has a track.');
  const computed = look(input, rulebook, day);
  const set = override === undefined ? null : overriddenTier(rulebooks, override, newest);
  const tier = set ?? effective(track);
  const holds: { reason: HoldReason; key: string }[] = [];
  if (tier !== computed.rank) {
    const policy = rulebooks[rulebook]?.rulebook.policy;
    if (policy === undefined) throw new Error('A rulebook that counts has a policy.');
    const { demotion } = policy;
    const above = track.tier > computed.rank;
    const below = isBelow(track.tier, computed, policy);
    const inGrace = demotion.mode === 'GRACE' && below && !mayFall(track, rulebook, day, input);
    const key = String(track.setOn);
    if (set !== null && set !== computed.rank) holds.push({ reason: 'OVERRIDE', key: override?.id ?? '' });
    if (track.floor !== null && track.floor.tier > computed.rank)
      holds.push({ reason: 'TRANSITION', key: '' });
    if (above && track.lockEnd !== null && day < track.lockEnd) holds.push({ reason: 'LOCK', key });
    if (above && inGrace) holds.push({ reason: 'GRACE', key });
    const waitsForReview = above ? demotion.mode === 'ON_REVIEW' : effective(track) < computed.rank;
    if (waitsForReview) holds.push({ reason: 'REVIEW', key });
    if (above && !below) holds.push({ reason: 'INSUFFICIENT_DATA', key });
  }
  return { rulebook, computed: computed.rank, tier, holds, specializations: computed.specializations ?? [] };
}

/** Adds what only the days to come tell: the ends of holds and the falls that are watched. */
function foresee(days: readonly (Decision | null)[], first: Day, { rulebooks }: ReferenceInput): Status[] {
  const statuses: Status[] = [];
  for (const [index, decision] of days.entries()) {
    if (decision === null) {
      statuses.push(NO_STATUS);
      continue;
    }
    const holds = decision.holds.map(({ reason, key }): Hold => {
      const end = days.findIndex(
        (later, at) => at > index && !later?.holds.some((each) => each.reason === reason && each.key === key),
      );
      return { reason, until: end < 0 ? null : first + end };
    });
    const published = rulebooks[decision.rulebook];
    const watched = published?.rulebook.policy.atRiskDays ?? 0;
    let risk: Status['risk'] = null;
    for (let ahead = 1; ahead <= watched && risk === null; ahead += 1) {
      const then = days[index + ahead];
      if (then == null) break;
      if (isFall(rulebooks, decision, then)) {
        const rulebookId = rulebooks[then.rulebook]?.id ?? '';
        risk = { on: first + index + ahead, tier: codeOf(rulebooks, then.rulebook, then.tier), rulebookId };
      }
    }
    statuses.push({
      rulebookId: published?.id ?? null,
      computedTier: codeOf(rulebooks, decision.rulebook, decision.computed),
      tier: codeOf(rulebooks, decision.rulebook, decision.tier),
      holds,
      specializations: decision.specializations,
      risk,
    });
  }
  return statuses;
}

function isFall(rulebooks: readonly PublishedRulebook[], before: Decision, then: Decision): boolean {
  if (codeOf(rulebooks, before.rulebook, before.tier) === codeOf(rulebooks, then.rulebook, then.tier))
    return false;
  const common = Math.max(before.rulebook, then.rulebook);
  return (
    rename(rulebooks, then.rulebook, then.tier, common) <
    rename(rulebooks, before.rulebook, before.tier, common)
  );
}

function overriddenTier(
  rulebooks: readonly PublishedRulebook[],
  override: Override,
  newest: number,
): number | null {
  const origin = rulebooks.findIndex(({ id }) => id === override.rulebookId);
  const codes = rulebooks[origin]?.rulebook.tiers.map(({ code }) => code) ?? [];
  return origin > newest ? null : rename(rulebooks, origin, codes.indexOf(override.tier), newest);
}

function effective({ tier, floor }: Track): number {
  return floor === null ? tier : Math.max(floor.tier, tier);
}

function isBelow(tier: number, day: Step, { onInsufficient }: Policy): boolean {
  if (onInsufficient === 'KEEP' && day.insufficient?.includes(tier)) return false;
  return day.rank < tier;
}

function look({ computed }: ReferenceInput, index: number, day: Day): Step {
  return computed[index]?.findLast(({ from }) => from <= day) ?? { from: day, rank: 0 };
}

function codeOf(rulebooks: readonly PublishedRulebook[], index: number, tier: number): string {
  return rulebooks[index]?.rulebook.tiers[tier]?.code ?? '';
}

function rename(rulebooks: readonly PublishedRulebook[], from: number, tier: number, to: number): number {
  let rank = tier;
  for (let index = from + 1; index <= to; index += 1) {
    const code = codeOf(rulebooks, index - 1, rank);
    const next = rulebooks[index]?.rulebook;
    const renamed = next?.remap.get(code) ?? code;
    rank = next?.tiers.findIndex((each) => each.code === renamed) ?? -1;
  }
  return rank;
}

const EPOCH = Temporal.PlainDate.from('1970-01-01');
const dates = new Map<Day, Temporal.PlainDate>();

function dateOf(day: Day): Temporal.PlainDate {
  const known = dates.get(day) ?? EPOCH.add({ days: day });
  dates.set(day, known);
  return known;
}

function after(day: Day, length: Duration): Day {
  if ('days' in length) return day + length.days;
  return EPOCH.until(dateOf(day).add({ months: length.months })).days;
}

function isReviewDay(calendar: ReviewCalendar, day: Day, firstMonth: number, enrolledOn: Day): boolean {
  switch (calendar.type) {
    case 'DAYS_OF_YEAR': {
      const date = dateOf(day);
      return calendar.days.some(({ month, dayOfMonth }) => date.month === month && date.day === dayOfMonth);
    }
    case 'FISCAL': {
      const date = dateOf(day - calendar.offsetDays);
      const months = { MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12 }[calendar.unit];
      return date.day === 1 && (date.month - firstMonth + 12) % months === 0;
    }
    case 'ANNIVERSARY': {
      if (day <= enrolledOn) return false;
      const [date, start] = [dateOf(day), dateOf(enrolledOn)];
      return start.add({ years: date.year - start.year }).equals(date);
    }
  }
}
