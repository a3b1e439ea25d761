import { selected, withinRespondentLimit } from '../measuring/aggregate.ts';
import {
  type Candidate,
  type Contribution,
  contributions,
  includes,
  type Setting,
  slotDays,
  valueFor,
} from '../measuring/contribution.ts';
import { worthBy } from '../measuring/conversion.ts';
import { assignment } from '../measuring/persons.ts';
import type { Fact } from '../partner/fact.ts';
import { fieldText, passes, type WorthOf } from '../partner/fact-field.ts';
import type { Filter, Metric, PersonGroup, Slot } from '../rulebook/metric.ts';
import type { Day } from '../values/day.ts';
import type { Evidence, ExclusionReason } from './standing.ts';

/** A fact that does not count, and why. */
export type Excluded = { readonly fact: Fact; readonly reason: ExclusionReason };

/** The facts behind a metric, of all those of its kind and item. */
export function behindMetric(metric: Metric, all: readonly Candidate[], on: Day, setting: Setting): Evidence {
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
export function behindGroup(
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
