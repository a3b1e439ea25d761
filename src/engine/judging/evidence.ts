import { byContent, type Candidate, candidates, type Setting } from '../measuring/contribution.ts';
import { worthBy } from '../measuring/conversion.ts';
import { dimensionText, itemOf } from '../measuring/item-of.ts';
import { entryOn } from '../partner/entry-on.ts';
import type { Fact } from '../partner/fact.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { ItemDimension, Metric, PersonGroup, Scope, Slot } from '../rulebook/metric.ts';
import type { MeasuringScope, OverMeasure, Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import { behindGroup, behindMetric, type Excluded } from './counted-facts.ts';
import type { Within } from './evaluation.ts';
import type { Evidence, ExclusionReason } from './standing.ts';

type Counted =
  | { readonly metric: Metric }
  | { readonly over: OverMeasure }
  | { readonly group: PersonGroup; readonly slots: readonly Slot[] };

/** The place of a number in a proof. */
export type NumberPlace = {
  /** Where the rulebook's document says it. */
  readonly path: string;
  /** The forEach's item, and the dimension that it is a value of; null outside of one. */
  readonly item?: string | null;
  readonly dimension?: string | null;
  /** The item of a measure over items; null outside of one. */
  readonly within?: Within | null;
};

/**
 * The facts behind a number on a day: of a measure that is a metric, of a measure over items, of a group of
 * persons, or of one of its slots. What stands in a single forEach needs no dimension. Nothing, if there is
 * no such number. Both lists are in the order of `byContent`.
 */
export function evidence(
  partner: PartnerInputs,
  rulebook: Rulebook,
  on: Day,
  { path, item = null, dimension = null, within = null }: NumberPlace,
): Evidence {
  const enrolledOn = entryOn(partner.entries, on)?.enrolledOn ?? partner.entries[0]?.enrolledOn ?? on;
  const context = { setting: { rulebook, enrolledOn }, factsOf: candidates(partner), on };
  for (const around of scopesFor(rulebook, item, dimension)) {
    const inForEach = restriction(around.dimension, item, rulebook);
    if (within === null) {
      const number = numberAt(around.scope, path);
      if (number !== null) return behindNumber(number, inForEach, context);
      continue;
    }
    for (const { dimension: itemsOf, scope } of around.scope.overs.keys()) {
      if (dimensionText(itemsOf) !== within.dimension) continue;
      const number = numberAt(scope, path);
      if (number === null) continue;
      return behindNumber(number, [...inForEach, ...restriction(itemsOf, within.item, rulebook)], context);
    }
  }
  return { counted: [], excluded: [] };
}

type Context = {
  readonly setting: Setting;
  readonly factsOf: (kind: string, scope: Scope) => readonly Candidate[];
  readonly on: Day;
};

/** Only the facts of an item count; `reason` is told of the others. */
type Restriction = { readonly holds: (fact: Fact) => boolean; readonly reason: ExclusionReason };

function restriction(
  dimension: ItemDimension | null,
  item: string | null,
  rulebook: Rulebook,
): readonly Restriction[] {
  if (dimension === null) return [];
  const worthOf = worthBy(rulebook);
  const isRegion = dimension.type === 'FIELD' && dimension.field === 'region';
  return [
    {
      holds: (fact) => itemOf(fact, dimension, worthOf) === item,
      reason: isRegion ? 'WRONG_REGION' : 'FILTERED_OUT',
    },
  ];
}

function behindNumber(number: Counted, restrictions: readonly Restriction[], context: Context): Evidence {
  if ('over' in number) return behindOver(number.over, restrictions, context);
  const { setting, factsOf, on } = context;
  const { kind, scope: reach } =
    'metric' in number ? number.metric : { kind: 'certification', ...number.group };
  const all: Candidate[] = [];
  const others: Excluded[] = [];
  for (const candidate of factsOf(kind, reach)) {
    const broken = restrictions.find(({ holds }) => !holds(candidate.fact));
    if (broken === undefined) all.push(candidate);
    else others.push({ fact: candidate.fact, reason: broken.reason });
  }
  const found =
    'metric' in number
      ? behindMetric(number.metric, all, on, setting)
      : behindGroup(number.group, number.slots, all, on);
  return {
    counted: found.counted,
    excluded: [...found.excluded, ...others].sort((a, b) => byContent(a.fact, b.fact)),
  };
}

/** What counts for any item, whether or not that item counts in the end. */
function behindOver(over: OverMeasure, restrictions: readonly Restriction[], context: Context): Evidence {
  const { setting, factsOf } = context;
  const worthOf = worthBy(setting.rulebook);
  const counted = new Map<string, Fact>();
  const excluded = new Map<string, Excluded>();
  for (const metric of over.scope.metrics.keys()) {
    const byItem = Map.groupBy(factsOf(metric.kind, metric.scope), (candidate) =>
      itemOf(candidate.fact, over.dimension, worthOf),
    );
    for (const [item, facts] of byItem) {
      const ofItem = { ...context, factsOf: () => facts };
      const found = behindNumber({ metric }, restrictions, ofItem);
      const reason = 'FILTERED_OUT';
      if (item === null) for (const { fact } of facts) excluded.set(fact.id, { fact, reason });
      else {
        for (const fact of found.counted) counted.set(fact.id, fact);
        for (const each of found.excluded) if (!excluded.has(each.fact.id)) excluded.set(each.fact.id, each);
      }
    }
  }
  return {
    counted: [...counted.values()].sort(byContent),
    excluded: [...excluded.values()]
      .filter(({ fact }) => !counted.has(fact.id))
      .sort((a, b) => byContent(a.fact, b.fact)),
  };
}

function scopesFor(
  rulebook: Rulebook,
  item: string | null,
  of: string | null,
): readonly { readonly scope: MeasuringScope; readonly dimension: ItemDimension | null }[] {
  if (item === null) return [{ scope: rulebook.scope, dimension: null }];
  return rulebook.forEachs
    .filter(({ forEach }) => of === null || forEach.dimension === of)
    .map(({ forEach, scope }) => ({ scope, dimension: { type: 'FIELD', field: forEach.dimension } }));
}

function numberAt({ metricsByPath, groups, overs }: MeasuringScope, path: string): Counted | null {
  const metric = metricsByPath.get(path);
  if (metric !== undefined) return { metric };
  for (const over of overs.keys()) if (over.path === path) return { over };
  for (const group of groups.keys()) {
    if (group.path === path) return { group, slots: group.slots };
    const slot = group.slots.find((each) => each.path === path);
    if (slot !== undefined) return { group, slots: [slot] };
  }
  return null;
}
