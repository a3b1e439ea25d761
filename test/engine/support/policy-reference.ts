import type { Override } from '../../../src/engine/partner/partner-inputs.ts';
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
};

type Input = {
  readonly rulebooks: readonly PublishedRulebook[];
  readonly computed: readonly (readonly Step[])[];
  readonly memberships: readonly Spell[];
  readonly overrides: readonly Override[];
};

/** Rule 35: a withdrawn rulebook is as if it had not been. */
function withoutWithdrawn({ published, enrolledOn, calls, overrides }: PolicyHistory): Input {
  const valid = published.filter(({ withdrawn }) => !withdrawn);
  return {
    rulebooks: valid.map(({ rulebook }) => rulebook),
    computed: valid.map(({ computed }) => computed),
    memberships: membershipsOf(enrolledOn, calls),
    overrides,
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

function newTrack(yesterday: World | null, index: number, day: Day, input: Input): Track {
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

/**
 * Rule 34: the first of the unbroken days on which a tier was held the day before and is below, ending with
 * this one.
 */
function graceBegan(track: Track, index: number, tier: number, day: Day, input: Input): Day | null {
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
    const held = rename(rulebooks, before.rulebook, before.tier, judgedBy);
    if (open.some((each) => each <= held && rename(rulebooks, judgedBy, each, index) === tier)) break;
    began = at;
  }
  return began;
}

function isGraceOver(track: Track, index: number, tier: number, day: Day, input: Input): boolean {
  const demotion = input.rulebooks[index]?.rulebook.policy.demotion;
  const began = graceBegan(track, index, tier, day, input);
  return demotion?.mode === 'GRACE' && began !== null && day >= after(began, demotion.grace);
}

/**
 * Whether the grace of the tier lets it go: it is over, and of single steps the last was a whole grace ago.
 */
function mayFall(track: Track, index: number, day: Day, input: Input): boolean {
  const demotion = input.rulebooks[index]?.rulebook.policy.demotion;
  if (demotion?.mode !== 'GRACE') return false;
  const waits =
    demotion.step === 'ONE_STEP' && track.steppedOn !== null && day < after(track.steppedOn, demotion.grace);
  return !waits && isGraceOver(track, index, track.tier, day, input);
}

/** One day of policy: promotion, then demotion. */
function liveThrough(track: Track, index: number, day: Day, world: World, input: Input): void {
  const published = input.rulebooks[index];
  if (published === undefined) throw new Error(`No rulebook ${index}.`);
  const { policy, fiscalYearFirstMonth } = published.rulebook;
  const { promotion, demotion } = policy;
  const today = look(input, index, day);
  const isReview = (calendar: ReviewCalendar) =>
    isReviewDay(calendar, day, fiscalYearFirstMonth, world.enrolledOn, track.setOn);
  const lookBack = ({ measured }: Review) =>
    look(input, index, Math.max(measuringDay(measured, day), world.memberSince));

  const promised =
    promotion.mode === 'AT_ONCE' ? longReached(track, index, day, promotion.delay, input) : null;
  if (promised !== null) promoteTo(track, promised, day, policy);
  else if (promotion.mode === 'ON_REVIEW' && isReview(promotion.calendar))
    promoteTo(track, lookBack(promotion).rank, day, policy);

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
  const seen = demotion.mode === 'ON_REVIEW' ? lookBack(demotion) : today;
  if (locked || !isBelow(track.tier, seen, policy)) return;
  const fallen = demotion.step === 'ONE_STEP' ? track.tier - 1 : seen.rank;
  // Promotion at once never leaves a day below what is met on it.
  const met = promised ?? 0;
  setTier(track, Math.min(track.tier, Math.max(fallen, met)), day);
}

/** Rule 51: the highest tier that the computed one has been, or been above, for the delay up to this day. */
function longReached(track: Track, index: number, day: Day, delay: Duration | null, input: Input): number {
  const { rulebooks } = input;
  const today = look(input, index, day).rank;
  for (let tier = today; tier > 0 && delay !== null; tier -= 1) {
    let first = day;
    for (let at = day - 1; at >= track.since; at -= 1) {
      const judgedBy = track.past[at - track.since]?.rulebook ?? index;
      if (rename(rulebooks, judgedBy, look(input, judgedBy, at).rank, index) < tier) break;
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

function decisionOf({ tracks }: World, day: Day, input: Input): Decision {
  const { rulebooks } = input;
  const newest = Math.max(...tracks.keys());
  const override = input.overrides.find(({ firstOn, endsOn }) => firstOn <= day && day < endsOn);
  let best = newest;
  for (const [index, track] of [...tracks].reverse()) {
    const rank = rename(rulebooks, index, effective(track), newest);
    const bestTrack = tracks.get(best);
    if (bestTrack !== undefined && rank > rename(rulebooks, best, effective(bestTrack), newest)) best = index;
  }
  const set = override === undefined ? null : overriddenTier(rulebooks, override, newest);
  const rulebook = set === null ? best : newest;
  const track = tracks.get(rulebook);
  if (track === undefined) throw new Error('A rulebook that counts has a track.');
  const computed = look(input, rulebook, day);
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
    const isUnder = effective(track) < computed.rank;
    if (isUnder && policy.promotion.mode === 'AT_ONCE') holds.push({ reason: 'DELAY', key });
    const waitsForReview = above
      ? demotion.mode === 'ON_REVIEW'
      : isUnder && policy.promotion.mode === 'ON_REVIEW';
    if (waitsForReview) holds.push({ reason: 'REVIEW', key });
    if (above && !below) holds.push({ reason: 'INSUFFICIENT_DATA', key });
  }
  return { rulebook, computed: computed.rank, tier, holds, specializations: computed.specializations ?? [] };
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

function effective({ tier, floor }: Track): number {
  return floor === null ? tier : Math.max(floor.tier, tier);
}

function isBelow(tier: number, day: Step, { onInsufficient }: Policy): boolean {
  if (onInsufficient === 'KEEP' && day.insufficient?.includes(tier)) return false;
  return day.rank < tier;
}

function look({ computed }: Input, index: number, day: Day): Step {
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
