import type { RequirementProof } from '../src/engine/standing.ts';
import type { Context } from './context.ts';
import type { ProofBasis } from './proof-basis.ts';

/** The fields by which it can be told who answered a survey. */
const WHO_ANSWERED: ReadonlySet<string> = new Set(['customer', 'respondent']);

/** What stands for the item that a viewer may not see. */
const MASK = '…';

/**
 * The item that the requirement or number at a place of the rulebook was restricted to, as the viewer may see it: a partner is
 * not told who answered. A measure that has a name stands outside of all requirements, so that any of them may be meant.
 */
export function shownItem(
  item: string | null,
  path: string,
  { source }: ProofBasis,
  { rights }: Context,
): string | null {
  if (item === null || rights.role !== 'PARTNER') return item;
  const all = source.published.rulebook.forEachs.map(({ forEach }) => forEach);
  const around = all.filter((each) => path === each.path || path.startsWith(`${each.path}/`));
  const possible = around.length > 0 ? around : all;
  return possible.some(({ dimension }) => WHO_ANSWERED.has(dimension)) ? MASK : item;
}

/** A proof with the items that it names as the viewer may see them, for explaining it. */
export function withShownItems(
  proof: RequirementProof,
  basis: ProofBasis,
  context: Context,
): RequirementProof {
  const shown = { ...proof, item: shownItem(proof.item, proof.path, basis, context) };
  if (shown.type !== 'FOR_EACH') return shown;
  const items = shown.items.map((each) => ({
    ...each,
    item: shownItem(each.item, proof.path, basis, context) ?? each.item,
  }));
  return { ...shown, items };
}
