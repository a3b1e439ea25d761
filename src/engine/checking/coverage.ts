import type { Rulebook } from '../rulebook/rulebook.ts';
import { compare, type Fraction, ZERO } from '../values/fraction.ts';
import { partsIn, type ScenarioResult } from './run-scenario.ts';

/** How scenarios decided a tier or a part of a requirement. */
export type PartCoverage = {
  /** Its place in the document. */
  readonly path: string;
  readonly met: boolean;
  readonly unmet: boolean;
  /** Of a threshold: whether some number was exactly what it asks for. */
  readonly exact: boolean | null;
  /** Of a threshold: by how little it was missed; null if it never was. */
  readonly missedBy: Fraction | null;
};

/**
 * What scenarios decided: each tier above the lowest, and each part of a requirement, in the order in which
 * the document has them. What no scenario came to is not in it.
 */
export function coverageOf(rulebook: Rulebook, results: readonly ScenarioResult[]): readonly PartCoverage[] {
  const covered = new Map<string, PartCoverage>();
  const note = (path: string, seen: Partial<PartCoverage>): void => {
    const before = covered.get(path) ?? { path, met: false, unmet: false, exact: null, missedBy: null };
    const least =
      seen.missedBy == null || (before.missedBy !== null && compare(before.missedBy, seen.missedBy) <= 0)
        ? before.missedBy
        : seen.missedBy;
    covered.set(path, {
      path,
      met: before.met || seen.met === true,
      unmet: before.unmet || seen.unmet === true,
      exact: seen.exact == null ? before.exact : before.exact === true || seen.exact,
      missedBy: least,
    });
  };
  for (const { standing } of results) {
    for (const { tier, outcome } of standing.proof) {
      const rank = rulebook.tiers.findIndex(({ code }) => code === tier);
      if (rank > 0) note(`/tiers/${rank}`, { met: outcome === 'MET', unmet: outcome !== 'MET' });
    }
    for (const part of partsIn(standing)) {
      const decided = { met: part.outcome === 'MET', unmet: part.outcome === 'UNMET' };
      if (part.type !== 'THRESHOLD') {
        note(part.path, decided);
        continue;
      }
      const { actual, required, shortfall } = part;
      const exact = actual.value !== null && compare(actual.value, required) === 0;
      const missedBy = shortfall !== null && compare(shortfall, ZERO) > 0 ? shortfall : null;
      note(part.path, { ...decided, exact, missedBy });
    }
  }
  return [...covered.values()].sort((a, b) => byPlace(a.path, b.path));
}

/** Places in the order of the document, numbers as numbers. */
function byPlace(a: string, b: string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    if (part === against) continue;
    const [number, otherNumber] = [Number(part), Number(against)];
    const areNumbers = Number.isInteger(number) && Number.isInteger(otherNumber);
    return areNumbers ? number - otherNumber : part < against ? -1 : 1;
  }
  return one.length - other.length;
}
