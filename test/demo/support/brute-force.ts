import type { DemoFact, DemoPartner } from '../../../src/demo/demo-base.ts';

// Written apart from src/engine and from the rulebook documents, on purpose: dates are taken apart by hand,
// money is cents, and slots are filled by trying everybody. It knows one programme only, Connect, and repeats
// its numbers.

export type Tier = 'AUTHORIZED' | 'SILVER' | 'GOLD' | 'PLATINUM';
const RANKS: readonly Tier[] = ['AUTHORIZED', 'SILVER', 'GOLD', 'PLATINUM'];

type Hurdle = { tier: Tier; euros: bigint; experts: number; tenths: bigint; answers: number };
const OLD: readonly Hurdle[] = [
  { tier: 'PLATINUM', euros: 3_000_000n, experts: 0, tenths: 75n, answers: 10 },
  { tier: 'GOLD', euros: 1_000_000n, experts: 0, tenths: 70n, answers: 5 },
  { tier: 'SILVER', euros: 250_000n, experts: 0, tenths: 70n, answers: 3 },
];
const NEW: readonly Hurdle[] = [
  { tier: 'PLATINUM', euros: 1_200_000n, experts: 3, tenths: 85n, answers: 15 },
  { tier: 'GOLD', euros: 400_000n, experts: 2, tenths: 80n, answers: 10 },
  { tier: 'SILVER', euros: 100_000n, experts: 1, tenths: 75n, answers: 5 },
];
const AREAS = ['UC_ENTERPRISE', 'CC_ENTERPRISE', 'UC_MIDMARKET', 'CC_MIDMARKET', 'NETWORKING', 'VIDEO'];

/**
 * The persons in an area's two sales slots and its design slot, and the certifications that put them there;
 * all sorted.
 */
export type Staffing = {
  readonly sales: readonly string[];
  readonly design: readonly string[];
  readonly certificationIds: readonly string[];
};

/** What facts come to on a day, and the external ids of those that counted, sorted. */
export type BruteNumbers = {
  readonly revenueCents: bigint;
  readonly revenueIds: readonly string[];
  readonly scoreCents: bigint;
  readonly answerIds: readonly string[];
  /** Areas in which the partner is a Solution Expert. */
  readonly specializations: readonly string[];
  /** Who fills the areas' slots, whether or not all of them are filled. */
  readonly staffing: Readonly<Record<string, Staffing>>;
};

/** The verdict on a partner on a day; `rulebook` and the tiers are null where it has none. */
export type BruteStanding = BruteNumbers & {
  readonly rulebook: 'OLD' | 'NEW' | null;
  readonly computedTier: Tier | null;
  readonly tier: Tier | null;
  /** While the transition's floor is above the computed tier: the first later day on which it is not. */
  readonly flooredUntil: string | null;
};

/** The latest 1 October up to a day, and what hangs on it; by comparing texts, month by month. */
export function bruteDates(today: string): { old: string; cutover: string; until: string } {
  const year = Number(today.slice(0, 4));
  const october = today.slice(5) >= '10-01' ? year : year - 1;
  return { old: `${october - 3}-10-01`, cutover: `${october}-10-01`, until: `${october + 1}-10-01` };
}

/** Judges one partner on `on` from its facts, Connect's rulebooks lying around `today` (ISO dates). */
export function bruteStanding(
  partner: DemoPartner,
  facts: readonly DemoFact[],
  on: string,
  today: string,
): BruteStanding {
  const dates = bruteDates(today);
  const numbers = bruteNumbers(facts, on);
  if (on < partner.enrolledOn || on < dates.old) {
    return { ...numbers, rulebook: null, computedTier: null, tier: null, flooredUntil: null };
  }
  if (on < dates.cutover) {
    const tier = bruteTier(numbers, OLD);
    return { ...numbers, rulebook: 'OLD', computedTier: tier, tier, flooredUntil: null };
  }
  const computedTier = bruteTier(numbers, NEW);
  const lastOldDay = dayBefore(dates.cutover);
  const floor = bruteTier(bruteNumbers(facts, lastOldDay), OLD);
  const isFloored = (day: string) =>
    partner.enrolledOn <= lastOldDay &&
    day < dates.until &&
    RANKS.indexOf(floor) > RANKS.indexOf(bruteTier(bruteNumbers(facts, day), NEW));
  if (!isFloored(on)) {
    return { ...numbers, rulebook: 'NEW', computedTier, tier: computedTier, flooredUntil: null };
  }
  let flooredUntil = dayAfter(on);
  while (isFloored(flooredUntil)) flooredUntil = dayAfter(flooredUntil);
  return { ...numbers, rulebook: 'NEW', computedTier, tier: floor, flooredUntil };
}

/** The tier that the old rules give on a day, in force or not. */
export function bruteOldTier(facts: readonly DemoFact[], on: string): Tier {
  return bruteTier(bruteNumbers(facts, on), OLD);
}

