import { type BuiltInKind, factTypeOf } from '../rulebook/fact-type.ts';
import type { Metric } from '../rulebook/metric.ts';
import type { Measure } from '../rulebook/rulebook.ts';
import type { LocalizedText } from '../values/language.ts';
import { unreachable } from '../values/unreachable.ts';
import type { RulebookReading } from './rulebook-reading.ts';

const NAMES_OF_KINDS: Readonly<Record<BuiltInKind, LocalizedText>> = {
  revenue: { en: 'revenue', de: 'Umsatz' },
  certification: { en: 'certifications', de: 'Zertifizierungen' },
  satisfaction: { en: 'customer satisfaction', de: 'Kundenzufriedenheit' },
};

/** The unit that all parts share, bare constants aside; undefined, and refused, if they don't. */
export function commonUnit(
  parts: readonly Measure[],
  path: string,
  reading: RulebookReading,
): string | null | undefined {
  const units = new Set(parts.filter((part) => !reading.isBare(part)).map((part) => part.unit));
  if (units.size <= 1) return units.values().next().value ?? null;
  const named = [...units].map((unit) => unit ?? 'no unit').join(' and ');
  return reading.refuse(path, `These measures have different units: ${named}.`);
}

/** The unit of a metric; null for a bare number. */
export function metricUnit(metric: Metric, reading: RulebookReading): string | null {
  if (metric.aggregate === 'DISTINCT') return metric.by.join() === 'person' ? 'persons' : null;
  if (metric.aggregate === 'COUNT') return null;
  const type = factTypeOf(metric.kind);
  switch (type) {
    case 'revenue':
      return reading.program.currency;
    case 'certification':
    case 'satisfaction':
      return null;
    case 'measurement':
      return reading.program.measurementKinds.find(({ code }) => code === metric.kind)?.unit ?? null;
    default:
      return unreachable(type);
  }
}

/** What facts of a kind are called where a measure has no name of its own. */
export function kindName(kind: string, reading: RulebookReading): LocalizedText {
  const type = factTypeOf(kind);
  if (type !== 'measurement') return NAMES_OF_KINDS[type];
  const declared = reading.program.measurementKinds.find(({ code }) => code === kind);
  return declared?.name ?? { en: kind, de: kind };
}
