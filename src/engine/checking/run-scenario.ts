import type { RequirementProof, Standing } from '../judging/standing.ts';
import type { Fact } from '../partner/fact.ts';
import type { PartnerInputs } from '../partner/partner-inputs.ts';
import { judgePartner } from '../policy/judge-partner.ts';
import { historyInSteps } from '../policy/timeline.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Scenario } from '../rulebook/scenario.ts';
import { explainRequirement } from '../text/explain-requirement.ts';
import { finish, type InSteps } from '../values/in-steps.ts';
import type { Locale } from '../values/language.ts';

/** Something that a scenario expects and that the rulebook says otherwise; `of` names the requirement. */
export type Mismatch = {
  readonly what: 'TIER' | 'COMPUTED_TIER' | 'SPECIALIZATIONS' | 'OUTCOME';
  readonly of: string | null;
  readonly expected: string;
  readonly actual: string;
};

/** What a rulebook says of a scenario; it is green if nothing is otherwise than expected. */
export type ScenarioResult = {
  readonly scenario: Scenario;
  readonly mismatches: readonly Mismatch[];
  readonly standing: Standing;
};

/** Judges the made-up partner of a scenario, as if the rulebook had held since its enrolment. */
export function runScenario(rulebook: Rulebook, scenario: Scenario): ScenarioResult {
  return finish(runScenarioInSteps(rulebook, scenario));
}

/** The same in steps, about one for each day on which a number changes. */
export function* runScenarioInSteps(rulebook: Rulebook, scenario: Scenario): InSteps<ScenarioResult> {
  const partner = partnerOf(rulebook, scenario);
  const standing = judgePartner(partner, scenario.on, yield* historyInSteps(partner));
  return { scenario, standing, mismatches: mismatchesOf(scenario, standing) };
}

function partnerOf(rulebook: Rulebook, { partner, facts }: Scenario): PartnerInputs {
  const { enrolledOn, leftOn, region, country, attributes, start } = partner;
  const entry = {
    firstOn: enrolledOn,
    recordedAt: 0,
    region,
    country,
    attributes,
    enrolledOn,
    leftOn,
    start,
  };
  return {
    partnerId: 'scenario',
    rulebooks: [{ id: 'scenario', effectiveFrom: enrolledOn, rulebook }],
    entries: [entry],
    facts: facts.flatMap(({ path, count, ...fact }) =>
      Array.from({ length: count }, (_, index): Fact => {
        const id = `${path}/${index}`;
        const version = { version: 1, recordedAt: 0, supersededAt: null, voided: false };
        return { ...fact, ...version, id, partnerId: 'scenario', source: 'scenario', externalId: id };
      }),
    ),
    family: [],
    overrides: [],
  };
}

function mismatchesOf({ expected }: Scenario, standing: Standing): readonly Mismatch[] {
  const { tier, computedTier, specializations } = standing.status;
  const compared: Mismatch[] = [{ what: 'TIER', of: null, expected: expected.tier, actual: tier ?? 'none' }];
  if (expected.computedTier !== null) {
    const actual = computedTier ?? 'none';
    compared.push({ what: 'COMPUTED_TIER', of: null, expected: expected.computedTier, actual });
  }
  if (expected.specializations !== null) {
    compared.push({
      what: 'SPECIALIZATIONS',
      of: null,
      expected: [...expected.specializations].sort().join(', ') || 'none',
      actual: [...specializations].sort().join(', ') || 'none',
    });
  }
  for (const [of, outcome] of expected.outcomes) {
    const actual = partNamed(of, standing)?.outcome ?? 'not asked for';
    compared.push({ what: 'OUTCOME', of, expected: outcome, actual });
  }
  return compared.filter((each) => each.expected !== each.actual);
}

/** The proof of a requirement by its name or its place in the document; null if nothing asks for it. */
function partNamed(name: string, standing: Standing): RequirementProof | null {
  const path = name.startsWith('/') ? name : `/requirements/${name}/requirement`;
  for (const part of partsIn(standing)) if (part.path === path) return part;
  return null;
}

/** Every requirement that the proofs of a standing show. */
export function* partsIn({ proof, specializations }: Standing): Generator<RequirementProof, void> {
  const seen = new Set<RequirementProof>();
  const whole = [
    ...proof.flatMap(({ requirement, retain, forfeit }) => [requirement, retain, forfeit]),
    ...specializations.map((each) => each.proof),
  ];
  for (const part of whole) if (part !== null) yield* within(part);

  function* within(part: RequirementProof): Generator<RequirementProof, void> {
    if (seen.has(part)) return;
    seen.add(part);
    yield part;
    for (const inner of innerOf(part)) yield* within(inner);
  }
}

function innerOf(part: RequirementProof): readonly RequirementProof[] {
  switch (part.type) {
    case 'COMPOSITE':
      return part.parts.map(({ proof }) => proof);
    case 'SPECIALIZATION':
    case 'NAMED':
      return [part.proof];
    case 'FOR_EACH':
      return part.items.flatMap(({ where, proof }) => [where, proof]);
    case 'THRESHOLD':
    case 'PERSONS':
    case 'HELD':
      return [];
  }
}

/**
 * Why a scenario is red, in sentences: what is missing for the tier expected or, where the tier is higher
 * than expected, what gives it; for an outcome, the proof of it.
 */
export function explainScenario(
  { mismatches, standing }: ScenarioResult,
  rulebook: Rulebook,
  locale: Locale,
): readonly string[] {
  const explained = mismatches.flatMap(({ what, of, expected, actual }): readonly RequirementProof[] => {
    if (what === 'OUTCOME') return [partNamed(of ?? '', standing)].filter((part) => part !== null);
    if (what === 'SPECIALIZATIONS') {
      const differing = [...expected.split(', '), ...actual.split(', ')].filter(
        (code, _, all) => all.indexOf(code) === all.lastIndexOf(code),
      );
      return standing.specializations.flatMap(({ specialization, proof }) =>
        differing.includes(specialization) ? proof : [],
      );
    }
    const ranks = standing.proof.map(({ tier }) => tier);
    // Highest first: what the higher one of the two asks for is what tells them apart.
    const higher = standing.proof[Math.min(...[expected, actual].map((tier) => ranks.indexOf(tier)))];
    return [higher?.requirement, higher?.retain, higher?.forfeit].filter((part) => part != null);
  });
  return [...new Set(explained.flatMap(leavesOf))].map((part) => explainRequirement(part, rulebook, locale));
}

/** The conditions of which a requirement is made, without what only combines them. */
function leavesOf(part: RequirementProof): readonly RequirementProof[] {
  if (part.type === 'COMPOSITE' || part.type === 'NAMED') return innerOf(part).flatMap(leavesOf);
  return [part];
}
