import { RULEBOOK_LIMITS } from '../../src/engine/format/rulebook-limits.ts';
import type {
  Measure,
  NamedRequirement,
  Quantifier,
  Requirement,
  Rulebook,
  Tier,
} from '../../src/engine/rulebook/rulebook.ts';

/**
 * How many objects an answer has at most from one object down, where a rulebook decides it: for each field
 * that returns objects either all of them, or one of several. Fields that are left out are of any size.
 */
export type AnswerSize = {
  readonly type: string;
  readonly fields: Readonly<
    Record<string, readonly AnswerSize[] | { readonly oneOf: readonly AnswerSize[] }>
  >;
};

/** What one rulebook decides, by the names of the types that an answer may come to it by. */
export type SizesOfRulebook = Readonly<
  Record<'Program' | 'Rulebook' | 'Standing' | 'Tier' | 'Specialization', readonly AnswerSize[]>
>;

/** The sizes of everything that is made by a rulebook. One of `others` may be valid beside it. */
export function sizesOf(rulebook: Rulebook, others: readonly Rulebook[]): SizesOfRulebook {
  const rules = rulesSize(rulebook);
  const proof = knownProof(rulebook);
  const alternatives = others.map((other) => knownProof(other).alternative);
  const standing: AnswerSize = {
    type: 'Standing',
    fields: {
      proof: proof.tiers,
      specializations: proof.specializations,
      next: { oneOf: proof.gaps },
      computedNext: { oneOf: proof.gaps },
      alternatives: { oneOf: alternatives },
    },
  };
  const lists = { tiers: rules.tiers, specializations: rules.specializations };
  const counts = rules.tiers.map((tier): AnswerSize => ({ type: 'TierCount', fields: { tier: [tier] } }));
  return {
    Program: [{ type: 'Program', fields: { ...lists, distribution: counts } }],
    Rulebook: [{ type: 'Rulebook', fields: lists }],
    Standing: [standing],
    Tier: rules.tiers,
    Specialization: rules.specializations,
  };
}

const knownProofs = new WeakMap<Rulebook, ReturnType<typeof proofSize>>();

/** The size of a rulebook's proof, made once: it is asked for as an alternative to each other rulebook. */
function knownProof(rulebook: Rulebook): ReturnType<typeof proofSize> {
  const proof = knownProofs.get(rulebook) ?? proofSize(rulebook);
  knownProofs.set(rulebook, proof);
  return proof;
}

/** The rules themselves, apart from any partner. */
function rulesSize({ tiers, specializations }: Rulebook) {
  // A specialization is shown with its own requirement wherever it is asked for.
  const ofCodes = new Map<string, AnswerSize>();
  const requirements = new Map(specializations.map(({ code, requirement }) => [code, requirement]));
  const ofSpecialization = (code: string): readonly AnswerSize[] => {
    const requirement = requirements.get(code);
    if (requirement === undefined) return [];
    const size = ofCodes.get(code) ?? {
      type: 'Specialization',
      fields: { requirement: [ruleSize(requirement)] },
    };
    ofCodes.set(code, size);
    return [size];
  };
  const ofNamed = new Map<NamedRequirement, AnswerSize>();
  const namedSize = (named: NamedRequirement): AnswerSize => {
    const size = ofNamed.get(named) ?? ruleSize(named.requirement);
    ofNamed.set(named, size);
    return size;
  };
  const ruleSize = (rule: Requirement): AnswerSize => {
    switch (rule.type) {
      case 'THRESHOLD': {
        const { by, values } = rule.required;
        const regions = by === 'region' ? [...values].map(() => leaf('RegionalValue')) : [];
        const varied = [...values].map(() => leaf('VariedValue'));
        const required: AnswerSize = { type: 'RegionalNumber', fields: { regions, values: varied } };
        return { type: 'ThresholdRequirement', fields: { required: [required], measure: [leaf('Measure')] } };
      }
      case 'COMPOSITE': {
        const parts = rule.parts.map(
          ({ requirement }): AnswerSize => ({
            type: 'RequirementPart',
            fields: { requirement: [ruleSize(requirement)] },
          }),
        );
        return { type: 'CompositeRequirement', fields: { parts } };
      }
      case 'HELD':
        return { type: 'HeldRequirement', fields: { tier: [leaf('Tier')] } };
      case 'NAMED':
        return {
          type: 'NamedRequirement',
          fields: { requirement: [namedSize(rule.named)] },
        };
      case 'SPECIALIZATION':
        return {
          type: 'SpecializationRequirement',
          fields: { specialization: ofSpecialization(rule.specialization) },
        };
      case 'PERSONS':
        return {
          type: 'PersonsRequirement',
          fields: { slots: rule.group.slots.map(() => leaf('PersonSlot')) },
        };
      case 'FOR_EACH':
        return {
          type: 'ForEachRequirement',
          fields: { where: [ruleSize(rule.where)], body: [ruleSize(rule.body)] },
        };
    }
  };
  return {
    tiers: tiers.map((tier): AnswerSize => ({ type: 'Tier', fields: conditionSizes(tier, ruleSize) })),
    specializations: specializations.flatMap(({ code }) => ofSpecialization(code)),
  };
}

