import { measuringScopes } from './measuring-scope.ts';
import { localizedTextShape, MEASURE_NAME, readMeasure } from './parse-measure.ts';
import { policyShape, transitionShape } from './parse-policy.ts';
import { CODE, codeShape, requirementShape } from './parse-requirement.ts';
import { PLAIN_POLICY } from './policy-rules.ts';
import { lastKey, type Problem, pointer } from './problem.ts';
import type { ProgramSettings } from './program.ts';
import type { CurrencyTable, Measure, Requirement, Rulebook, Specialization, Tier } from './rulebook.ts';
import { type RulebookReading, startReading } from './rulebook-reading.ts';
import {
  choice,
  date,
  list,
  mapped,
  object,
  optional,
  positiveDecimal,
  record,
  type Shape,
  text,
} from './shape.ts';

export type ParsedRulebook =
  | { readonly ok: true; readonly rulebook: Rulebook }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const currencyTable: Shape<CurrencyTable> = object(
  { from: date, equal: record(/^[A-Z]{3}$/, 'a currency code of ISO 4217', positiveDecimal) },
  (table, path, reading) =>
    table.equal.has(reading.program.currency)
      ? table
      : reading.refuse(
          pointer(path, 'equal'),
          `The programme's currency ${reading.program.currency} is missing.`,
        ),
);

const currenciesShape = mapped(list(currencyTable, 1), (tables, path, reading) => {
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
  { code: codeShape, name: localizedTextShape, requirement: optional(requirementShape) },
  ({ code, name, requirement }) => ({ code, name, requirement: requirement ?? null }),
);

const tiersShape = mapped(list(tierShape, 1), (tiers, path, reading) => {
  refuseRepeatedCodes(tiers, path, reading);
  for (const [rank, tier] of tiers.entries()) {
    const at = pointer(path, rank);
    if (rank === 0 && tier.requirement !== null) {
      reading.refuse(pointer(at, 'requirement'), 'The lowest tier has no requirement.');
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

const specializationsShape = mapped(list(specializationShape), (specializations, path, reading) => {
  refuseRepeatedCodes(specializations, path, reading);
  refuseCycles(specializations, path, reading);
  return specializations;
});

/** One of the document's named measures, read once wherever it is asked for first. */
const namedMeasure: Shape<Measure> = {
  schema: { $ref: '#/$defs/writtenMeasure' },
  read: (_value, path, reading) => reading.measureNamed(lastKey(path), path),
};

const remapShape = record(CODE, 'the code of a tier', codeShape);

const documentShape: Shape<Rulebook> = object(
  {
    format: choice([1]),
    note: optional(text(/^[\s\S]{1,2000}$/, 'a text of 1 to 2000 characters')),
    currencies: optional(currenciesShape),
    measures: optional(record(MEASURE_NAME, 'the name of a measure', namedMeasure)),
    tiers: tiersShape,
    specializations: optional(specializationsShape),
    policy: optional(policyShape),
    transition: optional(transitionShape),
    remap: optional(remapShape),
  },
  ({ currencies = [], measures, tiers, specializations = [], policy, transition, remap }, path, reading) => {
    const codes = new Set(tiers.map((tier) => tier.code));
    for (const [old, code] of remap ?? []) {
      if (codes.has(code)) continue;
      reading.refuse(pointer(pointer(path, 'remap'), old), `There is no tier with the code "${code}".`);
    }
    if (reading.problems.length > 0) return undefined;
    const { currency, fiscalYearFirstMonth } = reading.program;
    return {
      currency,
      fiscalYearFirstMonth,
      currencies,
      measures: measures ?? new Map(),
      tiers,
      specializations,
      policy: policy ?? PLAIN_POLICY,
      transition: transition ?? null,
      remap: remap ?? new Map(),
      ...measuringScopes(tiers, specializations),
    };
  },
);

/** Reads a rulebook document of format 1 for a programme; refuses it with everything that is wrong with it. */
export function parseRulebook(document: unknown, program: ProgramSettings): ParsedRulebook {
  const reading = startReading(document, program, readMeasure);
  const rulebook = documentShape.read(document, '', reading);
  if (rulebook !== undefined && reading.problems.length === 0) return { ok: true, rulebook };
  return { ok: false, problems: reading.problems };
}

/** What the published schema says of a whole document. */
export const documentSchema = documentShape.schema;

function refuseRepeatedCodes(
  coded: readonly { code: string }[],
  path: string,
  reading: RulebookReading,
): void {
  for (const [index, { code }] of coded.entries()) {
    if (coded.findIndex((other) => other.code === code) === index) continue;
    reading.refuse(pointer(pointer(path, index), 'code'), `The code "${code}" is there twice.`);
  }
}

/** Refuses specializations whose requirements lead back to themselves; each cycle once, at its first specialization. */
function refuseCycles(
  specializations: readonly Specialization[],
  path: string,
  reading: RulebookReading,
): void {
  const done = new Set<string>();
  const visit = (code: string, trail: readonly string[]): void => {
    if (trail.includes(code)) {
      const cycle = trail.slice(trail.indexOf(code));
      const first = specializations.findIndex((each) => cycle.includes(each.code));
      const named = [...cycle, code].join(' -> ');
      reading.refuse(
        pointer(path, first),
        `Specializations may not require each other in a circle: ${named}.`,
      );
      return;
    }
    if (done.has(code)) return;
    const found = specializations.find((each) => each.code === code);
    for (const next of found === undefined ? [] : requiredBy(found.requirement))
      visit(next, [...trail, code]);
    done.add(code);
  };
  for (const { code } of specializations) visit(code, []);
}

function requiredBy(requirement: Requirement): readonly string[] {
  switch (requirement.type) {
    case 'SPECIALIZATION':
      return [requirement.specialization];
    case 'COMPOSITE':
      return requirement.parts.flatMap((part) => requiredBy(part.requirement));
    case 'FOR_EACH':
      return requiredBy(requirement.body);
    case 'THRESHOLD':
    case 'PERSONS':
      return [];
  }
}
