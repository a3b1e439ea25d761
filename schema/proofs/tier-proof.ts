import type { TierGap as Gap, TierProof as Verdict } from '../../src/engine/judging/standing.ts';
import { builder } from '../base/builder.ts';
import { tierNamed } from '../base/rulebook-source.ts';
import { Tier } from '../base/tier-ref.ts';
import { OutcomeType } from './outcome.ts';
import { allShownIn, type ProofBasis, shownIn } from './proof-basis.ts';
import { RequirementProof } from './requirement-proof.ts';

export const TierProof = builder
  .objectRef<{ readonly basis: ProofBasis; readonly verdict: Verdict }>('TierProof')
  .implement({
    description: 'The verdict on one tier with its proof, whatever lower tiers say.',
    fields: (t) => ({
      tier: t.field({
        type: Tier,
        description: 'The tier, as the rulebook defines it.',
        resolve: ({ basis, verdict }) => tierNamed(basis.source, verdict.tier),
      }),
      outcome: t.field({
        type: OutcomeType,
        description:
          'Whether its requirement is met, or what retains it where it is retainable. UNMET while it, or a tier below it, is forfeited.',
        resolve: ({ verdict }) => verdict.outcome,
      }),
      requirement: t.field({
        type: RequirementProof,
        nullable: true,
        description: 'The requirement with its proof; null for the lowest tier, which has none.',
        resolve: ({ basis, verdict }) =>
          verdict.requirement === null ? null : shownIn(basis, verdict.requirement),
      }),
      retain: t.field({
        type: RequirementProof,
        nullable: true,
        description:
          'The proof of what suffices to keep the tier; null if the rulebook asks the same as for gaining it.',
        resolve: ({ basis, verdict }) => (verdict.retain === null ? null : shownIn(basis, verdict.retain)),
      }),
      isRetainable: t.boolean({
        description:
          'Whether what retains the tier counts on this day: policy held this tier, or a higher one, the day before.',
        resolve: ({ verdict }) => verdict.isRetainable,
      }),
      forfeit: t.field({
        type: RequirementProof,
        nullable: true,
        description:
          'The proof of what takes the tier away while it is met; null if the rulebook has nothing such.',
        resolve: ({ basis, verdict }) => (verdict.forfeit === null ? null : shownIn(basis, verdict.forfeit)),
      }),
    }),
  });

export const TierGap = builder
  .objectRef<{ readonly basis: ProofBasis; readonly gap: Gap }>('TierGap')
  .implement({
    description: 'A tier above, and what is missing for it.',
    fields: (t) => ({
      tier: t.field({
        type: Tier,
        description: 'The tier, as the rulebook defines it.',
        resolve: ({ basis, gap }) => tierNamed(basis.source, gap.tier),
      }),
      missing: t.field({
        type: [RequirementProof],
        description:
          'The smallest parts of its requirement that are not met; of what retains it, where it is retainable. Empty if it is met and policy holds it back, such as a review or an override.',
        resolve: ({ basis, gap }) => allShownIn(basis, gap.missing),
      }),
      forfeits: t.field({
        type: [RequirementProof],
        description:
          'What takes away the tier, or a tier below it, while it is met; empty if nothing does. Each has to end first.',
        resolve: ({ basis, gap }) => allShownIn(basis, gap.forfeits),
      }),
    }),
  });
