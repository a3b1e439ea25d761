import { addDays, addMonths, daysBetween } from './calendar.ts';
import { DEMO_SOURCE, type DemoFact, padNumber } from './demo-base.ts';
import type { Plan } from './plan.ts';
import type { Random } from './random.ts';
import { HISTORY_MONTHS } from './revenue.ts';

/**
 * The answers of the partner's customers up to `today`: captured all year, in steps of 0.5 around
 * `plan.quality`.
 */
export function drawSatisfaction(partner: string, plan: Plan, today: string, random: Random): DemoFact[] {
  const first = addMonths(today, -HISTORY_MONTHS);
  const days = daysBetween(first, today);
  const count = Math.round((plan.answers * days) / 365);
  const customers = Math.max(3, Math.ceil(plan.answers * 0.6));
  return Array.from({ length: count }, (_, index) => {
    const customer = `K-${partner.slice(2)}-${padNumber(random.integer(1, customers), 2)}`;
    return {
      source: DEMO_SOURCE,
      externalId: `SRV-${partner}-${padNumber(index + 1, 3)}`,
      partner,
      occurredOn: addDays(first, Math.floor(((index + random.next()) * (days + 1)) / count)),
      detail: {
        satisfaction: {
          score: drawScore(plan.quality, random),
          customer,
          respondent: `${customer}/${random.weighted([['it', 4] as const, ['purchasing', 2] as const, ['management', 1] as const])}`,
        },
      },
    };
  });
}

/** An answer on the scale of 0 to 10, as a decimal. */
export function drawScore(quality: number, random: Random): string {
  const score = Math.round(random.around(quality, 0.75) * 2) / 2;
  return String(Math.min(10, Math.max(0, score)));
}
