import type { RequirementProof as Proof } from '../../src/engine/judging/standing.ts';
import { builder } from '../base/builder.ts';
import { RuleType } from '../rulebooks/rule.ts';
import type { ProofBasis, ProofSource } from './proof-basis.ts';
import { RequirementProof } from './requirement-proof.ts';

const ForEachItem = builder
  .objectRef<{ readonly item: string; readonly where: ProofSource; readonly requirement: ProofSource }>(
    'ForEachItem',
  )
  .implement({
    description: 'A requirement restricted to one value of a dimension.',
    fields: (t) => ({
      item: t.string({
        description:
          'The value of the dimension, such as a product area. For the role PARTNER it is masked if it names a respondent, or if no fact that the viewer may see has it.',
        resolve: ({ item }) => item,
      }),
      where: t.expose('where', {
        type: RequirementProof,
        description: 'The requirement that makes the value an item.',
      }),
      requirement: t.expose('requirement', {
        type: RequirementProof,
        description: 'The requirement as judged for this item.',
      }),
    }),
  });

builder
  .objectRef<{
    readonly basis: ProofBasis;
    readonly proof: Extract<Proof, { readonly type: 'FOR_EACH' }>;
  }>('ForEachProof')
  .implement({
    description: 'A requirement for each value of a dimension, such as each product area with revenue.',
    interfaces: [RequirementProof],
    fields: (t) => ({
      dimension: t.string({
        description: "The fact's field that tells the items apart.",
        resolve: ({ proof }) => proof.itemsOf,
      }),
      rule: t.field({
        type: RuleType,
        description: 'How many items have to meet it.',
        resolve: ({ proof }) => proof.rule,
      }),
      needed: t.int({
        description: 'How many of the parts have to be met.',
        resolve: ({ proof }) => proof.needed,
      }),
      met: t.int({ description: 'How many items meet it.', resolve: ({ proof }) => proof.met }),
      items: t.field({
        type: [ForEachItem],
        description: 'The items, in ascending order of their values, masked ones last.',
        resolve: ({ basis, proof }) =>
          proof.items.map(({ item, where, proof: body }) => ({
            item,
            where: { basis, proof: where },
            requirement: { basis, proof: body },
          })),
      }),
    }),
  });
