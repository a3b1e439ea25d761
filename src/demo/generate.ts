import { addDays, type DemoCalendar, demoCalendar } from './calendar.ts';
import { drawCertifications } from './certifications.ts';
import { type DemoBase, type DemoFact, type DemoPartner, padNumber } from './demo-base.ts';
import { createCompanies } from './names.ts';
import { oldTierOn } from './old-tier.ts';
import { drawPlan } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { drawRevenue } from './revenue.ts';
import { DEMO_TIERS, type DemoTier } from './rulebooks.ts';
import { drawSatisfaction } from './satisfaction.ts';
import { TOUR_PARTNER, tourFacts } from './tour-partner.ts';

/** How many partners hold each tier under the old rules. */
export type Distribution = Readonly<Record<DemoTier, number>>;

/** Partners worldwide in 2014 (CRN partner programme guide): 11,078 in all. */
const PUBLISHED_DISTRIBUTION: Distribution = {
  AUTHORIZED: 10_249,
  SILVER: 343,
  GOLD: 171,
  PLATINUM: 315,
};

/** Illustrative: what the first start seeds, 300 partners with more life at the top. */
const LIVELY_DISTRIBUTION: Distribution = { AUTHORIZED: 180, SILVER: 60, GOLD: 36, PLATINUM: 24 };

export type DemoOptions = {
  readonly seed: number | string;
  /** The programme's today, an ISO date. */
  readonly today: string;
  /**
   * How many: in the published proportions, exact for `published` (11,078). Without it the lively 300.
   */
  readonly partners?: number | 'published' | undefined;
};

/** The number of draws after which a partner's tier is taken for impossible. */
const MAX_DRAWS = 500;

/**
 * The demo's partner base: the same for the same options. Under the old rules the distribution is exact both
 * on the last day of the old rulebook, from which the transition's floors are taken, and today; no fact lies
 * in the future. From 42 partners on, one is the `TOUR_PARTNER`.
 */
export function generateDemo({ seed, today, partners }: DemoOptions): DemoBase {
  const calendar = demoCalendar(today);
  const tiers = drawTiers(partners, createRandom(seed, 'tiers'));
  const base = drawPartners(tiers, calendar, createRandom(seed, 'partners'));
  const facts = base.flatMap((partner, index) => {
    const tier = tiers[index] ?? 'AUTHORIZED';
    return partner.externalRef === TOUR_PARTNER.externalRef
      ? tourFacts(calendar.today)
      : drawFacts(seed, partner.externalRef, tier, calendar);
  });
  return { partners: base, facts };
}

/** `count` partners in the proportions of `published`, by the largest remainders. */
export function distribute(count: number, published: Distribution = PUBLISHED_DISTRIBUTION): Distribution {
  const total = DEMO_TIERS.reduce((sum, tier) => sum + published[tier], 0);
  const shares = DEMO_TIERS.map((tier) => ({
    tier,
    whole: Math.floor((count * published[tier]) / total),
    remainder: (count * published[tier]) % total,
  }));
  const missing = count - shares.reduce((sum, { whole }) => sum + whole, 0);
  const favoured = [...shares].sort((a, b) => b.remainder - a.remainder).slice(0, missing);
  const result = { AUTHORIZED: 0, SILVER: 0, GOLD: 0, PLATINUM: 0 };
  for (const share of shares) result[share.tier] = share.whole + (favoured.includes(share) ? 1 : 0);
  return result;
}

/** The tier of each partner under the old rules, in the partners' order; the tour partner's is Silver. */
function drawTiers(partners: DemoOptions['partners'], random: Random): DemoTier[] {
  const distribution =
    partners === undefined
      ? LIVELY_DISTRIBUTION
      : partners === 'published'
        ? PUBLISHED_DISTRIBUTION
        : distribute(partners);
  const tiers = random.shuffle(
    DEMO_TIERS.flatMap((tier) => Array.from({ length: distribution[tier] }, () => tier)),
  );
  const tour = Number(TOUR_PARTNER.externalRef.slice(2)) - 1;
  const silver = tiers.indexOf('SILVER');
  const displaced = tiers[tour];
  if (displaced !== undefined && displaced !== 'SILVER') {
    if (silver === -1) throw new Error(`no Silver among ${tiers.length} partners for the tour partner`);
    tiers[silver] = displaced;
    tiers[tour] = 'SILVER';
  }
  return tiers;
}

function drawPartners(tiers: readonly DemoTier[], calendar: DemoCalendar, random: Random): DemoPartner[] {
  const nextCompany = createCompanies(random);
  const partners: DemoPartner[] = [];
  for (const [index] of tiers.entries()) {
    const externalRef = `P-${padNumber(index + 1, 5)}`;
    // All were members when the rules changed: half of them before the old rules began, too.
    const enrolledOn = addDays(calendar.newRulesOn, -random.integer(60, random.chance(0.5) ? 1_090 : 4_500));
    const possibleParent = partners.length > 0 && random.chance(0.05) ? random.pick(partners) : null;
    const parent = externalRef === TOUR_PARTNER.externalRef ? null : possibleParent;
    const company = nextCompany();
    partners.push({
      externalRef,
      name: parent === null ? company.name : affiliateName(parent.name, partners),
      country: parent?.country ?? company.country,
      region: parent?.region ?? company.region,
      parent: parent?.externalRef ?? null,
      enrolledOn,
    });
  }
  return partners;
}

const BRANCHES = ['West', 'East', 'North', 'South', 'Services', 'Projects', 'Cloud', 'Managed Services'];

function affiliateName(parentName: string, partners: readonly DemoPartner[]): string {
  const taken = new Set(partners.map(({ name }) => name));
  const branch = BRANCHES.find((word) => !taken.has(`${parentName} (${word})`));
  return `${parentName} (${branch ?? `Branch ${partners.length + 1}`})`;
}

/** Draws until the facts earn `tier` under the old rules on both days; each try has its own numbers. */
function drawFacts(
  seed: number | string,
  partner: string,
  tier: DemoTier,
  { today, lastOldDay }: DemoCalendar,
): DemoFact[] {
  for (let attempt = 0; attempt < MAX_DRAWS; attempt += 1) {
    const random = createRandom(seed, partner, attempt);
    const plan = drawPlan(tier, random);
    const facts = [
      ...drawRevenue(partner, plan, today, random),
      ...drawSatisfaction(partner, plan, today, random),
      ...drawCertifications(partner, plan, today, random),
    ];
    if (oldTierOn(facts, lastOldDay) === tier && oldTierOn(facts, today) === tier) return facts;
  }
  throw new Error(`no ${tier} partner within ${MAX_DRAWS} draws: the plan contradicts the old rules`);
}
