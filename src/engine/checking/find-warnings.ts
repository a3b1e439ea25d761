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
import type { Comparison } from '../values/comparison.ts';
import { compare, type Fraction, formatDecimal } from '../values/fraction.ts';
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
  const warnings: Warning[] = [];
  // What tiers below ask for at most, upwards and downwards: looked up, so that no pair is compared.
  const most = { up: new Map<Measure, Asked>(), down: new Map<Measure, Asked>() };
  for (const tier of tiers) {
    const asked = tier.requirement === null ? [] : alwaysAsked(tier.requirement);
    for (const { measure, comparison, required, path } of asked) {
      const below = most[isUpwards(comparison) ? 'up' : 'down'].get(measure);
      if (below === undefined || !isLess(required.default, below.bound, comparison)) continue;
      const [here, there] = [required.default, below.bound].map((bound) => formatDecimal(bound));
      const message = `${nameOf(tier)} asks for ${here}, and ${nameOf(below.tier)} below it for ${there}.`;
      warnings.push({ code: 'OUT_OF_ORDER', path, message });
    }
    for (const { measure, comparison, required } of asked) {
      const known = most[isUpwards(comparison) ? 'up' : 'down'];
      const before = known.get(measure);
      if (before !== undefined && isLess(required.default, before.bound, comparison)) continue;
      known.set(measure, { tier, bound: required.default });
    }
  }
  return warnings;
}

/** What a tier asks for of a measure. */
type Asked = { readonly tier: Tier; readonly bound: Fraction };

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

/** Whether a bound is easier to meet than another one in the same direction. */
function isLess(bound: Fraction, other: Fraction, comparison: Comparison): boolean {
  const order = compare(bound, other);
  return isUpwards(comparison) ? order < 0 : order > 0;
}

/** Running periods by which all partners lose a tier on the same day, where nothing delays it. */
function findDrops({ tiers, policy }: Rulebook): readonly Warning[] {
  if (policy.demotion.mode !== 'AT_ONCE') return [];
  return tiers.flatMap((tier) => {
    if (tier.requirement === null) return [];
    return alwaysAsked(tier.requirement).flatMap(({ measure, comparison }): readonly Warning[] => {
      if (!isUpwards(comparison) || measure.type !== 'METRIC') return [];
      const { window } = measure.metric;
      if (window.type !== 'PERIODS' || window.last > 0 || window.shift !== null) return [];
      const period = window.unit.toLowerCase().replace('_', ' ');
      const message = `The window begins anew with each ${period}, and demotion is at once: all partners lose ${nameOf(tier)} on that day.`;
      return [{ code: 'DROPS_AT_ONCE', path: measure.path, message }];
    });
  });
}

function nameOf({ name }: Tier): string {
  return textIn(name, DEFAULT_LOCALE);
}
