import { readRiskGap } from '../../src/app/reading/read-risk-gap.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { Node } from '../base/node.ts';
import { rulebookNamed } from '../base/rulebook-source.ts';
import { Tier } from '../base/tier-ref.ts';
import { type Entry, StatusChange } from '../changes/status-change.ts';
import { inputsFor } from '../proofs/inputs.ts';
import { allShownIn, proofBasis } from '../proofs/proof-basis.ts';
import { RequirementProof } from '../proofs/requirement-proof.ts';
import { tierIn } from '../proofs/standing.ts';

builder.objectRef<Entry<'TierAtRisk'>>('TierAtRisk').implement({
  description: 'The effective tier will fall soon if nothing new is recorded.',
  interfaces: [Node, StatusChange],
  fields: (t) => ({
    fallsOn: t.field({
      type: 'Date',
      description: 'The first day on which the tier will be lost if nothing new is recorded.',
      resolve: ({ change }) => change.detail.on,
    }),
    from: t.field({
      type: Tier,
      nullable: true,
      description: 'The tier that will be lost.',
      resolve: ({ change }, _, context) => tierIn(change.rulebookId, change.detail.from, context),
    }),
    to: t.field({
      type: Tier,
      nullable: true,
      description: 'The tier that remains.',
      resolve: ({ change }, _, context) => tierIn(change.detail.tierRulebookId, change.detail.tier, context),
    }),
    missing: t.field({
      type: [RequirementProof],
      description:
        'What will be missing to keep it on that day, as known when this was logged: the smallest parts of its requirement that are not met. Empty if the tier falls for another reason than the data, such as the end of an override.',
      resolve: (entry, _, context) => proofsAtRisk(entry, 'missing', context),
    }),
    forfeits: t.field({
      type: [RequirementProof],
      description:
        'What will take the tier away on that day, as known when this was logged; empty if nothing will.',
      resolve: (entry, _, context) => proofsAtRisk(entry, 'forfeits', context),
    }),
  }),
});

async function proofsAtRisk(entry: Entry<'TierAtRisk'>, which: 'missing' | 'forfeits', context: Context) {
  const found = await readRiskGap(context.app, entry, inputsFor(context));
  if (found === null) return [];
  const { partnerId, programId } = entry;
  const standing = { partnerId, programId, on: found.on, knownAt: found.knownAt };
  const source = await rulebookNamed(context, found.rulebookId);
  const basis = await proofBasis(context, standing, source);
  return allShownIn(basis, found.gap[which]);
}
