import type { Fact, FactWarning } from '../partner/fact.ts';
import { hadLeft, type Membership } from '../partner/membership.ts';
import { metricsOf } from '../rulebook/measuring-scope.ts';
import type { Filter } from '../rulebook/metric.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { rulebooksInForce } from '../rulebook/transition.ts';
import type { Day } from '../values/day.ts';
import { passesAll } from './contribution.ts';

/**
 * What rulebooks ask for of each kind of fact: filters of which all have to hold, for each metric and slot.
 */
export type AskedFor = ReadonlyMap<string, readonly (readonly Filter[])[]>;

/** What the rulebooks in force on a day, and those to come, ask for. */
export function askedFor(rulebooks: readonly PublishedRulebook[], today: Day): AskedFor {
  const inForce = rulebooksInForce(rulebooks, today).map(({ index }) => rulebooks[index]);
  const toCome = rulebooks.filter(({ effectiveFrom }) => effectiveFrom > today);
  const asked = new Map<string, (readonly Filter[])[]>();
  const ask = (kind: string, where: readonly Filter[]): void => {
    const known = asked.get(kind);
    if (known === undefined) asked.set(kind, [where]);
    else known.push(where);
  };
  for (const published of [...inForce, ...toCome]) {
    if (published === undefined) continue;
    const { scope, forEachs, measures } = published.rulebook;
    const scopes = [scope, ...forEachs.map((forEach) => forEach.scope)];
    const metrics = new Set([
      ...scopes.flatMap((each) => [...each.metrics.keys()]),
      ...[...measures.values()].flatMap(metricsOf),
    ]);
    for (const { kind, where } of metrics) ask(kind, where);
    const groups = scopes.flatMap((each) => [...each.groups.keys()]);
    for (const { where } of groups.flatMap(({ slots }) => slots)) ask('certification', where);
  }
  return asked;
}

/**
 * What is odd about a fact on the day of its recording: it is dated after its partner had left, or to come,
 * or nothing asks for it. `memberships` are those of its partner.
 */
export function findWarning(
  fact: Fact,
  {
    today,
    asked,
    memberships,
  }: {
    readonly today: Day;
    readonly asked: AskedFor;
    readonly memberships: readonly Membership[];
  },
): FactWarning | null {
  if (hadLeft(memberships, fact.occurredOn)) return 'LEFT';
  if (fact.occurredOn > today) return 'FUTURE';
  return asked.get(fact.kind)?.some((where) => passesAll(fact, where)) ? null : 'NOT_ASKED_FOR';
}
