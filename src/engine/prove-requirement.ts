import {
  type Evaluation,
  inRegion,
  neededOf,
  type Place,
  placesIn,
  readingOf,
  slotsOf,
} from './evaluation.ts';
import { compare, subtract, ZERO } from './fraction.ts';
import type { Measure, Requirement, Threshold } from './rulebook.ts';
import type { MeasureProof, RequirementProof } from './standing.ts';
import { windowOn } from './window.ts';

/**
 * Writes down why requirements have the outcomes that the evaluation says. What is used in several places is one proof
 * there: writing it down takes no longer than the document has parts, whatever it unfolds to.
 */
export type Prover = {
  requirement(requirement: Requirement, place: Place): RequirementProof;
  specialization(code: string): RequirementProof;
};

export function createProver(evaluation: Evaluation): Prover {
  const { rulebook, whole } = evaluation;
  const requirements = new Map(rulebook.specializations.map(({ code, requirement }) => [code, requirement]));
  const ofRequirements = new Map<Place, Map<Requirement, RequirementProof>>();
  const ofMeasures = new Map<Place, Map<Measure, MeasureProof>>();

  const prover: Prover = {
    requirement: (requirement, place) => once(ofRequirements, place, requirement, proveRequirement),
    specialization(code) {
      const requirement = requirements.get(code);
      if (requirement === undefined) throw new Error(`no specialization ${code}`);
      return prover.requirement(requirement, whole);
    },
  };
  return prover;

  function proveRequirement(requirement: Requirement, place: Place): RequirementProof {
    const { path } = requirement;
    const outcome = evaluation.outcome(requirement, place);
    const common = { path, item: place.item, outcome };
    switch (requirement.type) {
      case 'THRESHOLD':
        return { ...common, type: 'THRESHOLD', ...proveThreshold(requirement, place) };
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
          dimension: requirement.dimension,
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

  function proveThreshold({ measure, comparison, required: numbers }: Threshold, place: Place) {
    const required = inRegion(numbers, place.region);
    const actual = measureProof(measure, place);
    const upwards = comparison === 'AT_LEAST' || comparison === 'ABOVE';
    const missing =
      actual.value === null
        ? null
        : upwards
          ? subtract(required, actual.value)
          : subtract(actual.value, required);
    const shortfall = missing === null || compare(missing, ZERO) > 0 ? missing : ZERO;
    return { comparison, required, actual, shortfall };
  }

  function measureProof(measure: Measure, place: Place): MeasureProof {
    return once(ofMeasures, place, measure, proveMeasure);
  }

  function proveMeasure(measure: Measure, place: Place): MeasureProof {
    const { path, name, unit } = measure;
    const bounds = evaluation.bounds(measure, place);
    const value = bounds !== null && compare(bounds.minimum, bounds.maximum) === 0 ? bounds.minimum : null;
    const common = { path, item: place.item, name, unit, value, range: value === null ? bounds : null };
    switch (measure.type) {
      case 'METRIC': {
        const { on, enrolledOn } = evaluation.measurements;
        const [, sample] = readingOf(measure.metric, place);
        const window = windowOn(measure.metric.window, on, enrolledOn);
        const { minimumSample } = measure;
        return { ...common, type: 'METRIC', dimension: place.dimension, window, sample, minimumSample };
      }
      case 'CONSTANT':
        return { ...common, type: 'CONSTANT' };
      default: {
        const parts = measure.parts.map((part) => measureProof(part, place));
        return { ...common, type: 'CALCULATION', operator: measure.type, parts };
      }
    }
  }
}

/** What was made of a part in a place; made when it is first asked for. */
function once<Part, Proof>(
  known: Map<Place, Map<Part, Proof>>,
  place: Place,
  part: Part,
  make: (part: Part, place: Place) => Proof,
): Proof {
  const there = known.get(place) ?? new Map<Part, Proof>();
  known.set(place, there);
  const proof = there.get(part) ?? make(part, place);
  there.set(part, proof);
  return proof;
}
