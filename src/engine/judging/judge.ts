import type { Measurements } from '../measuring/measurements.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import { createProver } from './prove-requirement.ts';
import type { Outcome, RequirementProof, TierGap, TierProof } from './standing.ts';

/** What a rulebook says about measurements, policy left out. */
export type Verdict = {
  /** The highest tier whose requirement is met. */
  readonly computedTier: string;
  readonly tierOutcomes: ReadonlyMap<string, Outcome>;
  /** Codes of those held, in the rulebook's order. */
  readonly specializations: readonly string[];
};

/** A verdict with its reasons. */
export type Proof = {
  /** Highest tier first. */
  readonly tiers: readonly TierProof[];
  readonly specializations: readonly { readonly specialization: string; readonly proof: RequirementProof }[];
  /** What is missing for the tier above the computed one; null when that is the highest. */
  readonly computedNext: TierGap | null;
};

/** Judges measurements by the rulebook that they were made for. */
export function judge(rulebook: Rulebook, measurements: Measurements): Verdict {
  const evaluation = createEvaluation(rulebook, measurements);
  const tierOutcomes = outcomesOfTiers(evaluation);
  const codes = rulebook.specializations.map(({ code }) => code);
  return {
    computedTier: rulebook.tiers[computedRank(tierOutcomes)]?.code ?? '',
    tierOutcomes,
    specializations: codes.filter((code) => evaluation.specialization(code) === 'MET'),
  };
}

/** The same verdict, proven; needs nothing but what `judge` needs. */
export function prove(rulebook: Rulebook, measurements: Measurements): Proof {
  const evaluation = createEvaluation(rulebook, measurements);
  const outcomes = outcomesOfTiers(evaluation);
  const prover = createProver(evaluation);
  const lowestFirst = rulebook.tiers.map(({ code, requirement }): TierProof => {
    const proof = requirement && prover.requirement(requirement, evaluation.whole);
    return { tier: code, outcome: outcomes.get(code) ?? 'MET', requirement: proof };
  });
  const tiers = lowestFirst.toReversed();
  return {
    tiers,
    specializations: rulebook.specializations.map(({ code }) => ({
      specialization: code,
      proof: prover.specialization(code),
    })),
    computedNext: gapAbove(tiers, rulebook.tiers[computedRank(outcomes)]?.code ?? null),
  };
}

/**
 * What is missing for the tier above `tier`, highest first in `tiers`; null at the top and without a tier.
 */
export function gapAbove(tiers: readonly TierProof[], tier: string | null): TierGap | null {
  const above = tiers[tiers.findIndex((each) => each.tier === tier) - 1];
  return above?.requirement ? { tier: above.tier, missing: missingParts(above.requirement) } : null;
}

/**
 * What is missing for one tier, without a proof of the others; null for the lowest, which has no requirement.
 */
export function gapTo(rulebook: Rulebook, measurements: Measurements, tier: string): TierGap | null {
  const requirement = rulebook.tiers.find(({ code }) => code === tier)?.requirement ?? null;
  if (requirement === null) return null;
  const evaluation = createEvaluation(rulebook, measurements);
  const proof = createProver(evaluation).requirement(requirement, evaluation.whole);
  return { tier, missing: missingParts(proof) };
}

/** In the order of the tiers, lowest first. */
function outcomesOfTiers(evaluation: Evaluation): ReadonlyMap<string, Outcome> {
  const { rulebook, whole } = evaluation;
  return new Map(
    rulebook.tiers.map(({ code, requirement }) => [
      code,
      requirement === null ? 'MET' : evaluation.outcome(requirement, whole),
    ]),
  );
}

/** The rank of the highest tier that is met, whatever lower ones say. */
function computedRank(outcomes: ReadonlyMap<string, Outcome>): number {
  return [...outcomes.values()].lastIndexOf('MET');
}

/**
 * The smallest parts that are not met and that have to be: where every part is needed, theirs; where a choice
 * is left, the choice as a whole.
 */
function missingParts(proof: RequirementProof): readonly RequirementProof[] {
  if (proof.outcome === 'MET') return [];
  switch (proof.type) {
    case 'COMPOSITE': {
      const needed = proof.parts.filter(({ mandatory }) => mandatory || proof.needed === proof.parts.length);
      const parts = needed.flatMap((part) => missingParts(part.proof));
      const reachedWithThem = proof.met + needed.filter((part) => part.proof.outcome !== 'MET').length;
      return reachedWithThem >= proof.needed ? parts : [...parts, proof];
    }
    case 'NAMED':
      return missingParts(proof.proof);
    case 'FOR_EACH':
      return proof.rule === 'ALL' ? proof.items.flatMap((item) => missingParts(item.proof)) : [proof];
    case 'THRESHOLD':
    case 'PERSONS':
    case 'SPECIALIZATION':
      return [proof];
  }
}
