import type { Override, Start } from '../../../src/engine/partner/partner-inputs.ts';
import type { Hold, HoldReason, Status } from '../../../src/engine/partner/status.ts';
import type { Duration, Policy, Review, ReviewCalendar } from '../../../src/engine/rulebook/policy-rules.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import type { Day } from '../../../src/engine/values/day.ts';
import type { Step } from './policy-inputs.ts';

/**
 * Memberships, policy, transitions and overrides as the numbered rules word them, one day after the other and
 * with no regard for speed. It shares types with the engine and no code, so that the two can be held against
 * each other.
 */
export function referenceStatuses(history: PolicyHistory, first: Day, last: Day): Status[] {
  const input = withoutWithdrawn(history);
  const days: (Decision | null)[] = [];
  let world: World | null = null;
  for (let day = first; day <= last; day += 1) {
    world = nextWorld(world, day, input);
    days.push(world === null || world.tracks.size === 0 ? null : decisionOf(world, day, input));
  }
  return foresee(days, first, input);
}

/**
 * What is entered about a partner's membership on `today`; for the days from `firstOn` on, if that is given.
 */
export type MembershipCall = {
  readonly today: Day;
  readonly firstOn: Day | null;
  readonly enrolledOn?: Day;
  readonly leftOn?: Day | null;
};

/** All that the rules of policy look at; what facts come to is given by rulebook. */
export type PolicyHistory = {
  /** Ascending by `effectiveFrom`; each remaps the tiers of the one before it that is not withdrawn. */
  readonly published: readonly {
    readonly rulebook: PublishedRulebook;
    readonly withdrawn: boolean;
    readonly computed: readonly Step[];
  }[];
  readonly enrolledOn: Day;
  readonly calls: readonly MembershipCall[];
  readonly overrides: readonly Override[];
  readonly start: Start | null;
};

type Input = {
  readonly rulebooks: readonly PublishedRulebook[];
  readonly computed: readonly (readonly Step[])[];
  readonly memberships: readonly Spell[];
  readonly overrides: readonly Override[];
  readonly start: Start | null;
  readonly diary: Diary;
};

/** What each rulebook's policy held at the end of each day; written while the days are gone through. */
type Diary = {
  readonly held: Map<string, number>;
  readonly newest: Map<Day, number>;
  /** What was found out before of a rulebook and a day. */
  readonly seen: Map<string, Seen>;
  /** The tier with which the partner started, by which rulebook, and the days before its first one. */
  start: { readonly rulebook: number; readonly tier: number; readonly from: Day; readonly until: Day } | null;
};

/** Rule 35: a withdrawn rulebook is as if it had not been. */
function withoutWithdrawn({ published, enrolledOn, calls, overrides, start }: PolicyHistory): Input {
  const valid = published.filter(({ withdrawn }) => !withdrawn);
  return {
    rulebooks: valid.map(({ rulebook }) => rulebook),
    computed: valid.map(({ computed }) => computed),
    memberships: membershipsOf(enrolledOn, calls),
    overrides,
    start,
    diary: { held: new Map(), newest: new Map(), seen: new Map(), start: null },
  };
}

/** A membership, and the day that its anniversaries are those of, which may become another while it lasts. */
type Spell = {
  from: Day;
  until: Day | null;
  enrolments: readonly { readonly since: Day; readonly day: Day }[];
};

const FOREVER: Day = Number.POSITIVE_INFINITY;

