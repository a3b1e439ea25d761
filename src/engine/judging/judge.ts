import { rankToRetain } from '../measuring/holdings.ts';
import type { Measurements } from '../measuring/measurements.ts';
import type { Rulebook, Tier } from '../rulebook/rulebook.ts';
import { createEvaluation, type Evaluation, holdingsOf } from './evaluation.ts';
import { quantified } from './n-of-m.ts';
import { createProver, type Prover } from './prove-requirement.ts';
import type { Outcome, RequirementProof, TierGap, TierProof } from './standing.ts';

/** What a rulebook says about measurements, policy left out. */
export type Verdict = {
  /** The highest tier that is met and that nothing forfeits. */
  readonly computedTier: string;
  readonly tierOutcomes: ReadonlyMap<string, Outcome>;
  /** The highest tier that nothing forfeits. */
  readonly cap: string;
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
  const cap = capOf(evaluation);
  const tierOutcomes = outcomesOfTiers(evaluation, cap);
  const codes = rulebook.specializations.map(({ code }) => code);
  return {
    computedTier: rulebook.tiers[computedRank(tierOutcomes)]?.code ?? '',
    tierOutcomes,
    cap: rulebook.tiers[cap]?.code ?? '',
    specializations: codes.filter((code) => evaluation.specialization(code) === 'MET'),
  };
}

/** The same verdict, proven; needs nothing but what `judge` needs. */
export function prove(rulebook: Rulebook, measurements: Measurements): Proof {
  const evaluation = createEvaluation(rulebook, measurements);
  const outcomes = outcomesOfTiers(evaluation, capOf(evaluation));
  const prover = createProver(evaluation);
  const lowestFirst = rulebook.tiers.map(
    (tier, rank): TierProof => ({
      tier: tier.code,
      outcome: outcomes.get(tier.code) ?? 'MET',
      ...conditionProofs(tier, prover, evaluation),
      isRetainable: isRetainable(tier, rank, evaluation),
    }),
  );
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

function conditionProofs(tier: Tier, prover: Prover, { whole }: Evaluation) {
  const proofOf = (condition: Tier['requirement']) => condition && prover.requirement(condition, whole);
  return {
    requirement: proofOf(tier.requirement),
    retain: proofOf(tier.retain),
    forfeit: proofOf(tier.forfeit),
  };
}

/**
 * What is missing for the tier above `tier`, highest first in `tiers`; null at the top and without a tier.
 */
export function gapAbove(tiers: readonly TierProof[], tier: string | null): TierGap | null {
  const index = tiers.findIndex((each) => each.tier === tier) - 1;
  return index < 0 ? null : gapOf(tiers.slice(index));
}

/**
 * What is missing for one tier, without a proof of those above; null for the lowest, which has no
 * requirement.
 */
export function gapTo(rulebook: Rulebook, measurements: Measurements, tier: string): TierGap | null {
  const rank = rulebook.tiers.findIndex(({ code }) => code === tier);
  const evaluation = createEvaluation(rulebook, measurements);
  const prover = createProver(evaluation);
  const upTo = rulebook.tiers.slice(0, rank + 1).map(
    (each, at): TierProof => ({
      tier: each.code,
      outcome: 'UNMET',
      // Of the tiers below nothing but what forfeits them is asked for.
      ...conditionProofs(
        at === rank ? each : { ...each, requirement: null, retain: null },
        prover,
        evaluation,
      ),
      isRetainable: isRetainable(each, at, evaluation),
    }),
  );
  return gapOf(upTo.toReversed());
}

/** What is missing for the first of these tiers, the highest. */
function gapOf(tiers: readonly TierProof[]): TierGap | null {
  const [first] = tiers;
  if (!first?.requirement) return null;
  const { tier, requirement, retain, isRetainable: canRetain } = first;
  const isRetained = canRetain && retain?.outcome === 'MET';
  const forfeits = tiers.flatMap(({ forfeit }) => (forfeit?.outcome === 'MET' ? forfeit : []));
  // Retaining asks for less than gaining, and so is the nearer way where it is open.
  const nearest = canRetain && retain !== null ? retain : requirement;
  const isMet = isRetained || requirement.outcome === 'MET';
  return { tier, missing: isMet ? [] : missingParts(nearest), forfeits };
}

/** In the order of the tiers, lowest first. */
function outcomesOfTiers(evaluation: Evaluation, cap: number): ReadonlyMap<string, Outcome> {
  return new Map(
    evaluation.rulebook.tiers.map((tier, rank) => [
      tier.code,
      rank > cap ? 'UNMET' : outcomeOf(tier, rank, evaluation),
    ]),
  );
}

/** Whether the tier is met, by its requirement or by what retains it. */
function outcomeOf(tier: Tier, rank: number, evaluation: Evaluation): Outcome {
  const { requirement, retain } = tier;
  if (requirement === null) return 'MET';
  const gained = evaluation.outcome(requirement, evaluation.whole);
  if (gained === 'MET' || retain === null || !isRetainable(tier, rank, evaluation)) return gained;
  return quantified({ rule: 'ANY' }, [gained, evaluation.outcome(retain, evaluation.whole)]);
}

/** Whether policy's tier of the day before was the one with this rank or higher. */
function isRetainable({ retain }: Tier, rank: number, { measurements }: Evaluation): boolean {
  const held = retain === null ? null : rankToRetain(holdingsOf(measurements), measurements.on);
  return held !== null && held >= rank;
}

/** The rank of the highest tier below the lowest one that is forfeited. */
function capOf({ rulebook, outcome, whole }: Evaluation): number {
  const forfeited = rulebook.tiers.findIndex(
    ({ forfeit }) => forfeit !== null && outcome(forfeit, whole) === 'MET',
  );
  return (forfeited < 0 ? rulebook.tiers.length : forfeited) - 1;
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
    case 'HELD':
      return [proof];
  }
}
