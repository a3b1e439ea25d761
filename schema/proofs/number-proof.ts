import type { MeasureProof } from '../../src/engine/judging/standing.ts';
import { type Fraction, placesOf, roundDown, roundUp } from '../../src/engine/values/fraction.ts';
import { builder } from '../base/builder.ts';
import { localeArgs, tell } from '../base/locale.ts';
import { pageArgs } from '../base/page.ts';
import { ExcludedFactConnection, pageOfCounted, pageOfExcluded } from '../facts/evidence.ts';
import { FactConnection } from '../facts/fact.ts';
import { evidenceBehind, type ProofBasis } from './proof-basis.ts';

type Of<Type extends MeasureProof['type']> = {
  readonly basis: ProofBasis;
  readonly measure: Extract<MeasureProof, { readonly type: Type }>;
};

/** A number that a decimal says: itself, or the nearest with six digits after the point on one side. */
function finite(value: Fraction, rounding: 'UP' | 'DOWN'): Fraction {
  if (placesOf(value) !== null) return value;
  return rounding === 'UP' ? roundUp(value, 6) : roundDown(value, 6);
}

const NumberRange = builder
  .objectRef<{ readonly minimum: Fraction; readonly maximum: Fraction }>('NumberRange')
  .implement({
    description: 'The bounds within which a number lies while data are insufficient.',
    fields: (t) => ({
      minimum: t.field({
        type: 'Decimal',
        description: 'The lower bound; null if there is none.',
        resolve: ({ minimum }) => finite(minimum, 'DOWN'),
      }),
      maximum: t.field({
        type: 'Decimal',
        description: 'The upper bound; null if there is none.',
        resolve: ({ maximum }) => finite(maximum, 'UP'),
      }),
    }),
  });

/**
 * A number within its proof. A number without a finite decimal form is rounded away from the threshold that
 * it is compared with, so that it is never shown on the wrong side of it.
 */
type NumberSource = {
  readonly basis: ProofBasis;
  readonly measure: MeasureProof;
  readonly rounding?: 'UP' | 'DOWN' | null;
};

/** How a number came about. */
export const NumberProof = builder.interfaceRef<NumberSource>('NumberProof').implement({
  description: 'A number that a requirement compares, and how it came about.',
  resolveType: ({ measure }) => {
    switch (measure.type) {
      case 'METRIC':
        return 'MetricProof';
      case 'CONSTANT':
        return 'ConstantProof';
      case 'OVER':
        return 'OverProof';
      case 'CALCULATION':
        return 'CalculationProof';
    }
  },
  fields: (t) => ({
    path: t.string({
      description: "Its place in the rulebook's document, a JSON pointer.",
      resolve: ({ measure }) => measure.path,
    }),
    item: t.string({
      nullable: true,
      description:
        'The item that the number is restricted to, inside a requirement for each of several items; otherwise null. For the role PARTNER it is masked if it names a respondent, or if no fact that the viewer may see has it.',
      resolve: ({ measure }) => measure.item,
    }),
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ measure }, args) => tell(measure.name, args),
    }),
    unit: t.string({
      nullable: true,
      description:
        'A currency, `points`, `persons`, `%` (1 is 100 %) or a unit of the programme; null for a bare number.',
      resolve: ({ measure }) => measure.unit,
    }),
    value: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'The number; null if the data do not decide it. A number without a finite decimal form is rounded away from the threshold that it is compared with.',
      resolve: ({ measure, rounding }) =>
        measure.value && rounding ? finite(measure.value, rounding) : measure.value,
    }),
    isAssumed: t.boolean({
      description:
        'Whether the data decide nothing, and the value is the one that the rulebook gives for this case.',
      resolve: ({ measure }) => measure.assumed,
    }),
    range: t.field({
      type: NumberRange,
      nullable: true,
      description:
        'The bounds within which the number lies while data are insufficient; null if the data decide it.',
      resolve: ({ measure }) => measure.range,
    }),
    counted: t.field({
      type: FactConnection,
      description: 'The facts that count towards the number; for a calculation, towards any of its parts.',
      args: pageArgs,
      resolve: async ({ basis, measure }, args, context) =>
        pageOfCounted(await evidenceBehind(basis, measure, context), args),
    }),
    excluded: t.field({
      type: ExcludedFactConnection,
      description: 'The facts of its kind that do not count, each with the reason.',
      args: pageArgs,
      resolve: async ({ basis, measure }, args, context) =>
        pageOfExcluded(await evidenceBehind(basis, measure, context), args),
    }),
  }),
});

const Window = builder.objectRef<Of<'METRIC'>['measure']['window']>('Window').implement({
  description: 'A half-open range of days.',
  fields: (t) => ({
    from: t.expose('from', {
      type: 'Date',
      nullable: true,
      description: 'The first day; null if it has none.',
    }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day after it; null if it has none.',
    }),
  }),
});

builder.objectRef<Of<'METRIC'>>('MetricProof').implement({
  description: 'A number computed from facts.',
  interfaces: [NumberProof],
  fields: (t) => ({
    window: t.field({
      type: Window,
      description: 'The days whose facts could count.',
      resolve: ({ measure }) => measure.window,
    }),
    sample: t.int({
      description: 'How many facts, persons or keys the number rests on, after every filter.',
      resolve: ({ measure }) => measure.sample,
    }),
    minimumSample: t.int({
      nullable: true,
      description: 'The smallest sample that decides the number; null if any does.',
      resolve: ({ measure }) => measure.minimumSample,
    }),
    limited: t.int({
      description: 'How many answers do not count because their respondent has more than may count.',
      resolve: ({ measure }) => measure.limited,
    }),
  }),
});

builder.objectRef<Of<'CONSTANT'>>('ConstantProof').implement({
  description: 'A number that the rulebook sets. It rests on no facts.',
  interfaces: [NumberProof],
});

const Operator = builder.enumType('Operator', {
  description: 'How a number is calculated from others.',
  values: {
    SUM: { description: 'The sum of all parts.' },
    MINIMUM: { description: 'The least part.' },
    MAXIMUM: { description: 'The greatest part.' },
    RATIO: { description: 'The first part divided by the second.' },
    POINTS: { description: 'Points for the only part, up to a cap.' },
    TIMES: { description: 'The only part times a factor.' },
    CAPPED_TOTAL: { description: 'The largest total in which no part exceeds a given share.' },
    LARGEST_SHARE: { description: 'The greatest part divided by the sum of all parts.' },
  } as const satisfies Record<Of<'CALCULATION'>['measure']['operator'], { description: string }>,
});

builder.objectRef<Of<'CALCULATION'>>('CalculationProof').implement({
  description: 'A number calculated from others.',
  interfaces: [NumberProof],
  fields: (t) => ({
    operator: t.field({
      type: Operator,
      description: 'How the number is calculated from its parts.',
      resolve: ({ measure }) => measure.operator,
    }),
    factor: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the only part is multiplied by, for TIMES; otherwise null.',
      resolve: ({ measure }) => measure.factor,
    }),
    uncut: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The number before a cap or a maximum share cut it; null if nothing did.',
      resolve: ({ measure }) => measure.cut?.uncut ?? null,
    }),
    parts: t.field({
      type: [NumberProof],
      description: 'The numbers that it is calculated from, each with its own proof.',
      resolve: ({ basis, measure }) => measure.parts.map((part) => ({ basis, measure: part })),
    }),
  }),
});
