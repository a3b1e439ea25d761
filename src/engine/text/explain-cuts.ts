import type { MeasureProof } from '../judging/standing.ts';
import { type Locale, languageOf } from '../values/language.ts';
import { displayNumber } from './display.ts';
import { withinSentence } from './within-sentence.ts';

/** How many caps and limits one sentence names. */
const MOST_NAMED = 3;

/**
 * The caps, shares and limits that made a number, or a part of it, less than it would be: in brackets, with a
 * space before; empty if none.
 */
export function explainCuts(measure: MeasureProof, currency: string, locale: Locale): string {
  const named: string[] = [];
  // What is used in several places is one proof there, and named once.
  const seen = new Set<MeasureProof>();
  collect(measure);
  return named.length === 0 ? '' : ` (${named.join('; ')})`;

  function collect(part: MeasureProof): void {
    if (named.length >= MOST_NAMED || seen.has(part)) return;
    seen.add(part);
    const told = explainCut(part, currency, locale);
    if (told !== null) named.push(part === measure ? told : `${withinSentence(part.name, locale)}: ${told}`);
    if (part.type === 'CALCULATION') for (const each of part.parts) collect(each);
  }
}

function explainCut(measure: MeasureProof, currency: string, locale: Locale): string | null {
  const isGerman = languageOf(locale) === 'de';
  if (measure.type === 'METRIC') return explainLimit(measure, isGerman);
  if (measure.type !== 'CALCULATION' || measure.cut === null || measure.value === null) return null;
  const { type, limit, uncut } = measure.cut;
  const unit = { unit: measure.unit, currency };
  const before = displayNumber(uncut, unit, locale);
  if (type === 'CAP') {
    const most = displayNumber(limit, unit, locale);
    return isGerman ? `begrenzt auf ${most}, sonst ${before}` : `limited to ${most}, otherwise ${before}`;
  }
  const share = displayNumber(limit, { unit: '%', currency }, locale);
  const after = displayNumber(measure.value, unit, locale);
  return isGerman
    ? `kein Teil darf mehr als ${share} der Summe ausmachen, das kürzt ${before} auf ${after}`
    : `no part may be more than ${share} of the total, which cuts ${before} to ${after}`;
}

function explainLimit(
  { limited, perRespondent }: Extract<MeasureProof, { readonly type: 'METRIC' }>,
  isGerman: boolean,
): string | null {
  if (limited === 0 || perRespondent === null) return null;
  if (isGerman) {
    const answers = limited === 1 ? '1 weitere Antwort zählt' : `${limited} weitere Antworten zählen`;
    return `${answers} nicht: höchstens ${perRespondent} je befragter Person`;
  }
  const answers = limited === 1 ? '1 more answer does' : `${limited} more answers do`;
  return `${answers} not count: at most ${perRespondent} per respondent`;
}
