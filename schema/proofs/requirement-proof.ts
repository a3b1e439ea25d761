import type { RequirementProof as Proof, SlotProof } from '../../src/engine/judging/standing.ts';
import { explainRequirement } from '../../src/engine/text/explain-requirement.ts';
import { compare } from '../../src/engine/values/fraction.ts';
import { builder } from '../base/builder.ts';
import { localeArgs, localeOf, tell } from '../base/locale.ts';
import { pageArgs } from '../base/page.ts';
import { specializationNamed, tierNamed } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';
import { ExcludedFactConnection, pageOfCounted, pageOfExcluded } from '../facts/evidence.ts';
import { FactConnection } from '../facts/fact.ts';
import { ComparisonType, RuleType } from '../rulebooks/rule.ts';
import { NumberProof } from './number-proof.ts';
import { OutcomeType } from './outcome.ts';
import { evidenceAt, type ProofBasis, type ProofSource } from './proof-basis.ts';

type Of<Type extends Proof['type']> = {
  readonly basis: ProofBasis;
  readonly proof: Extract<Proof, { readonly type: Type }>;
};

/** The name of each type in the graph. */
export const PROOF_TYPE_NAMES = {
  THRESHOLD: 'ThresholdProof',
  COMPOSITE: 'CompositeProof',
  SPECIALIZATION: 'SpecializationProof',
  NAMED: 'NamedProof',
  HELD: 'HeldProof',
  PERSONS: 'PersonsProof',
  FOR_EACH: 'ForEachProof',
} as const satisfies Record<Proof['type'], string>;

export const RequirementProof = builder.interfaceRef<ProofSource>('RequirementProof').implement({
  description: 'A requirement with its outcome and everything that it rests on.',
  resolveType: ({ proof }) => PROOF_TYPE_NAMES[proof.type],
  fields: (t) => ({
    path: t.string({
      description: "The requirement's place in the rulebook's document, a JSON pointer.",
      resolve: ({ proof }) => proof.path,
    }),
    item: t.string({
      nullable: true,
      description:
        'The item that the number is restricted to, inside a requirement for each of several items; otherwise null. For the role PARTNER it is masked if it names a respondent, or if no fact that the viewer may see has it.',
      resolve: ({ proof }) => proof.item,
    }),
    outcome: t.field({
      type: OutcomeType,
      description: 'Whether the data meet the requirement, miss it, or do not decide it.',
      resolve: ({ proof }) => proof.outcome,
    }),
    isAssumed: t.boolean({
      description:
        'Whether the data decide nothing, and the outcome is the one that the rulebook gives for this case.',
      resolve: ({ proof }) => proof.assumed,
    }),
    explanation: t.string({
      description: 'The proof in one sentence with its numbers, for people.',
      args: localeArgs,
      resolve: ({ basis, proof }, args) =>
        explainRequirement(proof, basis.source.published.rulebook, localeOf(args)),
    }),
  }),
});

builder.objectRef<Of<'THRESHOLD'>>('ThresholdProof').implement({
  description: 'A number compared with a threshold.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    comparison: t.field({
      type: ComparisonType,
      description: 'How the number has to compare with the threshold.',
      resolve: ({ proof }) => proof.comparison,
    }),
    required: t.field({
      type: 'Decimal',
      description: "The threshold for the partner's region on the day judged.",
      resolve: ({ proof }) => proof.required,
    }),
    actual: t.field({
      type: NumberProof,
      description: 'The measured number, and how it came about.',
      resolve: ({ basis, proof }) => ({ basis, measure: proof.actual, rounding: awayFromThreshold(proof) }),
    }),
    shortfall: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'By how much the number misses the threshold, rounded up: a sum or count that changes by exactly this meets it. For other numbers it is the distance, and for a range that of its nearest end. 0 if met, null if undecided.',
      resolve: ({ proof }) => proof.shortfall,
    }),
  }),
});

const CompositePart = builder
  .objectRef<{ readonly mandatory: boolean; readonly requirement: ProofSource }>('CompositePart')
  .implement({
    description: 'One of several conditions, with whether it is mandatory.',
    fields: (t) => ({
      isMandatory: t.exposeBoolean('mandatory', {
        description: 'Whether it has to be met whatever the other parts say.',
      }),
      requirement: t.expose('requirement', {
        type: RequirementProof,
        description: 'The requirement that is one part of the whole.',
      }),
    }),
  });