/** Rule 31. */
function membershipsOf(enrolledOn: Day, calls: readonly MembershipCall[]): Spell[] {
  let spells: Spell[] = [spell(enrolledOn, null)];
  for (const { today, firstOn, enrolledOn: begin, leftOn } of calls) {
    if (firstOn !== null) {
      spells = withoutSeams(enteredFrom(spells, firstOn, begin ?? firstOn));
      continue;
    }
    const target = spells.filter(({ from }) => from <= today).at(-1) ?? spells[0];
    if (target === undefined) throw new Error('There is always a membership.');
    const isNew = begin !== undefined && target.until !== null && begin >= target.until;
    const until = leftOn !== undefined ? leftOn : isNew ? null : target.until;
    const changed: Spell =
      begin !== undefined
        ? spell(begin, until)
        : {
            from: target.from,
            until,
            enrolments: target.enrolments.filter(
              ({ since }) =>
                since === target.from || (since < (target.until ?? FOREVER) && since < (until ?? FOREVER)),
            ),
          };
    const others = spells.filter((each) => hasDays(each) && (isNew || each !== target));
    if ((until ?? FOREVER) < changed.from) continue;
    if (others.some((each) => !isApart(each, changed, isNew ? changed.from : target.from))) continue;
    // One that was left without a day is remembered, unless this one takes its place.
    const start = Math.min(changed.from, isNew ? changed.from : target.from);
    const next = others.find(({ from }) => from > (isNew ? changed.from : target.from));
    const empty = spells.filter(
      (each) => !hasDays(each) && (each.from < start || (next !== undefined && each.from >= next.from)),
    );
    const all = [...others, ...empty, changed];
    spells = withoutSeams(all.sort((a, b) => a.from - b.from || Number(hasDays(a)) - Number(hasDays(b))));
  }
  return spells.filter(hasDays);
}

/** A membership that goes on where another ends, with the same enrolment, is one with it. */
function withoutSeams(spells: readonly Spell[]): Spell[] {
  const whole: Spell[] = [];
  for (const each of spells) {
    const last = whole.at(-1);
    const isSeam =
      last !== undefined &&
      hasDays(last) &&
      last.until === each.from &&
      last.enrolments.at(-1)?.day === each.enrolments[0]?.day;
    if (!isSeam) whole.push(each);
    else
      whole.splice(-1, 1, {
        ...last,
        until: each.until,
        enrolments: [...last.enrolments, ...each.enrolments],
      });
  }
  return whole;
}

function spell(from: Day, until: Day | null): Spell {
  return { from, until, enrolments: [{ since: from, day: from }] };
}

function hasDays({ from, until }: Spell): boolean {
  return until === null || from < until;
}

/** Whether a membership stays on its side of one that takes the place of that at `place`. */
function isApart(other: Spell, { from, until }: Spell, place: Day): boolean {
  if (other.from <= place) return other.until !== null && other.until <= from;
  return until !== null && until <= other.from;
}

/** From a day on the partner is enrolled, since a day not after it, and has not left. */
function enteredFrom(spells: readonly Spell[], firstOn: Day, day: Day): Spell[] {
  const before = spells.filter(({ from }) => from < firstOn);
  const last = before.at(-1);
  const goesOn = last !== undefined && (last.until === null || last.until > firstOn);
  if (!goesOn) return [...before, { from: firstOn, until: null, enrolments: [{ since: firstOn, day }] }];
  const kept = last.enrolments.filter(({ since }) => since < firstOn);
  const extended = { from: last.from, until: null, enrolments: [...kept, { since: firstOn, day }] };
  return [...before.slice(0, -1), extended];
}

/** What one rulebook's policy holds. */
type Track = {
  tier: number;
  setOn: Day;
  lockEnd: Day | null;
  steppedOn: Day | null;
  floor: { tier: number; until: Day } | null;
  /** The highest tier that nothing forfeits on the day that was lived through last. */
  cap: number;
  /** The days so far, from `since` on: by which rulebook they were judged, and policy's tier at their end. */
  readonly past: { readonly rulebook: number; readonly tier: number }[];
  readonly since: Day;
};

type World = {
  readonly membership: Spell;
  readonly memberSince: Day;
  readonly enrolledOn: Day;
  readonly tracks: Map<number, Track>;
};

type Decision = {
  readonly rulebook: number;
  readonly computed: number;
  readonly tier: number;
  readonly holds: readonly { readonly reason: HoldReason; readonly key: string }[];
  readonly specializations: readonly string[];
};

