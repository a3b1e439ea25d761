import { lookbackOf } from '../rulebook/lookback.ts';
import { measuringScopes } from '../rulebook/measuring-scope.ts';
import { PLAIN_POLICY } from '../rulebook/policy-rules.ts';
import { conditionsOf } from '../rulebook/requirement-parts.ts';
import type {
  CurrencyTable,
  Measure,
  MeasuringScope,
  NamedRequirement,
  Requirement,
  Rulebook,
  Specialization,
  Tier,
} from '../rulebook/rulebook.ts';
import type { Scenario } from '../rulebook/scenario.ts';
import { jsonSize } from '../values/json-size.ts';
import { toStoredName } from '../values/naming-text.ts';
import type { ProgramSettings } from '../values/program.ts';
import { refuseCycles, refuseHeldInForfeits, refuseRepeatedCodes } from './check-codes.ts';
import { localizedTextShape, MEASURE_NAME, NAME_FORM, readMeasure } from './parse-measure.ts';
import { policyShape, transitionShape } from './parse-policy.ts';
import { CODE, codeShape, readRequirement, requirementShape } from './parse-requirement.ts';
import { scenariosShape } from './parse-scenario.ts';
import { lastKey, type Problem, pointer } from './problem.ts';
import { record } from './record-shape.ts';
import { RULEBOOK_LIMITS } from './rulebook-limits.ts';
import { FORMATS, type RulebookReading, startReading } from './rulebook-reading.ts';
import { excessOf } from './rulebook-size.ts';
import { choice, date, positiveDecimal, writing } from './scalar-shape.ts';
import { list, mapped, object, optional, optionalSince2, type Shape } from './shape.ts';

export type ParsedRulebook =
  | { readonly ok: true; readonly rulebook: Rulebook }
  /** The first problems, and how many there are. */
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly problemCount: number };

const currencyTable: Shape<CurrencyTable> = object(
  { from: date, equal: record(/^[A-Z]{3}$/, 'a currency code of ISO 4217', 'currencies', positiveDecimal) },
  (table, path, reading) =>
    table.equal.has(reading.program.currency)
      ? table
      : reading.refuse(
          pointer(path, 'equal'),
          `The programme's currency ${reading.program.currency} is missing.`,
        ),
);

const currenciesShape = mapped(list(currencyTable, 'currencyTables', 1), (tables, path, reading) => {
  const codes = (table: CurrencyTable | undefined): string =>
    [...(table?.equal.keys() ?? [])].sort().join(', ');
  for (const [index, table] of tables.entries()) {
    const before = tables[index - 1];
    if (before === undefined) continue;
    const at = pointer(path, index);
    if (table.from <= before.from)
      reading.refuse(pointer(at, 'from'), 'The tables ascend by their first day.');
    if (codes(table) !== codes(before)) {
      reading.refuse(
        pointer(at, 'equal'),
        `Every table lists the same currencies; the first has ${codes(tables[0])}.`,
      );
    }
  }
  return tables;
});

const tierShape: Shape<Tier> = object(
  {
    code: codeShape,
    name: localizedTextShape,
    requirement: optional(requirementShape),
    retain: optionalSince2(requirementShape),
    forfeit: optionalSince2(requirementShape),
  },
  ({ requirement = null, retain = null, forfeit = null, ...named }) => ({
    ...named,
    requirement,
    retain,
    forfeit,
  }),
);

const tiersShape = mapped(list(tierShape, 'tiers', 1), (tiers, path, reading) => {
  refuseRepeatedCodes(tiers, path, reading);
  for (const [rank, tier] of tiers.entries()) {
    const at = pointer(path, rank);
    for (const key of ['requirement', 'retain', 'forfeit'] as const) {
      if (rank === 0 && tier[key] !== null) {
        reading.refuse(pointer(at, key), `The lowest tier has no ${key}.`);
      }
    }
    if (rank > 0 && tier.requirement === null) {
      reading.refuse(at, `Every tier above the lowest has a requirement; ${tier.code} has none.`);
    }
  }
  return tiers;
});

const specializationShape: Shape<Specialization> = object(
  { code: codeShape, name: localizedTextShape, requirement: requirementShape },
  (specialization) => specialization,
);

const specializationsShape = mapped(
  list(specializationShape, 'specializations'),
  (specializations, path, reading) => {
    refuseRepeatedCodes(specializations, path, reading);
    refuseCycles(specializations, path, reading);
    return specializations;
  },
);

/** One of the document's named measures, read once wherever it is asked for first. */
const namedMeasure: Shape<Measure> = {
  schema: { $ref: '#/$defs/writtenMeasure' },
  read: (_value, path, reading) => reading.measureNamed(toStoredName(lastKey(path)), path),
};

/** One of the document's named requirements, read once as measures are. */
const namedRequirement: Shape<NamedRequirement> = {
  schema: { $ref: '#/$defs/named' },
  read: (_value, path, reading) => reading.requirementNamed(toStoredName(lastKey(path)), path),
};

const remapShape = record(CODE, 'the code of a tier', 'remappedTiers', codeShape);

