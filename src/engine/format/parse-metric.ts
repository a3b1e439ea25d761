import { BUILT_IN_KINDS, type FactType, factTypeOf } from '../rulebook/fact-type.ts';
import { AGGREGATES, type Filter, type ListFilter, type Metric } from '../rulebook/metric.ts';
import { COMPARISONS } from '../values/comparison.ts';
import { parseDay } from '../values/day.ts';
import { foldCase } from '../values/fold-case.ts';
import { type Fraction, formatDecimal, parseDecimal, wholeNumber } from '../values/fraction.ts';
import { LONGEST_NAME } from '../values/naming-text.ts';
import { checkFilterBound } from './check-bound.ts';
import { windowShape } from './parse-window.ts';
import { quoted, shortened } from './problem.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import { choice, integer, name, text } from './scalar-shape.ts';
import { byKey, list, mapped, object, optional, type Shape } from './shape.ts';

/** What the facts of a type have that metrics may ask for. */
const ABILITIES: Readonly<
  Record<FactType, { readonly beMeasured: boolean; readonly haveRespondents: boolean }>
> = {
  revenue: { beMeasured: true, haveRespondents: false },
  certification: { beMeasured: false, haveRespondents: false },
  satisfaction: { beMeasured: true, haveRespondents: true },
  measurement: { beMeasured: true, haveRespondents: false },
};

/** Fields of every fact, and those that only facts of certain kinds have. */
const COMMON_FIELDS: readonly string[] = ['occurredOn', 'expiresOn', 'region'];
const FIELDS: Readonly<Record<FactType, readonly string[]>> = {
  revenue: ['currency', 'customer', 'value'],
  certification: ['person', 'credential'],
  satisfaction: ['customer', 'respondent', 'value'],
  measurement: ['subject', 'value'],
};
/** Fields of revenue that only documents of format 2 read. */
const SINCE_2: readonly string[] = ['customer', 'value'];
const FIELD_TEXT =
  /^(person|credential|customer|respondent|subject|currency|value|occurredOn|expiresOn|region|attributes\.[^\s.][^\s]*)$/;
const ALL_FIELDS = [...new Set([...Object.values(FIELDS).flat(), ...COMMON_FIELDS])];
const LONGEST_FIELD = 'attributes.'.length + LONGEST_NAME;

/** The name of a field of facts. */
export const fieldShape = mapped(
  text(FIELD_TEXT, 'a field, such as "person" or "attributes.area"', 'field', ALL_FIELDS),
  (field, path, reading) => reading.name(field, path, LONGEST_FIELD),
);

const anyText = name();

const comparedFields = {
  field: fieldShape,
  as: optional(choice(['DECIMAL', 'DATE'])),
  atLeast: optional(anyText),
  above: optional(anyText),
  atMost: optional(anyText),
  below: optional(anyText),
};

const comparedShape: Shape<Filter> = object(
  comparedFields,
  ({ field, as: asked, ...values }, path, reading) => {
    const as = field.endsWith('On') && !field.startsWith('attributes.') ? 'DATE' : (asked ?? 'DECIMAL');
    for (const [key, type] of COMPARISONS) {
      const raw = values[key];
      if (raw === undefined) continue;
      const value = readAs(raw, as);
      if (value === null)
        return reading.refuse(`${path}/${key}`, `${quoted(raw)} can't be read as a ${as.toLowerCase()}.`);
      return { field, type, as, value };
    }
    return undefined;
  },
  COMPARISONS.map(([key]) => key),
);

const filterShape: Shape<Filter> = byKey<Filter>({
  in: object(
    { field: fieldShape, in: list(anyText, 'comparedTexts', 1) },
    ({ field, in: texts }, path, reading) => {
      const read = listed(field, texts, `${path}/in`, reading);
      return read && { field, type: 'IN', ...read };
    },
  ),
  notIn: object(
    { field: fieldShape, notIn: list(anyText, 'comparedTexts', 1) },
    ({ field, notIn: texts }, path, reading) => {
      const read = listed(field, texts, `${path}/notIn`, reading);
      return read && { field, type: 'NOT_IN', ...read };
    },
  ),
  field: comparedShape,
});

/**
 * The texts as facts have them: a value is the same number however it is written, a person the same where
 * case doesn't count.
 */
function listed(
  field: string,
  texts: readonly string[],
  path: string,
  reading: RulebookReading,
): ListFilter | undefined {
  if (field === 'person' && reading.program.personsIgnoreCase === true) {
    return { values: new Set(texts), folded: new Set(texts.map(foldCase)) };
  }
  if (field !== 'value') return { values: new Set(texts) };
  const values = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const value = parseDecimal(text);
    if (value === null)
      return reading.refuse(`${path}/${index}`, `${quoted(text)} can't be read as a decimal.`);
    values.add(formatDecimal(value));
  }
  return { values };
}

