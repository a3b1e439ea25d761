import type { MeasureProof, OverItemProof } from '../../src/engine/judging/standing.ts';
import { dimensionText } from '../../src/engine/measuring/item-of.ts';
import type { ItemAggregate } from '../../src/engine/rulebook/metric.ts';
import { builder } from '../base/builder.ts';
import { pageArgs, slicePage } from '../base/page.ts';
import { ComparisonType } from '../rulebooks/rule.ts';
import { NumberProof } from './number-proof.ts';
import { OutcomeType } from './outcome.ts';
import type { ProofBasis } from './proof-basis.ts';

type OverItemSource = {
  readonly basis: ProofBasis;
  readonly shown: OverItemProof;
  /** Its place in the list: masked items have no name that could tell them apart. */
  readonly position: number;
};

const OverItem = builder.objectRef<OverItemSource>('OverItem').implement({
  description: 'An item that a number was computed for, such as a customer or a quarter.',
  fields: (t) => ({
    item: t.string({
      description:
        'The value of the field, or the first day of the period. For the role PARTNER it is masked if it names a respondent, or if no fact that the viewer may see has it.',
      resolve: ({ shown }) => shown.item,
    }),
    counts: t.field({
      type: OutcomeType,
      description: 'Whether its number is among those taken together: MET if so.',
      resolve: ({ shown }) => shown.isIn,
    }),
    number: t.field({
      type: NumberProof,
      description: 'What was computed from the facts of this item alone.',
      resolve: ({ basis, shown }) => ({ basis, measure: shown.number }),
    }),
  }),
});

const OverItemConnection = builder.connectionObject(
  { type: OverItem, name: 'OverItemConnection', description: 'A page of what a number was computed for.' },
  { name: 'OverItemEdge', description: 'Something that a number was computed for, in a list.' },
);

const ItemAggregateType = builder.enumType('ItemAggregate', {
  description: 'What is made of the numbers of several items.',
  values: {
    COUNT: { description: 'How many items pass what is asked of each.' },
    SUM: { description: 'What their numbers add up to.' },
    MINIMUM: { description: 'The least of their numbers.' },
    MAXIMUM: { description: 'The greatest of their numbers.' },
    AVERAGE: { description: 'Their numbers added up and divided by how many they are.' },
    MEDIAN: { description: 'The number in the middle, or between the two there.' },
  } as const satisfies Record<ItemAggregate, { description: string }>,
});

builder
  .objectRef<{
    readonly basis: ProofBasis;
    readonly measure: Extract<MeasureProof, { readonly type: 'OVER' }>;
  }>('OverProof')
  .implement({
    description: 'A number made of one for each of several items, such as how many customers bought enough.',
    interfaces: [NumberProof],
    fields: (t) => ({
      dimension: t.string({
        description: "The fact's field that tells the items apart, or `occurredOn/` and the period.",
        resolve: ({ measure }) => dimensionText(measure.itemsOf),
      }),
      aggregate: t.field({
        type: ItemAggregateType,
        description: 'What is made of the numbers of those items that count.',
        resolve: ({ measure }) => measure.aggregate,
      }),
      comparison: t.field({
        type: ComparisonType,
        nullable: true,
        description: 'How the number of an item has to compare with `required` to count; null if all count.',
        resolve: ({ measure }) => measure.where?.comparison ?? null,
      }),
      required: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'What the number of an item is compared with; null if all count.',
        resolve: ({ measure }) => measure.where?.required ?? null,
      }),
      items: t.field({
        type: OverItemConnection,
        description: 'Those that count and those that do not, in ascending order, masked ones last.',
        args: pageArgs,
        resolve: ({ basis, measure }, args) =>
          slicePage(
            measure.items.map((shown, position) => ({ basis, shown, position })),
            args,
            ({ position }) => String(position),
          ),
      }),
    }),
  });