function bruteTier(numbers: BruteNumbers, hurdles: readonly Hurdle[]): Tier {
  for (const hurdle of hurdles) {
    const answers = numbers.answerIds.length;
    if (numbers.revenueCents < hurdle.euros * 100n) continue;
    if (numbers.specializations.length < hurdle.experts) continue;
    if (answers < hurdle.answers) continue;
    // average >= tenths / 10, without dividing
    if (numbers.scoreCents * 10n < hurdle.tenths * 100n * BigInt(answers)) continue;
    return hurdle.tier;
  }
  return 'AUTHORIZED';
}

/** Numbers by day, kept for as long as their facts: the end of a floor is found by asking day after day. */
const known = new WeakMap<readonly DemoFact[], Map<string, BruteNumbers>>();

function bruteNumbers(facts: readonly DemoFact[], on: string): BruteNumbers {
  const days = known.get(facts) ?? new Map<string, BruteNumbers>();
  known.set(facts, days);
  const numbers = days.get(on) ?? countNumbers(facts, on);
  days.set(on, numbers);
  return numbers;
}

function countNumbers(facts: readonly DemoFact[], on: string): BruteNumbers {
  const since = twelveMonthsBefore(dayAfter(on));
  let revenueCents = 0n;
  let scoreCents = 0n;
  const revenueIds: string[] = [];
  const answerIds: string[] = [];
  for (const fact of facts) {
    if (fact.occurredOn < since) continue;
    if (fact.occurredOn > on) continue;
    if ('revenue' in fact.detail) {
      revenueCents += cents(fact.detail.revenue.amount);
      revenueIds.push(fact.externalId);
    }
    if ('satisfaction' in fact.detail) {
      scoreCents += cents(fact.detail.satisfaction.score);
      answerIds.push(fact.externalId);
    }
  }
  const staffing: Record<string, Staffing> = {};
  const valid = validCertifications(facts, on);
  for (const area of AREAS) staffing[area] = bruteStaffing(valid, area);
  return {
    revenueCents,
    revenueIds: revenueIds.sort(),
    scoreCents,
    answerIds: answerIds.sort(),
    specializations: AREAS.filter((area) => staffing[area]?.certificationIds.length === 3),
    staffing,
  };
}

type Certification = { person: string; credential: string; occurredOn: string; id: string };

/** Oldest first. */
function validCertifications(facts: readonly DemoFact[], on: string): Certification[] {
  const valid: Certification[] = [];
  for (const { externalId: id, occurredOn, detail } of facts) {
    if (!('certification' in detail)) continue;
    const { person, credential, expiresOn } = detail.certification;
    if (occurredOn <= on && on < expiresOn) valid.push({ person, credential, occurredOn, id });
  }
  return valid.sort((a, b) => (a.occurredOn + a.id < b.occurredOn + b.id ? -1 : 1));
}

/**
 * Tries everybody, and nobody, in every slot: different persons, as many slots filled as can be, and of those
 * ways the one whose persons come first, slot by slot. Each person counts with the oldest certification that
 * serves.
 */
function bruteStaffing(valid: readonly Certification[], area: string): Staffing {
  const holders = (credential: string) =>
    [...new Set(valid.filter((each) => each.credential === credential).map(({ person }) => person))].sort();
  const sales = [...holders(`${area}_SALES`), null];
  const design = [...holders(`${area}_DESIGN`), null];
  let best: readonly (string | null)[] = [null, null, null];
  for (const first of sales) {
    for (const second of sales) {
      for (const third of design) {
        const persons = [first, second, third].filter((person) => person !== null);
        if (new Set(persons).size < persons.length) continue;
        // Tried in order, so that of equally many the first one found stays.
        if (persons.length > best.filter((person) => person !== null).length) best = [first, second, third];
      }
    }
  }
  const ids: string[] = [];
  for (const [slot, person] of best.entries()) {
    const credential = slot < 2 ? `${area}_SALES` : `${area}_DESIGN`;
    const oldest = valid.find((each) => each.person === person && each.credential === credential);
    if (oldest !== undefined) ids.push(oldest.id);
  }
  const present = (persons: readonly (string | null)[]) => persons.filter((person) => person !== null).sort();
  return {
    sales: present(best.slice(0, 2)),
    design: present(best.slice(2)),
    certificationIds: ids.sort(),
  };
}

/** A decimal of at most two places in hundredths; throws on anything else. */
export function cents(decimal: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(decimal);
  if (match === null) throw new Error(`not a decimal of two places: ${decimal}`);
  const [, sign, whole, fraction] = match;
  const value = BigInt(whole ?? '') * 100n + BigInt((fraction ?? '').padEnd(2, '0'));
  return sign === '-' ? -value : value;
}

function parts(day: string): [number, number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
}

function text(year: number, month: number, day: number): string {
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

function monthLength(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function dayAfter(on: string): string {
  const [year, month, day] = parts(on);
  if (day < monthLength(year, month)) return text(year, month, day + 1);
  return month === 12 ? text(year + 1, 1, 1) : text(year, month + 1, 1);
}

export function dayBefore(on: string): string {
  const [year, month, day] = parts(on);
  if (day > 1) return text(year, month, day - 1);
  return month === 1 ? text(year - 1, 12, 31) : text(year, month - 1, monthLength(year, month - 1));
}

function twelveMonthsBefore(on: string): string {
  const [year, month, day] = parts(on);
  return text(year - 1, month, Math.min(day, monthLength(year - 1, month)));
}
