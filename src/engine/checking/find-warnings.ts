import { isUpwards } from '../judging/shortfall.ts';
import { conditionsOf, everyPart } from '../rulebook/requirement-parts.ts';
import type {
  Measure,
  NamedRequirement,
  Requirement,
  Rulebook,
  Threshold,
  Tier,
} from '../rulebook/rulebook.ts';
import { compare, formatDecimal } from '../values/fraction.ts';
import { DEFAULT_LOCALE, textIn } from '../values/language.ts';
import type { ProgramSettings } from '../values/program.ts';
import { findLowering } from './monotony.ts';
import type { Warning } from './warning.ts';

/** What of a rulebook is allowed and may not be meant. */
export function findWarnings(rulebook: Rulebook, program: ProgramSettings): readonly Warning[] {
  return [
    ...findUnused(rulebook),
    ...findOutOfOrder(rulebook),
    ...findDrops(rulebook),
    ...findLowering(rulebook, program),
  ];
}

/** Named measures and requirements that no tier and no specialization comes to. */
function findUnused({ measures, requirements, tiers, specializations }: Rulebook): readonly Warning[] {
  const used = new Set<Measure | NamedRequirement>();
  const use = (measure: Measure): void => {
    if (used.has(measure)) return;
    used.add(measure);
    if ('parts' in measure) for (const part of measure.parts) use(part);
    if (measure.type === 'OVER') use(measure.of);
  };
  for (const part of everyCondition(tiers, specializations)) {
    if (part.type === 'THRESHOLD') use(part.measure);
    if (part.type === 'NAMED') used.add(part.named);
  }
  const unused = (list: string, what: string, named: ReadonlyMap<string, Measure | NamedRequirement>) =>
    [...named].flatMap(([key, part]): Warning | readonly Warning[] =>
      used.has(part)
        ? []
        : { code: 'UNUSED', path: `/${list}/${key}`, message: `Nothing asks for the ${what} "${key}".` },
    );
  return [...unused('measures', 'measure', measures), ...unused('requirements', 'requirement', requirements)];
}

function* everyCondition(
  tiers: Rulebook['tiers'],
  specializations: Rulebook['specializations'],
): Generator<Requirement, void> {
  const seen = new Set<NamedRequirement>();
  for (const condition of tiers.flatMap(conditionsOf)) yield* everyPart(condition, seen);
  for (const { requirement } of specializations) yield* everyPart(requirement, seen);
}

/** Thresholds of a tier that ask for less of the same measure than those of a tier below it. */
function findOutOfOrder({ tiers }: Rulebook): readonly Warning[] {
  const asked = tiers.map(({ requirement }) => (requirement === null ? [] : alwaysAsked(requirement)));
  return asked.flatMap((thresholds, rank) =>
    thresholds.flatMap((threshold) => {
      const below = asked
        .slice(0, rank)
        .flatMap((lower, at) => lower.map((other) => ({ other, tier: tiers[at] })))
        .findLast(({ other }) => isLess(threshold, other));
      const tier = tiers[rank];
      if (below?.tier === undefined || tier === undefined) return [];
      const [here, there] = [threshold, below.other].map(({ required }) => formatDecimal(required.default));
      const message = `${nameOf(tier)} asks for ${here}, and ${nameOf(below.tier)} below it for ${there}.`;
      return { code: 'OUT_OF_ORDER' as const, path: threshold.path, message };
    }),
  );
}

/** The thresholds that have to be met, whatever else is. */
function alwaysAsked(requirement: Requirement): readonly Threshold[] {
  switch (requirement.type) {
    case 'THRESHOLD':
      return [requirement];
    case 'NAMED':
      return alwaysAsked(requirement.named.requirement);
    case 'COMPOSITE': {
      const { quantifier, parts } = requirement;
      const isAll =
        quantifier.rule === 'ALL' || (quantifier.rule === 'AT_LEAST' && quantifier.needed === parts.length);
      return parts.flatMap((part) => (isAll || part.mandatory ? alwaysAsked(part.requirement) : []));
    }
    case 'SPECIALIZATION':
    case 'PERSONS':
    case 'FOR_EACH':
    case 'HELD':
      return [];
  }
}

function isLess(threshold: Threshold, below: Threshold): boolean {
  const isUp = isUpwards(threshold.comparison);
  if (threshold.measure !== below.measure || isUp !== isUpwards(below.comparison)) return false;
  const order = compare(threshold.required.default, below.required.default);
  return isUp ? order < 0 : order > 0;
}

/** Running periods by which everybody loses a tier on the same day, where nothing puts it off. */
function findDrops({ tiers, policy }: Rulebook): readonly Warning[] {
  if (policy.demotion.mode !== 'AT_ONCE') return [];
  return tiers.flatMap((tier) => {
    if (tier.requirement === null) return [];
    return alwaysAsked(tier.requirement).flatMap(({ measure, comparison }): readonly Warning[] => {
      if (!isUpwards(comparison) || measure.type !== 'METRIC') return [];
      const { window } = measure.metric;
      if (window.type !== 'PERIODS' || window.last > 0 || window.shift !== null) return [];
      const period = window.unit.toLowerCase().replace('_', ' ');
      const message = `The window begins anew with each ${period}, and demotion is at once: everybody loses ${nameOf(tier)} on that day.`;
      return [{ code: 'DROPS_AT_ONCE', path: measure.path, message }];
    });
  });
}

function nameOf({ name }: Tier): string {
  return textIn(name, DEFAULT_LOCALE);
}