/** Conditions that all have to hold. */
export const whereShape = list(filterShape, 'filters');

export const scopeShape = choice(['OWN', 'FAMILY']);

/** A metric as the document has it, with the least sample that its value may rest on. */
export const metricShape: Shape<{ metric: Metric; minimumSample: number | null }> = object(
  {
    fact: text(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'a kind of fact, such as "revenue"'),
    where: optional(whereShape),
    aggregate: choice(AGGREGATES),
    by: optional(list(fieldShape, 'keys', 1)),
    window: windowShape,
    validOnDay: optional(choice([true, false])),
    scope: optional(scopeShape),
    minimumSample: optional(integer(1, 1_000_000)),
    perRespondent: optional(integer(1, 1_000_000)),
  },
  (fields, path, reading) => {
    const { fact, where = [], aggregate, by = [], minimumSample, perRespondent } = fields;
    const before = reading.problemCount();
    if (!isKind(fact, reading)) {
      const kinds = [...BUILT_IN_KINDS, ...reading.program.measurementKinds.map(({ code }) => code)];
      const end = reading.suggestion(fact, kinds) || '.';
      return reading.refuse(`${path}/fact`, `The programme has no facts of the kind ${quoted(fact)}${end}`);
    }
    checkFilters(where, fact, `${path}/where`, reading);
    for (const [index, field] of by.entries()) checkField(field, fact, `${path}/by/${index}`, reading);
    const counts = aggregate === 'COUNT' || aggregate === 'DISTINCT';
    const can = ABILITIES[factTypeOf(fact)];
    if (!can.beMeasured && !counts) {
      reading.refuse(`${path}/aggregate`, 'Certifications have no value; they can be counted only.');
    }
    if (aggregate === 'DISTINCT' && by.length === 0) {
      reading.refuse(path, 'DISTINCT needs "by", the fields that tell its keys apart.');
    }
    if (aggregate !== 'DISTINCT' && aggregate !== 'LATEST' && by.length > 0) {
      reading.refuse(`${path}/by`, 'Only DISTINCT and LATEST have "by".');
    }
    if (aggregate === 'LATEST' && !reading.allows(2, 'LATEST', `${path}/aggregate`)) return undefined;
    if (minimumSample !== undefined && (counts || aggregate === 'SUM' || aggregate === 'LATEST')) {
      reading.refuse(
        `${path}/minimumSample`,
        'Only an average, median, minimum or maximum has a minimum sample.',
      );
    }
    if (perRespondent !== undefined && !can.haveRespondents) {
      reading.refuse(`${path}/perRespondent`, 'Only satisfaction has respondents.');
    }
    if (reading.problemCount() > before) return undefined;
    const metric = reading.theMetric({
      kind: fact,
      where,
      aggregate,
      by,
      window: fields.window,
      validOnly: fields.validOnDay ?? false,
      scope: fields.scope ?? 'OWN',
      perRespondent: perRespondent ?? null,
    });
    return { metric, minimumSample: minimumSample ?? null };
  },
);

/** Refuses filters on fields that facts of the kind never have. */
export function checkFilters(
  where: readonly Filter[],
  kind: string,
  path: string,
  reading: RulebookReading,
): void {
  for (const [index, filter] of where.entries()) {
    checkField(filter.field, kind, `${path}/${index}/field`, reading);
    checkFilterBound(filter, kind, `${path}/${index}`, reading);
  }
}

/** Refuses a field that facts of the kind never have. */
export function checkField(field: string, kind: string, path: string, reading: RulebookReading): void {
  const type = factTypeOf(kind);
  if (type === 'revenue' && SINCE_2.includes(field)) {
    reading.allows(2, `${quoted(field)} of revenue`, path);
    return;
  }
  if (field.startsWith('attributes.') || COMMON_FIELDS.includes(field) || FIELDS[type].includes(field))
    return;
  const known = [...FIELDS[type], ...COMMON_FIELDS];
  const meant = reading.suggestion(field, known);
  reading.refuse(
    path,
    `Facts of the kind "${kind}" have no ${shortened(field)}${meant === '' ? '; they' : `${meant} They`} have ${known.join(', ')} and attributes.`,
  );
}

function isKind(kind: string, reading: RulebookReading): boolean {
  return (
    factTypeOf(kind) !== 'measurement' || reading.program.measurementKinds.some(({ code }) => code === kind)
  );
}

function readAs(raw: string, as: 'DECIMAL' | 'DATE'): Fraction | null {
  if (as === 'DECIMAL') return parseDecimal(raw);
  const day = parseDay(raw);
  return day === null ? null : wholeNumber(day);
}
