import { remapTier } from '../../src/engine/rulebook/tier-ladder.ts';
import type { Day } from '../../src/engine/values/day.ts';
import type { ReadScope } from '../../src/store/reading/read-scope.ts';
import { countByTier, type TierTally } from '../../src/store/reading/read-tallies.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { type RulebookSource, type TierSource, tiersOf } from '../base/rulebook-source.ts';
import { Tier } from '../base/tier-ref.ts';

/** `others` are those that are neither the viewer's own nor its affiliates. */
type Count = { readonly tier: TierSource; readonly count: number; readonly others: number };

/** A partner gets counts only of groups of at least this size, so that no single peer can be identified. */
const SMALLEST_GROUP = 5;

export const TierCount = builder.objectRef<Count>('TierCount').implement({
  description: 'A tier with the number of partners that have it.',
  fields: (t) => ({
    tier: t.expose('tier', {
      type: Tier,
      description: 'The tier, of the rulebook in force on the day.',
    }),
    count: t.int({
      nullable: true,
      description: `How many partners have it; null for the role PARTNER if fewer than ${SMALLEST_GROUP} of them are peers.`,
      resolve: ({ count, others }, _, { rights }) =>
        rights.role === 'PARTNER' && others < SMALLEST_GROUP ? null : count,
    }),
  }),
});

/**
 * How many partners have each tier of the rulebook in force, highest first; on the day of their rows if `on`
 * is null.
 */
export async function readDistribution(
  context: Context,
  inForce: RulebookSource,
  on: Day | null,
): Promise<readonly Count[]> {
  const { all, own } = await talliesOf(context, inForce.program.id, on);
  const counts = countsIn(inForce, all);
  const ownCounts = countsIn(inForce, own);
  return tiersOf(inForce).map((tier) => {
    const count = counts.get(tier.tier.code) ?? 0;
    return { tier, count, others: count - (ownCounts.get(tier.tier.code) ?? 0) };
  });
}

/** The tallies by the tiers of the rulebook in force. */
function countsIn(inForce: RulebookSource, tallies: readonly TierTally[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const tally of tallies) {
    const code = codeIn(inForce, tally);
    counts.set(code, (counts.get(code) ?? 0) + tally.count);
  }
  return counts;
}

/**
 * What the rulebook in force calls a tier that an older one gave: while both are valid, or until every
 * partner is judged anew.
 */
function codeIn({ program, published }: RulebookSource, { rulebookId, tier }: TierTally): string {
  const ids = program.rulebooks.map(({ id }) => id);
  const from = ids.indexOf(rulebookId);
  const to = ids.indexOf(published.id);
  return from < 0 || from >= to ? tier : remapTier(program.rulebooks, from, tier, to);
}

const talliesOf = batched(async ({ scope, app }, programIds: readonly string[], on: Day | null) => {
  // Of the whole programme, for a partner too: it sees numbers of groups, and no names.
  const count = async (counted: ReadScope) =>
    Map.groupBy(
      await countByTier(counted, app.database.prisma, programIds, on),
      ({ programId }) => programId,
    );
  const all = await count({ ...scope, partner: null });
  // With its own numbers the viewer could tell how many of a group are peers.
  const own = scope.partner === null ? new Map<string, TierTally[]>() : await count(scope);
  return programIds.map((id) => ({ all: all.get(id) ?? [], own: own.get(id) ?? [] }));
});
