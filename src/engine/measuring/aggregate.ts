import type { Fact } from '../partner/fact.ts';
import type { Metric } from '../rulebook/metric.ts';
import {
  add,
  compare,
  divide,
  type Fraction,
  fractionToText,
  wholeNumber,
  ZERO,
} from '../values/fraction.ts';
import { median } from '../values/median.ts';
import { byContent, byText, type Contribution } from './contribution.ts';
import type { Reading } from './measurements.ts';

/** The contributions that count after the limits per respondent and per key. */
export function selected(metric: Metric, active: readonly Contribution[]): readonly Contribution[] {
  return ofEachKey(metric, withinRespondentLimit(metric, active));
}

/** Those that the aggregate takes of several with one key. */
function ofEachKey(metric: Metric, limited: readonly Contribution[]): readonly Contribution[] {
  if (metric.aggregate === 'DISTINCT') return firstOfEachKey(limited);
  return metric.aggregate === 'LATEST' ? latestOfEachKey(limited) : limited;
}

/**
 * Up to the metric's limit per respondent: the latest by occurredOn, then externalId. Answers without a
 * respondent are not limited.
 */
export function withinRespondentLimit(
  { perRespondent: limit }: Metric,
  active: readonly Contribution[],
): readonly Contribution[] {
  if (limit === null) return active;
  const taken = new Map<string, number>();
  const kept = active
    .toSorted((a, b) => byAnswer(b.fact, a.fact))
    .filter(({ fact: { respondent } }) => {
      if (respondent === null) return true;
      const before = taken.get(respondent) ?? 0;
      taken.set(respondent, before + 1);
      return before < limit;
    });
  return kept.sort((a, b) => byContent(a.fact, b.fact));
}

/** By the day, then by external id and source: rules 13 and 41. */
function byAnswer(a: Fact, b: Fact): number {
  return a.occurredOn - b.occurredOn || byText(a.externalId, b.externalId) || byContent(a, b);
}

/** Of contributions with equal keys the first. */
function firstOfEachKey(active: readonly Contribution[]): readonly Contribution[] {
  const keys = new Set<string>();
  return active.filter(({ key }) => !keys.has(key) && keys.add(key));
}

/** Of contributions with equal keys the latest; where no key tells them apart, the latest of all. */
function latestOfEachKey(active: readonly Contribution[]): readonly Contribution[] {
  const latest = new Map<string, Contribution>();
  for (const contribution of active) {
    const known = latest.get(contribution.key);
    if (known === undefined || byAnswer(known.fact, contribution.fact) < 0) {
      latest.set(contribution.key, contribution);
    }
  }
  return active.filter((contribution) => latest.get(contribution.key) === contribution);
}

/** A metric's value and sample on a day, from the contributions within its window. */
export function aggregate(metric: Metric, active: readonly Contribution[]): Reading {
  const within = withinRespondentLimit(metric, active);
  const counted = ofEachKey(metric, within);
  const value = aggregated(metric, counted);
  const text = value === null ? null : fractionToText(value);
  const limited = active.length - within.length;
  return limited === 0 ? [text, counted.length] : [text, counted.length, limited];
}

function aggregated(metric: Metric, counted: readonly Contribution[]): Fraction | null {
  const values = counted.map(({ value }) => value);
  switch (metric.aggregate) {
    case 'COUNT':
    case 'DISTINCT':
      return wholeNumber(values.length);
    case 'SUM':
      return values.reduce(add, ZERO);
    case 'AVERAGE':
      return values.length === 0 ? null : divide(values.reduce(add, ZERO), wholeNumber(values.length));
    case 'MEDIAN':
      return median(values);
    case 'MINIMUM':
      return values.toSorted(compare)[0] ?? null;
    case 'LATEST':
      return values.length === 0 && metric.by.length === 0 ? null : values.reduce(add, ZERO);
    case 'MAXIMUM':
      return values.toSorted(compare).at(-1) ?? null;
  }
}
