import type { MeasureProof, RequirementProof, Standing } from '../../../src/engine/judging/standing.ts';

/**
 * Every threshold of a standing's proof, in the order of the tree; the same number may stand in several
 * tiers.
 */
export function thresholdsOf(standing: Standing): Extract<RequirementProof, { type: 'THRESHOLD' }>[] {
  return standing.proof.flatMap(({ requirement }) => (requirement === null ? [] : collect(requirement)));
}

function collect(proof: RequirementProof): Extract<RequirementProof, { type: 'THRESHOLD' }>[] {
  switch (proof.type) {
    case 'THRESHOLD':
      return [proof];
    case 'COMPOSITE':
      return proof.parts.flatMap((part) => collect(part.proof));
    case 'SPECIALIZATION':
    case 'NAMED':
      return collect(proof.proof);
    case 'FOR_EACH':
      return proof.items.flatMap((item) => collect(item.proof));
    case 'PERSONS':
    case 'HELD':
      return [];
  }
}

/** The proof of a number counted from facts; throws for a constant or a calculation. */
export function metricOf(measure: MeasureProof): Extract<MeasureProof, { type: 'METRIC' }> {
  if (measure.type !== 'METRIC') throw new Error(`${measure.path} is ${measure.type}`);
  return measure;
}
