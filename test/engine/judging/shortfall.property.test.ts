import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateDemo } from '../../../src/demo/generate.ts';
import { CONNECT_PROGRAM } from '../../../src/demo/rulebooks.ts';
import { prove } from '../../../src/engine/judging/judge.ts';
import type { MeasureProof, RequirementProof } from '../../../src/engine/judging/standing.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import type { Metric } from '../../../src/engine/rulebook/metric.ts';
import type { Measure, Rulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { explainRequirement } from '../../../src/engine/text/explain-requirement.ts';
import {
  add,
  type Fraction,
  formatDecimal,
  fraction,
  parseDecimal,
  subtract,
  ZERO,
} from '../../../src/engine/values/fraction.ts';
import type { ProgramSettings } from '../../../src/engine/values/program.ts';
import { partnerInputs, publishedRulebooks } from '../../demo/support/partner-case.ts';
import { long } from '../../support/long.ts';
import google from '../fixtures/google-ads-partner-2022.json' with { type: 'json' };
import hubspot from '../fixtures/hubspot-points-2024.json' with { type: 'json' };
import microsoft from '../fixtures/microsoft-capability-score.json' with { type: 'json' };
import odoo from '../fixtures/odoo-v11.json' with { type: 'json' };
import { anyPartner } from '../support/any-partner.ts';
import { checkProperty } from '../support/check-property.ts';
import {
  day,
  documentFor,
  factory,
  heldRulebookOf,
  PROGRAM,
  partnerWith,
  rulebookOf,
} from '../support/measuring.ts';

type ThresholdProof = Extract<RequirementProof, { readonly type: 'THRESHOLD' }>;

/** Every threshold within a proof. */
function thresholdsIn(proof: RequirementProof): readonly ThresholdProof[] {
  switch (proof.type) {
    case 'THRESHOLD':
      return [proof];
    case 'COMPOSITE':
      return proof.parts.flatMap((part) => thresholdsIn(part.proof));
    case 'SPECIALIZATION':
    case 'NAMED':
      return thresholdsIn(proof.proof);
    case 'FOR_EACH':
      return proof.items.flatMap((item) => thresholdsIn(item.proof));
    case 'PERSONS':
    case 'HELD':
      return [];
  }
}

function provenOn(partner: PartnerInputs, rulebook: Rulebook, on: number): readonly ThresholdProof[] {
  const { tiers, specializations } = prove(rulebook, createMeasurer(partner, rulebook).measure(on));
  const proofs = [
    ...tiers.map(({ requirement }) => requirement),
    ...specializations.map(({ proof }) => proof),
  ];
  return proofs.flatMap((proof) => (proof === null ? [] : thresholdsIn(proof)));
}

type MetricProof = Extract<MeasureProof, { readonly type: 'METRIC' }>;
type Counted = { readonly proof: MetricProof; readonly metric: Metric };

/** The metric by which a number grows, where it is a sum or a count, or a sum of such: the first one. */
function countedIn(proof: MeasureProof, rulebook: Rulebook): Counted | null {
  if (proof.type === 'CALCULATION' && proof.operator === 'SUM') {
    const parts = proof.parts.filter(({ type }) => type !== 'CONSTANT');
    return parts.map((part) => countedIn(part, rulebook))[0] ?? null;
  }
  if (proof.type !== 'METRIC') return null;
  const scopes = [rulebook.scope, ...rulebook.forEachs.map(({ scope }) => scope)];
  const found = scopes.map(({ metricsByPath }) => metricsByPath.get(proof.path));
  const metric = found.find((each) => each !== undefined);
  return metric && ['SUM', 'COUNT', 'DISTINCT'].includes(metric.aggregate) ? { proof, metric } : null;
}

let recorded = 0;

/** The facts that let a metric rise by a number: of a sum one with it, of a count so many. */
function factsFor({ proof, metric }: Counted, by: Fraction, currency: string): Fact[] {
  const { dimension, item, window } = proof;
  const count = metric.aggregate === 'SUM' ? 1 : Math.max(0, Number(by.numerator / by.denominator));
  const value = metric.aggregate === 'SUM' ? by : ZERO;
  return Array.from({ length: count }, () => {
    recorded += 1;
    const fresh = `new-${recorded}`;
    const fields: Record<string, string> = { person: fresh, credential: 'C', subject: fresh };
    for (const filter of metric.where) {
      if (filter.type === 'IN') fields[filter.field] = [...filter.values][0] ?? '';
      if (filter.type === 'AT_LEAST' || filter.type === 'ABOVE') {
        const isDate = filter.as === 'DATE';
        const more = add(filter.value, fraction(1n));
        fields[filter.field] = isDate ? '2099-01-01' : formatDecimal(more);
      }
    }
    if (dimension !== null && item !== null) fields[dimension] = item;
    const attributes = Object.entries(fields).flatMap(([field, text]) =>
      field.startsWith('attributes.') ? [[field.slice('attributes.'.length), text] as const] : [],
    );
    const { person = null, credential = null, subject = null } = fields;
    const certified = metric.kind === 'certification';
    const base = factory()(metric.kind, { on: '2026-01-01' });
    return {
      ...base,
      id: fresh,
      externalId: fresh,
      occurredOn: (window.until ?? Number.NaN) - 1,
      value: certified ? null : value,
      currency: metric.kind === 'revenue' ? (fields.currency ?? currency) : null,
      person: certified ? person : null,
      credential: certified ? credential : null,
      subject: metric.kind === 'revenue' ? null : subject,
      attributes: Object.fromEntries(attributes),
    };
  });
}

/** The number that a sentence says is missing or too much; a share as it is written, in hundredths. */
function shownShortfall(sentence: string): string {
  const [, digits] = /(-?[\d,]+(?:\.\d+)?)(?:%| [^\s\d]\S*)? (?:is|are) missing|$/.exec(sentence) ?? [];
  const [, excess] = /(-?[\d,]+(?:\.\d+)?)(?:%| [^\s\d]\S*)? too (?:much|many)|$/.exec(sentence) ?? [];
  const found = digits ?? excess;
  if (found === undefined) throw new Error(`No shortfall in: ${sentence}`);
  return found.replaceAll(',', '');
}

/** One unit of the last digit of a number, as it is written. */
function lastDigitOf(text: string): Fraction {
  return fraction(1n, 10n ** BigInt(text.split('.')[1]?.length ?? 0));
}

/** How many shortfalls were recorded, as the graph tells them and as the sentence does. */
function recordShortfalls(partner: PartnerInputs, rulebook: Rulebook, on: number): number {
  let checked = 0;
  for (const proof of provenOn(partner, rulebook, on)) {
    const counted = countedIn(proof.actual, rulebook);
    if (counted === null || proof.outcome !== 'UNMET') continue;
    const isCeiling = proof.comparison === 'AT_MOST' || proof.comparison === 'BELOW';
    // A count can't be recorded less.
    if (isCeiling && counted.metric.aggregate !== 'SUM') continue;
    const { shortfall } = proof;
    if (shortfall === null) throw new Error('an unmet threshold over a number has a shortfall');
    const sentence = explainRequirement(proof, rulebook, 'en');
    const isShare = proof.actual.unit === '%';
    const told = formatDecimal(shortfall);
    const numbers = [told, shownShortfall(sentence)].map((text, index) => {
      const scale = isShare && index === 1 ? fraction(1n, 100n) : fraction(1n);
      const scaled = (value: Fraction) =>
        fraction(value.numerator * scale.numerator, value.denominator * scale.denominator);
      const number = parseDecimal(text);
      if (number === null) throw new Error(`not a number: ${text}`);
      return [scaled(number), scaled(subtract(number, lastDigitOf(text)))] as const;
    });
    const outcomeWith = (by: Fraction) => {
      const signed = isCeiling ? subtract(ZERO, by) : by;
      const more = factsFor(counted, signed, rulebook.currency);
      const then = provenOn({ ...partner, facts: [...partner.facts, ...more] }, rulebook, on);
      return then.find(({ path, item }) => path === proof.path && item === proof.item)?.outcome;
    };
    for (const [enough, less] of numbers) {
      expect([sentence, told, outcomeWith(enough)]).toEqual([sentence, told, 'MET']);
      expect([sentence, told, outcomeWith(less)]).toEqual([sentence, told, 'UNMET']);
      checked += 1;
    }
  }
  return checked;
}

describe('rule 32: recording the shortfall of a sum or count meets the threshold, one unit of its last digit less does not', () => {
  test('3 EUR are 7 USD, the hurdle is 300 EUR, and 100 USD are recorded', () => {
    const window = { trailing: { months: 12 } };
    const rulebook = rulebookOf(
      documentFor(
        { measure: { metric: { fact: 'revenue', aggregate: 'SUM', window } }, atLeast: '300' },
        { currencies: [{ from: '2020-01-01', equal: { EUR: '3', USD: '7' } }] },
      ),
    );
    const partner = partnerWith([factory()('revenue', { on: '2026-06-01', value: '100', currency: 'USD' })]);
    const [proof] = provenOn(partner, rulebook, day('2026-06-30'));
    expect(proof?.shortfall && formatDecimal(proof.shortfall)).toBe('257.142858');
    expect(proof && explainRequirement(proof, rulebook, 'en')).toBe(
      'Gold needs revenue of at least 300.00 EUR in the 12 months up to 2026-06-30; counted about 42.85 EUR, about 257.15 EUR are missing.',
    );
    expect(proof && explainRequirement(proof, rulebook, 'de')).toBe(
      'Für Gold nötig: Umsatz von mindestens 300,00 EUR in den 12 Monaten bis 30.06.2026; gezählt: rund 42,85 EUR, es fehlen rund 257,15 EUR.',
    );
    expect(recordShortfalls(partner, rulebook, day('2026-06-30'))).toBe(2);
  });

  test('for every partner of the demo, by both rulebooks', () => {
    const today = '2026-11-23';
    const rulebooks = publishedRulebooks(today);
    const { partners, facts } = generateDemo({ seed: 1, today });
    const factsOf = Map.groupBy(facts, ({ partner }) => partner);
    let checked = 0;
    // Long, since each shortfall is recorded and judged again.
    const every = long(10, 1);
    for (const partner of partners.filter((_, index) => index % every === 0)) {
      const known = partnerInputs(partner, factsOf.get(partner.externalRef) ?? [], rulebooks);
      for (const { rulebook } of rulebooks) checked += recordShortfalls(known, rulebook, day(today));
    }
    expect([partners.length, CONNECT_PROGRAM.currency]).toEqual([300, 'EUR']);
    expect(checked).toBeGreaterThan(long(100, 1_000));
  });

  const units = (currency: string, kinds: Readonly<Record<string, string>>): ProgramSettings => ({
    ...PROGRAM,
    currency,
    measurementKinds: Object.entries(kinds).map(([code, unit]) => ({
      code,
      name: { en: code, de: code },
      unit,
    })),
  });
  const fixtures: readonly (readonly [string, unknown, ProgramSettings])[] = [
    ['Odoo', odoo, units('EUR', { users: 'users', customer: 'customers' })],
    ['Google', google, units('USD', { optimization_score: '%', strategist: 'persons' })],
    ['HubSpot', hubspot, units('USD', {})],
    [
      'Microsoft',
      microsoft,
      units('USD', { customer_add: 'customers', usage_growth: '%', deployment: 'deployments' }),
    ],
  ];
  test.each(fixtures)(
    'for the published programme of %s, and each of its measures as a threshold',
    (_name, document, program) => {
      const given = rulebookOf(document, program);
      const measures = [...given.measures.entries()].filter(([, measure]) => isAdditive(measure));
      const asked = measures.flatMap(([name]) => [
        { measure: name, atLeast: '12.3456' },
        { measure: name, above: '7' },
      ]);
      const tier = { code: 'TOP_OF_ALL', name: { en: 'Top', de: 'Spitze' } };
      const whole = document as { readonly tiers: readonly unknown[] };
      const rulebook =
        asked.length === 0
          ? given
          : rulebookOf(
              { ...whole, tiers: [...whole.tiers, { ...tier, requirement: { allOf: asked } }] },
              program,
            );
      const checked = recordShortfalls(partnerWith([]), rulebook, day('2026-06-30'));
      expect(checked).toBeGreaterThanOrEqual(4 * measures.length);
    },
  );

  test('for any facts, currencies and thresholds', () => {
    const window = { allTime: true };
    const metrics = [
      { fact: 'revenue', aggregate: 'SUM', window },
      { fact: 'revenue', aggregate: 'SUM', window, where: [{ field: 'attributes.area', in: ['search'] }] },
      { fact: 'revenue', aggregate: 'COUNT', window },
      { fact: 'usage', aggregate: 'SUM', window },
      { fact: 'certification', aggregate: 'DISTINCT', by: ['person'], window },
    ];
    const area = (name: string) => ({
      metric: { ...metrics[0], where: [{ field: 'attributes.area', in: [name] }] },
    });
    const counts = [{ metric: metrics[2] }, { constant: '1.5' }];
    const sums = [{ sum: [area('search'), area('video')] }, { sum: counts }, { sum: [{ sum: counts }] }];
    const threshold = fc
      .record({
        measure: fc.constantFrom(...metrics.map((metric) => ({ metric })), ...sums),
        comparison: fc.constantFrom('atLeast', 'above', 'atMost', 'below'),
        units: fc.bigInt({ min: -300n, max: 300n }),
        places: fc.integer({ min: 0, max: 7 }),
      })
      .map(({ measure, comparison, units: number, places }) => ({
        measure,
        [comparison]: formatDecimal(fraction(number, 10n ** BigInt(places))),
      }));
    const rate = fc.integer({ min: 1, max: 97 }).map(String);
    const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'USD');
    let checked = 0;
    checkProperty(
      fc.property(
        anyPartner,
        fc.array(threshold, { minLength: 1, maxLength: 4 }),
        currency,
        rate,
        rate,
        rate,
        (partner, allOf, own, a, b, c) => {
          const equal = { EUR: a, USD: b, ...(own === 'EUR' || own === 'USD' ? {} : { [own]: c }) };
          const document = documentFor({ allOf }, { currencies: [{ from: '2020-01-01', equal }] });
          const rulebook = heldRulebookOf(document, { ...PROGRAM, currency: own });
          checked += recordShortfalls(partner, rulebook, day('2026-01-01'));
        },
      ),
      'shortfalls',
    );
    expect(checked).toBeGreaterThan(20);
  });
});

function isAdditive(measure: Measure): boolean {
  return measure.type === 'METRIC' && ['SUM', 'COUNT', 'DISTINCT'].includes(measure.metric.aggregate);
}
