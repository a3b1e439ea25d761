import type { Outcome, RequirementProof as Proof, SlotProof } from '../../src/engine/judging/standing.ts';
import { explainRequirement } from '../../src/engine/text/explain-requirement.ts';
import { compare } from '../../src/engine/values/fraction.ts';
import { builder } from '../base/builder.ts';
import { localeArgs, localeOf, tell } from '../base/locale.ts';
import { pageArgs } from '../base/page.ts';
import { specializationNamed } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { ExcludedFactConnection, pageOfCounted, pageOfExcluded } from '../facts/evidence.ts';
import { FactConnection } from '../facts/fact.ts';
import { ComparisonType, RuleType } from '../rulebooks/rule.ts';
import { NumberProof } from './number-proof.ts';
import { evidenceAt, type ProofBasis, type ProofSource } from './proof-basis.ts';

type Of<Type extends Proof['type']> = {
  readonly basis: ProofBasis;
  readonly proof: Extract<Proof, { readonly type: Type }>;
};

export const OutcomeType = builder.enumType('Outcome', {
  description: 'What became of a requirement.',
  values: {
    MET: { description: 'The data decide that the requirement is met.' },
    UNMET: { description: 'The data decide that the requirement is missed.' },
    INSUFFICIENT_DATA: { description: 'There is too little data to decide it.' },
  } as const satisfies Record<Outcome, { description: string }>,
});

/** The name of each type in the graph. */
export const PROOF_TYPE_NAMES = {
  THRESHOLD: 'ThresholdProof',
  COMPOSITE: 'CompositeProof',
  SPECIALIZATION: 'SpecializationProof',
  PERSONS: 'PersonsProof',
  FOR_EACH: 'ForEachProof',
} as const satisfies Record<Proof['type'], string>;

export const RequirementProof = builder.interfaceRef<ProofSource>('RequirementProof').implement({
  description: 'A requirement with its outcome and everything it rests on.',
  resolveType: ({ proof }) => PROOF_TYPE_NAMES[proof.type],
  fields: (t) => ({
    path: t.string({
      description: "The requirement's place in the rulebook's document, a JSON pointer.",
      resolve: ({ proof }) => proof.path,
    }),
    item: t.string({
      nullable: true,
      description:
        'The item it was restricted to, within a requirement for each of several; otherwise null. Masked for the role PARTNER where it is who answered a survey, or no fact that it may see has it.',
      resolve: ({ proof }) => proof.item,
    }),
    outcome: t.field({
      type: OutcomeType,
      description: 'Whether the data meet it, miss it or are too few to tell.',
      resolve: ({ proof }) => proof.outcome,
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
      description: 'On which side of the threshold the number has to be.',
      resolve: ({ proof }) => proof.comparison,
    }),
    required: t.field({
      type: 'Decimal',
      description: "What applied to the partner's region on the day judged.",
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
        'What is missing, or too much, rounded up: a sum or count that changes by exactly this meets the threshold. Of other numbers how far off they are, and of a range how far its nearest end is. 0 when met, null when undecided.',
      resolve: ({ proof }) => proof.shortfall,
    }),
  }),
});

const CompositePart = builder
  .objectRef<{ readonly mandatory: boolean; readonly requirement: ProofSource }>('CompositePart')
  .implement({
    description: 'A part of a requirement that is made of several.',
    fields: (t) => ({
      isMandatory: t.exposeBoolean('mandatory', { description: 'It has to be met whatever the others are.' }),
      requirement: t.expose('requirement', {
        type: RequirementProof,
        description: 'What has to be met, as one part of the whole.',
      }),
    }),
  });

builder.objectRef<Of<'COMPOSITE'>>('CompositeProof').implement({
  description: 'Several requirements, so many of which have to be met.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    rule: t.field({
      type: RuleType,
      description: 'Which rule says how many of the parts have to be met.',
      resolve: ({ proof }) => proof.rule,
    }),
    needed: t.int({
      description: 'How many have to be met, whichever rule says so.',
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
  description: 'That a specialization is asked for, with the proof whether it is held.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    specialization: t.field({
      type: Specialization,
      description: 'What is credited, as the rulebook defines it.',
      resolve: ({ basis, proof }) => specializationNamed(basis.source, proof.specialization),
    }),
    requirement: t.field({
      type: RequirementProof,
      description: 'What it takes to hold it.',
      resolve: ({ basis, proof }) => ({ basis, proof: proof.proof }),
    }),
  }),
});

const Slot = builder.objectRef<SlotProof>('SlotProof').implement({
  description: 'So many persons with certain credentials.',
  fields: (t) => ({
    name: t.string({
      description: 'What people call it, in the language asked for.',
      args: localeArgs,
      resolve: ({ name }, args) => tell(name, args),
    }),
    required: t.exposeInt('required', { description: 'How many persons it takes.' }),
    persons: t.field({
      type: ['String'],
      description:
        'The persons assigned to the slot: the first way to fill most places, by person. For the role PARTNER persons in its scope fill places first, and others are masked.',
      resolve: ({ persons }) => persons,
    }),
  }),
});

builder.objectRef<Of<'PERSONS'>>('PersonsProof').implement({
  description: 'Slots that different persons have to fill; one way to fill them best is shown.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    slots: t.field({
      type: [Slot],
      description: 'Who has to be there: each slot asks for so many persons of a sort.',
      resolve: ({ proof }) => proof.slots,
    }),
    required: t.int({ description: 'How many persons it takes.', resolve: ({ proof }) => proof.required }),
    filled: t.int({
      description: 'How many of the places of all slots different persons fill, in the best way.',
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

const ForEachItem = builder
  .objectRef<{ readonly item: string; readonly where: ProofSource; readonly requirement: ProofSource }>(
    'ForEachItem',
  )
  .implement({
    description: 'A requirement restricted to one value of a dimension.',
    fields: (t) => ({
      item: t.string({
        description:
          'The value of the dimension, such as a product area. Masked for the role PARTNER where it is who answered a survey, or no fact that it may see has it.',
        resolve: ({ item }) => item,
      }),
      where: t.expose('where', { type: RequirementProof, description: 'Why it is among the items.' }),
      requirement: t.expose('requirement', {
        type: RequirementProof,
        description: 'Whether it meets what is asked of it.',
      }),
    }),
  });

builder.objectRef<Of<'FOR_EACH'>>('ForEachProof').implement({
  description: 'A requirement for each value of a dimension, such as each product area with revenue.',
  interfaces: [RequirementProof],
  fields: (t) => ({
    dimension: t.string({
      description: "The fact's field that tells the items apart.",
      resolve: ({ proof }) => proof.dimension,
    }),
    rule: t.field({
      type: RuleType,
      description: 'How many items have to meet it.',
      resolve: ({ proof }) => proof.rule,
    }),
    needed: t.int({
      description: 'How many have to be met, whichever rule says so.',
      resolve: ({ proof }) => proof.needed,
    }),
    met: t.int({ description: 'How many items meet it.', resolve: ({ proof }) => proof.met }),
    items: t.field({
      type: [ForEachItem],
      description:
        'What was judged for each value that is an item, ascending by the value, with those that are masked at the end.',
      resolve: ({ basis, proof }) =>
        proof.items.map(({ item, where, proof: body }) => ({
          item,
          where: { basis, proof: where },
          requirement: { basis, proof: body },
        })),
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
