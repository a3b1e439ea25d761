import type { Rulebook } from '../rulebook/rulebook.ts';
import { type Day, formatDay } from '../values/day.ts';
import { type Problem, pointer } from './problem.ts';

/** What a rulebook is to follow when it is published. */
export type Succession = {
  readonly effectiveFrom: Day;
  /** The rulebook in force until then; null for a programme's first. */
  readonly previous: Rulebook | null;
  /** ISO 4217, every currency that a fact of the programme has. */
  readonly currenciesInUse: Iterable<string>;
};

/**
 * What keeps a valid rulebook from being published now: tiers without a successor or that change places,
 * currencies that it lacks, a transition without days.
 */
export function checkSuccession(rulebook: Rulebook, succession: Succession): readonly Problem[] {
  const { effectiveFrom, previous, currenciesInUse } = succession;
  const problems: Problem[] = [];
  for (const { code } of previous?.tiers ?? []) {
    if (remappedTier(rulebook, code) !== null) continue;
    problems.push({
      path: '/remap',
      message: `The tier ${code} of the rulebook before has no tier to go to.`,
    });
  }
  problems.push(...reversals(rulebook, previous?.tiers ?? []));
  for (const code of rulebook.remap.keys()) {
    if (previous?.tiers.some((tier) => tier.code === code)) continue;
    const message = `The rulebook before has no tier ${code}.`;
    problems.push({ path: pointer('/remap', code), message });
  }
  const { transition } = rulebook;
  if (transition !== null && previous === null) {
    problems.push({
      path: '/transition',
      message: 'The first rulebook of a programme has nothing to pass over from.',
    });
  }
  if (transition !== null && transition.until <= effectiveFrom) {
    const message = `The transition ends on ${formatDay(transition.until)}, before it could begin.`;
    problems.push({ path: '/transition/until', message });
  }
  const known = rulebook.currencies[0]?.equal;
  for (const currency of new Set(currenciesInUse)) {
    if (currency === rulebook.currency || known?.has(currency)) continue;
    problems.push({
      path: '/currencies',
      message: `There are facts in ${currency}, which no table converts.`,
    });
  }
  return problems;
}

/**
 * The tiers that a remap would put below one that they were above. Holds and graces could not be carried
 * over.
 */
function reversals(rulebook: Rulebook, old: Rulebook['tiers']): Problem[] {
  const led = old.flatMap(({ code }) => {
    const to = remappedTier(rulebook, code);
    return to === null ? [] : [{ code, to, rank: rulebook.tiers.findIndex((tier) => tier.code === to) }];
  });
  return led.flatMap((upper, index) => {
    const lower = led[index - 1];
    if (lower === undefined || lower.rank <= upper.rank) return [];
    const message =
      `The rulebook before ranks ${upper.code} above ${lower.code}, but ${upper.code} becomes ${upper.to} here and ` +
      `${lower.code} becomes ${lower.to}, which is higher. Tiers may become one, but must not change places.`;
    const path = rulebook.remap.has(upper.code) ? pointer('/remap', upper.code) : '/remap';
    return [{ path, message }];
  });
}

/** The tier of this rulebook that takes the place of one of the rulebook before; null if none does. */
function remappedTier(rulebook: Rulebook, code: string): string | null {
  const remapped = rulebook.remap.get(code) ?? code;
  return rulebook.tiers.some((tier) => tier.code === remapped) ? remapped : null;
}