/** What the proof of a standing has, and what may be missing for each tier. */
function proofSize({ tiers, specializations }: Rulebook) {
  const ofMeasures = new Map<Measure, AnswerSize>();
  const ofRequirements = new Map<Requirement, AnswerSize>();
  const requirements = new Map(specializations.map(({ code, requirement }) => [code, requirement]));

  const requirementSize = (requirement: Requirement): AnswerSize => {
    const size = ofRequirements.get(requirement) ?? computeSize(requirement);
    ofRequirements.set(requirement, size);
    return size;
  };
  const computeSize = (requirement: Requirement): AnswerSize => {
    switch (requirement.type) {
      case 'THRESHOLD':
        return { type: 'ThresholdProof', fields: { actual: [numberSize(requirement.measure)] } };
      case 'COMPOSITE': {
        const parts = requirement.parts.map(
          (part): AnswerSize => ({
            type: 'CompositePart',
            fields: { requirement: [requirementSize(part.requirement)] },
          }),
        );
        return { type: 'CompositeProof', fields: { parts } };
      }
      case 'HELD':
        return { type: 'HeldProof', fields: { tier: [leaf('Tier')] } };
      case 'NAMED':
        return {
          type: 'NamedProof',
          fields: { requirement: [requirementSize(requirement.named.requirement)] },
        };
      case 'SPECIALIZATION': {
        const asked = requirements.get(requirement.specialization);
        return {
          type: 'SpecializationProof',
          fields: { requirement: asked === undefined ? [] : [requirementSize(asked)] },
        };
      }
      case 'PERSONS':
        return {
          type: 'PersonsProof',
          fields: { slots: requirement.group.slots.map(() => leaf('SlotProof')) },
        };
      case 'FOR_EACH': {
        const item: AnswerSize = {
          type: 'ForEachItem',
          fields: {
            where: [requirementSize(requirement.where)],
            requirement: [requirementSize(requirement.body)],
          },
        };
        return { type: 'ForEachProof', fields: { items: items(item) } };
      }
    }
  };
  const numberSize = (measure: Measure): AnswerSize => {
    const size = ofMeasures.get(measure) ?? computeNumber(measure);
    ofMeasures.set(measure, size);
    return size;
  };
  const computeNumber = (measure: Measure): AnswerSize => {
    if (measure.type === 'METRIC') return { type: 'MetricProof', fields: { window: [leaf('Window')] } };
    if (measure.type === 'CONSTANT') return leaf('ConstantProof');
    // Its items are a page, whose size is asked for.
    if (measure.type === 'OVER') return { type: 'OverProof', fields: {} };
    return { type: 'CalculationProof', fields: { parts: measure.parts.map(numberSize) } };
  };
  /** As the engine says what is missing, for the case that everything is. */
  const missing = (requirement: Requirement): readonly AnswerSize[] => {
    if (requirement.type === 'FOR_EACH' && requirement.quantifier.rule === 'ALL') {
      return missing(requirement.body).flatMap(items);
    }
    if (requirement.type === 'NAMED') return missing(requirement.named.requirement);
    if (requirement.type !== 'COMPOSITE') return [requirementSize(requirement)];
    const isWhole = neededOf(requirement.quantifier, requirement.parts.length) === requirement.parts.length;
    const parts = requirement.parts.filter(({ mandatory }) => mandatory || isWhole);
    const ofParts = parts.flatMap((part) => missing(part.requirement));
    return isWhole ? ofParts : [...ofParts, requirementSize(requirement)];
  };

  const proofs = tiers.map(
    (tier): AnswerSize => ({ type: 'TierProof', fields: conditionSizes(tier, requirementSize) }),
  );
  const forfeits = tiers.flatMap(({ forfeit }) => (forfeit === null ? [] : requirementSize(forfeit)));
  // One of the ways to a tier is missing: that of gaining it, or of retaining it.
  const ways = tiers.flatMap(({ requirement, retain }) =>
    [requirement, retain].filter((condition) => condition !== null),
  );
  const alternative: AnswerSize = { type: 'Alternative', fields: { proof: proofs } };
  return {
    tiers: proofs,
    alternative,
    specializations: specializations.map(
      ({ requirement }): AnswerSize => ({
        type: 'StandingSpecialization',
        fields: { requirement: [requirementSize(requirement)] },
      }),
    ),
    gaps: ways.map((way): AnswerSize => ({ type: 'TierGap', fields: { missing: missing(way), forfeits } })),
  };
}

/** What a tier asks for, by the names that the fields have for rules and for proofs. */
function conditionSizes(
  { requirement, retain, forfeit }: Tier,
  sizeOf: (requirement: Requirement) => AnswerSize,
): AnswerSize['fields'] {
  const size = (condition: Requirement | null) => (condition === null ? [] : [sizeOf(condition)]);
  return { requirement: size(requirement), retain: size(retain), forfeit: size(forfeit) };
}

/** A forEach is assumed to have this many items, since only the facts say how many it has. */
function items(item: AnswerSize): readonly AnswerSize[] {
  return Array.from({ length: RULEBOOK_LIMITS.itemsAssumed }, () => item);
}

function leaf(type: string): AnswerSize {
  return { type, fields: {} };
}

function neededOf(quantifier: Quantifier, parts: number): number {
  if (quantifier.rule === 'AT_LEAST') return quantifier.needed;
  return quantifier.rule === 'ALL' ? parts : 1;
}