function nextWorld(before: World | null, day: Day, input: Input): World | null {
  const { rulebooks, memberships } = input;
  const membership = memberships.find(({ from, until }) => from <= day && (until === null || day < until));
  if (membership === undefined) return null;
  const yesterday = before?.membership === membership ? before : null;
  const enrolledOn = membership.enrolments.findLast(({ since }) => since <= day)?.day ?? membership.from;
  const world: World = { membership, memberSince: membership.from, enrolledOn, tracks: new Map() };
  for (const index of rulebooks.keys()) {
    if (!counts(rulebooks, index, day)) continue;
    const known = yesterday?.tracks.get(index);
    const track = known ?? newTrack(yesterday, index, day, world, input);
    if (track.floor !== null && day >= track.floor.until) track.floor = null;
    world.tracks.set(index, track);
  }
  for (const [index, track] of world.tracks) {
    liveThrough(track, index, day, world, input);
    track.past.push({ rulebook: index, tier: track.tier });
    input.diary.held.set(`${index} ${day}`, track.tier);
    input.diary.newest.set(day, Math.max(...world.tracks.keys()));
  }
  return world;
}

/**
 * Whether a rulebook is judged on a day: the newest is, and an older one while each one since then lets it.
 */
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

function newTrack(yesterday: World | null, index: number, day: Day, world: World, input: Input): Track {
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
  const isNewest = rulebooks.every(({ effectiveFrom }, later) => later <= index || effectiveFrom > day);
  const started = isNewest && before.size === 0 ? startedTier(index, day, world, input) : 0;
  const seen = look(input, index, day, world);
  const track: Track = {
    cap: seen.cap,
    tier: Math.min(Math.max(seen.rank, started), seen.cap),
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

/** Rule 51: the tier with which the first membership starts. */
function startedTier(index: number, day: Day, { membership }: World, input: Input): number {
  const { start, diary, memberships, rulebooks } = input;
  if (start === null || membership !== memberships[0]) return 0;
  const tier = rulebooks[index]?.rulebook.tiers.findIndex(({ code }) => code === start.tier) ?? -1;
  if (tier < 0) return 0;
  diary.start = { rulebook: index, tier, from: Math.min(start.since, membership.from), until: day };
  return tier;
}

/** Rule 48: the tier that policy held on a day, as the rulebook has it; null if none. */
function heldOn(index: number, day: Day, { rulebooks, diary }: Input): number | null {
  const { start } = diary;
  if (start !== null && start.from <= day && day < start.until) {
    return start.rulebook <= index ? rename(rulebooks, start.rulebook, start.tier, index) : null;
  }
  const newer = rulebooks[index + 1];
  const newest = newer !== undefined && day >= newer.effectiveFrom ? index : diary.newest.get(day);
  const tier = newest === undefined ? undefined : diary.held.get(`${newest} ${day}`);
  return newest === undefined || tier === undefined ? null : rename(rulebooks, newest, tier, index);
}

/** Rule 47: the tier that may be retained on a day; before the membership only a start counts. */
function retainable(index: number, day: Day, { memberSince }: World, input: Input): number {
  const { start } = input.diary;
  const started = start !== null && start.until >= memberSince && start.from <= day - 1;
  return day - 1 < memberSince && !started ? 0 : (heldOn(index, day - 1, input) ?? 0);
}

/** Rule 48. */
function wasHeld(index: number, span: number, day: Day, input: Input): boolean {
  const asked = input.rulebooks[index]?.rulebook.lookback?.spans[span];
  if (asked === undefined) return false;
  const { length, rank } = asked;
  const isHeld = (on: Day) => (heldOn(index, on, input) ?? -1) >= rank;
  if ('for' in length) {
    const first = EPOCH.until(dateOf(day).subtract({ months: length.for.months })).days;
    for (let on = first; on < day; on += 1) if (!isHeld(on)) return false;
    return true;
  }
  let days = 0;
  const first = Math.min(input.diary.start?.from ?? day, ...input.diary.newest.keys());
  for (let on = first; on < day; on += 1) if (isHeld(on)) days += 1;
  return days >= length.total.days;
}

/**
 * Rule 34: the first of the unbroken days on which a tier was held the day before and is below, ending with
 * this one.
 */
function graceBegan(
  track: Track,
  index: number,
  tier: number,
  day: Day,
  world: World,
  input: Input,
): Day | null {
  const { rulebooks } = input;
  let began: Day | null = null;
  for (let at = day; at > track.since; at -= 1) {
    const judgedBy = track.past[at - track.since]?.rulebook ?? index;
    const before = track.past[at - 1 - track.since];
    const policy = rulebooks[judgedBy]?.rulebook.policy;
    if (before === undefined || policy?.demotion.mode !== 'GRACE') break;
    if (rename(rulebooks, before.rulebook, before.tier, index) < tier) break;
    const seen = look(input, judgedBy, at, world);
    if (rename(rulebooks, judgedBy, seen.rank, index) >= tier) break;
    const open = policy.onInsufficient === 'KEEP' ? seen.insufficient : [];
    const held = rename(rulebooks, before.rulebook, before.tier, judgedBy);
    if (open.some((each) => each <= held && rename(rulebooks, judgedBy, each, index) === tier)) break;
    began = at;
  }
  return began;
}

function isGraceOver(
  track: Track,
  index: number,
  tier: number,
  day: Day,
  world: World,
  input: Input,
): boolean {
  const demotion = input.rulebooks[index]?.rulebook.policy.demotion;
  const began = graceBegan(track, index, tier, day, world, input);
  return demotion?.mode === 'GRACE' && began !== null && day >= after(began, demotion.grace);
}

/**
 * Whether the grace of the tier lets it go: it is over, and of single steps the last was a whole grace ago.
 */
function mayFall(track: Track, index: number, day: Day, world: World, input: Input): boolean {
  const demotion = input.rulebooks[index]?.rulebook.policy.demotion;
  if (demotion?.mode !== 'GRACE') return false;
  const waits =
    demotion.step === 'ONE_STEP' && track.steppedOn !== null && day < after(track.steppedOn, demotion.grace);
  return !waits && isGraceOver(track, index, track.tier, day, world, input);
}

/** One day of policy: promotion, then demotion. */
function liveThrough(track: Track, index: number, day: Day, world: World, input: Input): void {
  const published = input.rulebooks[index];
  if (published === undefined) throw new Error(`No rulebook ${index}.`);
  const { policy, fiscalYearFirstMonth } = published.rulebook;
  const { promotion, demotion } = policy;
  const today = look(input, index, day, world);
  track.cap = today.cap;
  if (track.tier > today.cap) {
    setTier(track, today.cap, day);
    track.lockEnd = null;
  }
  const isReview = (calendar: ReviewCalendar) =>
    isReviewDay(calendar, day, fiscalYearFirstMonth, world.enrolledOn, track.setOn);
  const lookBack = ({ measured }: Review) =>
    look(input, index, Math.max(measuringDay(measured, day), world.memberSince), world);

  const promised =
    promotion.mode === 'AT_ONCE' ? longReached(track, index, day, promotion.delay, world, input) : null;
  if (promised !== null) promoteTo(track, promised, day, policy);
  else if (promotion.mode === 'ON_REVIEW' && isReview(promotion.calendar))
    promoteTo(track, Math.min(lookBack(promotion).rank, today.cap), day, policy);

  const locked = track.lockEnd !== null && day < track.lockEnd;
  if (demotion.mode === 'GRACE') {
    if (locked || !mayFall(track, index, day, world, input)) return;
    if (demotion.step === 'ONE_STEP') {
      setTier(track, track.tier - 1, day);
      track.steppedOn = day;
      return;
    }
    let lower = track.tier - 1;
    while (lower > today.rank && isGraceOver(track, index, lower, day, world, input)) lower -= 1;
    setTier(track, lower, day);
    return;
  }
  if (demotion.mode === 'ON_REVIEW' && !isReview(demotion.calendar)) return;
  const seen = demotion.mode === 'ON_REVIEW' ? lookBack(demotion) : today;
  if (locked || !isBelow(track.tier, seen, policy)) return;
  const fallen = demotion.step === 'ONE_STEP' ? track.tier - 1 : seen.rank;
  // Promotion at once never leaves a day below what is met on it.
  const met = promised ?? 0;
  setTier(track, Math.min(track.tier, Math.max(fallen, met)), day);
}

/** Rule 51: the highest tier that the computed one has been, or been above, for the delay up to this day. */
function longReached(
  track: Track,
  index: number,
  day: Day,
  delay: Duration | null,
  world: World,
  input: Input,
): number {
  const { rulebooks } = input;
  const today = look(input, index, day, world).rank;
  for (let tier = today; tier > 0 && delay !== null; tier -= 1) {
    let first = day;
    for (let at = day - 1; at >= track.since; at -= 1) {
      const judgedBy = track.past[at - track.since]?.rulebook ?? index;
      if (rename(rulebooks, judgedBy, look(input, judgedBy, at, world).rank, index) < tier) break;
      first = at;
    }
    if (day >= after(first, delay)) return tier;
  }
  return delay === null ? today : 0;
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

function decisionOf(world: World, day: Day, input: Input): Decision {
  const { tracks } = world;
  const { rulebooks } = input;
  const newest = Math.max(...tracks.keys());
  const override = input.overrides.find(({ firstOn, endsOn }) => firstOn <= day && day < endsOn);
  const cap = tracks.get(newest)?.cap ?? 0;
  /** Rule 47: of what a rulebook says, that which the newest one does not forfeit. */
  const allowed = (index: number, tier: number): number => {
    let counting = tier;
    while (counting >= 0 && rename(rulebooks, index, counting, newest) > cap) counting -= 1;
    return counting;
  };
  let best = newest;
  let highest = -1;
  for (const [index, track] of [...tracks].reverse()) {
    const tier = allowed(index, effective(track));
    if (tier < 0) continue;
    const rank = rename(rulebooks, index, tier, newest);
    if (rank <= highest) continue;
    [best, highest] = [index, rank];
  }
  const set = override === undefined ? null : overriddenTier(rulebooks, override, newest);
  const rulebook = set === null ? best : newest;
  const track = tracks.get(rulebook);
  if (track === undefined) throw new Error('A rulebook that counts has a track.');
  const computed = look(input, rulebook, day, world);
  const met = allowed(rulebook, computed.rank);
  const tier = set ?? allowed(rulebook, effective(track));
  const holds: { reason: HoldReason; key: string }[] = [];
  if (tier !== met) {
    const policy = rulebooks[rulebook]?.rulebook.policy;
    if (policy === undefined) throw new Error('A rulebook that counts has a policy.');
    const { demotion } = policy;
    const above = track.tier > met;
    const below = isBelow(track.tier, computed, policy);
    const inGrace = demotion.mode === 'GRACE' && below && !mayFall(track, rulebook, day, world, input);
    const key = String(track.setOn);
    if (set !== null && set !== met) holds.push({ reason: 'OVERRIDE', key: override?.id ?? '' });
    if (track.floor !== null && Math.min(track.floor.tier, track.cap) > met)
      holds.push({ reason: 'TRANSITION', key: '' });
    if (above && track.lockEnd !== null && day < track.lockEnd) holds.push({ reason: 'LOCK', key });
    if (above && inGrace) holds.push({ reason: 'GRACE', key });
    const isUnder = effective(track) < met;
    if (isUnder && policy.promotion.mode === 'AT_ONCE') holds.push({ reason: 'DELAY', key });
    const waitsForReview = above
      ? demotion.mode === 'ON_REVIEW'
      : isUnder && policy.promotion.mode === 'ON_REVIEW';
    if (waitsForReview) holds.push({ reason: 'REVIEW', key });
    if (above && !below) holds.push({ reason: 'INSUFFICIENT_DATA', key });
  }
  return { rulebook, computed: met, tier, holds, specializations: computed.specializations };
}

const NONE: Status = {
  rulebookId: null,
  computedTier: null,
  tier: null,
  holds: [],
  specializations: [],
  risk: null,
};

/** Adds what only the days to come tell: the ends of holds and the falls that are watched. */
function foresee(days: readonly (Decision | null)[], first: Day, { rulebooks }: Input): Status[] {
  const statuses: Status[] = [];
  for (const [index, decision] of days.entries()) {
    if (decision === null) {
      statuses.push(NONE);
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

/** Rules 20 and 36: the override's tier as the newest rulebook has it; null where no tier bears its code. */
function overriddenTier(
  rulebooks: readonly PublishedRulebook[],
  { rulebookId, tier, firstOn }: Override,
  newest: number,
): number | null {
  const begun = rulebooks.filter(({ effectiveFrom }) => effectiveFrom <= firstOn).length - 1;
  for (let index = 0; index <= newest; index += 1) {
    const known = rulebooks.some(({ id }) => id === rulebookId);
    if (known ? rulebooks[index]?.id !== rulebookId : index < begun) continue;
    const rank = rulebooks[index]?.rulebook.tiers.findIndex(({ code }) => code === tier) ?? -1;
    if (rank >= 0) return rename(rulebooks, index, rank, newest);
  }
  return null;
}

function effective({ tier, floor, cap }: Track): number {
  return floor === null ? tier : Math.max(Math.min(floor.tier, cap), tier);
}

function isBelow(tier: number, day: Seen, { onInsufficient }: Policy): boolean {
  if (onInsufficient === 'KEEP' && day.insufficient.includes(tier)) return false;
  return day.rank < tier;
}

type Seen = {
  readonly rank: number;
  readonly insufficient: readonly number[];
  readonly cap: number;
  readonly specializations: readonly string[];
};

/** What the data of a day come to, given what was held before it. */
function look(input: Input, index: number, day: Day, world: World): Seen {
  const key = `${index} ${day}`;
  const seen = input.diary.seen.get(key) ?? lookAfresh(input, index, day, world);
  input.diary.seen.set(key, seen);
  return seen;
}

function lookAfresh(input: Input, index: number, day: Day, world: World): Seen {
  const step = input.computed[index]?.findLast(({ from }) => from <= day) ?? { from: day, rank: 0 };
  const { tiers = [], lookback = null } = input.rulebooks[index]?.rulebook ?? {};
  const cap = step.forfeited == null ? tiers.length - 1 : step.forfeited - 1;
  const held = lookback?.retains ? retainable(index, day, world, input) : 0;
  let rank = 0;
  const insufficient: number[] = [];
  for (let tier = 0; tier <= cap; tier += 1) {
    const gained = tier <= step.rank;
    const kept = tier <= held && step.retained?.includes(tier) === true;
    const earned = step.byHeld?.rank === tier && wasHeld(index, step.byHeld.span, day, input);
    if (gained || kept || earned) rank = tier;
    const open =
      step.insufficient?.includes(tier) === true ||
      (tier <= held && tier > step.rank && step.retainOpen?.includes(tier) === true);
    if (open && (gained || !(kept || earned))) insufficient.push(tier);
  }
  return { rank, insufficient, cap, specializations: step.specializations ?? [] };
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

/** Rule 50. */
function measuringDay(measured: Review['measured'], day: Day): Day {
  if ('daysBefore' in measured) return day - measured.daysBefore;
  // A day that the month does not have is its last one.
  const inYear = (year: number) =>
    EPOCH.until(Temporal.PlainDate.from({ year, month: measured.month, day: measured.dayOfMonth })).days;
  const { year } = dateOf(day);
  return inYear(year) < day ? inYear(year) : inYear(year - 1);
}

function isReviewDay(
  calendar: ReviewCalendar,
  day: Day,
  firstMonth: number,
  enrolledOn: Day,
  setOn: Day,
): boolean {
  switch (calendar.type) {
    case 'DAYS_OF_MONTH': {
      const date = dateOf(day);
      return calendar.days.some((each) => Math.min(each, date.daysInMonth) === date.day);
    }
    case 'TERM':
      // Rule 49.
      for (let terms = 1; after(setOn, { months: terms * calendar.months }) <= day; terms += 1) {
        if (after(setOn, { months: terms * calendar.months }) === day) return true;
      }
      return false;
    case 'DAYS_OF_YEAR': {
      const date = dateOf(day);
      return calendar.days.some(({ month, dayOfMonth }) => date.month === month && date.day === dayOfMonth);
    }
    case 'FISCAL':
    case 'CALENDAR': {
      const date = dateOf(day - calendar.offsetDays);
      const months = { MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12 }[calendar.unit];
      const first = calendar.type === 'FISCAL' ? firstMonth : 1;
      return date.day === 1 && (date.month - first + 12) % months === 0;
    }
    case 'ANNIVERSARY': {
      if (day <= enrolledOn) return false;
      const [date, start] = [dateOf(day), dateOf(enrolledOn)];
      return start.add({ years: date.year - start.year }).equals(date);
    }
  }
}
