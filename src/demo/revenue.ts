import { addDays, addMonths, daysBetween, trailingYearStart } from './calendar.ts';
import { centsToDecimal, DEMO_SOURCE, type DemoAttribute, type DemoFact, padNumber } from './demo-base.ts';
import type { Plan } from './plan.ts';
import type { Random } from './random.ts';

/** Months of history: enough for a full window on the last day of the old rules, however long ago that is. */
export const HISTORY_MONTHS = 27;

// January to December; 12 in all. Quarters end high, the vendor's fiscal year (September) highest, August
// sleeps.
const SEASON = [0.8, 0.85, 1.2, 0.85, 0.9, 1.25, 0.8, 0.6, 1.6, 0.85, 1, 1.3];

type Booking = {
  readonly suffix: string;
  readonly occurredOn: string;
  readonly weight: number;
  readonly attributes: readonly DemoAttribute[];
};

/**
 * The partner's invoices up to `today`, with a few credit notes for returns, bookings entered late (the
 * attribute `bookedOn` says when) and wrong amounts that were reversed and booked anew. The 12 months that
 * end today add up to about `plan.revenue`.
 */
export function drawRevenue(partner: string, plan: Plan, today: string, random: Random): DemoFact[] {
  const first = addMonths(today, -HISTORY_MONTHS);
  const days = daysBetween(first, today);
  const count = Math.round((plan.invoices * days) / 365);
  const bookings: Booking[] = [];
  for (let index = 0; index < count; index += 1) {
    // Spread over the whole time, each within its own stretch of it.
    const day = Math.floor(((index + random.next()) * (days + 1)) / count);
    const occurredOn = addDays(first, day);
    const season = SEASON[Number(occurredOn.slice(5, 7)) - 1] ?? 1;
    const weight = season * plan.growth ** (day / 365) * random.around(1, 0.22);
    bookings.push(...drawBookings(padNumber(index + 1, 3), occurredOn, weight, today, random));
  }
  return scale(bookings, plan.revenue, today).map(({ booking, cents }) => ({
    source: DEMO_SOURCE,
    externalId: `INV-${partner}-${booking.suffix}`,
    partner,
    occurredOn: booking.occurredOn,
    detail: {
      revenue: {
        amount: centsToDecimal(cents),
        currency: 'EUR',
        ...(booking.attributes.length > 0 ? { attributes: booking.attributes } : {}),
      },
    },
  }));
}

/** An invoice and what became of it. */
function drawBookings(
  number: string,
  occurredOn: string,
  weight: number,
  today: string,
  random: Random,
): Booking[] {
  const booking = (suffix: string, on: string, share: number, attributes: readonly DemoAttribute[] = []) => ({
    suffix,
    occurredOn: on < today ? on : today,
    weight: weight * share,
    attributes,
  });
  const kind = random.weighted([
    ['PLAIN', 92] as const,
    ['LATE', 3] as const,
    ['RETURN', 3] as const,
    ['CORRECTED', 2] as const,
  ]);
  const later = addDays(occurredOn, random.integer(12, 50));
  if (kind === 'PLAIN' || later > today) return [booking(number, occurredOn, 1)];
  if (kind === 'LATE') return [booking(number, occurredOn, 1, [{ name: 'bookedOn', value: later }])];
  if (kind === 'RETURN') {
    const reason = [{ name: 'reason', value: 'return' }];
    return [
      booking(number, occurredOn, 1),
      booking(`${number}-CN`, later, -random.between(0.08, 0.5), reason),
    ];
  }
  const wrong = random.pick([0.1, 0.9, 1.1, 10]);
  const attributes = [{ name: 'bookedOn', value: later }];
  return [
    booking(number, occurredOn, wrong),
    booking(`${number}-REV`, occurredOn, -wrong, [{ name: 'reason', value: 'reversal' }, ...attributes]),
    booking(`${number}-R`, occurredOn, 1, attributes),
  ];
}

/** Turns weights into cents so that the year that ends today comes to about `revenue`. */
function scale(
  bookings: readonly Booking[],
  revenue: number,
  today: string,
): { booking: Booking; cents: number }[] {
  const windowStart = trailingYearStart(today);
  const total = bookings
    .filter(({ occurredOn }) => occurredOn >= windowStart)
    .reduce((sum, { weight }) => sum + weight, 0);
  // With hardly any invoices in the last year, the scale of an average year has to do.
  const factor = revenue / Math.max(total, 0.5);
  return bookings.map((booking) => ({ booking, cents: roundToPrice(booking.weight * factor) }));
}

/** Round prices are likelier on large invoices: to 10 EUR from 20,000 EUR, to 50 cents below; never 0. */
function roundToPrice(euros: number): number {
  const step = Math.abs(euros) >= 20_000 ? 1_000 : 50;
  const steps = Math.round(Math.abs(euros * 100) / step);
  return Math.sign(euros) * Math.max(1, steps) * step;
}
