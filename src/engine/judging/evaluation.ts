import { cappedTotal } from '../measuring/capped-total.ts';
import { type Holdings, isHeldBefore } from '../measuring/holdings.ts';
import { dimensionText } from '../measuring/item-of.ts';
import type { Measurements, Reading, Readings } from '../measuring/measurements.ts';
import { spanOf } from '../rulebook/lookback.ts';
import type { Metric, PersonGroup } from '../rulebook/metric.ts';
import type {
  ForEach,
  Measure,
  MeasuringScope,
  OverMeasure,
  Requirement,
  Rulebook,
} from '../rulebook/rulebook.ts';
import { add, fractionFromText, greatest, least, ZERO } from '../values/fraction.ts';
import { against, type Bounds, certain, quotient, rising, shareBounds, times } from './bounds.ts';
import { quantified, undecided } from './n-of-m.ts';
import { boundsOver, type ItemCondition, type ItemValue } from './over.ts';
import { type Characteristics, capped, numberFor, pointsFor } from './points.ts';
import type { Outcome } from './standing.ts';

/** Where a requirement is judged: for the partner as a whole, or for one item of a forEach. */
export type EvaluationScope = {
  readonly item: string | null;
  /** The field whose value the item is. */
  readonly dimension: string | null;
  /** Decides which of several numbers hold. */
  readonly characteristics: Characteristics;
  readonly scope: MeasuringScope;
  /** Of a measure over items, the item, and the dimension as `dimensionText` has it; null outside of one. */
  readonly within: Within | null;
  readonly readings: Readings;
  readonly known: Map<Measure, Bounds>;
  /** Of requirements that are made of others: each is asked for again when it is proven. */
  readonly outcomes: Map<Requirement, Outcome>;
  /** What the data did not decide, and the rulebook's `otherwise` did. */
  readonly assumed: Set<Measure | Requirement>;
  /** What was found out of the items of each measure over items. */
  readonly overs: Map<OverMeasure, readonly OverItem[]>;
};

/** An item of a measure over items. */
export type Within = { readonly dimension: string; readonly item: string };

/** Such an item with its value, in the place where that was found. */
export type OverItem = ItemValue & { readonly place: EvaluationScope };

type Composite = Extract<Requirement, { readonly type: 'COMPOSITE' }>;

/** An item of a forEach: whether it is one, whether its body is met, and what it says to the whole. */
export type ItemOutcome = {
  readonly place: EvaluationScope;
  readonly where: Outcome;
  readonly body: Outcome;
  readonly counts: Outcome;
};

/** The one evaluator: what a rulebook says about measurements, node by node. */
export type Evaluation = {
  readonly rulebook: Rulebook;
  readonly measurements: Measurements;
  readonly whole: EvaluationScope;
  outcome(requirement: Requirement, place: EvaluationScope): Outcome;
  specialization(code: string): Outcome;
  items(forEach: ForEach): readonly ItemOutcome[];
  /** The items of a measure over items, ascending: those that count, and those that do not. */
  overItems(over: OverMeasure, place: EvaluationScope): readonly OverItem[];
  bounds(measure: Measure, place: EvaluationScope): Bounds;
};

