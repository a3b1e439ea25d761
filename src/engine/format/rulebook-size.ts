import { conditionsOf } from '../rulebook/requirement-parts.ts';
import type { Measure, NamedRequirement, Requirement, Rulebook } from '../rulebook/rulebook.ts';
import type { Problem } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';

/** What something comes to with everything written out wherever it is used. */
export type UnfoldedSize = {
  /** Counted up to MOST_COUNTED. */
  readonly parts: number;
  /** How many are within one another at most. */
  readonly depth: number;
};

/** How large a rulebook may be; any number of parts per item if left out. */
export type AllowedSize = UnfoldedSize & { readonly partsPerItem?: number };

/**
 * A rulebook's size, and what of it is too large by itself while nothing that it uses is: the first by the
 * document's order.
 */
export type RulebookSize = UnfoldedSize & {
  readonly culprit: (UnfoldedSize & { path: string }) | null;
  /** What its forEachs ask for one item, up to the first with which this is too much; null if it is not. */
  readonly excessPerItem: { readonly path: string; readonly parts: number } | null;
};

const MOST_COUNTED = 1_000_000_000;
/** How many items of a measure over items there may be for each of a forEach. */
const ITEMS_OVER = RULEBOOK_LIMITS.itemsOver / RULEBOOK_LIMITS.items;

/**
 * The size of a rulebook when it is judged, proven and explained. Each measure, requirement and
 * specialization is visited once, however often it is used. References are followed no deeper than when the
 * document was read.
 */
function rulebookSize(
  { measures, requirements: named, specializations, tiers }: Rulebook,
  allowed: AllowedSize,
): RulebookSize {
  const requirements = new Map(specializations.map(({ code, requirement }) => [code, requirement]));
  const ofMeasures = new Map<Measure, UnfoldedSize>();
  const ofSpecializations = new Map<string, UnfoldedSize>();
  const ofNamed = new Map<NamedRequirement, UnfoldedSize>();
  const { partsPerItem = Number.POSITIVE_INFINITY } = allowed;
  let culprit: RulebookSize['culprit'] = null;
  let perItem = 0;
  let excessPerItem: RulebookSize['excessPerItem'] = null;

  const judged = (path: string, size: UnfoldedSize): UnfoldedSize => {
    if (culprit === null && isBeyond(size, allowed)) culprit = { path, ...size };
    return size;
  };

  const sizeOfMeasure = (measure: Measure): UnfoldedSize => {
    const known = ofMeasures.get(measure);
    if (known !== undefined) return known;
    const size = judged(measure.path, sizeWithinMeasure(measure));
    ofMeasures.set(measure, size);
    return size;
  };

  const sizeWithinMeasure = (measure: Measure): UnfoldedSize => {
    if (measure.type !== 'OVER') {
      return around(1 + ownParts(measure), 'parts' in measure ? measure.parts.map(sizeOfMeasure) : []);
    }
    const item = sizeOfMeasure(measure.of);
    countPerItem(measure.path, item.parts * ITEMS_OVER);
    const others = (RULEBOOK_LIMITS.itemsAssumed - 1) * item.parts;
    return around(1 + ownParts(measure) + others, [item]);
  };
  const countPerItem = (path: string, parts: number): void => {
    perItem = Math.min(perItem + parts, MOST_COUNTED);
    if (excessPerItem === null && perItem > partsPerItem) excessPerItem = { path, parts: perItem };
  };

  const sizeOfSpecialization = (code: string): UnfoldedSize => {
    const requirement = requirements.get(code);
    const known = ofSpecializations.get(code);
    if (known !== undefined || requirement === undefined) return known ?? { parts: 0, depth: 0 };
    const size = sizeOf(requirement);
    ofSpecializations.set(code, size);
    return size;
  };

  const sizeOf = (requirement: Requirement): UnfoldedSize =>
    judged(requirement.path, sizeWithin(requirement));

  const sizeWithin = (requirement: Requirement): UnfoldedSize => {
    switch (requirement.type) {
      case 'THRESHOLD':
        return around(1 + requirement.required.values.size, [sizeOfMeasure(requirement.measure)]);
      case 'COMPOSITE':
        return around(
          1,
          requirement.parts.map((part) => sizeOf(part.requirement)),
        );
      case 'NAMED': {
        const size = ofNamed.get(requirement.named) ?? sizeOf(requirement.named.requirement);
        ofNamed.set(requirement.named, size);
        return around(1, [size]);
      }
      case 'HELD':
        return around(1, []);
      case 'SPECIALIZATION':
        return around(1, [sizeOfSpecialization(requirement.specialization)]);
      case 'PERSONS': {
        const { slots } = requirement.group;
        return around(1 + sum(slots.map(({ count, where }) => 1 + count + where.length)), []);
      }
      case 'FOR_EACH': {
        const item = around(1, [sizeOf(requirement.where), sizeOf(requirement.body)]);
        countPerItem(requirement.path, item.parts);
        return around(1 + (RULEBOOK_LIMITS.itemsAssumed - 1) * item.parts, [item]);
      }
    }
  };

  for (const measure of measures.values()) sizeOfMeasure(measure);
  for (const each of named.values()) ofNamed.set(each, sizeOf(each.requirement));
  const all = [
    ...specializations.map(({ code }) => sizeOfSpecialization(code)),
    ...tiers.map((tier) => around(tier.requirement === null ? 1 : 0, conditionsOf(tier).map(sizeOf))),
  ];
  return { ...around(0, all), culprit, excessPerItem };
}

