import type { Slot } from '../../src/engine/rulebook/metric.ts';
import type {
  Measure as MeasureSource,
  Quantifier,
  Requirement as Rule,
} from '../../src/engine/rulebook/rulebook.ts';
import { builder } from '../base/builder.ts';
import { localeArgs, tell } from '../base/locale.ts';
import { type RulebookSource, specializationNamed, tierNamed } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';
import { RegionalNumber } from './regional-number.ts';
import { ComparisonType, RuleType } from './rule.ts';

/** A requirement within its rulebook. */
export type RequirementSource = { readonly source: RulebookSource; readonly rule: Rule };

type Of<Type extends Rule['type']> = {
  readonly source: RulebookSource;
  readonly rule: Extract<Rule, { readonly type: Type }>;
};

/** The name of each type in the graph. */
export const REQUIREMENT_TYPE_NAMES = {
  THRESHOLD: 'ThresholdRequirement',
  COMPOSITE: 'CompositeRequirement',
  SPECIALIZATION: 'SpecializationRequirement',
  NAMED: 'NamedRequirement',
  HELD: 'HeldRequirement',
  PERSONS: 'PersonsRequirement',
  FOR_EACH: 'ForEachRequirement',
} as const satisfies Record<Rule['type'], string>;

export const Requirement = builder.interfaceRef<RequirementSource>('Requirement').implement({
  description: 'A condition in a rulebook, for any partner.',
  resolveType: ({ rule }) => REQUIREMENT_TYPE_NAMES[rule.type],
  fields: (t) => ({
    path: t.string({
      description: "Its place in the rulebook's document, a JSON pointer.",
      resolve: ({ rule }) => rule.path,
    }),
  }),
});

const Measure = builder.objectRef<MeasureSource>('Measure').implement({
  description: 'A number that a rulebook computes.',
  fields: (t) => ({
    path: t.exposeString('path', { description: "Its place in the rulebook's document, a JSON pointer." }),
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ name }, args) => tell(name, args),
    }),
    unit: t.exposeString('unit', {
      nullable: true,
      description:
        'A currency, `points`, `persons`, `%` (1 is 100 %) or a unit of the programme; null for a bare number.',
    }),
  }),
});

builder.objectRef<Of<'THRESHOLD'>>('ThresholdRequirement').implement({
  description: 'A number has to compare with a threshold.',
  interfaces: [Requirement],
  fields: (t) => ({
    measure: t.field({
      type: Measure,
      description: 'The number that is compared.',
      resolve: ({ rule }) => rule.measure,
    }),
    comparison: t.field({
      type: ComparisonType,
      description: 'How the number has to compare with the threshold.',
      resolve: ({ rule }) => rule.comparison,
    }),
    required: t.field({
      type: RegionalNumber,
      description: 'The threshold, by region.',
      resolve: ({ rule }) => rule.required,
    }),
  }),
});

const RequirementPart = builder
  .objectRef<{ readonly mandatory: boolean; readonly requirement: RequirementSource }>('RequirementPart')
  .implement({
    description: 'One of several conditions, with whether it is mandatory.',
    fields: (t) => ({
      isMandatory: t.exposeBoolean('mandatory', {
        description: 'Whether it has to be met whatever the other parts say.',
      }),
      requirement: t.expose('requirement', {
        type: Requirement,
        description: 'The requirement that is one part of the whole.',
      }),
    }),
  });

builder.objectRef<Of<'COMPOSITE'>>('CompositeRequirement').implement({
  description: 'A certain number of several requirements has to be met.',
  interfaces: [Requirement],
  fields: (t) => ({
    rule: t.field({
      type: RuleType,
      description: 'Which rule says how many of the parts have to be met.',
      resolve: ({ rule }) => rule.quantifier.rule,
    }),
    needed: t.int({
      description: 'How many of the parts have to be met.',
      resolve: ({ rule }) => neededOf(rule.quantifier, rule.parts.length),
    }),
    parts: t.field({
      type: [RequirementPart],
      description: "The requirements, in the rulebook's order.",
      resolve: ({ source, rule }) =>
        rule.parts.map(({ mandatory, requirement }) => ({
          mandatory,
          requirement: { source, rule: requirement },
        })),
    }),
  }),
});

builder.objectRef<Of<'SPECIALIZATION'>>('SpecializationRequirement').implement({
  description: 'The partner has to be credited with a specialization on the same day.',
  interfaces: [Requirement],
  fields: (t) => ({
    specialization: t.field({
      type: Specialization,
      description: 'The specialization, as the rulebook defines it.',
      resolve: ({ source, rule }) => specializationNamed(source, rule.specialization),
    }),
  }),
});

builder.objectRef<Of<'NAMED'>>('NamedRequirement').implement({
  description: 'A requirement that has a name, and that several others may use.',
  interfaces: [Requirement],
  fields: (t) => ({
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ rule }, args) => tell(rule.named.name, args),
    }),
    requirement: t.field({
      type: Requirement,
      description: 'What the name stands for, as if it were written here.',
      resolve: ({ source, rule }) => ({ source, rule: rule.named.requirement }),
    }),
  }),
});

builder.objectRef<Of<'HELD'>>('HeldRequirement').implement({
  description: 'Policy has to have held a tier, or a higher one, for so long before the day.',
  interfaces: [Requirement],
  fields: (t) => ({
    tier: t.field({
      type: Tier,
      description: 'The tier, as the rulebook defines it.',
      resolve: ({ source, rule }) => tierNamed(source, rule.tier),
    }),
    months: t.int({
      nullable: true,
      description: 'Over how many months without a break; null if days are counted.',
      resolve: ({ rule }) => ('for' in rule.length ? rule.length.for.months : null),
    }),
    days: t.int({
      nullable: true,
      description: 'On how many days in all; null if a time without a break is asked for.',
      resolve: ({ rule }) => ('total' in rule.length ? rule.length.total.days : null),
    }),
  }),
});

const PersonSlot = builder.objectRef<Slot>('PersonSlot').implement({
  description: 'A number of persons with certain credentials.',
  fields: (t) => ({
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ name }, args) => tell(name, args),
    }),
    count: t.exposeInt('count', { description: 'How many persons it requires.' }),
  }),
});

builder.objectRef<Of<'PERSONS'>>('PersonsRequirement').implement({
  description: 'Different persons have to fill slots.',
  interfaces: [Requirement],
  fields: (t) => ({
    slots: t.field({
      type: [PersonSlot],
      description: 'The slots, each of which requires a number of persons.',
      resolve: ({ rule }) => rule.group.slots,
    }),
  }),
});

builder.objectRef<Of<'FOR_EACH'>>('ForEachRequirement').implement({
  description: 'A requirement for each value of a dimension, such as each product area with revenue.',
  interfaces: [Requirement],
  fields: (t) => ({
    dimension: t.string({
      description: "The fact's field that tells the items apart.",
      resolve: ({ rule }) => rule.dimension,
    }),
    where: t.field({
      type: Requirement,
      description: 'What makes a value an item.',
      resolve: ({ source, rule }) => ({ source, rule: rule.where }),
    }),
    rule: t.field({
      type: RuleType,
      description: 'How many items have to meet it.',
      resolve: ({ rule }) => rule.quantifier.rule,
    }),
    body: t.field({
      type: Requirement,
      description: 'The requirement that each item is judged by.',
      resolve: ({ source, rule }) => ({ source, rule: rule.body }),
    }),
  }),
});

function neededOf(quantifier: Quantifier, parts: number): number {
  if (quantifier.rule === 'AT_LEAST') return quantifier.needed;
  return quantifier.rule === 'ALL' ? parts : 1;
}
