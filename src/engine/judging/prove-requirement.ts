import { daysHeld, heldLongEnoughOn, heldSince } from '../measuring/holdings.ts';
import { windowOn } from '../measuring/window.ts';
import { spanOf } from '../rulebook/lookback.ts';
import type { Measure, Requirement, Threshold } from '../rulebook/rulebook.ts';
import { add, compare, type Fraction, greatest, least, ZERO } from '../values/fraction.ts';
import type { Bounds } from './bounds.ts';
import {
  conditionOf,
  type Evaluation,
  type EvaluationScope,
  holdingsOf,
  placesIn,
  readingOf,
  slotsOf,
} from './evaluation.ts';
import { neededOf } from './n-of-m.ts';
import { numberFor, pointsFor } from './points.ts';
import { calculationGrain, metricGrain, shortfallOf } from './shortfall.ts';
import type { Cut, MeasureProof, Outcome, RequirementProof } from './standing.ts';

type Calculation = Exclude<Measure, { readonly type: 'METRIC' | 'CONSTANT' | 'OVER' }>;

/**
 * Writes down why requirements have the outcomes that the evaluation says. A part that is used in several
 * places has one proof, so that the work is proportional to the document, however much it unfolds to.
 */
export type Prover = {
  requirement(requirement: Requirement, place: EvaluationScope): RequirementProof;
  specialization(code: string): RequirementProof;
};

export function createProver(evaluation: Evaluation): Prover {
  const { rulebook, whole } = evaluation;
  const requirements = new Map(rulebook.specializations.map(({ code, requirement }) => [code, requirement]));
  const ofRequirements = new Map<EvaluationScope, Map<Requirement, RequirementProof>>();
  const ofMeasures = new Map<EvaluationScope, Map<Measure, MeasureProof>>();

  const prover: Prover = {
    requirement: (requirement, place) => once(ofRequirements, place, requirement, proveRequirement),
    specialization(code) {
      const requirement = requirements.get(code);
      if (requirement === undefined) throw new Error(`no specialization ${code}`);
      return prover.requirement(requirement, whole);
    },
  };
  return prover;

  function proveRequirement(requirement: Requirement, place: EvaluationScope): RequirementProof {
    const { path } = requirement;
    const outcome = evaluation.outcome(requirement, place);
    const assumed = place.assumed.has(requirement);
    const { item, dimension } = place;
    const common = { path, item, dimension, outcome, assumed };
    switch (requirement.type) {
      case 'THRESHOLD':
        return { ...common, type: 'THRESHOLD', ...proveThreshold(requirement, outcome, assumed, place) };
      case 'COMPOSITE': {
        const parts = requirement.parts.map((part) => ({
          mandatory: part.mandatory,
          proof: prover.requirement(part.requirement, place),
        }));
        return {
          ...common,
          type: 'COMPOSITE',
          rule: requirement.quantifier.rule,
          needed: neededOf(requirement.quantifier, parts.length),
          met: parts.filter(({ proof }) => proof.outcome === 'MET').length,
          parts,
        };
      }
      case 'SPECIALIZATION': {
        const { specialization } = requirement;
        return {
          ...common,
          type: 'SPECIALIZATION',
          specialization,
          proof: prover.specialization(specialization),
        };
      }
      case 'NAMED': {
        const { name, requirement: meant } = requirement.named;
        return { ...common, type: 'NAMED', name, proof: prover.requirement(meant, place) };
      }
      case 'HELD': {
        const { tier, length } = requirement;
        const { on } = evaluation.measurements;
        const held = holdingsOf(evaluation.measurements);
        const span = spanOf(requirement, rulebook.tiers);
        return {
          ...common,
          type: 'HELD',
          tier,
          length,
          since: heldSince(held.stretches, span.rank, on),
          days: daysHeld(held.stretches, span.rank, on),
          metOn: outcome === 'MET' ? null : heldLongEnoughOn(held, span, on),
        };
      }
      case 'PERSONS': {
        const { group } = requirement;
        const assigned = slotsOf(group, place);
        const slots = group.slots.map(({ name, count }, index) => ({
          name,
          required: count,
          persons: assigned[index] ?? [],
        }));
        const filled = slots.reduce((sum, { persons }) => sum + persons.length, 0);
        return { ...common, type: 'PERSONS', slots, required: placesIn(group), filled };
      }
      case 'FOR_EACH': {
        const items = evaluation.items(requirement);
        return {
          ...common,
          type: 'FOR_EACH',
          itemsOf: requirement.dimension,
          rule: requirement.quantifier.rule,
          needed: neededOf(requirement.quantifier, items.length),
          met: items.filter(({ counts }) => counts === 'MET').length,
          items: items.map(({ place: at }) => ({
            item: at.item ?? '',
            where: prover.requirement(requirement.where, at),
            proof: prover.requirement(requirement.body, at),
          })),
        };
      }
    }
  }

  function proveThreshold(
    { measure, comparison, required: numbers }: Threshold,
    outcome: Outcome,
    assumed: boolean,
    place: EvaluationScope,
  ) {
    const required = numberFor(numbers, place.characteristics);
    const actual = measureProof(measure, place);
    const byData = outcome === 'UNMET' && assumed ? 'INSUFFICIENT_DATA' : outcome;
    const shortfall = shortfallOf(actual, comparison, required, byData, rulebook.currency);
    return { comparison, required, actual, shortfall };
  }

  function measureProof(measure: Measure, place: EvaluationScope): MeasureProof {
    return once(ofMeasures, place, measure, proveMeasure);
  }

  function proveMeasure(measure: Measure, place: EvaluationScope): MeasureProof {
    const { path, name, unit } = measure;
    const bounds = evaluation.bounds(measure, place);
    const value = valueWithin(bounds);
    const common = {
      path,
      item: place.item,
      dimension: place.dimension,
      within: place.within,
      name,
      unit,
      value,
      assumed: place.assumed.has(measure),
      range: value === null ? bounds : null,
    };
    switch (measure.type) {
      case 'METRIC': {
        const { metric, minimumSample } = measure;
        const { on, enrolledOn } = evaluation.measurements;
        const [, sample, limited = 0] = readingOf(metric, place);
        return {
          ...common,
          type: 'METRIC',
          grain: metricGrain(metric.aggregate),
          window: windowOn(metric.window, on, enrolledOn),
          sample,
          minimumSample,
          perRespondent: metric.perRespondent,
          limited,
        };
      }
      case 'CONSTANT':
        return { ...common, type: 'CONSTANT', grain: 'OTHER' };
      case 'OVER':
        return {
          ...common,
          type: 'OVER',
          grain: 'OTHER',
          itemsOf: measure.dimension,
          aggregate: measure.aggregate,
          where: conditionOf(measure, place.characteristics),
          items: evaluation.overItems(measure, place).map(({ place: at, isIn }) => ({
            item: at.within?.item ?? '',
            isIn,
            number: measureProof(measure.of, at),
          })),
        };
      default: {
        const parts = measure.parts.map((part) => measureProof(part, place));
        const grain = calculationGrain(measure.type, parts);
        const cut = cutOf(measure, value, place, evaluation);
        const factor = measure.type === 'TIMES' ? measure.factor : null;
        return { ...common, type: 'CALCULATION', grain, operator: measure.type, factor, parts, cut };
      }
    }
  }
}

