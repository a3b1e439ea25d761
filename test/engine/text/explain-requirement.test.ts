import { describe, expect, test } from 'vitest';
import type { MeasureProof, RequirementProof } from '../../../src/engine/judging/standing.ts';
import type { Rulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { explainRequirement } from '../../../src/engine/text/explain-requirement.ts';
import { type Fraction, fraction, parseDecimal } from '../../../src/engine/values/fraction.ts';
import { day, policyRulebook, tier } from '../support/policy-inputs.ts';

const plain = policyRulebook('r1', day('2020-01-01')).rulebook;
const rulebook: Rulebook = {
  ...plain,
  tiers: [
    tier('AUTHORIZED', { en: 'Authorized', de: 'Autorisiert' }),
    tier('SILVER', { en: 'Silver', de: 'Silber' }),
    tier('GOLD', { en: 'Gold', de: 'Gold' }),
  ],
  specializations: [
    {
      code: 'VIDEO',
      name: { en: 'Solution Expert, Video', de: 'Solution Expert Video' },
      requirement: {
        type: 'SPECIALIZATION',
        otherwise: null,
        path: '/specializations/0/requirement',
        specialization: 'VIDEO',
      },
    },
  ],
};
const GOLD = '/tiers/2/requirement/allOf/0';

function decimal(text: string): Fraction {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new Error(`Not a decimal: ${text}`);
  return parsed;
}

type MetricProof = Extract<MeasureProof, { readonly type: 'METRIC' }>;

function metric(value: string | null, more: Partial<MetricProof> = {}): MetricProof {
  return {
    type: 'METRIC',
    path: '/measures/revenue',
    item: null,
    assumed: false,
    dimension: null,
    within: null,
    name: { en: 'Revenue', de: 'Umsatz' },
    unit: 'EUR',
    value: value === null ? null : decimal(value),
    range: null,
    window: { from: day('2025-11-24'), until: day('2026-11-24') },
    sample: 4,
    minimumSample: null,
    grain: 'SUM',
    perRespondent: null,
    limited: 0,
    ...more,
  };
}

function threshold(
  actual: MeasureProof,
  required: string,
  shortfall: string | null,
  more: Partial<Extract<RequirementProof, { type: 'THRESHOLD' }>> = {},
): RequirementProof {
  return {
    type: 'THRESHOLD',
    path: GOLD,
    item: null,
    assumed: false,
    dimension: null,
    outcome: 'UNMET',
    comparison: 'AT_LEAST',
    required: decimal(required),
    actual,
    shortfall: shortfall === null ? null : decimal(shortfall),
    ...more,
  };
}

function both(proof: RequirementProof): [en: string, de: string] {
  return [explainRequirement(proof, rulebook, 'en'), explainRequirement(proof, rulebook, 'de')];
}

const points: Extract<MeasureProof, { readonly type: 'CALCULATION' }> = {
  type: 'CALCULATION',
  operator: 'POINTS',
  within: null,
  factor: null,
  parts: [],
  grain: 'OTHER',
  cut: null,
  path: '/measures/score',
  item: null,
  assumed: false,
  dimension: null,
  name: { en: 'Score', de: 'Punktzahl' },
  unit: 'points',
  value: null,
  range: { minimum: decimal('40'), maximum: decimal('75') },
};

describe('a threshold', () => {
  test('that is missed says what is needed, counted and missing', () => {
    expect(both(threshold(metric('312500'), '400000', '87500'))).toEqual([
      'Gold needs revenue of at least 400,000.00 EUR in the 12 months up to 2026-11-23; counted 312,500.00 EUR, 87,500.00 EUR are missing.',
      'Für Gold nötig: Umsatz von mindestens 400.000,00 EUR in den 12 Monaten bis 23.11.2026; gezählt: 312.500,00 EUR, es fehlen 87.500,00 EUR.',
    ]);
  });

  test('that is met says so', () => {
    expect(both(threshold(metric('400000'), '400000', '0', { outcome: 'MET' }))).toEqual([
      'Gold needs revenue of at least 400,000.00 EUR in the 12 months up to 2026-11-23; counted 400,000.00 EUR, which meets it.',
      'Für Gold nötig: Umsatz von mindestens 400.000,00 EUR in den 12 Monaten bis 23.11.2026; gezählt: 400.000,00 EUR, erfüllt.',
    ]);
  });

  const satisfaction = {
    name: { en: 'NPS', de: 'NPS' },
    unit: null,
    minimumSample: 5,
    grain: 'OTHER',
  } as const;

  test('over an average measures, and keeps the capitals of an abbreviation', () => {
    expect(both(threshold(metric('7.25', satisfaction), '8', '0.75'))).toEqual([
      'Gold needs NPS of at least 8 in the 12 months up to 2026-11-23; measured 7.25, 0.75 too low.',
      'Für Gold nötig: NPS von mindestens 8 in den 12 Monaten bis 23.11.2026; gemessen: 7,25, 0,75 zu niedrig.',
    ]);
  });

  test('rule 11: below its minimum sample says how many values there are', () => {
    const actual = metric(null, { ...satisfaction, sample: 3 });
    expect(both(threshold(actual, '8', null, { outcome: 'INSUFFICIENT_DATA' }))).toEqual([
      "Gold needs NPS of at least 8 in the 12 months up to 2026-11-23; only 3 of at least 5 values needed are there, so it can't be decided.",
      'Für Gold nötig: NPS von mindestens 8 in den 12 Monaten bis 23.11.2026; erst 3 von mindestens 5 nötigen Werten liegen vor, daher noch nicht entscheidbar.',
    ]);
  });

  test('rule 11: over nothing says that there are no data', () => {
    const actual = metric(null, { ...satisfaction, sample: 0 });
    expect(both(threshold(actual, '8', null, { outcome: 'INSUFFICIENT_DATA' }))).toEqual([
      "Gold needs NPS of at least 8 in the 12 months up to 2026-11-23; there are no data yet, so it can't be decided.",
      'Für Gold nötig: NPS von mindestens 8 in den 12 Monaten bis 23.11.2026; es liegen noch keine Daten vor, daher noch nicht entscheidbar.',
    ]);
  });

  test('rule 11: over an open range of points names both ends', () => {
    expect(both(threshold(points, '70', null, { outcome: 'INSUFFICIENT_DATA' }))).toEqual([
      'Gold needs score of at least 70 points; the data leave open where between 40 points and 75 points the value lies.',
      'Für Gold nötig: Punktzahl von mindestens 70 Punkten; die Daten lassen offen, wo zwischen 40 Punkten und 75 Punkten der Wert liegt.',
    ]);
  });

  test('with an upper bound speaks of too much', () => {
    expect(both(threshold(metric('120'), '100', '20', { comparison: 'AT_MOST' }))).toEqual([
      'Gold needs revenue of at most 100.00 EUR in the 12 months up to 2026-11-23; counted 120.00 EUR, 20.00 EUR too much.',
      'Für Gold nötig: Umsatz von höchstens 100,00 EUR in den 12 Monaten bis 23.11.2026; gezählt: 120,00 EUR, 20,00 EUR zu viel.',
    ]);
  });

  test('rule 32: that has to be exceeded lacks one last digit more', () => {
    expect(both(threshold(metric('0'), '0', '0.01', { comparison: 'ABOVE' }))).toEqual([
      'Gold needs revenue of more than 0.00 EUR in the 12 months up to 2026-11-23; counted 0.00 EUR, 0.01 EUR are missing.',
      'Für Gold nötig: Umsatz von mehr als 0,00 EUR in den 12 Monaten bis 23.11.2026; gezählt: 0,00 EUR, es fehlen 0,01 EUR.',
    ]);
  });

  test('rule 32: the value is shown on its side of the threshold, and what is rounded is marked', () => {
    const text = (
      value: Fraction,
      required: string,
      more: Partial<Extract<RequirementProof, { type: 'THRESHOLD' }>> = {},
    ) => both(threshold({ ...metric('0'), value }, required, null, more)).map((each) => each.split('; ')[1]);
    expect(text(fraction(899_999_999n, 3_000_000n), '300')).toEqual([
      'counted about 299.99 EUR, about 0.01 EUR are missing.',
      'gezählt: rund 299,99 EUR, es fehlen rund 0,01 EUR.',
    ]);
    expect(text(decimal('300.0042'), '300.004', { outcome: 'MET' })).toEqual([
      'counted about 300.01 EUR, which meets it.',
      'gezählt: rund 300,01 EUR, erfüllt.',
    ]);
    expect(text(decimal('300.001'), '300', { comparison: 'AT_MOST' })).toEqual([
      'counted about 300.01 EUR, about 0.01 EUR too much.',
      'gezählt: rund 300,01 EUR, rund 0,01 EUR zu viel.',
    ]);
  });

  test('rule 32: of what no fact says alone it is told how far off it is, of shares in percentage points', () => {
    const share: MeasureProof = {
      type: 'CALCULATION',
      operator: 'LARGEST_SHARE',
      within: null,
      factor: null,
      parts: [],
      grain: 'OTHER',
      cut: null,
      path: '/measures/share',
      item: null,
      assumed: false,
      dimension: null,
      name: { en: 'Largest share', de: 'Größter Anteil' },
      unit: '%',
      value: decimal('0.412'),
      range: null,
    };
    expect(both(threshold(share, '0.4', null, { comparison: 'AT_MOST' }))).toEqual([
      'Gold needs largest share of at most 40%; measured 41.2%, 1.2 percentage points too high.',
      'Für Gold nötig: Größter Anteil von höchstens 40 %; gemessen: 41,2 %, 1,2 Prozentpunkte zu hoch.',
    ]);
    const average = metric('8', satisfaction);
    expect(both(threshold(average, '8', null, { comparison: 'ABOVE' }))).toEqual([
      'Gold needs NPS of more than 8 in the 12 months up to 2026-11-23; measured 8, which is not enough.',
      'Für Gold nötig: NPS von mehr als 8 in den 12 Monaten bis 23.11.2026; gemessen: 8, das reicht nicht.',
    ]);
    expect(
      both(threshold({ ...average, value: fraction(23n, 3n) }, '8', null, { comparison: 'ABOVE' })),
    ).toEqual([
      'Gold needs NPS of more than 8 in the 12 months up to 2026-11-23; measured about 7.6666, about 0.3334 too low.',
      'Für Gold nötig: NPS von mehr als 8 in den 12 Monaten bis 23.11.2026; gemessen: rund 7,6666, rund 0,3334 zu niedrig.',
    ]);
  });

  test('rule 33: a range that decides says by which end, and how much is missing at least', () => {
    const range = (minimum: string, maximum: string): MeasureProof => ({
      ...points,
      range: { minimum: decimal(minimum), maximum: decimal(maximum) },
    });
    expect(both(threshold(range('96', '116'), '90', '0', { outcome: 'MET' }))).toEqual([
      'Gold needs score of at least 90 points; counted at least 96 points, which meets it.',
      'Für Gold nötig: Punktzahl von mindestens 90 Punkten; gezählt: mindestens 96 Punkte, erfüllt.',
    ]);
    expect(both(threshold(range('86', '106'), '111', '5'))).toEqual([
      'Gold needs score of at least 111 points; counted at most 106 points, so at least 5 points are missing.',
      'Für Gold nötig: Punktzahl von mindestens 111 Punkten; gezählt: höchstens 106 Punkte, es fehlen also mindestens 5 Punkte.',
    ]);
    expect(both(threshold(range('86', '106'), '80', '6', { comparison: 'AT_MOST' }))).toEqual([
      'Gold needs score of at most 80 points; counted at least 86 points, so at least 6 points too many.',
      'Für Gold nötig: Punktzahl von höchstens 80 Punkten; gezählt: mindestens 86 Punkte, also mindestens 6 Punkte zu viel.',
    ]);
    expect(both(threshold(range('86', '106'), '106', null, { comparison: 'ABOVE' }))).toEqual([
      'Gold needs score of more than 106 points; counted at most 106 points, which is not enough.',
      'Für Gold nötig: Punktzahl von mehr als 106 Punkten; gezählt: höchstens 106 Punkte, das reicht nicht.',
    ]);
  });

  test('rule 33: a cap, a maximum share and a limit a respondent are named', () => {
    const capped: MeasureProof = {
      ...points,
      value: decimal('20'),
      range: null,
      cut: { type: 'CAP', limit: decimal('20'), uncut: decimal('35') },
    };
    expect(both(threshold(capped, '25', '5'))).toEqual([
      'Gold needs score of at least 25 points; counted 20 points, 5 points are missing (limited to 20 points, otherwise 35 points).',
      'Für Gold nötig: Punktzahl von mindestens 25 Punkten; gezählt: 20 Punkte, es fehlen 5 Punkte (begrenzt auf 20 Punkte, sonst 35 Punkte).',
    ]);
    const shared: MeasureProof = {
      ...points,
      operator: 'CAPPED_TOTAL',
      within: null,
      factor: null,
      value: decimal('0'),
      range: null,
      cut: { type: 'SHARE', limit: decimal('0.4'), uncut: decimal('1000') },
    };
    expect(both(threshold(shared, '70', '70'))).toEqual([
      'Gold needs score of at least 70 points; counted 0 points, 70 points are missing (no part may be more than 40% of the total, which cuts 1,000 points to 0 points).',
      'Für Gold nötig: Punktzahl von mindestens 70 Punkten; gezählt: 0 Punkte, es fehlen 70 Punkte (kein Teil darf mehr als 40 % der Summe ausmachen, das kürzt 1.000 Punkte auf 0 Punkte).',
    ]);
    const sum: MeasureProof = {
      ...points,
      operator: 'SUM',
      within: null,
      factor: null,
      parts: [{ ...capped, name: { en: 'Training', de: 'Schulungen' } }],
      value: decimal('20'),
      range: null,
    };
    expect(both(threshold(sum, '25', '5'))[0]).toMatch(
      / \(training: limited to 20 points, otherwise 35 points\)\.$/,
    );
    const limited = metric(null, { ...satisfaction, sample: 3, perRespondent: 2, limited: 4 });
    expect(both(threshold(limited, '8', null, { outcome: 'INSUFFICIENT_DATA' }))).toEqual([
      "Gold needs NPS of at least 8 in the 12 months up to 2026-11-23; only 3 of at least 5 values needed are there, so it can't be decided (4 more answers do not count: at most 2 per respondent).",
      'Für Gold nötig: NPS von mindestens 8 in den 12 Monaten bis 23.11.2026; erst 3 von mindestens 5 nötigen Werten liegen vor, daher noch nicht entscheidbar (4 weitere Antworten zählen nicht: höchstens 2 je befragter Person).',
    ]);
  });

  test('rule 33: a value over nothing says which: no data, too few, or a denominator of 0', () => {
    const ratio = (of: MeasureProof, to: MeasureProof): string[] => {
      const actual: MeasureProof = {
        ...points,
        operator: 'RATIO',
        within: null,
        factor: null,
        name: { en: 'Ratio', de: 'Quote' },
        unit: null,
        parts: [of, to],
        range: null,
      };
      return both(threshold(actual, '1', null, { outcome: 'INSUFFICIENT_DATA' })).map(
        (text) => text.split('; ')[1] ?? '',
      );
    };
    const named = { name: { en: 'Cases', de: 'Fälle' }, unit: null };
    expect(ratio(metric('1', named), metric('0', named))).toEqual([
      "the denominator (cases) is 0, so it can't be decided.",
      'der Nenner („Fälle“) ist 0, daher noch nicht entscheidbar.',
    ]);
    expect(ratio(metric(null, { ...satisfaction, sample: 0 }), metric('1', named))).toEqual([
      "there are no data on NPS yet, so it can't be decided.",
      'zu „NPS“ liegen noch keine Daten vor, daher noch nicht entscheidbar.',
    ]);
    expect(ratio(metric(null, { ...satisfaction, sample: 1 }), metric('1', named))).toEqual([
      "for NPS only 1 of at least 5 values needed is there, so it can't be decided.",
      'für „NPS“ liegt erst 1 von mindestens 5 nötigen Werten vor, daher noch nicht entscheidbar.',
    ]);
    const single = metric(null, { ...satisfaction, sample: 1 });
    expect(both(threshold(single, '8', null, { outcome: 'INSUFFICIENT_DATA' }))[1]).toMatch(
      /erst 1 von mindestens 5 nötigen Werten liegt vor, daher noch nicht entscheidbar\.$/,
    );
    expect(ratio(metric(null, { ...satisfaction, sample: 2 }), metric('1', named))).toEqual([
      "for NPS only 2 of at least 5 values needed are there, so it can't be decided.",
      'für „NPS“ liegen erst 2 von mindestens 5 nötigen Werten vor, daher noch nicht entscheidbar.',
    ]);
  });

  test('within a forEach names the item', () => {
    expect(both(threshold(metric('1'), '2', '1', { item: 'Search' }))[0]).toMatch(
      /^For Search, Gold needs revenue of at least 2\.00 EUR/,
    );
    expect(both(threshold(metric('1'), '2', '1', { item: 'Search' }))[1]).toMatch(
      /^Für Gold nötig bei Search: Umsatz von mindestens 2,00 EUR/,
    );
  });
});

function leaf(outcome: RequirementProof['outcome']) {
  return {
    mandatory: false,
    proof: threshold(metric('1'), '2', '1', { outcome }),
  };
}

test('a composite counts its conditions', () => {
  const all: RequirementProof = {
    type: 'COMPOSITE',
    rule: 'ALL',
    path: GOLD,
    item: null,
    assumed: false,
    dimension: null,
    outcome: 'UNMET',
    needed: 2,
    met: 1,
    parts: [leaf('MET'), leaf('UNMET')],
  };
  expect(both(all)).toEqual([
    'Gold needs all 2 conditions; 1 is met.',
    'Für Gold nötig: alle 2 Bedingungen; erfüllt ist 1.',
  ]);
  expect(both({ ...all, rule: 'ANY', needed: 1 })).toEqual([
    'Gold needs one of 2 conditions; 1 is met.',
    'Für Gold nötig: eine von 2 Bedingungen; erfüllt ist 1.',
  ]);
  const some: RequirementProof = {
    ...all,
    rule: 'AT_LEAST',
    needed: 2,
    met: 2,
    parts: [{ ...leaf('UNMET'), mandatory: true }, leaf('MET'), leaf('MET')],
  };
  expect(both(some)).toEqual([
    'Gold needs at least 2 of 3 conditions, 1 of them mandatory; 2 are met.',
    'Für Gold nötig: mindestens 2 von 3 Bedingungen, darunter 1 zwingend; erfüllt sind 2.',
  ]);
});

test('a composite of specializations counts those', () => {
  const held = (outcome: RequirementProof['outcome']) => ({
    mandatory: false,
    proof: {
      type: 'SPECIALIZATION',
      path: GOLD,
      item: null,
      assumed: false,
      dimension: null,
      outcome,
      specialization: 'VIDEO',
      proof: leaf(outcome).proof,
    } as const,
  });
  const proof: RequirementProof = {
    type: 'COMPOSITE',
    rule: 'AT_LEAST',
    path: GOLD,
    item: null,
    assumed: false,
    dimension: null,
    outcome: 'UNMET',
    needed: 2,
    met: 1,
    parts: [held('MET'), held('UNMET'), held('UNMET')],
  };
  expect(both(proof)).toEqual([
    'Gold needs at least 2 of 3 specializations; 1 is held.',
    'Für Gold nötig: mindestens 2 von 3 Spezialisierungen; vorhanden ist 1.',
  ]);
});

test('a specialization is held or not', () => {
  const proof: RequirementProof = {
    type: 'SPECIALIZATION',
    path: GOLD,
    item: null,
    assumed: false,
    dimension: null,
    outcome: 'UNMET',
    specialization: 'VIDEO',
    proof: leaf('UNMET').proof,
  };
  expect(both(proof)).toEqual([
    'Gold needs the specialization Solution Expert, Video; it is not held.',
    'Für Gold nötig: Spezialisierung Solution Expert Video; sie fehlt.',
  ]);
  expect(both({ ...proof, outcome: 'MET', proof: { ...proof.proof, outcome: 'MET' } })).toEqual([
    'Gold needs the specialization Solution Expert, Video; it is held.',
    'Für Gold nötig: Spezialisierung Solution Expert Video; vorhanden.',
  ]);
});

test('persons name the places that are open', () => {
  const proof: RequirementProof = {
    type: 'PERSONS',
    path: '/specializations/0/requirement',
    item: null,
    assumed: false,
    dimension: null,
    outcome: 'UNMET',
    required: 3,
    filled: 1,
    slots: [
      { name: { en: 'sales', de: 'Vertrieb' }, required: 2, persons: ['p1'] },
      { name: { en: 'design', de: 'Design' }, required: 1, persons: [] },
    ],
  };
  expect(both(proof)).toEqual([
    'Solution Expert, Video needs 3 different persons with a valid certification (2 sales, 1 design); 1 is there, missing: 1 sales, 1 design.',
    'Für Solution Expert Video nötig: 3 verschiedene Personen mit gültigem Zertifikat (2 Vertrieb, 1 Design); 1 ist da, es fehlen: 1 Vertrieb, 1 Design.',
  ]);
});

test('a forEach names the items that are open', () => {
  const proof: RequirementProof = {
    type: 'FOR_EACH',
    path: GOLD,
    item: null,
    assumed: false,
    dimension: null,
    outcome: 'UNMET',
    itemsOf: 'attributes.product',
    rule: 'ALL',
    needed: 2,
    met: 1,
    items: [
      { item: 'Display', where: leaf('MET').proof, proof: leaf('MET').proof },
      { item: 'Search', where: leaf('MET').proof, proof: leaf('UNMET').proof },
    ],
  };
  expect(both(proof)).toEqual([
    'Gold needs the condition for each of 2 values of product; met for 1, open: Search.',
    'Für Gold nötig: die Bedingung für jeden von 2 Werten von product; erfüllt für 1, offen: Search.',
  ]);
});
