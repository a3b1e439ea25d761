import { distance, isStrict, isUpwards, nearestValue, shortfallWithin } from '../judging/shortfall.ts';
import type { MeasureProof, RequirementProof } from '../judging/standing.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Comparison } from '../values/comparison.ts';
import { compare, type Fraction, multiply, ONE, roundUp, wholeNumber, ZERO } from '../values/fraction.ts';
import { type Locale, languageOf, type Wording } from '../values/language.ts';
import {
  displayAbout,
  displayExact,
  displayNumber,
  displayRange,
  PERCENTAGE_POINTS,
  type Rounding,
  shownPlaces,
  type Unit,
} from './display.ts';
import { explainCuts } from './explain-cuts.ts';
import { explainLack } from './explain-lack.ts';
import { withinSentence } from './within-sentence.ts';

type Threshold = Extract<RequirementProof, { readonly type: 'THRESHOLD' }>;

const COMPARISONS: Readonly<Record<Comparison, Wording>> = {
  AT_LEAST: { en: 'at least', de: 'mindestens' },
  ABOVE: { en: 'more than', de: 'mehr als' },
  AT_MOST: { en: 'at most', de: 'höchstens' },
  BELOW: { en: 'less than', de: 'weniger als' },
};

/** What a threshold asks for, what there is and what is missing; who asks is said before it. */
export function explainThreshold(proof: Threshold, { currency }: Rulebook, locale: Locale): string {
  const { actual, comparison, required } = proof;
  const unit = { unit: actual.unit, currency };
  const bound = `${COMPARISONS[comparison][languageOf(locale)]} ${displayExact(required, unit, locale)}`;
  const range = actual.type === 'METRIC' ? displayRange(actual.window, locale) : '';
  const name = withinSentence(actual.name, locale);
  const found = `${explainFound(proof, unit, locale)}${explainCuts(actual, currency, locale)}`;
  return languageOf(locale) === 'de'
    ? `${name} von ${inDative(bound)}${range}; ${found}.`
    : `${name} of ${bound}${range}; ${found}.`;
}

function explainFound(proof: Threshold, unit: Unit, locale: Locale): string {
  const { actual, comparison, outcome, required } = proof;
  const isGerman = languageOf(locale) === 'de';
  if (proof.assumed) return explainAssumedOutcome(proof, unit, locale);
  const value = outcome === 'MET' ? decidingValue(proof) : nearestValue(actual, comparison);
  if (outcome === 'INSUFFICIENT_DATA' || value === null) return explainUndecided(actual, unit, locale);
  // Shown on the side of the threshold on which it is, however close it comes.
  const order = compare(value, required);
  const rounding: Rounding = order > 0 ? 'UP' : 'DOWN';
  const number =
    order === 0 ? displayExact(value, unit, locale) : displayNumber(value, unit, locale, rounding);
  const isOpen = actual.value === null;
  // A range is decided by the end that is nearest to the threshold.
  const atLeast = isUpwards(comparison) === (outcome === 'MET');
  const end = isOpen ? `${COMPARISONS[atLeast ? 'AT_LEAST' : 'AT_MOST'][languageOf(locale)]} ` : '';
  const verb = isMeasured(actual) ? (isGerman ? 'gemessen' : 'measured') : isGerman ? 'gezählt' : 'counted';
  const shown = actual.assumed
    ? explainAssumedValue(actual, number, locale)
    : isGerman
      ? `${verb}: ${end}${number}`
      : `${verb} ${end}${number}`;
  if (outcome === 'MET') return isGerman ? `${shown}, erfüllt` : `${shown}, which meets it`;
  return `${shown}, ${explainShortfall(proof, value, unit, locale)}`;
}

/** What takes the place of a number that the data do not decide. */
function explainAssumedValue(actual: MeasureProof, number: string, locale: Locale): string {
  const lack = explainLack(actual, locale);
  return languageOf(locale) === 'de'
    ? `${lack}, daher gilt der Wert ${number}`
    : `${lack}, so ${number} is assumed`;
}

/** What an undecided threshold counts as. */
function explainAssumedOutcome({ actual, outcome }: Threshold, unit: Unit, locale: Locale): string {
  const why = actual.range === null ? explainLack(actual, locale) : explainOpenRange(actual, unit, locale);
  const isMet = outcome === 'MET';
  return languageOf(locale) === 'de'
    ? `${why}, das gilt als ${isMet ? 'erfüllt' : 'nicht erfüllt'}`
    : `${why}, which counts as ${isMet ? 'met' : 'not met'}`;
}

/** Of a range that meets a threshold, the end that comes closest to missing it. */
function decidingValue({ actual, comparison }: Threshold): Fraction | null {
  if (actual.value !== null) return actual.value;
  return actual.range && (isUpwards(comparison) ? actual.range.minimum : actual.range.maximum);
}

