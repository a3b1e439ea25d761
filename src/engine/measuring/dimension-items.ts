import { RULEBOOK_LIMITS } from '../format/rulebook-limits.ts';
import type { Fact } from '../partner/fact.ts';
import type { WorthOf } from '../partner/fact-field.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import { metricsOf, scopesOf } from '../rulebook/measuring-scope.ts';
import type { ItemDimension, Metric, Scope } from '../rulebook/metric.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { dimensionText, itemOf } from './item-of.ts';

/**
 * What tells the items of a forEach or of a measure over items apart, and the facts whose values of it may be
 * items: all of these kinds, whatever they pass besides.
 */
export type Dimension = {
  /** The dimension's place in the document. */
  readonly path: string;
  readonly dimension: ItemDimension;
  readonly facts: readonly { readonly kind: string; readonly scope: Scope }[];
  /** How many items a partner may have. */
  readonly allowed: number;
};

/** What is new among a partner's facts: new facts, and those that they replaced. */
export type Arrivals = {
  readonly isNew: (fact: Fact) => boolean;
  readonly replaced: readonly Fact[];
};

/**
 * A dimension of which a partner would have more items than allowed, and the new facts that bring items which
 * it did not have.
 */
export type TooManyItems = {
  /** As `dimensionText` has it. */
  readonly field: string;
  readonly items: number;
  readonly allowed: number;
  readonly arrived: readonly Fact[];
};

/** Amounts are told apart as they were recorded: converted, there are hardly ever more. */
const asRecorded: WorthOf = ({ value }) => value;

/**
 * The dimensions of the rulebooks' forEachs and measures over items, each once: where several have one, it is
 * the place of the first, and the lowest number of items.
 */
export function dimensionsOf(rulebooks: readonly Rulebook[]): readonly Dimension[] {
  const different = new Map<string, Dimension>();
  const add = (asked: Omit<Dimension, 'facts'>, metrics: readonly Metric[]): void => {
    const facts = new Map(metrics.map(({ kind, scope }) => [`${scope} ${kind}`, { kind, scope }]));
    const key = JSON.stringify([dimensionText(asked.dimension), [...facts.keys()].sort()]);
    const known = different.get(key);
    if (known === undefined) different.set(key, { ...asked, facts: [...facts.values()] });
    else if (asked.allowed < known.allowed) different.set(key, { ...known, allowed: asked.allowed });
  };
  for (const rulebook of rulebooks) {
    for (const { forEach } of rulebook.forEachs) {
      const dimension = { type: 'FIELD', field: forEach.dimension } as const;
      const path = `${forEach.path}/forEach/dimension`;
      add({ path, dimension, allowed: RULEBOOK_LIMITS.items }, metricsOf(forEach.where.measure));
    }
    for (const { path, dimension, scope } of scopesOf(rulebook).flatMap(({ overs }) => [...overs.keys()])) {
      const allowed = RULEBOOK_LIMITS.itemsOver;
      add({ path: `${path}/over/dimension`, dimension, allowed }, [...scope.metrics.keys()]);
    }
  }
  return [...different.values()];
}

/**
 * The dimensions of which arrivals bring a partner new items beyond those that are allowed; it may have had
 * more before.
 */
export function findTooManyItems(partner: PartnerInputs, arrivals: Arrivals): readonly TooManyItems[] {
  return dimensionsOf(partner.rulebooks.map(({ rulebook }) => rulebook))
    .map((dimension) => countItems(dimension, partner, arrivals))
    .filter(({ arrived }) => arrived.length > 0);
}

function countItems(
  { dimension, facts, allowed }: Dimension,
  partner: PartnerInputs,
  arrivals: Arrivals,
): TooManyItems {
  const field = dimensionText(dimension);
  const family = new Set([partner.partnerId, ...partner.family.map(({ partnerId }) => partnerId)]);
  const counts = ({ kind, voided, partnerId }: Fact): boolean =>
    !voided &&
    facts.some(
      (each) =>
        each.kind === kind &&
        (each.scope === 'FAMILY' ? family.has(partnerId) : partnerId === partner.partnerId),
    );
  const all = [partner.facts, ...partner.family.map((member) => member.facts)].flat().filter(counts);
  const items = itemsOf(all).size;
  if (items <= allowed) return { field, items, allowed, arrived: [] };
  const before = itemsOf([
    ...all.filter((fact) => !arrivals.isNew(fact)),
    ...arrivals.replaced.filter(counts),
  ]);
  const isNewItem = (fact: Fact): boolean => {
    const item = itemOf(fact, dimension, asRecorded);
    return item !== null && !before.has(item);
  };
  return { field, items, allowed, arrived: all.filter((fact) => arrivals.isNew(fact) && isNewItem(fact)) };

  function itemsOf(some: readonly Fact[]): ReadonlySet<string> {
    return new Set(some.map((fact) => itemOf(fact, dimension, asRecorded)).filter((item) => item !== null));
  }
}
