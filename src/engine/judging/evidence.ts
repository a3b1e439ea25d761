import { selected, withinRespondentLimit } from '../measuring/aggregate.ts';
import {
  byContent,
  type Candidate,
  type Contribution,
  candidates,
  contributions,
  includes,
  type Setting,
  slotDays,
  valueFor,
} from '../measuring/contribution.ts';
import { worthBy } from '../measuring/conversion.ts';
import { dimensionText, itemOf } from '../measuring/item-of.ts';
import { assignment } from '../measuring/persons.ts';
import { entryOn } from '../partner/entry-on.ts';
import type { Fact } from '../partner/fact.ts';
import { fieldText, passes, type WorthOf } from '../partner/fact-field.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import type { Filter, ItemDimension, Metric, PersonGroup, Scope, Slot } from '../rulebook/metric.ts';
import type { MeasuringScope, OverMeasure, Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import type { Within } from './evaluation.ts';
import type { Evidence, ExclusionReason } from './standing.ts';

type Excluded = { readonly fact: Fact; readonly reason: ExclusionReason };
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

function behindMetric(metric: Metric, all: readonly Candidate[], on: Day, setting: Setting): Evidence {
  const excluded: Excluded[] = [];
  const active: Contribution[] = [];
  for (const candidate of all) {
    const contribution = contributions(candidate, metric, setting).find((run) => includes(run, on));
    if (contribution === undefined) {
      excluded.push({ fact: candidate.fact, reason: whyNotCounted(candidate, metric, on, setting) });
    } else active.push(contribution);
  }
  const limited = new Set(withinRespondentLimit(metric, active));
  const counted = new Set(selected(metric, active));
  const repeated =
    metric.aggregate === 'LATEST'
      ? 'NOT_LATEST'
      : metric.by.includes('person')
        ? 'DUPLICATE_PERSON'
        : 'ALREADY_COUNTED';
  for (const contribution of active) {
    if (counted.has(contribution)) continue;
    const reason = limited.has(contribution) ? repeated : 'RESPONDENT_CAP';
    excluded.push({ fact: contribution.fact, reason });
  }
  return { counted: [...counted].map(({ fact }) => fact), excluded };
}

function whyNotCounted(candidate: Candidate, metric: Metric, on: Day, setting: Setting): ExclusionReason {
  const { fact } = candidate;
  const worthOf = worthBy(setting.rulebook);
  const general = whyNot(candidate, metric.where, on, worthOf);
  if (general !== null) return general;
  if (valueFor(fact, metric, setting.rulebook) === null) {
    return fact.currency === null ? 'FILTERED_OUT' : 'UNKNOWN_CURRENCY';
  }
  const lacking = metric.by.find((field) => fieldText(fact, field, worthOf) === null);
  if (lacking !== undefined) return lacksWorth(fact, lacking, worthOf) ? 'UNKNOWN_CURRENCY' : 'FILTERED_OUT';
  if (fact.occurredOn > on) return 'NOT_YET_VALID';
  return metric.validOnly && fact.expiresOn !== null && fact.expiresOn <= on ? 'EXPIRED' : 'OUTSIDE_WINDOW';
}

/**
 * For each person one certification a slot counts; what else qualifies is not needed, or was used for another
 * slot.
 */
function behindGroup(
  group: PersonGroup,
  slots: readonly Slot[],
  all: readonly Candidate[],
  on: Day,
): Evidence {
  const qualifies = (candidate: Candidate, slot: Slot): boolean =>
    slotDays(candidate, slot.where).some((run) => includes(run, on));
  const qualified = group.slots.map((slot) =>
    all.filter((each) => qualifies(each, slot)).map(({ fact }) => fact.person ?? ''),
  );
  const assigned = assignment(
    group,
    qualified.map((persons) => [...new Set(persons)].sort()),
  );
  const slotOf = new Map(
    group.slots.flatMap((slot, index) => (assigned[index] ?? []).map((person) => [person, slot] as const)),
  );
  const counted: Fact[] = [];
  const excluded: Excluded[] = [];
  const seen = new Set<string>();
  for (const candidate of all) {
    const { fact } = candidate;
    const person = fact.person ?? '';
    const slot = slotOf.get(person);
    if (!slots.some((each) => qualifies(candidate, each))) {
      excluded.push({ fact, reason: whyNoSlot(candidate, slots, on) });
    } else if (slot === undefined) excluded.push({ fact, reason: 'NOT_NEEDED' });
    else if (!slots.includes(slot) || !qualifies(candidate, slot)) {
      excluded.push({ fact, reason: 'PERSON_USED_ELSEWHERE' });
    } else if (seen.has(person)) excluded.push({ fact, reason: 'DUPLICATE_PERSON' });
    else {
      seen.add(person);
      counted.push(fact);
    }
  }
  return { counted, excluded };
}

function whyNoSlot(candidate: Candidate, slots: readonly Slot[], on: Day): ExclusionReason {
  const reasons = slots.map(({ where }) => whyNot(candidate, where, on, () => null));
  const filters: readonly (ExclusionReason | null)[] = ['FILTERED_OUT', 'WRONG_REGION'];
  const other = reasons.find((reason) => !filters.includes(reason));
  if (other !== undefined && other !== null) return other;
  if (other === undefined) return reasons[0] ?? 'FILTERED_OUT';
  return candidate.fact.occurredOn > on ? 'NOT_YET_VALID' : 'EXPIRED';
}

/** What keeps a fact from counting whatever its days are. */
function whyNot(
  { fact, belongs }: Candidate,
  where: readonly Filter[],
  on: Day,
  worthOf: WorthOf,
): ExclusionReason | null {
  if (fact.voided) return 'VOIDED';
  const failed = where.find((filter) => !passes(fact, filter, worthOf));
  if (failed !== undefined && lacksWorth(fact, failed.field, worthOf)) return 'UNKNOWN_CURRENCY';
  if (failed !== undefined) return failed.field === 'region' ? 'WRONG_REGION' : 'FILTERED_OUT';
  return belongs.some((run) => includes(run, on)) ? null : 'NOT_IN_FAMILY';
}

/** Whether a field reads an amount that no table of the rulebook converts. */
function lacksWorth(fact: Fact, field: string, worthOf: WorthOf): boolean {
  return field === 'value' && fact.currency !== null && worthOf(fact) === null;
}
