import { checkSuccession } from '../format/check-succession.ts';
import { parseRulebook } from '../format/parse-rulebook.ts';
import type { Problem } from '../format/problem.ts';
import type { Day } from '../values/day.ts';
import { formatDecimal } from '../values/fraction.ts';
import { type Locale, textIn } from '../values/language.ts';
import type { ProgramSettings } from '../values/program.ts';
import { coverageOf } from './coverage.ts';
import { findWarnings } from './find-warnings.ts';
import { explainScenario, type Mismatch, runScenario } from './run-scenario.ts';
import type { Warning } from './warning.ts';

/** What there is to say about a rulebook document before it is published. Plain JSON. */
export type DocumentReport = {
  /** Whether it could be published: nothing is wrong, and no scenario is red. */
  readonly isGreen: boolean;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  readonly warnings: readonly Warning[];
  readonly scenarios: readonly {
    readonly path: string;
    readonly name: string;
    readonly isGreen: boolean;
    readonly mismatches: readonly Mismatch[];
    /** Why it is red, in sentences. */
    readonly explanations: readonly string[];
  }[];
  readonly coverage: readonly {
    readonly path: string;
    readonly met: boolean;
    readonly unmet: boolean;
    readonly exact: boolean | null;
    readonly missedBy: string | null;
  }[];
};

/** Checks a document for a programme and, if there is one, as the successor of another that holds. */
export function checkDocument(
  document: unknown,
  settings: ProgramSettings,
  before: { readonly document: unknown; readonly effectiveFrom: Day } | null,
  locale: Locale,
): DocumentReport {
  const nothing = { warnings: [], scenarios: [], coverage: [] };
  const parsed = parseRulebook(document, settings);
  if (!parsed.ok) {
    const { problems, problemCount } = parsed;
    return { ...nothing, problems, problemCount, isGreen: false };
  }
  const { rulebook } = parsed;
  const previous = before && parseRulebook(before.document, settings);
  if (previous !== null && !previous.ok) {
    const problems = previous.problems.map(({ path, message }) => ({
      path,
      message: `In the rulebook before: ${message}`,
    }));
    return { ...nothing, problems, problemCount: previous.problemCount, isGreen: false };
  }
  const problems =
    previous === null || before === null
      ? []
      : checkSuccession(rulebook, {
          effectiveFrom: before.effectiveFrom,
          previous: previous.rulebook,
          currenciesInUse: [],
        });
  const results = rulebook.scenarios.map((scenario) => runScenario(rulebook, scenario));
  return {
    isGreen: problems.length === 0 && results.every(({ mismatches }) => mismatches.length === 0),
    problems,
    problemCount: problems.length,
    warnings: findWarnings(rulebook, settings),
    scenarios: results.map((result) => ({
      path: result.scenario.path,
      name: textIn(result.scenario.name, locale),
      isGreen: result.mismatches.length === 0,
      mismatches: result.mismatches,
      explanations: explainScenario(result, rulebook, locale),
    })),
    coverage: coverageOf(rulebook, results).map(({ missedBy, ...part }) => ({
      ...part,
      missedBy: missedBy && formatDecimal(missedBy),
    })),
  };
}

/** What a scenario expects and does not get, in a sentence. */
export function describeMismatch({ what, of, expected, actual }: Mismatch): string {
  switch (what) {
    case 'TIER':
      return `The tier should be ${expected}, and is ${actual}.`;
    case 'COMPUTED_TIER':
      return `The computed tier should be ${expected}, and is ${actual}.`;
    case 'SPECIALIZATIONS':
      return `The specializations should be ${expected}, and are ${actual}.`;
    case 'OUTCOME':
      return `The outcome of ${of} should be ${expected}, and is ${actual}.`;
  }
}
