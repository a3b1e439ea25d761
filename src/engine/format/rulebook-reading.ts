import type { Filter, Metric, Window } from '../rulebook/metric.ts';
import type { Characteristic, Measure, NamedRequirement } from '../rulebook/rulebook.ts';
import { fractionToText } from '../values/fraction.ts';
import { isObject } from '../values/is-object.ts';
import { findTextProblem, readName, toStoredName } from '../values/naming-text.ts';
import type { ProgramSettings } from '../values/program.ts';
import type { Problem } from './problem.ts';
import { pointer, quoted, told } from './problem.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import { nearestWord } from './suggestion.ts';
import { type ValueRange, valueRange } from './value-range.ts';

/** A version of what documents may say; each has all that is in the ones before. */
export const FORMATS = [1, 2] as const;
export type Format = (typeof FORMATS)[number];

const DEEPEST = RULEBOOK_LIMITS.depth;
/** More names of a circle are not told. */
const LONGEST_CIRCLE = 10;

/**
 * One pass over a rulebook document: what is wrong with it so far, and what its parts need to know of each
 * other.
 */
export type RulebookReading = {
  /** The first of those that were noted, cut short where they repeat much of the document. */
  readonly problems: readonly Problem[];
  /** How many were noted. */
  problemCount(): number;
  readonly program: ProgramSettings;
  /** The document is published already, and is read even if it would be refused today. */
  readonly isPublished: boolean;
  /** A text that names something, in its one form; refused at `path` where it names nothing. */
  name(text: string, path: string, longest: number): string | undefined;
  /** A text for people, as it is written; refused at `path` where it is none. */
  writing(text: string, path: string, longest: number, lines: 'ONE_LINE' | 'LINES'): string | undefined;
  /** Whether the document's format has something that is new since a format; refused at `path` if not. */
  allows(since: Format, what: string, path: string): boolean;
  /** What was probably meant, as the end of a sentence; empty if nothing is near. */
  suggestion(word: string, known: Iterable<string>): string;
  /** What numbers of the document differ by, as far as it was read. */
  readonly characteristics: Set<Characteristic>;
  /** Notes a problem; returns undefined, so that a reader can return it. */
  refuse(path: string, message: string): undefined;
  /**
   * Whether a count is within one of RULEBOOK_LIMITS; refused if not. A published document is within all of
   * them: its size is checked as a whole.
   */
  within(count: number, limit: keyof typeof RULEBOOK_LIMITS, path: string): boolean;
  /** Runs a reader of something nested; refuses what is nested too deep. */
  deeper<T>(path: string, read: () => T | undefined): T | undefined;
  /**
   * The named measure, read when first asked for; undefined, and refused at `path`, if there is none or it is
   * in a cycle.
   */
  measureNamed(name: string, path: string): Measure | undefined;
  /** The same for a named requirement. */
  requirementNamed(name: string, path: string): NamedRequirement | undefined;
  /** Whether the document has a specialization, or a tier, with this code; refused at `path` if not. */
  hasCode(of: 'specialization' | 'tier', code: string, path: string): boolean;
  /** Whether a measure is made of constants alone. */
  isBare(measure: Measure): boolean;
  /** Between which numbers every value of a measure lies. */
  rangeOf(measure: Measure): ValueRange;
  /** The one object for metrics equal to this one. */
  theMetric(metric: Metric): Metric;
};

type ReadingOptions = {
  readonly document: unknown;
  readonly program: ProgramSettings;
  /** The document holds already, so that no limit is counted. */
  readonly isPublished: boolean;
  /** The reader of measures. */
  readonly readMeasure: (value: unknown, path: string, reading: RulebookReading) => Measure | undefined;
  /** The reader of named requirements. */
  readonly readRequirement: (
    value: unknown,
    path: string,
    reading: RulebookReading,
  ) => NamedRequirement | undefined;
};