builder.objectRef<Of<'COMPOSITE'>>('CompositeProof').implement({
  description: 'Several requirements, a certain number of which has to be met.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    rule: t.field({
      type: RuleType,
      description: 'Which rule says how many of the parts have to be met.',
      resolve: ({ proof }) => proof.rule,
    }),
    needed: t.int({
      description: 'How many of the parts have to be met.',
      resolve: ({ proof }) => proof.needed,
    }),
    met: t.int({
      description: 'How many of the parts are met by the data.',
      resolve: ({ proof }) => proof.met,
    }),
    parts: t.field({
      type: [CompositePart],
      description: "The requirements, in the rulebook's order.",
      resolve: ({ basis, proof }) =>
        proof.parts.map(({ mandatory, proof: part }) => ({ mandatory, requirement: { basis, proof: part } })),
    }),
  }),
});

builder.objectRef<Of<'SPECIALIZATION'>>('SpecializationProof').implement({
  description: 'A required specialization, with the proof whether it is held.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    specialization: t.field({
      type: Specialization,
      description: 'The specialization, as the rulebook defines it.',
      resolve: ({ basis, proof }) => specializationNamed(basis.source, proof.specialization),
    }),
    requirement: t.field({
      type: RequirementProof,
      description: 'The conditions under which a partner holds it.',
      resolve: ({ basis, proof }) => ({ basis, proof: proof.proof }),
    }),
  }),
});

builder.objectRef<Of<'NAMED'>>('NamedProof').implement({
  description: 'A requirement that has a name, and that several others may use.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ proof }, args) => tell(proof.name, args),
    }),
    requirement: t.field({
      type: RequirementProof,
      description: 'What the name stands for, as if it were written here.',
      resolve: ({ basis, proof }) => ({ basis, proof: proof.proof }),
    }),
  }),
});

builder.objectRef<Of<'HELD'>>('HeldProof').implement({
  description: 'For how long policy has held a tier, or a higher one, before the day judged.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    tier: t.field({
      type: Tier,
      description: 'The tier, as the rulebook defines it.',
      resolve: ({ basis, proof }) => tierNamed(basis.source, proof.tier),
    }),
    requiredMonths: t.int({
      nullable: true,
      description: 'Over how many months without a break it is required; null if days are counted.',
      resolve: ({ proof }) => ('for' in proof.length ? proof.length.for.months : null),
    }),
    requiredDays: t.int({
      nullable: true,
      description: 'On how many days in all it is required; null if a time without a break is.',
      resolve: ({ proof }) => ('total' in proof.length ? proof.length.total.days : null),
    }),
    heldSince: t.field({
      type: 'Date',
      nullable: true,
      description:
        'The first of the unbroken days on which it was held, up to the day before; null if it was not.',
      resolve: ({ proof }) => proof.since,
    }),
    daysHeld: t.int({
      description: 'On how many days before the day judged it was held.',
      resolve: ({ proof }) => proof.days,
    }),
    metOn: t.field({
      type: 'Date',
      nullable: true,
      description:
        'The first day on which it is met if the tier is held on every day from the day judged on; null if it is met.',
      resolve: ({ proof }) => proof.metOn,
    }),
  }),
});

const Slot = builder.objectRef<SlotProof>('SlotProof').implement({
  description: 'A number of persons with certain credentials.',
  fields: (t) => ({
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ name }, args) => tell(name, args),
    }),
    required: t.exposeInt('required', { description: 'How many persons it requires.' }),
    persons: t.field({
      type: ['String'],
      description:
        'The persons assigned to the slot, in one of the best assignments. For the role PARTNER, persons in its scope fill places first, and others are masked.',
      resolve: ({ persons }) => persons,
    }),
  }),
});

builder.objectRef<Of<'PERSONS'>>('PersonsProof').implement({
  description: 'Slots that different persons have to fill. One of the best ways to fill them is shown.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    slots: t.field({
      type: [Slot],
      description: 'The slots, each of which requires a number of persons.',
      resolve: ({ proof }) => proof.slots,
    }),
    required: t.int({ description: 'How many persons it requires.', resolve: ({ proof }) => proof.required }),
    filled: t.int({
      description: 'How many places in all slots different persons fill at best.',
      resolve: ({ proof }) => proof.filled,
    }),
    counted: t.field({
      type: FactConnection,
      description: 'The certifications that count.',
      args: pageArgs,
      resolve: async ({ basis, proof }, args, context) =>
        pageOfCounted(await evidenceAt(basis, basis.reader.placeOf(proof), context), args),
    }),
    excluded: t.field({
      type: ExcludedFactConnection,
      description: 'The certifications that do not count, with the reason.',
      args: pageArgs,
      resolve: async ({ basis, proof }, args, context) =>
        pageOfExcluded(await evidenceAt(basis, basis.reader.placeOf(proof), context), args),
    }),
  }),
});

/** To which side the value is rounded: the one of the threshold on which it is. */
function awayFromThreshold({
  actual,
  required,
}: Extract<Proof, { readonly type: 'THRESHOLD' }>): 'UP' | 'DOWN' | null {
  if (actual.value === null) return null;
  return compare(actual.value, required) < 0 ? 'DOWN' : 'UP';
}
