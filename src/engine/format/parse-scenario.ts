import { type FactType, factTypeOf } from '../rulebook/fact-type.ts';
import type { Scenario, ScenarioFact } from '../rulebook/scenario.ts';
import { compare } from '../values/fraction.ts';
import { localizedTextShape } from './parse-measure.ts';
import { codeShape } from './parse-requirement.ts';
import { pointer, quoted } from './problem.ts';
import { namedRecord } from './record-shape.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import { choice, date, decimal, integer, name, text } from './scalar-shape.ts';
import { list, mapped, object, optional, type Shape } from './shape.ts';

/** What facts of a type have to have, and what else they may have; attributes they all may have. */
const FIELDS: Readonly<
  Record<FactType, { readonly needed: readonly Field[]; readonly allowed: readonly Field[] }>
> = {
  revenue: { needed: ['value'], allowed: ['currency', 'customer'] },
  certification: { needed: ['person', 'credential'], allowed: ['expires'] },
  satisfaction: { needed: ['value'], allowed: ['customer', 'respondent'] },
  measurement: { needed: ['value'], allowed: ['subject', 'expires'] },
};

const OWN_FIELDS = [
  'value',
  'currency',
  'person',
  'credential',
  'customer',
  'respondent',
  'subject',
  'expires',
] as const;
type Field = (typeof OWN_FIELDS)[number];

const attributesShape = namedRecord('scenarioAttributes', name());

const factShape: Shape<ScenarioFact> = object(
  {
    fact: name(),
    on: date,
    expires: optional(date),
    value: optional(decimal),
    currency: optional(text(/^[A-Z]{3}$/, 'a currency code of ISO 4217')),
    person: optional(name()),
    credential: optional(name()),
    customer: optional(name()),
    respondent: optional(name()),
    subject: optional(name()),
    attributes: optional(attributesShape),
    count: optional(integer(1, 1_000)),
  },
  (fields, path, reading) => {
    const { fact: kind, on: occurredOn, expires, count = 1, attributes, ...others } = fields;
    const { person = null, credential = null, customer = null, respondent = null, subject = null } = others;
    if (!hasFieldsOf(kind, fields, path, reading)) return undefined;
    if (expires !== undefined && expires <= occurredOn) {
      return reading.refuse(pointer(path, 'expires'), 'A fact expires after the day on which it occurred.');
    }
    const { minimum, maximum } = reading.program.satisfactionScale;
    const { value = null } = others;
    if (kind === 'satisfaction' && value !== null) {
      if (compare(value, minimum) < 0 || compare(value, maximum) > 0) {
        return reading.refuse(pointer(path, 'value'), "This is not on the programme's scale.");
      }
    }
    return {
      path,
      kind,
      occurredOn,
      expiresOn: expires ?? null,
      value,
      currency: kind === 'revenue' ? (others.currency ?? reading.program.currency) : null,
      person,
      credential,
      customer,
      respondent,
      subject,
      attributes: Object.fromEntries(attributes ?? []),
      count,
    };
  },
);

/** Whether a fact has what its kind asks for, and nothing else; refused if not. */
function hasFieldsOf(
  kind: string,
  fact: Partial<Record<Field, unknown>>,
  path: string,
  reading: RulebookReading,
): boolean {
  const type = factTypeOf(kind);
  const kinds = reading.program.measurementKinds.map(({ code }) => code);
  if (type === 'measurement' && !kinds.includes(kind)) {
    const known = ['revenue', 'certification', 'satisfaction', ...kinds];
    const end = reading.suggestion(kind, known) || '.';
    reading.refuse(pointer(path, 'fact'), `The programme has no kind of facts ${quoted(kind)}${end}`);
    return false;
  }
  const { needed, allowed } = FIELDS[type];
  const missing = needed.filter((field) => fact[field] === undefined);
  const strange = OWN_FIELDS.filter(
    (field) => fact[field] !== undefined && !needed.includes(field) && !allowed.includes(field),
  );
  for (const field of missing) reading.refuse(path, `A fact of the kind ${kind} has a ${field}.`);
  for (const field of strange) {
    reading.refuse(pointer(path, field), `A fact of the kind ${kind} has no ${field}.`);
  }
  return missing.length + strange.length === 0;
}

const partnerShape = object(
  {
    region: optional(name()),
    country: optional(text(/^[A-Z]{2}$/, 'a country code of ISO 3166-1, such as "DE"')),
    attributes: optional(attributesShape),
    enrolledOn: optional(date),
    leftOn: optional(date),
    start: optional(object({ tier: codeShape, since: date }, (start) => start)),
  },
  (partner, path, reading) => {
    const { start } = partner;
    return start !== undefined &&
      !reading.hasCode('tier', start.tier, pointer(pointer(path, 'start'), 'tier'))
      ? undefined
      : partner;
  },
);

const expectedShape = object(
  {
    tier: codeShape,
    computedTier: optional(codeShape),
    specializations: optional(list(codeShape, 'specializations')),
    outcomes: optional(namedRecord('scenarioOutcomes', choice(['MET', 'UNMET', 'INSUFFICIENT_DATA']))),
  },
  ({ tier, computedTier, specializations, outcomes }, path, reading) => {
    const known = [
      reading.hasCode('tier', tier, pointer(path, 'tier')),
      computedTier === undefined || reading.hasCode('tier', computedTier, pointer(path, 'computedTier')),
      ...(specializations ?? []).map((code, index) =>
        reading.hasCode('specialization', code, pointer(pointer(path, 'specializations'), index)),
      ),
    ];
    if (known.includes(false)) return undefined;
    return {
      tier,
      computedTier: computedTier ?? null,
      specializations: specializations ?? null,
      outcomes: outcomes ?? new Map(),
    };
  },
);

/** The day since which the partner of a scenario is a member, where that says nothing. */
const YEARS_BEFORE = 10 * 365;

const scenarioShape: Shape<Scenario> = object(
  {
    name: localizedTextShape,
    partner: optional(partnerShape),
    facts: optional(list(factShape, 'scenarioFacts')),
    on: date,
    expect: expectedShape,
  },
  ({ name: named, partner = {}, facts = [], on, expect: expected }, path) => {
    const {
      region = '-',
      country = 'XX',
      attributes,
      enrolledOn = on - YEARS_BEFORE,
      leftOn,
      start,
    } = partner;
    return {
      path,
      name: named,
      partner: {
        region,
        country,
        attributes: Object.fromEntries(attributes ?? []),
        enrolledOn,
        leftOn: leftOn ?? null,
        start: start ?? null,
      },
      facts,
      on,
      expected,
    };
  },
);

/** The scenarios of a document: what it should say of partners that are made up. */
export const scenariosShape: Shape<readonly Scenario[]> = mapped(
  list(scenarioShape, 'scenarios'),
  (scenarios, path, reading) => {
    const counted = scenarios.flatMap(({ facts }) => facts).reduce((sum, { count }) => sum + count, 0);
    return reading.within(counted, 'countedFacts', path) ? scenarios : undefined;
  },
);
