import type { Fact, FactWarning } from '../partner/fact.ts';
import type { WorthOf } from '../partner/fact-field.ts';
import { hadLeft, type Membership } from '../partner/membership.ts';
import { metricsOf, scopesOf } from '../rulebook/measuring-scope.ts';
import type { Filter } from '../rulebook/metric.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { rulebooksInForce } from '../rulebook/transition.ts';
import type { Day } from '../values/day.ts';
import { passesAll } from './contribution.ts';
import { worthBy } from './conversion.ts';

/** What rulebooks ask for of each kind of fact, for each metric and slot. */
export type AskedFor = ReadonlyMap<string, readonly Asked[]>;

/** Filters of which all have to hold, and what facts are worth by their rulebook. */
type Asked = { readonly where: readonly Filter[]; readonly worthOf: WorthOf };

/** What the rulebooks in force on a day, and those to come, ask for. */
export function askedFor(rulebooks: readonly PublishedRulebook[], today: Day): AskedFor {
  const inForce = rulebooksInForce(rulebooks, today).map(({ index }) => rulebooks[index]);
  const toCome = rulebooks.filter(({ effectiveFrom }) => effectiveFrom > today);
  const asked = new Map<string, Asked[]>();
  const ask = (kind: string, each: Asked): void => {
    const known = asked.get(kind);
    if (known === undefined) asked.set(kind, [each]);
    else known.push(each);
  };
  for (const published of [...inForce, ...toCome]) {
    if (published === undefined) continue;
    const { measures } = published.rulebook;
    const worthOf = worthBy(published.rulebook);
    const scopes = scopesOf(published.rulebook);
    const metrics = new Set([
      ...scopes.flatMap((each) => [...each.metrics.keys()]),
      ...[...measures.values()].flatMap(metricsOf),
    ]);
    for (const { kind, where } of metrics) ask(kind, { where, worthOf });
    const groups = scopes.flatMap((each) => [...each.groups.keys()]);
    for (const { where } of groups.flatMap(({ slots }) => slots)) ask('certification', { where, worthOf });
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
  return asked.get(fact.kind)?.some(({ where, worthOf }) => passesAll(fact, where, worthOf))
    ? null
    : 'NOT_ASKED_FOR';
}