/** Averages, extremes, ratios and shares are measured; the rest is counted. */
function isMeasured(measure: MeasureProof): boolean {
  if (measure.type === 'METRIC') return measure.grain === 'OTHER';
  return (
    measure.type === 'CALCULATION' && (measure.operator === 'RATIO' || measure.operator === 'LARGEST_SHARE')
  );
}

/** What is missing, or how far off the number is; a range is at least so far off. */
function explainShortfall(proof: Threshold, value: Fraction, unit: Unit, locale: Locale): string {
  const { actual, comparison, required } = proof;
  const up = isUpwards(comparison);
  const exact = distance(value, comparison, required);
  const isOther = actual.grain === 'OTHER';
  // For a number that no single fact determines, the sentence says "more than" instead of adding a last
  // digit.
  const isBeyond = isOther && isStrict(comparison);
  if (isBeyond && compare(exact, ZERO) === 0) {
    if (up) return languageOf(locale) === 'de' ? 'das reicht nicht' : 'which is not enough';
    return languageOf(locale) === 'de' ? 'das ist zu viel' : 'which is too much';
  }
  const rounded = isBeyond
    ? roundUp(exact, shownPlaces(unit))
    : shortfallWithin(exact, comparison, actual, unit.currency, shownPlaces(unit));
  const amount = displayDistance(rounded, exact, proof, unit, locale);
  const isOpen = actual.value === null;
  const least =
    isBeyond && compare(rounded, exact) === 0
      ? { en: 'more than ', de: 'mehr als ' }[languageOf(locale)]
      : isOpen && !isBeyond
        ? { en: 'at least ', de: 'mindestens ' }[languageOf(locale)]
        : '';
  const so = isOpen ? { en: 'so ', de: 'also ' }[languageOf(locale)] : '';
  const much = `${least}${amount.text}`;
  if (isMeasured(actual)) {
    if (languageOf(locale) === 'de') return `${so}${much} ${up ? 'zu niedrig' : 'zu hoch'}`;
    return `${so}${much} ${up ? 'too low' : 'too high'}`;
  }
  const isMoney = unit.unit === unit.currency;
  // A number that no single fact determines cannot be made up for by one fact.
  if (up && isOther && unit.unit !== 'points') {
    if (languageOf(locale) === 'de') return `${so}${much} zu wenig`;
    return `${so}${much} ${isMoney ? 'too little' : 'too few'}`;
  }
  if (up) {
    if (languageOf(locale) === 'de') return `es ${amount.isOne ? 'fehlt' : 'fehlen'} ${so}${much}`;
    return `${so}${much} ${amount.isOne ? 'is' : 'are'} missing`;
  }
  if (languageOf(locale) === 'de') return `${so}${much} zu viel`;
  return `${so}${much} ${isMoney ? 'too much' : 'too many'}`;
}

/**
 * A distance that was rounded up: marked where that was inexact, and of a share that no fact says in
 * percentage points.
 */
function displayDistance(
  rounded: Fraction,
  exact: Fraction,
  { actual }: Threshold,
  unit: Unit,
  locale: Locale,
): { readonly text: string; readonly isOne: boolean } {
  const { grain } = actual;
  const isPoints = grain === 'OTHER' && unit.unit === '%';
  const size = isPoints ? multiply(rounded, wholeNumber(100)) : rounded;
  const written = isPoints ? { ...unit, unit: PERCENTAGE_POINTS } : unit;
  const isInexact = grain !== 'COUNT' && compare(roundUp(exact, shownPlaces(unit)), exact) !== 0;
  const display = isInexact ? displayAbout : displayExact;
  return { text: display(size, written, locale), isOne: compare(size, ONE) === 0 };
}

function explainUndecided(actual: MeasureProof, unit: Unit, locale: Locale): string {
  const lack = explainLack(actual, locale);
  const isGerman = languageOf(locale) === 'de';
  if (actual.range === null) {
    return isGerman ? `${lack}, daher noch nicht entscheidbar` : `${lack}, so it can't be decided`;
  }
  return explainOpenRange(actual, unit, locale);
}

function explainOpenRange(actual: MeasureProof, unit: Unit, locale: Locale): string {
  const isGerman = languageOf(locale) === 'de';
  const lack = explainLack(actual, locale);
  const range = actual.range;
  if (range === null) return lack;
  const from = displayNumber(range.minimum, unit, locale, 'DOWN');
  const to = displayNumber(range.maximum, unit, locale, 'UP');
  const why = lack === '' ? '' : ` (${lack})`;
  return isGerman
    ? `die Daten lassen offen, wo zwischen ${inDative(from)} und ${inDative(to)} der Wert liegt${why}`
    : `the data leave open where between ${from} and ${to} the value lies${why}`;
}

/** German units are declined after a preposition; those of programmes are not ours to decline. */
function inDative(text: string): string {
  return text.replace(/ Punkte$/, ' Punkten');
}