/** What is too large about a rulebook, with its place; null if nothing is. */
export function excessOf(rulebook: Rulebook, allowed: AllowedSize): Problem | null {
  const { culprit, excessPerItem, ...whole } = rulebookSize(rulebook, allowed);
  if (culprit === null && !isBeyond(whole, allowed)) {
    if (excessPerItem === null) return null;
    const { path, parts } = excessPerItem;
    const message = `With everything written out where it is used, the forEachs up to here ask ${counted(parts)} parts of each item; ${allowed.partsPerItem} are allowed.`;
    return { path, message };
  }
  const { path, parts, depth } = culprit ?? { path: '', ...whole };
  const message =
    depth > allowed.depth
      ? `With everything written out where it is used, this is ${depth} levels deep; ${allowed.depth} are allowed.`
      : `With everything written out where it is used, this comes to ${counted(parts)} parts; ${allowed.parts} are allowed.`;
  return { path, message };
}

function counted(parts: number): string {
  return parts < MOST_COUNTED ? `${parts}` : `more than ${MOST_COUNTED}`;
}

/** Whether something is larger than allowed. */
export function isBeyond(size: UnfoldedSize, allowed: UnfoldedSize): boolean {
  return size.parts > allowed.parts || size.depth > allowed.depth;
}

/** What a measure has besides the measures that it is made of. */
function ownParts(measure: Measure): number {
  switch (measure.type) {
    case 'METRIC':
      return measure.metric.where.length + measure.metric.by.length;
    case 'CONSTANT':
      return measure.value.values.size;
    case 'POINTS':
      return measure.scale.type === 'STEPS' ? measure.scale.steps.length : measure.scale.points.values.size;
    case 'OVER':
      return measure.where === null ? 0 : 1 + measure.where.required.values.size;
    case 'SUM':
    case 'MINIMUM':
    case 'MAXIMUM':
    case 'RATIO':
    case 'CAPPED_TOTAL':
    case 'TIMES':
    case 'LARGEST_SHARE':
      return 0;
  }
}

function around(own: number, inside: readonly UnfoldedSize[]): UnfoldedSize {
  const parts = own + sum(inside.map((each) => each.parts));
  return {
    parts: Math.min(parts, MOST_COUNTED),
    depth: 1 + inside.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