export function createEvaluation(rulebook: Rulebook, measurements: Measurements): Evaluation {
  const requirements = new Map(rulebook.specializations.map(({ code, requirement }) => [code, requirement]));
  const specializations = new Map<string, Outcome>();
  const itemsOf = new Map<ForEach, readonly ItemOutcome[]>();
  const characteristics = { region: measurements.region, others: measurements.characteristics ?? {} };
  const whole: EvaluationScope = {
    item: null,
    dimension: null,
    characteristics,
    scope: rulebook.scope,
    within: null,
    readings: measurements,
    ...nothingKnown(),
  };

  const evaluation: Evaluation = {
    rulebook,
    measurements,
    whole,
    outcome(requirement, place) {
      const outcome = decidedByData(requirement, place);
      if (outcome !== 'INSUFFICIENT_DATA' || requirement.otherwise === null) return outcome;
      place.assumed.add(requirement);
      return requirement.otherwise;
    },
    specialization(code) {
      const known = specializations.get(code);
      if (known !== undefined) return known;
      const requirement = requirements.get(code);
      if (requirement === undefined) throw new Error(`no specialization ${code}`);
      const outcome = evaluation.outcome(requirement, whole);
      specializations.set(code, outcome);
      return outcome;
    },
    items(forEach) {
      const known = itemsOf.get(forEach) ?? judgeItems(forEach);
      itemsOf.set(forEach, known);
      return known;
    },
    overItems(over, place) {
      const known = place.overs.get(over) ?? judgeOver(over, place);
      place.overs.set(over, known);
      return known;
    },
    bounds(measure, place) {
      const known = place.known.get(measure);
      if (known !== undefined) return known;
      const bounds = boundsOf(measure, place);
      const isAssumed = bounds === null && measure.otherwise !== null;
      if (isAssumed) place.assumed.add(measure);
      const decided = isAssumed ? certain(measure.otherwise) : bounds;
      place.known.set(measure, decided);
      return decided;
    },
  };
  return evaluation;

  function decidedByData(requirement: Requirement, place: EvaluationScope): Outcome {
    switch (requirement.type) {
      case 'THRESHOLD':
        return against(
          evaluation.bounds(requirement.measure, place),
          requirement.comparison,
          numberFor(requirement.required, place.characteristics),
        );
      case 'COMPOSITE': {
        const known = place.outcomes.get(requirement) ?? compositeOutcome(requirement, place);
        place.outcomes.set(requirement, known);
        return known;
      }
      case 'SPECIALIZATION':
        return evaluation.specialization(requirement.specialization);
      case 'NAMED':
        return evaluation.outcome(requirement.named.requirement, place);
      case 'PERSONS': {
        const filled = slotsOf(requirement.group, place).reduce((sum, persons) => sum + persons.length, 0);
        return filled >= placesIn(requirement.group) ? 'MET' : 'UNMET';
      }
      case 'HELD':
        return isHeldBefore(holdingsOf(measurements), spanOf(requirement, rulebook.tiers), measurements.on)
          ? 'MET'
          : 'UNMET';
      case 'FOR_EACH':
        return quantified(
          requirement.quantifier,
          evaluation.items(requirement).map(({ counts }) => counts),
        );
    }
  }

  function compositeOutcome({ quantifier, parts }: Composite, place: EvaluationScope): Outcome {
    const outcomes = parts.map((part) => evaluation.outcome(part.requirement, place));
    const mandatory = outcomes.filter((_, index) => parts[index]?.mandatory);
    return quantified({ rule: 'ALL' }, [quantified(quantifier, outcomes), ...mandatory]);
  }

  /** A forEach stands within no other, so its items are those of the whole partner. */
  function judgeItems(forEach: ForEach): readonly ItemOutcome[] {
    const index = rulebook.forEachs.findIndex((each) => each.forEach === forEach);
    const scope = rulebook.forEachs[index]?.scope;
    if (scope === undefined) throw new Error('a forEach that the rulebook does not have');
    return (measurements.items[index] ?? [])
      .map(({ item, ...readings }): ItemOutcome => {
        const { dimension } = forEach;
        const here = dimension === 'region' ? { ...characteristics, region: item } : characteristics;
        const place: EvaluationScope = {
          item,
          dimension,
          characteristics: here,
          scope,
          within: null,
          readings,
          ...nothingKnown(),
        };
        const where = evaluation.outcome(forEach.where, place);
        const body = evaluation.outcome(forEach.body, place);
        return { place, where, body, counts: where === 'MET' ? body : undecided(forEach.quantifier, body) };
      })
      .filter(({ where }) => where !== 'UNMET');
  }

  function boundsOfOver(over: OverMeasure, place: EvaluationScope): Bounds {
    return boundsOver(over.aggregate, evaluation.overItems(over, place));
  }

  function judgeOver(over: OverMeasure, place: EvaluationScope): readonly OverItem[] {
    const items = place.readings.overs?.[place.scope.overs.get(over) ?? -1];
    if (items === undefined) throw new Error('the measurements are not of this rulebook');
    const { dimension } = over;
    const isRegion = dimension.type === 'FIELD' && dimension.field === 'region';
    return items.map(({ item, ...readings }): OverItem => {
      const at: EvaluationScope = {
        ...place,
        characteristics: isRegion ? { ...place.characteristics, region: item } : place.characteristics,
        scope: over.scope,
        within: { dimension: dimensionText(dimension), item },
        readings,
        ...nothingKnown(),
      };
      const bounds = evaluation.bounds(over.of, at);
      const condition = conditionOf(over, at.characteristics);
      const isIn = condition === null ? 'MET' : against(bounds, condition.comparison, condition.required);
      return { place: at, bounds, isIn, condition };
    });
  }

  function boundsOf(measure: Measure, place: EvaluationScope): Bounds {
    if (measure.type === 'METRIC') {
      const [value, sample] = readingOf(measure.metric, place);
      return value === null || sample < (measure.minimumSample ?? 0)
        ? null
        : certain(fractionFromText(value));
    }
    if (measure.type === 'CONSTANT') return certain(numberFor(measure.value, place.characteristics));
    if (measure.type === 'OVER') return boundsOfOver(measure, place);
    const parts = measure.parts.map((part) => evaluation.bounds(part, place));
    switch (measure.type) {
      case 'SUM':
        return rising(parts, (values) => values.reduce(add, ZERO));
      case 'MINIMUM':
        return rising(parts, (values) => values.reduce(least));
      case 'MAXIMUM':
        return rising(parts, (values) => values.reduce(greatest));
      case 'RATIO':
        return quotient(parts[0] ?? null, parts[1] ?? null);
      case 'CAPPED_TOTAL':
        return rising(parts, (values) => cappedTotal(values, measure.maximumShare));
      case 'TIMES':
        return times(parts[0] ?? null, measure.factor);
      case 'LARGEST_SHARE':
        return shareBounds(parts);
      case 'POINTS': {
        const { scale, cap } = measure;
        if (parts[0] === null) return cap === null ? null : { minimum: ZERO, maximum: cap };
        return rising(parts, ([value]) =>
          capped(pointsFor(value ?? ZERO, scale, place.characteristics), cap),
        );
      }
    }
  }
}

