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

/** Writes down why a requirement has the outcome that the evaluation says. */
export function proveRequirement(
  requirement: Requirement,
  place: Place,
  evaluation: Evaluation,
): RequirementProof {
  const { path } = requirement;
  const outcome = evaluation.outcome(requirement, place);
  const common = { path, item: place.item, outcome };
  switch (requirement.type) {
    case 'THRESHOLD':
      return { ...common, type: 'THRESHOLD', ...proveThreshold(requirement, place, evaluation) };
    case 'COMPOSITE': {
      const parts = requirement.parts.map((part) => ({
        mandatory: part.mandatory,
        proof: proveRequirement(part.requirement, place, evaluation),
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
        proof: proveSpecialization(specialization, evaluation),
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
          where: proveRequirement(requirement.where, at, evaluation),
          proof: proveRequirement(requirement.body, at, evaluation),
        })),
      };
    }
  }
}

/** Writes down why a specialization is held or not. */
export function proveSpecialization(code: string, evaluation: Evaluation): RequirementProof {
  const found = evaluation.rulebook.specializations.find((each) => each.code === code);
  if (found === undefined) throw new Error(`no specialization ${code}`);
  return proveRequirement(found.requirement, evaluation.whole, evaluation);
}

function proveThreshold(
  { measure, comparison, required: numbers }: Threshold,
  place: Place,
  evaluation: Evaluation,
) {
  const required = inRegion(numbers, place.region);
  const actual = proveMeasure(measure, place, evaluation);
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

function proveMeasure(measure: Measure, place: Place, evaluation: Evaluation): MeasureProof {
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
      const parts = measure.parts.map((part) => proveMeasure(part, place, evaluation));
      return { ...common, type: 'CALCULATION', operator: measure.type, parts };
    }
  }
}
