import type { NamedRequirement, Requirement, Tier } from './rulebook.ts';

/** The requirements that one is made of, and what a named one stands for. */
function partsOf(requirement: Requirement): readonly Requirement[] {
  switch (requirement.type) {
    case 'COMPOSITE':
      return requirement.parts.map((part) => part.requirement);
    case 'NAMED':
      return [requirement.named.requirement];
    case 'FOR_EACH':
      return [requirement.where, requirement.body];
    case 'THRESHOLD':
    case 'SPECIALIZATION':
    case 'PERSONS':
    case 'HELD':
      return [];
  }
}

/**
 * The requirement and everything that it is made of. What has a name is gone through once, however often it
 * is used: not at all if it is in `seen`.
 */
export function* everyPart(
  requirement: Requirement,
  seen = new Set<NamedRequirement>(),
): Generator<Requirement, void> {
  yield requirement;
  if (requirement.type === 'NAMED') {
    if (seen.has(requirement.named)) return;
    seen.add(requirement.named);
  }
  for (const part of partsOf(requirement)) yield* everyPart(part, seen);
}

/** What a tier asks for: to gain it, to retain it, and what forfeits it. */
export function conditionsOf({ requirement, retain, forfeit }: Tier): readonly Requirement[] {
  return [requirement, retain, forfeit].filter((condition) => condition !== null);
}