function nothingKnown(): Pick<EvaluationScope, 'known' | 'outcomes' | 'assumed' | 'overs'> {
  return { known: new Map(), outcomes: new Map(), assumed: new Set(), overs: new Map() };
}

/** What was read for a metric. */
export function readingOf(metric: Metric, place: EvaluationScope): Reading {
  const reading = place.readings.numbers[place.scope.metrics.get(metric) ?? -1];
  if (reading === undefined) throw new Error('the measurements are not of this rulebook');
  return reading;
}

/** What policy held, for a rulebook that asks for it. */
export function holdingsOf({ held }: Measurements): Holdings {
  if (held === undefined) throw new Error('the measurements are not of this rulebook');
  return held;
}

/** The persons assigned to each slot of a group. */
export function slotsOf(group: PersonGroup, place: EvaluationScope): readonly (readonly string[])[] {
  const slots = place.readings.persons[place.scope.groups.get(group) ?? -1];
  if (slots === undefined) throw new Error('the measurements are not of this rulebook');
  return slots;
}

/** How many persons a group asks for. */
export function placesIn(group: PersonGroup): number {
  return group.slots.reduce((sum, { count }) => sum + count, 0);
}

/** What items have to pass to count; null if all do. */
export function conditionOf({ where }: OverMeasure, of: Characteristics): ItemCondition | null {
  return where && { comparison: where.comparison, required: numberFor(where.required, of) };
}
