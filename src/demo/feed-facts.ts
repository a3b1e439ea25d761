import { addDays, addMonths } from './calendar.ts';
import { centsToDecimal, type DemoFact } from './demo-base.ts';
import { teamOf } from './names.ts';
import { createRandom, type Random } from './random.ts';
import { AREAS, CERTIFICATION_MONTHS, type DemoTier } from './rulebooks.ts';
import { drawScore } from './satisfaction.ts';
import { TOUR_PARTNER } from './tour-partner.ts';

/** One thing that a partner lacks for the next tier. */
export type Missing =
  | { readonly type: 'REVENUE'; readonly euros: number }
  | { readonly type: 'SATISFACTION' }
  | { readonly type: 'CREDENTIAL'; readonly credential: string };

/** What the feed knows of a partner: the tier it holds, and what it lacks for the one above. */
export type FeedPartner = {
  readonly externalRef: string;
  readonly tier: string | null;
  readonly missing: readonly Missing[];
};

/** A fact as GraphQL's `FactInput`. */
export type FeedFact = Omit<DemoFact, 'source'>;

/** EUR of a usual invoice, by tier. */
const INVOICES: Readonly<Record<DemoTier, readonly [number, number]>> = {
  PLATINUM: [60_000, 260_000],
  GOLD: [25_000, 110_000],
  SILVER: [8_000, 45_000],
  AUTHORIZED: [400, 9_000],
};
/** Of all new facts, those about partners that lack little. */
const FAVOURED = 0.6;

/** Partners of which a single believable invoice, answer or certification may decide, the nearest first. */
export function nearThreshold(partners: readonly FeedPartner[]): FeedPartner[] {
  const open = partners.filter(({ externalRef }) => externalRef !== TOUR_PARTNER.externalRef);
  const near = open.filter(({ missing }) => missing.length > 0 && distance(missing) <= 2);
  return near.sort((a, b) => distance(a.missing) - distance(b.missing));
}

/** How many facts a partner is away, roughly: 100,000 EUR count as one. */
function distance(missing: readonly Missing[]): number {
  return missing.reduce((sum, part) => sum + (part.type === 'REVENUE' ? part.euros / 100_000 : 0.5), 0);
}

/**
 * Draws a new fact of the day `today` or shortly before. `id` makes its external id; the tour partner is left
 * alone. Null when there is no other partner.
 */
export function drawFact(
  partners: readonly FeedPartner[],
  today: string,
  id: string,
  random: Random,
): FeedFact | null {
  const near = nearThreshold(partners);
  const favoured = near.length > 0 && random.chance(FAVOURED);
  // Of the near ones the nearest third, so that something happens; otherwise any.
  const pool = favoured
    ? near.slice(0, Math.ceil(near.length / 3))
    : partners.filter(({ externalRef }) => externalRef !== TOUR_PARTNER.externalRef);
  if (pool.length === 0) return null;
  const partner = random.pick(pool);
  // One in ten arrives late.
  const occurredOn = random.chance(0.9) ? today : addDays(today, -random.integer(1, 40));
  const base = { externalId: id, partner: partner.externalRef, occurredOn };
  const missing = favoured ? random.pick(partner.missing) : undefined;
  return { ...base, detail: missing ? helpful(missing, base, random) : usual(partner, base, random) };
}

type Base = { readonly partner: string; readonly occurredOn: string };

/** What a partner does that wants the next tier. */
function helpful(missing: Missing, base: Base, random: Random): FeedFact['detail'] {
  if (missing.type === 'REVENUE') return revenue(missing.euros * random.between(0.4, 1.4));
  if (missing.type === 'SATISFACTION') return satisfaction(9.2, base, random);
  return certification(missing.credential, base, random);
}

/** Business as usual: mostly invoices, some credit notes, answers and certifications. */
function usual(partner: FeedPartner, base: Base, random: Random): FeedFact['detail'] {
  const [low, high] = INVOICES[isDemoTier(partner.tier) ? partner.tier : 'AUTHORIZED'];
  const kind = random.weighted([
    ['INVOICE', 62] as const,
    ['CREDIT_NOTE', 6] as const,
    ['ANSWER', 24] as const,
    ['CERTIFICATION', 8] as const,
  ]);
  if (kind === 'INVOICE') return revenue(random.between(low, high));
  if (kind === 'CREDIT_NOTE') return revenue(-random.between(low, high) / 2, 'return');
  if (kind === 'ANSWER') return satisfaction(random.chance(0.15) ? 4.5 : 8, base, random);
  return certification(`${random.pick(AREAS)}_${random.pick(['SALES', 'SALES', 'DESIGN'])}`, base, random);
}

function isDemoTier(tier: string | null): tier is DemoTier {
  return tier !== null && Object.hasOwn(INVOICES, tier);
}

function revenue(euros: number, reason?: string): FeedFact['detail'] {
  const tens = Math.max(1, Math.ceil(Math.abs(euros) / 10));
  return {
    revenue: {
      amount: centsToDecimal(Math.sign(euros) * tens * 1_000),
      currency: 'EUR',
      ...(reason === undefined ? {} : { attributes: [{ name: 'reason', value: reason }] }),
    },
  };
}

function satisfaction(quality: number, { partner }: Base, random: Random): FeedFact['detail'] {
  const customer = `K-${partner.slice(2)}-${random.integer(10, 40)}`;
  return { satisfaction: { score: drawScore(quality, random), customer, respondent: `${customer}/it` } };
}

function certification(
  credential: string,
  { partner, occurredOn }: Base,
  random: Random,
): FeedFact['detail'] {
  // Newly hired: other people than the seeded ones, but the same ones again and again.
  const person = random.pick(teamOf(partner, 6, createRandom('feed team', partner)));
  return {
    certification: { person, credential, expiresOn: addMonths(occurredOn, CERTIFICATION_MONTHS) },
  };
}
