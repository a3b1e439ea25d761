import type { Quantifier } from '../rulebook/rulebook.ts';
import type { Outcome } from './standing.ts';

/** How many of so many parts a quantifier asks for. */
export function neededOf(quantifier: Quantifier, parts: number): number {
  if (quantifier.rule === 'AT_LEAST') return quantifier.needed;
  return quantifier.rule === 'ALL' ? parts : 1;
}

/** In Kleene's logic, all-of and any-of are n-of-m with n = m and n = 1. */
export function quantified(quantifier: Quantifier, outcomes: readonly Outcome[]): Outcome {
  const needed = neededOf(quantifier, outcomes.length);
  const met = outcomes.filter((outcome) => outcome === 'MET').length;
  if (met >= needed) return 'MET';
  const open = outcomes.filter((outcome) => outcome === 'INSUFFICIENT_DATA').length;
  return met + open < needed ? 'UNMET' : 'INSUFFICIENT_DATA';
}

/** The outcome of a value that may or may not be an item, unless its body could not make a difference. */
export function undecided({ rule }: Quantifier, body: Outcome): Outcome {
  const harmless = rule === 'ALL' ? 'MET' : 'UNMET';
  return body === harmless ? harmless : 'INSUFFICIENT_DATA';
}