/** What was made of a part in a place; made when it is first asked for. */
function once<Part, Proof>(
  known: Map<EvaluationScope, Map<Part, Proof>>,
  place: EvaluationScope,
  part: Part,
  make: (part: Part, place: EvaluationScope) => Proof,
): Proof {
  const there = known.get(place) ?? new Map<Part, Proof>();
  known.set(place, there);
  const proof = there.get(part) ?? make(part, place);
  there.set(part, proof);
  return proof;
}

function valueWithin(bounds: Bounds): Fraction | null {
  return bounds !== null && compare(bounds.minimum, bounds.maximum) === 0 ? bounds.minimum : null;
}

/** What a cap, a maximum share or a minimum with a constant took from a number that is certain. */
function cutOf(
  measure: Calculation,
  value: Fraction | null,
  place: EvaluationScope,
  evaluation: Evaluation,
): Cut | null {
  if (value === null || place.assumed.has(measure)) return null;
  const valuesOf = (parts: readonly Measure[]): readonly Fraction[] =>
    parts.map((part) => valueWithin(evaluation.bounds(part, place))).filter((each) => each !== null);
  const cut = (type: Cut['type'], limit: Fraction, uncut: Fraction | undefined): Cut | null =>
    uncut !== undefined && compare(uncut, value) > 0 ? { type, limit, uncut } : null;
  switch (measure.type) {
    case 'POINTS': {
      const [of] = valuesOf(measure.parts);
      if (of === undefined || measure.cap === null) return null;
      return cut('CAP', measure.cap, pointsFor(of, measure.scale, place.characteristics));
    }
    case 'CAPPED_TOTAL': {
      const counted = valuesOf(measure.parts).map((part) => greatest(part, ZERO));
      return cut('SHARE', measure.maximumShare, counted.reduce(add, ZERO));
    }
    case 'MINIMUM': {
      const [limits, others] = [
        measure.parts.filter(({ type }) => type === 'CONSTANT'),
        measure.parts.filter(({ type }) => type !== 'CONSTANT'),
      ].map(valuesOf);
      return limits?.length && others?.length ? cut('CAP', value, others.reduce(least)) : null;
    }
    case 'SUM':
    case 'MAXIMUM':
    case 'RATIO':
    case 'TIMES':
    case 'LARGEST_SHARE':
      return null;
  }
}
