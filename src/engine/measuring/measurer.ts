import { entryOn } from '../partner/entry-on.ts';
import type { PartnerEntry, PartnerInputs } from '../partner/partner-inputs.ts';
import { metricsOf, scopesOf } from '../rulebook/measuring-scope.ts';
import type { ItemDimension, Metric } from '../rulebook/metric.ts';
import type { Characteristic, MeasuringScope, Rulebook } from '../rulebook/rulebook.ts';
import type { Day, Days } from '../values/day.ts';
import { type Candidate, candidates, contributions, includes } from './contribution.ts';
import { worthBy } from './conversion.ts';
import { itemOf } from './item-of.ts';
import type { Measurements, Readings } from './measurements.ts';
import { metricSeries } from './metric-series.ts';
import { groupSeries } from './persons.ts';
import { ascending, countUpTo, daysOfChange, type Series, steps } from './series.ts';

/** Measures one partner by one rulebook on any day; cheap for many days. */
export type Measurer = {
  measure(on: Day): Measurements;
  /** The next day after `after` on which a measurement may differ from the day before; null if none will. */
  nextMeasurementChangeOn(after: Day): Day | null;
};

type Board = { readonly days: readonly Day[]; at(day: Day): Readings };
type Items = Measurements['items'][number];
type FactsOf = (kind: string, scope: 'OWN' | 'FAMILY') => readonly Candidate[];

/** Reads the partner's facts once. The inputs hold at least one entry. */
export function createMeasurer(partner: PartnerInputs, rulebook: Rulebook): Measurer {
  const factsOf = candidates(partner);
  const first = partner.entries[0];
  if (first === undefined) throw new Error('a partner has at least one entry');
  const usesEnrolment = scopesOf(rulebook).some(({ metrics }) =>
    [...metrics.keys()].some(({ window }) => window.type === 'ANNIVERSARY'),
  );
  const enrolments = usesEnrolment ? partner.entries.map(({ enrolledOn }) => enrolledOn) : [first.enrolledOn];
  const boards = new Map(
    enrolments.map((enrolledOn) => [enrolledOn, createBoards(rulebook, enrolledOn, factsOf)] as const),
  );
  const days = ascending(
    new Set([
      ...partner.entries.map(({ firstOn }) => firstOn),
      ...boards.values().flatMap(({ whole, items }) => [whole, ...items].flatMap((board) => board.days)),
    ]),
  );

  return {
    measure(on) {
      const entry = entryOn(partner.entries, on) ?? first;
      const { region, enrolledOn } = entry;
      const board = boards.get(usesEnrolment ? enrolledOn : first.enrolledOn);
      if (board === undefined) throw new Error('every enrolment has a board');
      return {
        on,
        region,
        ...(rulebook.variesBy.length > 0 && { characteristics: characteristicsOf(entry, rulebook.variesBy) }),
        enrolledOn,
        ...board.whole.at(on),
        items: board.items.map((each) => each.at(on)),
      };
    },
    nextMeasurementChangeOn: (after) => days[countUpTo(days, after)] ?? null,
  };
}

function createBoards(rulebook: Rulebook, enrolledOn: Day, factsOf: FactsOf) {
  const setting = { rulebook, enrolledOn };
  const worthOf = worthBy(rulebook);
  return {
    whole: scopeBoard(rulebook.scope, factsOf),
    items: rulebook.forEachs.map(({ forEach: { dimension: field, where }, scope }) =>
      itemsBoard({ type: 'FIELD', field }, metricsOf(where.measure), scope, factsOf),
    ),
  };

  function scopeBoard(scope: MeasuringScope, facts: FactsOf): Board {
    const numbers = [...scope.metrics.keys()].map((metric) =>
      metricSeries(
        metric,
        facts(metric.kind, metric.scope).flatMap((candidate) => contributions(candidate, metric, setting)),
      ),
    );
    const persons = [...scope.groups.keys()].map((group) =>
      groupSeries(group, facts('certification', group.scope)),
    );
    const overs = [...scope.overs.keys()].map(({ dimension, scope: inner }) =>
      itemsBoard(dimension, [...inner.metrics.keys()], inner, facts),
    );
    const series: readonly Series<unknown>[] = [...numbers, ...persons, ...overs];
    return {
      days: series.flatMap(({ days }) => days),
      at: (day) => ({
        numbers: numbers.map((each) => each.at(day)),
        persons: persons.map((each) => each.at(day)),
        ...(overs.length > 0 && { overs: overs.map((each) => each.at(day)) }),
      }),
    };
  }

  /** Items are the values among the facts that count for these metrics. */
  function itemsBoard(
    dimension: ItemDimension,
    metrics: readonly Metric[],
    scope: MeasuringScope,
    facts: FactsOf,
  ): Series<Items> {
    const byItem = new Map<string, Days[]>();
    for (const metric of metrics) {
      for (const candidate of facts(metric.kind, metric.scope)) {
        const item = itemOf(candidate.fact, dimension, worthOf);
        if (item === null) continue;
        const runs = byItem.get(item) ?? [];
        runs.push(...contributions(candidate, metric, setting));
        byItem.set(item, runs);
      }
    }
    const grouped = new Map<string, ReadonlyMap<string | null, readonly Candidate[]>>();
    // Grouped once, so that an item does not go through the facts of all others.
    const byValue = (kind: string, of: 'OWN' | 'FAMILY') => {
      const key = `${of} ${kind}`;
      const groups =
        grouped.get(key) ?? Map.groupBy(facts(kind, of), ({ fact }) => itemOf(fact, dimension, worthOf));
      grouped.set(key, groups);
      return groups;
    };
    // A value that is never an item costs nothing.
    const counted = [...byItem].flatMap(([item, runs]) => (runs.length > 0 ? item : []));
    const items = counted.sort().map((item) => {
      const ofItem: FactsOf = (kind, of) => byValue(kind, of).get(item) ?? [];
      return { item, runs: byItem.get(item) ?? [], board: scopeBoard(scope, ofItem) };
    });
    const days = ascending(
      new Set(items.flatMap(({ runs, board }) => [...daysOfChange(runs), ...board.days])),
    );
    return steps(days, (day) =>
      items
        .filter(({ runs }) => runs.some((run) => includes(run, day)))
        .map(({ item, board }) => ({ item, ...board.at(day) })),
    );
  }
}

/** What is entered about a partner of all that numbers may differ by. */
function characteristicsOf(
  { region, country, attributes }: PartnerEntry,
  names: readonly Characteristic[],
): Readonly<Record<string, string>> {
  const values = names.flatMap((name): [string, string][] => {
    if (name === 'region') return [[name, region]];
    if (name === 'country') return [[name, country]];
    const attribute = name.slice('attributes.'.length);
    const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}
