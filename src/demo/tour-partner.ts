import { addDays } from './calendar.ts';
import { certificationFact } from './certifications.ts';
import { DEMO_SOURCE, type DemoFact, padNumber } from './demo-base.ts';
import type { Area } from './rulebooks.ts';

/**
 * The partner that a newcomer's tour lifts: Silver, computed and effective, and one revenue of
 * `missingRevenue` EUR short of Gold, today and for ten weeks more, whatever day today is. The feed leaves it
 * alone.
 */
export const TOUR_PARTNER = { externalRef: 'P-00042', missingRevenue: '25000' } as const;

// Ten invoices, 375,000 EUR together: Gold asks for 400,000.
const INVOICES = [38_000, 41_500, 33_200, 36_800, 40_000, 35_500, 37_250, 39_750, 34_600, 38_400];

const STAFF: readonly (readonly [string, readonly Area[], 'SALES' | 'DESIGN'])[] = [
  ['maria.keller', ['UC_MIDMARKET', 'VIDEO'], 'SALES'],
  ['jonas.albers', ['UC_MIDMARKET', 'VIDEO'], 'SALES'],
  ['greta.thomsen', ['UC_MIDMARKET', 'VIDEO'], 'DESIGN'],
  ['paul.roth', ['NETWORKING'], 'SALES'],
];

/** The tour partner's facts up to `today`, an ISO date; nothing in them is drawn. */
export function tourFacts(today: string): DemoFact[] {
  const partner = TOUR_PARTNER.externalRef;
  return [...tourRevenue(partner, today), ...tourSatisfaction(partner, today), ...tourStaff(partner, today)];
}

function tourRevenue(partner: string, today: string): DemoFact[] {
  // Nothing lies between 280 and 400 days ago, so that no invoice leaves the trailing year for the next ten
  // weeks.
  const ages = [...INVOICES.keys()].flatMap((month) => [10 + 30 * month, 400 + 30 * month]);
  return ages.map((age, index) => ({
    source: DEMO_SOURCE,
    externalId: `INV-${partner}-${padNumber(index + 1, 3)}`,
    partner,
    occurredOn: addDays(today, -age),
    detail: { revenue: { amount: String(INVOICES[Math.floor(index / 2)]), currency: 'EUR' } },
  }));
}

function tourSatisfaction(partner: string, today: string): DemoFact[] {
  // Every 20 days for two years: 18 answers a year, half of them 8 and half of them 9.
  return Array.from({ length: 40 }, (_, index) => ({
    source: DEMO_SOURCE,
    externalId: `SRV-${partner}-${padNumber(index + 1, 3)}`,
    partner,
    occurredOn: addDays(today, -(10 + 20 * index)),
    detail: {
      satisfaction: {
        score: index % 2 === 0 ? '9' : '8',
        customer: `K-00042-${padNumber((index % 7) + 1, 2)}`,
        respondent: `K-00042-${padNumber((index % 7) + 1, 2)}/it`,
      },
    },
  }));
}

function tourStaff(partner: string, today: string): DemoFact[] {
  return STAFF.flatMap(([name, areas, role]) =>
    areas.map((area) => ({ person: `${name}@p-00042.example`, credential: `${area}_${role}` })),
  ).map((certification, index) =>
    certificationFact(partner, index + 1, {
      ...certification,
      occurredOn: addDays(today, -(90 + 25 * index)),
    }),
  );
}
