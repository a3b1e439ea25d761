import { RULEBOOK_LIMITS } from '../format/rulebook-limits.ts';
import type { Fact } from '../partner/fact.ts';
import { fieldText, type WorthOf } from '../partner/fact-field.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import { metricsOf } from '../rulebook/measuring-scope.ts';
import type { Scope } from '../rulebook/metric.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';

/**
 * The dimension of a forEach, and the facts whose values of it may be items: all of these kinds, whatever
 * they pass besides.
 */
export type Dimension = {
  /** The place of the forEach in the document. */
  readonly path: string;
  readonly field: string;
  readonly facts: readonly { readonly kind: string; readonly scope: Scope }[];
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
  readonly field: string;
  readonly items: number;
  readonly arrived: readonly Fact[];
};

/** Amounts are told apart as they were recorded: converted, there are hardly ever more. */
const asRecorded: WorthOf = ({ value }) => value;

/**
 * The dimensions of the rulebooks' forEachs, each once: where several have one, the place is the first one's.
 */
export function dimensionsOf(rulebooks: readonly Rulebook[]): readonly Dimension[] {
  const different = new Map<string, Dimension>();
  for (const { forEach } of rulebooks.flatMap(({ forEachs }) => forEachs)) {
    const { path, dimension: field, where } = forEach;
    const facts = new Map(
      metricsOf(where.measure).map(({ kind, scope }) => [`${scope} ${kind}`, { kind, scope }]),
    );
    const key = JSON.stringify([field, [...facts.keys()].sort()]);
    if (!different.has(key)) different.set(key, { path, field, facts: [...facts.values()] });
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

function countItems({ field, facts }: Dimension, partner: PartnerInputs, arrivals: Arrivals): TooManyItems {
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
  if (items <= RULEBOOK_LIMITS.items) return { field, items, arrived: [] };
  const before = itemsOf([
    ...all.filter((fact) => !arrivals.isNew(fact)),
    ...arrivals.replaced.filter(counts),
  ]);
  const isNewItem = (fact: Fact): boolean => {
    const item = fieldText(fact, field, asRecorded);
    return item !== null && !before.has(item);
  };
  return { field, items, arrived: all.filter((fact) => arrivals.isNew(fact) && isNewItem(fact)) };

  function itemsOf(some: readonly Fact[]): ReadonlySet<string> {
    return new Set(some.map((fact) => fieldText(fact, field, asRecorded)).filter((item) => item !== null));
  }
}
