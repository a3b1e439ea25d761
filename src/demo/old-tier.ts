import { trailingYearStart } from './calendar.ts';
import type { DemoFact } from './demo-base.ts';
import { DEMO_TIERS, type DemoTier, OLD_HURDLES } from './rulebooks.ts';

/**
 * The tier that a partner's facts earn under the old rules on `day`, an ISO date; by this the generator
 * accepts a draw.
 */
export function oldTierOn(facts: readonly DemoFact[], day: string): DemoTier {
  const windowStart = trailingYearStart(day);
  let cents = 0;
  let tenths = 0;
  let answers = 0;
  for (const { occurredOn, detail } of facts) {
    if (occurredOn < windowStart || occurredOn > day) continue;
    if ('revenue' in detail) cents += Math.round(Number(detail.revenue.amount) * 100);
    if ('satisfaction' in detail) {
      tenths += Math.round(Number(detail.satisfaction.score) * 10);
      answers += 1;
    }
  }
  const attained = DEMO_TIERS.filter((tier) => {
    if (tier === 'AUTHORIZED') return true;
    const hurdles = OLD_HURDLES[tier];
    return (
      cents >= Number(hurdles.revenue) * 100 &&
      answers >= hurdles.answers &&
      tenths >= Number(hurdles.satisfaction) * 10 * answers
    );
  });
  return attained.at(-1) ?? 'AUTHORIZED';
}
