import type { Metric } from '../rulebook/metric.ts';
import type { Day } from '../values/day.ts';
import { fraction, fractionToText, leastCommonMultiple } from '../values/fraction.ts';
import { aggregate } from './aggregate.ts';
import { type Contribution, includes } from './contribution.ts';
import type { Reading } from './measurements.ts';
import { daysOfChange, type Series, steps } from './series.ts';

/** A metric's readings over all days. */
export function metricSeries(metric: Metric, contributions: readonly Contribution[]): Series<Reading> {
  const days = daysOfChange(contributions);
  if (metric.perRespondent === null) {
    if (metric.aggregate === 'SUM' || metric.aggregate === 'COUNT' || metric.aggregate === 'AVERAGE') {
      return runningTotals(metric, contributions, days);
    }
    if (metric.aggregate === 'DISTINCT') return runningKeys(contributions, days);
  }
  return steps(days, (day) =>
    aggregate(
      metric,
      contributions.filter((each) => includes(each, day)),
    ),
  );
}

/** Sums and counts carried from one day of change to the next, over one common denominator. */
function runningTotals(
  metric: Metric,
  contributions: readonly Contribution[],
  days: readonly Day[],
): Series<Reading> {
  const denominator = contributions.reduce(
    (all, { value }) => leastCommonMultiple(all, value.denominator),
    1n,
  );
  const changes = new Map<Day, { sum: bigint; count: number }>(
    days.map((day) => [day, { sum: 0n, count: 0 }]),
  );
  for (const { from, until, value } of contributions) {
    const amount = value.numerator * (denominator / value.denominator);
    const [first, last] = [changes.get(from), changes.get(until)];
    if (first !== undefined) {
      first.sum += amount;
      first.count += 1;
    }
    if (last !== undefined) {
      last.sum -= amount;
      last.count -= 1;
    }
  }
  const total = { sum: 0n, count: 0 };
  const totals = new Map<Day, { sum: bigint; count: number }>();
  for (const [day, change] of changes) {
    total.sum += change.sum;
    total.count += change.count;
    totals.set(day, { ...total });
  }
  return steps(days, (day) => {
    const { sum, count } = totals.get(day) ?? { sum: 0n, count: 0 };
    switch (metric.aggregate) {
      case 'COUNT':
        return [String(count), count];
      case 'AVERAGE':
        return [count === 0 ? null : fractionToText(fraction(sum, denominator * BigInt(count))), count];
      default:
        return [fractionToText(fraction(sum, denominator)), count];
    }
  });
}

/** How many different keys there are, carried from one day of change to the next. */
function runningKeys(contributions: readonly Contribution[], days: readonly Day[]): Series<Reading> {
  const changes = new Map<Day, { key: string; by: 1 | -1 }[]>(days.map((day) => [day, []]));
  for (const { from, until, key } of contributions) {
    changes.get(from)?.push({ key, by: 1 });
    changes.get(until)?.push({ key, by: -1 });
  }
  const holders = new Map<string, number>();
  const counts = new Map<Day, number>();
  for (const [day, ofDay] of changes) {
    for (const { key, by } of ofDay) {
      const number = (holders.get(key) ?? 0) + by;
      if (number === 0) holders.delete(key);
      else holders.set(key, number);
    }
    counts.set(day, holders.size);
  }
  return steps(days, (day) => {
    const count = counts.get(day) ?? 0;
    return [String(count), count];
  });
}
