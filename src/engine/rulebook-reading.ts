import { fractionToText } from './fraction.ts';
import type { Filter, Metric, Window } from './metric.ts';
import type { Problem } from './problem.ts';
import { pointer } from './problem.ts';
import type { ProgramSettings } from './program.ts';
import type { Measure } from './rulebook.ts';
import { isObject } from './shape.ts';

const DEEPEST = 64;

/** One pass over a rulebook document: what is wrong with it so far, and what its parts need to know of each other. */
export type RulebookReading = {
  readonly problems: readonly Problem[];
  readonly program: ProgramSettings;
  /** Notes a problem; returns undefined, so that a reader can return it. */
  refuse(path: string, message: string): undefined;
  /** Runs a reader of something nested; refuses what is nested too deep. */
  deeper<T>(path: string, read: () => T | undefined): T | undefined;
  /** The named measure, read when first asked for; undefined, and refused at `path`, if there is none or it is in a cycle. */
  measureNamed(name: string, path: string): Measure | undefined;
  /** Whether the document has a specialization with this code; refused at `path` if not. */
  hasSpecialization(code: string, path: string): boolean;
  /** The one object for metrics equal to this one. */
  theMetric(metric: Metric): Metric;
};

/** Starts a reading of a document; `readMeasure` is the reader of measures. */
export function startReading(
  document: unknown,
  program: ProgramSettings,
  readMeasure: (value: unknown, path: string, reading: RulebookReading) => Measure | undefined,
): RulebookReading {
  const problems: Problem[] = [];
  const rawMeasures = isObject(document) && isObject(document.measures) ? document.measures : {};
  const rawSpecializations =
    isObject(document) && Array.isArray(document.specializations) ? document.specializations : [];
  const codes = new Set(rawSpecializations.map((raw: unknown) => (isObject(raw) ? raw.code : undefined)));
  const measures = new Map<string, Measure | undefined>();
  const underway: string[] = [];
  const metrics = new Map<string, Metric>();
  let depth = 0;

  const reading: RulebookReading = {
    problems,
    program,
    refuse(path, message) {
      problems.push({ path, message });
      return undefined;
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
    measureNamed(name, path) {
      if (!Object.hasOwn(rawMeasures, name))
        return reading.refuse(path, `There is no measure named "${name}".`);
      if (underway.includes(name)) {
        const cycle = [...underway.slice(underway.indexOf(name)), name].join(' -> ');
        return reading.refuse(path, `The measure "${name}" is defined by itself: ${cycle}.`);
      }
      if (!measures.has(name)) {
        underway.push(name);
        measures.set(name, readMeasure(rawMeasures[name], pointer('/measures', name), reading));
        underway.pop();
      }
      return measures.get(name);
    },
    hasSpecialization(code, path) {
      if (codes.has(code)) return true;
      reading.refuse(path, `There is no specialization with the code "${code}".`);
      return false;
    },
    theMetric(metric) {
      const key = metricKey(metric);
      const known = metrics.get(key);
      if (known === undefined) metrics.set(key, metric);
      return known ?? metric;
    },
  };
  return reading;
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
