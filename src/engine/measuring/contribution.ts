import type { Fact } from '../partner/fact.ts';
import { fieldText, passes, type WorthOf } from '../partner/fact-field.ts';
import { hadLeft, type Membership } from '../partner/membership.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { Filter, Metric, Scope } from '../rulebook/metric.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Day, Days } from '../values/day.ts';
import { type Fraction, ZERO } from '../values/fraction.ts';
import { worthBy } from './conversion.ts';
import { countedDays } from './window.ts';

/**
 * A fact that may count for the judged partner, on the days on which the partner that it is about belongs to
 * the judged one.
 */
export type Candidate = { readonly fact: Fact; readonly own: boolean; readonly belongs: readonly Days[] };

/** A fact counts with this value, and for DISTINCT and LATEST under this key, on each day of the run. */
export type Contribution = Days & { readonly fact: Fact; readonly value: Fraction; readonly key: string };

/** Certifications have no value. */
const worthOfNone: WorthOf = () => null;

const ALWAYS: Days = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** What contributions depend on besides the fact and the metric. */
export type Setting = { readonly rulebook: Rulebook; readonly enrolledOn: Day };

/**
 * The facts of a partner's case by kind and scope, each once and in the order of their content, so that
 * neither arrival nor repetition matters. Voided ones are among them.
 */
export function candidates(partner: PartnerInputs): (kind: string, scope: Scope) => readonly Candidate[] {
  const known = new Set<string>();
  const byKind = new Map<string, Candidate[]>();
  const admit = (fact: Fact, own: boolean, belongs: readonly Days[]): void => {
    if (known.has(fact.id)) return;
    known.add(fact.id);
    const ofKind = byKind.get(fact.kind);
    if (ofKind === undefined) byKind.set(fact.kind, [{ fact, own, belongs }]);
    else ofKind.push({ fact, own, belongs });
  };
  for (const fact of partner.facts) admit(fact, true, [ALWAYS]);
  for (const { facts, memberships, enrolled } of partner.family) {
    const below = united(memberships.map(toDays));
    const belongs = enrolled === undefined ? below : inBoth(below, united(enrolled.map(toDays)));
    // What happened after a descendant had left the programme does not count for its family; what happened
    // before it joined does.
    const isLost = (fact: Fact) => enrolled !== undefined && hadLeft(enrolled, fact.occurredOn);
    for (const fact of facts) admit(fact, false, isLost(fact) ? [] : belongs);
  }
  for (const ofKind of byKind.values()) ofKind.sort((a, b) => byContent(a.fact, b.fact));
  return (kind, scope) => {
    const ofKind = byKind.get(kind) ?? [];
    return scope === 'FAMILY' ? ofKind : ofKind.filter((candidate) => candidate.own);
  };
}

/**
 * The days on which a candidate counts for a metric, and its value, before limits per person or respondent;
 * none if it never counts.
 */
export function contributions(
  candidate: Candidate,
  metric: Metric,
  setting: Setting,
): readonly Contribution[] {
  const { fact, belongs } = candidate;
  const worthOf = worthBy(setting.rulebook);
  if (fact.voided || !passesAll(fact, metric.where, worthOf)) return [];
  const value = valueFor(fact, metric, setting.rulebook);
  const key = keyOf(fact, metric.by, worthOf);
  if (value === null || key === null) return [];
  const counted = countedDays(metric.window, fact.occurredOn, setting.enrolledOn);
  const days = metric.validOnly ? common(counted, validDays(fact)) : counted;
  return belongs
    .map((run) => ({ ...common(days, run), fact, value, key }))
    .filter(({ from, until }) => from < until);
}

/** The days on which a person's certification counts for a slot with these filters. */
export function slotDays(candidate: Candidate, where: readonly Filter[]): readonly Days[] {
  const { fact, belongs } = candidate;
  if (fact.voided || fact.person === null || !passesAll(fact, where, worthOfNone)) return [];
  return belongs.map((run) => common(validDays(fact), run)).filter(({ from, until }) => from < until);
}

/** The days from `occurredOn` until before `expiresOn`. */
export function validDays(fact: Fact): Days {
  return { from: fact.occurredOn, until: fact.expiresOn ?? ALWAYS.until };
}

/**
 * The value a fact adds to a metric, in the programme's currency for revenue; null if it has none, or in no
 * known currency.
 */
export function valueFor(fact: Fact, metric: Metric, rulebook: Rulebook): Fraction | null {
  if (metric.aggregate === 'COUNT' || metric.aggregate === 'DISTINCT') return ZERO;
  return worthBy(rulebook)(fact);
}

/** Whether a day is in the run. */
export function includes({ from, until }: Days, on: Day): boolean {
  return from <= on && on < until;
}

export function passesAll(fact: Fact, where: readonly Filter[], worthOf: WorthOf): boolean {
  return where.every((filter) => passes(fact, filter, worthOf));
}

/** By occurredOn, then source, externalId and id: an order that doesn't depend on arrival. */
export function byContent(a: Fact, b: Fact): number {
  return (
    a.occurredOn - b.occurredOn ||
    byText(a.source, b.source) ||
    byText(a.externalId, b.externalId) ||
    byText(a.id, b.id)
  );
}

/** Orders texts by their code units. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The values of the fields as one text, the same for all facts if there are no fields; null if one lacks. */
function keyOf(fact: Fact, by: readonly string[], worthOf: WorthOf): string | null {
  const parts = by.map((field) => fieldText(fact, field, worthOf));
  return parts.includes(null) ? null : JSON.stringify(parts);
}

function common(a: Days, b: Days): Days {
  return { from: Math.max(a.from, b.from), until: Math.min(a.until, b.until) };
}

function toDays({ from, until }: Membership): Days {
  return { from, until: until ?? ALWAYS.until };
}

/** The days that are in one of these and in one of those. */
function inBoth(these: readonly Days[], those: readonly Days[]): readonly Days[] {
  return these
    .flatMap((one) => those.map((other) => common(one, other)))
    .filter(({ from, until }) => from < until);
}

/** The same days as runs that neither overlap nor touch, ascending. */
function united(runs: readonly Days[]): readonly Days[] {
  const result: Days[] = [];
  for (const run of runs.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && run.from <= last.until) {
      result[result.length - 1] = { from: last.from, until: Math.max(last.until, run.until) };
    } else result.push(run);
  }
  return result;
}