/** Starts a reading of a document. */
export function startReading({
  document,
  program,
  isPublished,
  readMeasure,
  readRequirement,
}: ReadingOptions): RulebookReading {
  const problems: Problem[] = [];
  const codes = { specialization: codesIn('specializations'), tier: codesIn('tiers') };
  const metrics = new Map<string, Metric>();
  const bare = new Map<Measure, boolean>();
  const ranges = new Map<Measure, ValueRange>();
  // Of a format that is not known nothing else is told than that.
  const format: Format = isObject(document) && document.format === 1 ? 1 : 2;
  let problemCount = 0;
  let depth = 0;

  const reading: RulebookReading = {
    problems,
    problemCount: () => problemCount,
    program,
    isPublished,
    characteristics: new Set(),
    name(text, path, longest) {
      if (isPublished) return toStoredName(text);
      return readName(text, (message) => reading.refuse(path, message), longest);
    },
    writing(text, path, longest, lines) {
      const problem = isPublished ? null : findTextProblem(text, longest, lines);
      return problem === null ? text : reading.refuse(path, problem);
    },
    allows(since, what, path) {
      if (isPublished || since <= format) return true;
      reading.refuse(path, `${what} is new in format ${since}: write "format": ${since}.`);
      return false;
    },
    suggestion(word, known) {
      // Of problems that are not told nothing is looked for.
      const meant = problems.length < RULEBOOK_LIMITS.problems ? nearestWord(word, known) : null;
      return meant === null ? '' : `; did you mean ${quoted(meant)}?`;
    },
    refuse(path, message) {
      problemCount += 1;
      if (problems.length < RULEBOOK_LIMITS.problems) problems.push(told({ path, message }));
      return undefined;
    },
    within(count, limit, path) {
      const allowed = RULEBOOK_LIMITS[limit];
      if (isPublished || count <= allowed) return true;
      reading.refuse(path, `At most ${allowed} are allowed here, and there are ${count}.`);
      return false;
    },
    deeper(path, read) {
      if (depth >= DEEPEST) return reading.refuse(path, `This is nested more than ${DEEPEST} levels deep.`);
      depth += 1;
      try {
        return read();
      } finally {
        depth -= 1;
      }
    },
    measureNamed: namedParts('measures', 'measure', readMeasure),
    requirementNamed: namedParts('requirements', 'requirement', readRequirement),
    hasCode(of, code, path) {
      if (codes[of].has(code)) return true;
      const end = reading.suggestion(code, codes[of]) || '.';
      reading.refuse(path, `There is no ${of} with the code ${quoted(code)}${end}`);
      return false;
    },
    isBare(measure) {
      const known = bare.get(measure);
      if (known !== undefined) return known;
      const isBare =
        measure.type === 'CONSTANT' ||
        ('parts' in measure && measure.unit === null && measure.parts.every(reading.isBare));
      bare.set(measure, isBare);
      return isBare;
    },
    rangeOf(measure) {
      const known = ranges.get(measure);
      if (known !== undefined) return known;
      const range = valueRange(measure, program, reading.rangeOf);
      ranges.set(measure, range);
      return range;
    },
    theMetric(metric) {
      const key = metricKey(metric);
      const known = metrics.get(key);
      if (known === undefined) metrics.set(key, metric);
      return known ?? metric;
    },
  };
  return reading;

  /** The codes of what a list of the document holds, whether or not the rest of it can be read. */
  function codesIn(list: 'specializations' | 'tiers'): ReadonlySet<string> {
    const listed = isObject(document) ? document[list] : undefined;
    const raws: readonly unknown[] = Array.isArray(listed) ? listed : [];
    const written = raws.map((raw) => (isObject(raw) ? raw.code : undefined));
    return new Set(written.filter((code) => typeof code === 'string').map(toStoredName));
  }

  /** Finds the parts under `list` of the document by name, and reads each when it is first asked for. */
  function namedParts<T>(
    list: 'measures' | 'requirements',
    what: string,
    read: (value: unknown, path: string, reading: RulebookReading) => T | undefined,
  ): (name: string, path: string) => T | undefined {
    const listed = isObject(document) ? document[list] : undefined;
    const raws = new Map(
      Object.entries(isObject(listed) ? listed : {}).map(([key, raw]) => [toStoredName(key), { key, raw }]),
    );
    const parts = new Map<string, T | undefined>();
    const underway: string[] = [];
    return (name, path) => {
      const found = raws.get(name);
      if (found === undefined) {
        const end = reading.suggestion(name, raws.keys()) || '.';
        return reading.refuse(path, `There is no ${what} named ${quoted(name)}${end}`);
      }
      if (underway.includes(name)) {
        const circle = namedCircle([...underway.slice(underway.indexOf(name)), name]);
        return reading.refuse(path, `The ${what} "${name}" is defined by itself: ${circle}.`);
      }
      if (!parts.has(name)) {
        underway.push(name);
        parts.set(name, read(found.raw, pointer(`/${list}`, found.key), reading));
        underway.pop();
      }
      return parts.get(name);
    };
  }
}

/** The names of a circle from the first one back to it, those in the middle left out where they are many. */
export function namedCircle(names: readonly string[]): string {
  const shown =
    names.length <= LONGEST_CIRCLE
      ? names
      : [
          ...names.slice(0, LONGEST_CIRCLE - 2),
          `${names.length - LONGEST_CIRCLE + 1} more`,
          ...names.slice(-1),
        ];
  return shown.join(' -> ');
}

/** The same text for equal metrics, another for others. */
function metricKey(metric: Metric): string {
  const where = metric.where.map(filterKey).sort();
  const { kind, aggregate, by, window, validOnly, scope, perRespondent } = metric;
  return JSON.stringify([kind, where, aggregate, by, windowKey(window), validOnly, scope, perRespondent]);
}

function filterKey(filter: Filter): string {
  const { field, type } = filter;
  return 'values' in filter
    ? JSON.stringify([field, type, ...[...filter.values].sort()])
    : JSON.stringify([field, type, filter.as, fractionToText(filter.value)]);
}

function windowKey(window: Window): string {
  return JSON.stringify(Object.entries(window).sort());
}
