import type { MeasureProof } from '../judging/standing.ts';
import { compare, ZERO } from '../values/fraction.ts';
import { type Locale, languageOf } from '../values/language.ts';
import { withinSentence } from './within-sentence.ts';

/** Why nothing is known of a number, or not enough. */
type Lack =
  | { readonly type: 'NO_DATA'; readonly of: MeasureProof }
  | {
      readonly type: 'TOO_FEW';
      readonly of: MeasureProof;
      readonly sample: number;
      readonly needed: number;
    }
  | { readonly type: 'DIVIDED_BY_ZERO'; readonly by: MeasureProof };

/**
 * What a number lacks that the data can't decide: no data, too few, or a denominator of 0; of a calculation
 * what its first undecided part lacks. Empty if the data decide it.
 */
export function explainLack(measure: MeasureProof, locale: Locale): string {
  const lack = lackOf(measure, new Set());
  if (lack === null) return '';
  const isGerman = languageOf(locale) === 'de';
  switch (lack.type) {
    case 'NO_DATA': {
      const name = withinSentence(lack.of.name, locale);
      if (lack.of === measure) return isGerman ? 'es liegen noch keine Daten vor' : 'there are no data yet';
      return isGerman ? `zu „${name}“ liegen noch keine Daten vor` : `there are no data on ${name} yet`;
    }
    case 'TOO_FEW': {
      const { sample, needed } = lack;
      const name = withinSentence(lack.of.name, locale);
      if (lack.of === measure) {
        return isGerman
          ? `erst ${sample} von mindestens ${needed} nötigen Werten ${sample === 1 ? 'liegt' : 'liegen'} vor`
          : `only ${sample} of at least ${needed} values needed ${sample === 1 ? 'is' : 'are'} there`;
      }
      return isGerman
        ? `für „${name}“ ${sample === 1 ? 'liegt' : 'liegen'} erst ${sample} von mindestens ${needed} nötigen Werten vor`
        : `for ${name} only ${sample} of at least ${needed} values needed ${sample === 1 ? 'is' : 'are'} there`;
    }
    case 'DIVIDED_BY_ZERO': {
      const name = withinSentence(lack.by.name, locale);
      return isGerman ? `der Nenner („${name}“) ist 0` : `the denominator (${name}) is 0`;
    }
  }
}

/** Visits a part that is used in several places once. */
function lackOf(measure: MeasureProof, seen: Set<MeasureProof>): Lack | null {
  if ((measure.value !== null && !measure.assumed) || seen.has(measure)) return null;
  seen.add(measure);
  switch (measure.type) {
    case 'METRIC': {
      const { sample, minimumSample: needed } = measure;
      if (sample === 0 || needed === null) return { type: 'NO_DATA', of: measure };
      return { type: 'TOO_FEW', of: measure, sample, needed };
    }
    case 'CONSTANT':
      return null;
    case 'OVER': {
      if (measure.items.length === 0) return { type: 'NO_DATA', of: measure };
      for (const { number } of measure.items) {
        const lack = lackOf(number, seen);
        if (lack !== null) return lack;
      }
      return null;
    }
    case 'CALCULATION': {
      for (const part of measure.parts) {
        const lack = part.range === null ? lackOf(part, seen) : null;
        if (lack !== null) return lack;
      }
      const [, by] = measure.parts;
      if (measure.operator === 'RATIO' && by?.value != null && compare(by.value, ZERO) === 0) {
        return { type: 'DIVIDED_BY_ZERO', by };
      }
      // What is left open by a part is what that part's own parts lack.
      for (const part of measure.parts) {
        const lack = lackOf(part, seen);
        if (lack !== null) return lack;
      }
      return null;
    }
  }
}
