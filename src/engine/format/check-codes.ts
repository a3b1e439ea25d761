import { everyPart } from '../rulebook/requirement-parts.ts';
import type { NamedRequirement, Requirement, Specialization, Tier } from '../rulebook/rulebook.ts';
import { pointer } from './problem.ts';
import { namedCircle, type RulebookReading } from './rulebook-reading.ts';

/** Refuses a code that another one has. */
export function refuseRepeatedCodes(
  coded: readonly { code: string }[],
  path: string,
  reading: RulebookReading,
): void {
  const seen = new Set<string>();
  for (const [index, { code }] of coded.entries()) {
    if (!seen.has(code)) {
      seen.add(code);
      continue;
    }
    reading.refuse(pointer(pointer(path, index), 'code'), `The code "${code}" is there twice.`);
  }
}

/**
 * Refuses specializations whose requirements lead back to themselves; each cycle once, at its first
 * specialization.
 */
export function refuseCycles(
  specializations: readonly Specialization[],
  path: string,
  reading: RulebookReading,
): void {
  const done = new Set<string>();
  const trail: string[] = [];
  const byCode = new Map(specializations.toReversed().map((each) => [each.code, each]));
  const visit = (code: string): void => {
    if (trail.includes(code)) {
      const circle = trail.slice(trail.indexOf(code));
      const first = specializations.findIndex((each) => circle.includes(each.code));
      const named = namedCircle([...circle, code]);
      reading.refuse(
        pointer(path, first),
        `Specializations may not require each other in a circle: ${named}.`,
      );
      return;
    }
    if (done.has(code)) return;
    const found = byCode.get(code);
    trail.push(code);
    for (const next of found === undefined ? [] : requiredBy(found.requirement)) visit(next);
    trail.pop();
    done.add(code);
  };
  for (const { code } of specializations) visit(code);
}

/**
 * Refuses forfeits that ask for what was held, also by way of a specialization: what policy may hold at most
 * would then depend on what it held.
 */
export function refuseHeldInForfeits(
  tiers: readonly Tier[],
  specializations: readonly Specialization[],
  path: string,
  reading: RulebookReading,
): void {
  const byCode = new Map(specializations.map(({ code, requirement }) => [code, requirement]));
  for (const [rank, { forfeit }] of tiers.entries()) {
    const seen = new Set<NamedRequirement>();
    const asked = new Set(forfeit === null ? [] : [forfeit]);
    // What a specialization asks for is added while the set is gone through.
    for (const requirement of asked) {
      for (const part of everyPart(requirement, seen)) {
        const ofSpecialization = part.type === 'SPECIALIZATION' && byCode.get(part.specialization);
        if (ofSpecialization) asked.add(ofSpecialization);
        if (part.type !== 'HELD') continue;
        const at = pointer(pointer(pointer(path, 'tiers'), rank), 'forfeit');
        reading.refuse(at, `A forfeit does not ask what was held, but this one does, at ${part.path}.`);
      }
    }
  }
}

/** Each once, however often it is asked for. */
function requiredBy(requirement: Requirement): ReadonlySet<string> {
  return new Set(specializationsIn(requirement, new Set()));
}

function specializationsIn(requirement: Requirement, seen: Set<NamedRequirement>): readonly string[] {
  switch (requirement.type) {
    case 'SPECIALIZATION':
      return [requirement.specialization];
    case 'COMPOSITE':
      return requirement.parts.flatMap((part) => specializationsIn(part.requirement, seen));
    case 'FOR_EACH':
      return specializationsIn(requirement.body, seen);
    case 'NAMED': {
      const { named } = requirement;
      if (seen.has(named)) return [];
      seen.add(named);
      return specializationsIn(named.requirement, seen);
    }
    case 'THRESHOLD':
    case 'PERSONS':
    case 'HELD':
      return [];
  }
}