const documentShape: Shape<Rulebook> = object(
  {
    format: choice(FORMATS),
    note: optional(writing(2_000, 'LINES')),
    currencies: optional(currenciesShape),
    measures: optional(record(MEASURE_NAME, NAME_FORM, 'measures', namedMeasure)),
    requirements: optionalSince2(record(MEASURE_NAME, NAME_FORM, 'namedRequirements', namedRequirement)),
    tiers: tiersShape,
    specializations: optional(specializationsShape),
    policy: optional(policyShape),
    transition: optional(transitionShape),
    remap: optional(remapShape),
    scenarios: optionalSince2(scenariosShape),
  },
  (fields, path, reading) => {
    const { currencies = [], measures, requirements, tiers, specializations = [], ...others } = fields;
    const { policy, transition, remap, scenarios = [] } = others;
    refuseUnknownCurrencies(scenarios, currencies, reading);
    refuseHeldInForfeits(tiers, specializations, path, reading);
    const codes = new Set(tiers.map((tier) => tier.code));
    for (const [old, code] of remap ?? []) {
      if (codes.has(code)) continue;
      reading.refuse(pointer(pointer(path, 'remap'), old), `There is no tier with the code "${code}".`);
    }
    if (reading.problemCount() > 0) return undefined;
    const { currency, fiscalYearFirstMonth } = reading.program;
    return {
      currency,
      fiscalYearFirstMonth,
      currencies,
      measures: measures ?? new Map(),
      requirements: requirements ?? new Map(),
      tiers,
      specializations,
      policy: policy ?? PLAIN_POLICY,
      transition: transition ?? null,
      remap: remap ?? new Map(),
      scenarios,
      ...measuringScopes(tiers, specializations),
      lookback: lookbackOf({ tiers, specializations }),
      variesBy: [...reading.characteristics].filter((name) => name !== 'region').sort(),
    };
  },
);

/** Refuses revenue of scenarios that no table converts. */
function refuseUnknownCurrencies(
  scenarios: readonly Scenario[],
  [table]: readonly CurrencyTable[],
  reading: RulebookReading,
): void {
  for (const { path, currency } of scenarios.flatMap(({ facts }) => facts)) {
    if (currency === null || currency === reading.program.currency || table?.equal.has(currency)) continue;
    reading.refuse(pointer(path, 'currency'), `No table converts ${currency}.`);
  }
}

/**
 * Reads a rulebook document that is to be saved or published for a programme; refuses it with
 * what is wrong with it, also if it is larger than RULEBOOK_LIMITS.
 */
export function parseRulebook(document: unknown, program: ProgramSettings): ParsedRulebook {
  const { bytes, nesting } = RULEBOOK_LIMITS;
  const size = jsonSize(document, bytes);
  if (size.bytes > bytes) return refusedWhole(`The document has more than ${bytes} bytes.`);
  if (size.nesting > nesting) {
    return refusedWhole(`The document has lists and objects more than ${nesting} levels deep.`);
  }
  return read(document, program, false);
}

/**
 * Reads the document of a rulebook that was published: however large it is. Its size is looked at before a
 * partner is judged by it.
 */
export function readPublishedRulebook(document: unknown, program: ProgramSettings): ParsedRulebook {
  return read(document, program, true);
}

function read(document: unknown, program: ProgramSettings, isPublished: boolean): ParsedRulebook {
  const reading = startReading({ document, program, isPublished, readMeasure, readRequirement });
  const rulebook = documentShape.read(document, '', reading);
  if (rulebook !== undefined && !isPublished) refuseExcess(rulebook, reading);
  const problemCount = reading.problemCount();
  if (rulebook !== undefined && problemCount === 0) return { ok: true, rulebook };
  return { ok: false, problems: reading.problems, problemCount };
}

/** Refuses what is counted over the whole rulebook. */
function refuseExcess(rulebook: Rulebook, reading: RulebookReading): void {
  const scopes = [rulebook.scope, ...rulebook.forEachs.map(({ scope }) => scope)];
  const count = (of: (scope: MeasuringScope) => ReadonlyMap<unknown, unknown>): number =>
    scopes.reduce((sum, scope) => sum + of(scope).size, 0);
  const { metrics, groups, forEachs, heldSpans, requirements, parts, depth, partsPerItem } = RULEBOOK_LIMITS;
  for (const [what, allowed, actual] of [
    ['different metrics', metrics, count((scope) => scope.metrics)],
    ['groups of persons', groups, count((scope) => scope.groups)],
    ['requirements for each of several items', forEachs, rulebook.forEachs.length],
    ['different times of holding a tier', heldSpans, rulebook.lookback?.spans.length ?? 0],
    ['requirements', requirements, countRequirements(rulebook)],
  ] as const) {
    if (actual > allowed) {
      reading.refuse('', `A rulebook may have ${allowed} ${what}, and this one has ${actual}.`);
    }
  }
  const tooLarge = excessOf(rulebook, { parts, depth, partsPerItem });
  if (tooLarge !== null) reading.refuse(tooLarge.path, tooLarge.message);
}

function countRequirements({ requirements, tiers, specializations }: Rulebook): number {
  const count = (requirement: Requirement): number => {
    switch (requirement.type) {
      case 'COMPOSITE':
        return requirement.parts.reduce((sum, part) => sum + count(part.requirement), 1);
      case 'FOR_EACH':
        return 1 + count(requirement.where) + count(requirement.body);
      case 'THRESHOLD':
      case 'PERSONS':
      case 'SPECIALIZATION':
      case 'NAMED':
      case 'HELD':
        return 1;
    }
  };
  const asked = [
    ...[...requirements.values(), ...specializations].map(({ requirement }) => requirement),
    ...tiers.flatMap(conditionsOf),
  ];
  return asked.reduce((sum, requirement) => sum + count(requirement), 0);
}

function refusedWhole(message: string): ParsedRulebook {
  return { ok: false, problems: [{ path: '', message }], problemCount: 1 };
}

/** What the published schema says of a whole document. */
export const documentSchema = documentShape.schema;
