import type { Random } from './random.ts';
import type { DemoTier } from './rulebooks.ts';

/** What keeps a partner from the tier that it aims at under the new rules. */
export type Lack = 'NOTHING' | 'REVENUE' | 'KNOW_HOW' | 'SATISFACTION' | 'ANSWERS';

/** What a partner's business is to look like around today; the facts are drawn to fit it. */
export type Plan = {
  /** EUR in the 12 months that end today. */
  readonly revenue: number;
  /** Invoices a year. */
  readonly invoices: number;
  /** The factor by which a year's revenue differs from the year before. */
  readonly growth: number;
  /** The mean around which customers answer, 0 to 10. */
  readonly quality: number;
  /** Answers a year. */
  readonly answers: number;
  /** Areas fully staffed today. */
  readonly areas: number;
  /** One more area lacks a single certification. */
  readonly nearlyOneMore: boolean;
};

type Aim = Exclude<DemoTier, 'AUTHORIZED'>;

const NEW_REVENUE: Readonly<Record<Aim, number>> = { SILVER: 100_000, GOLD: 400_000, PLATINUM: 1_200_000 };
const NEW_QUALITY: Readonly<Record<Aim, number>> = { SILVER: 7.5, GOLD: 8, PLATINUM: 8.5 };
const NEW_ANSWERS: Readonly<Record<Aim, number>> = { SILVER: 5, GOLD: 10, PLATINUM: 15 };
const NEW_AREAS: Readonly<Record<Aim, number>> = { SILVER: 1, GOLD: 2, PLATINUM: 3 };

/** Revenue in EUR by which a partner holds its tier under the old rules, with room for a change of pace. */
const OLD_BAND: Readonly<Record<DemoTier, readonly [number, number]>> = {
  PLATINUM: [3_250_000, 8_500_000],
  GOLD: [1_080_000, 2_700_000],
  SILVER: [275_000, 930_000],
  AUTHORIZED: [85_000, 235_000],
};

const AIMS: Readonly<Record<DemoTier, readonly (readonly [Aim | 'NONE', number])[]>> = {
  PLATINUM: [['PLATINUM', 1]],
  GOLD: [
    ['PLATINUM', 0.3],
    ['GOLD', 0.5],
    ['SILVER', 0.2],
  ],
  SILVER: [
    ['GOLD', 0.45],
    ['SILVER', 0.55],
  ],
  AUTHORIZED: [
    ['SILVER', 0.16],
    ['NONE', 0.84],
  ],
};

const LACKS: readonly (readonly [Lack, number])[] = [
  ['NOTHING', 0.36],
  ['REVENUE', 0.14],
  ['KNOW_HOW', 0.24],
  ['SATISFACTION', 0.16],
  ['ANSWERS', 0.1],
];

/** Draws a plan for a partner that holds `tier` under the old rules. */
export function drawPlan(tier: DemoTier, random: Random): Plan {
  const aim = random.weighted(AIMS[tier]);
  return aim === 'NONE' ? drawSmallPlan(random) : drawAimedPlan(tier, aim, random.weighted(LACKS), random);
}

function drawAimedPlan(tier: DemoTier, aim: Aim, lack: Lack, random: Random): Plan {
  const [low, high] = OLD_BAND[tier];
  const hurdle = NEW_REVENUE[aim];
  // Lacking revenue is possible only where the old band reaches below the new hurdle.
  const justBelow = lack === 'REVENUE' && low < hurdle;
  const revenue = justBelow
    ? random.between(Math.max(low, hurdle * 0.85), hurdle * 0.99)
    : skewed(Math.max(low, hurdle * 1.03), high, random);
  const areas =
    lack === 'KNOW_HOW'
      ? Math.max(0, NEW_AREAS[aim] - random.weighted([[1, 3] as const, [2, 1] as const]))
      : Math.min(6, NEW_AREAS[aim] + random.weighted([[0, 5] as const, [1, 3] as const, [3, 1] as const]));
  return {
    revenue,
    invoices: tier === 'PLATINUM' ? 27 : tier === 'GOLD' ? 22 : tier === 'SILVER' ? 17 : 10,
    growth: random.between(0.9, 1.12),
    quality:
      NEW_QUALITY[aim] + (lack === 'SATISFACTION' ? -random.between(0.1, 0.4) : random.between(0.15, 0.7)),
    answers: NEW_ANSWERS[aim] + (lack === 'ANSWERS' ? -random.integer(1, 2) : random.integer(2, 6)),
    areas,
    nearlyOneMore: lack === 'KNOW_HOW' || random.chance(0.25),
  };
}

/**
 * A partner far from every tier: little business, few answers; some with much revenue and unhappy customers.
 */
function drawSmallPlan(random: Random): Plan {
  const large = random.chance(0.07);
  return {
    revenue: large ? random.between(260_000, 600_000) : skewed(3_000, 95_000, random),
    invoices: large ? 12 : random.integer(2, 6),
    growth: random.between(0.8, 1.25),
    quality: large ? random.between(5, 6.4) : random.between(5.6, 8.4),
    answers: large ? 6 : random.integer(0, 3),
    areas: random.chance(0.06) ? 1 : 0,
    nearlyOneMore: random.chance(0.12),
  };
}

/** Between `low` and `high`, small values more often than great ones. */
function skewed(low: number, high: number, random: Random): number {
  return low + (high - low) * random.next() * random.next();
}
