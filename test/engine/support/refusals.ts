// Slips of the pen are on purpose. cspell:ignore GLOD revneue mertic QUATER curency VIDOE
const name = { en: 'Name', de: 'Name' };
export const sum = { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } };
const score = { fact: 'satisfaction', aggregate: 'AVERAGE', window: { trailing: { months: 12 } } };
const heads = { fact: 'certification', aggregate: 'DISTINCT', by: ['person'], window: { allTime: true } };
const usage = { fact: 'usage', aggregate: 'SUM', window: { allTime: true } };
const slot = { name, count: 1, where: [{ field: 'credential', in: ['A'] }] };

type Parts = Readonly<Record<string, unknown>>;
/** What is wrong, the document, and the only problem that it has. */
export type Refusal = readonly [kind: string, document: unknown, path: string, message: string];

/** A document that is right, with some of its parts replaced. */
export function document(parts: Parts = {}): Parts {
  return { format: 1, tiers: tiers({ measure: { metric: sum }, atLeast: '1' }), ...parts };
}

export function tiers(requirement: unknown): unknown {
  return [
    { code: 'BASE', name },
    { code: 'GOLD', name, requirement },
  ];
}

export function withRequirement(requirement: unknown): unknown {
  return document({ tiers: tiers(requirement) });
}
/** With one scenario. */
function withScenario(parts: Parts): unknown {
  const scenario = { name, on: '2026-06-01', expect: { tier: 'BASE' }, ...parts };
  return inFormat2(document({ scenarios: [scenario] }));
}
/** With more than a requirement for the higher tier. */
function withConditions(conditions: Parts): unknown {
  const requirement = { measure: { metric: sum }, atLeast: '1' };
  return document({
    tiers: [
      { code: 'BASE', name },
      { code: 'GOLD', name, requirement, ...conditions },
    ],
  });
}
function withMeasure(measure: unknown): unknown {
  return withRequirement({ measure, atLeast: '1' });
}
function withMetric(changes: Parts): unknown {
  return withMeasure({ metric: { ...sum, ...changes } });
}
function withWindow(window: unknown): unknown {
  return withMetric({ window });
}
function withFilter(filter: unknown, metric: Parts = sum): unknown {
  return withMeasure({ metric: { ...metric, where: [filter] } });
}
function forEachOf(body: unknown): unknown {
  const where = { measure: { metric: sum }, above: '0' };
  return { forEach: { dimension: 'attributes.area', where, need: 'ALL', body } };
}
function inFormat2(whole: unknown): unknown {
  return { ...Object(whole), format: 2 };
}
function withPolicy(policy: unknown): unknown {
  return document({ policy });
}
function withSpecializations(...requirements: unknown[]): unknown {
  return document({
    specializations: requirements.map((requirement, index) => ({ code: `S${index}`, name, requirement })),
  });
}

export const REQ = '/tiers/1/requirement';
const MEASURE = `${REQ}/measure`;
const METRIC = `${MEASURE}/metric`;
const DECIMAL = 'A decimal number as a text is expected here, such as "1250.5".';

const OF_REVENUE = '; they have currency, customer, value, occurredOn, expiresOn, region and attributes.';
const OF_CERTIFICATION = '; they have person, credential, occurredOn, expiresOn, region and attributes.';

/** Documents with one mistake each. */
export const REFUSALS: readonly Refusal[] = [
  ['not an object', [], '', 'An object is expected here.'],
  ['no format', { tiers: tiers({ measure: { metric: sum }, atLeast: '1' }) }, '', '"format" is missing.'],
  ['another format', document({ format: 3 }), '/format', 'One of 1, 2 is expected here.'],
  [
    'an unknown part',
    document({ tier: [] }),
    '/tier',
    '"tier" is not known here; did you mean "tiers"? Known are format, note, currencies, measures, requirements, tiers, specializations, policy, transition, remap, scenarios.',
  ],
  ['no tiers', { format: 1 }, '', '"tiers" is missing.'],
  ['an empty list of tiers', document({ tiers: [] }), '/tiers', 'At least 1 of these is needed.'],
  ['tiers that are no list', document({ tiers: {} }), '/tiers', 'A list is expected here.'],
  ['a tier without a code', document({ tiers: [{ name }] }), '/tiers/0', '"code" is missing.'],
  [
    'a code in small letters',
    document({ tiers: [{ code: 'gold', name }] }),
    '/tiers/0/code',
    'This has to be a code in capitals, such as "GOLD".',
  ],
  ['a tier without a name', document({ tiers: [{ code: 'BASE' }] }), '/tiers/0', '"name" is missing.'],
  [
    'a name in no language',
    document({ tiers: [{ code: 'BASE', name: {} }] }),
    '/tiers/0/name',
    'A name in at least one language is needed here.',
  ],
  [
    'a name in what is no language',
    document({ tiers: [{ code: 'BASE', name: { en: 'Base', 'a-b': 'Base' } }] }),
    '/tiers/0/name/a-b',
    '"a-b" is not a language tag.',
  ],
  [
    'a name twice in one language',
    document({ tiers: [{ code: 'BASE', name: { 'de-CH': 'Basis', 'DE-ch': 'Basis' } }] }),
    '/tiers/0/name/DE-ch',
    '"DE-ch" is there twice, as de-CH.',
  ],
  [
    'a tier with a rank of its own',
    document({ tiers: [{ code: 'BASE', name, rank: 1 }] }),
    '/tiers/0/rank',
    '"rank" is not known here; known are code, name, requirement, retain, forfeit.',
  ],
  [
    'a tier twice',
    document({
      tiers: [
        { code: 'BASE', name },
        { code: 'BASE', name, requirement: { measure: { metric: sum }, atLeast: '1' } },
      ],
    }),
    '/tiers/1/code',
    'The code "BASE" is there twice.',
  ],
  [
    'a requirement for the lowest tier',
    document({ tiers: [{ code: 'BASE', name, requirement: { measure: { metric: sum }, atLeast: '1' } }] }),
    '/tiers/0/requirement',
    'The lowest tier has no requirement.',
  ],
  [
    'a higher tier without a requirement',
    document({
      tiers: [
        { code: 'BASE', name },
        { code: 'GOLD', name },
      ],
    }),
    '/tiers/1',
    'Every tier above the lowest has a requirement; GOLD has none.',
  ],
  [
    'a requirement of no kind',
    withRequirement({}),
    REQ,
    'An object with one of measure, allOf, anyOf, of, specialization, persons, forEach, held, requirement is expected here.',
  ],
  ['an unknown measure', withMeasure('revenu'), MEASURE, 'There is no measure named "revenu".'],
  [
    'a measure defined by itself',
    document({ measures: { a: { sum: ['b'] }, b: { minimum: ['a'] } } }),
    '/measures/b/minimum/0',
    'The measure "a" is defined by itself: a -> b -> a.',
  ],
  [
    'a measure of no kind',
    withMeasure({ name }),
    MEASURE,
    'An object with one of metric, constant, maximumShare, sum, minimum, maximum, largestShare, ratio, over, points is expected here.',
  ],
  [
    'a measure with a bad name',
    document({ measures: { 'a b': { constant: '1' } } }),
    '/measures/a b',
    '"a b" is not a name of up to 64 letters, digits, "-" and "_" that begins with a letter.',
  ],
  [
    'an unknown kind of fact',
    withMetric({ fact: 'sales' }),
    `${METRIC}/fact`,
    'The programme has no facts of the kind "sales".',
  ],
  [
    'an unknown aggregate',
    withMetric({ aggregate: 'TOTAL' }),
    `${METRIC}/aggregate`,
    'One of SUM, COUNT, DISTINCT, AVERAGE, MEDIAN, MINIMUM, MAXIMUM, LATEST is expected here.',
  ],
  [
    'a metric without a window',
    withMeasure({ metric: { fact: 'revenue', aggregate: 'SUM' } }),
    METRIC,
    '"window" is missing.',
  ],
  [
    'a negative window',
    withWindow({ trailing: { months: -3 } }),
    `${METRIC}/window/trailing/months`,
    'A whole number from 1 to 1200 is expected here.',
  ],
  [
    'an empty window',
    withWindow({ trailing: { days: 0 } }),
    `${METRIC}/window/trailing/days`,
    'A whole number from 1 to 36525 is expected here.',
  ],
  [
    'half a month',
    withWindow({ trailing: { months: 1.5 } }),
    `${METRIC}/window/trailing/months`,
    'A whole number from 1 to 1200 is expected here.',
  ],
  [
    'a window of months and days',
    withWindow({ trailing: { months: 1, days: 1 } }),
    `${METRIC}/window/trailing`,
    'Exactly one of months, days is expected here.',
  ],
  [
    'a shift in a document of format 1',
    withWindow({ allTime: true, shift: { days: 1 } }),
    `${METRIC}/window/shift`,
    '"shift" is new in format 2: write "format": 2.',
  ],
  [
    'LATEST in a document of format 1',
    withMetric({ aggregate: 'LATEST' }),
    `${METRIC}/aggregate`,
    'LATEST is new in format 2: write "format": 2.',
  ],
  [
    'complete periods shifted by months',
    inFormat2(withWindow({ fiscal: 'QUARTER', last: 1, shift: { months: 3 } })),
    `${METRIC}/window/shift`,
    'Complete periods are shifted by whole ones: write "periods" instead of days or months.',
  ],
  [
    'a running period shifted by periods',
    inFormat2(withWindow({ fiscal: 'QUARTER', shift: { periods: 1 } })),
    `${METRIC}/window/shift`,
    'Only complete periods, those with "last", are shifted by "periods": write days or months.',
  ],
  [
    'a shift by nothing',
    inFormat2(withWindow({ allTime: true, shift: {} })),
    `${METRIC}/window/shift`,
    'Exactly one of days, months, periods is expected here.',
  ],
  [
    'a sample for the latest',
    inFormat2(withMeasure({ metric: { ...usage, aggregate: 'LATEST', minimumSample: 2 } })),
    `${METRIC}/minimumSample`,
    'Only an average, median, minimum or maximum has a minimum sample.',
  ],
  [
    'otherwise in a document of format 1',
    withMeasure({ metric: score, otherwise: '1' }),
    `${MEASURE}/otherwise`,
    '"otherwise" is new in format 2: write "format": 2.',
  ],
  [
    'a stand-in for what is always decided',
    inFormat2(withMeasure({ sum: [{ metric: sum }], otherwise: '1' })),
    `${MEASURE}/otherwise`,
    'The data always decide this measure, so nothing stands in for it.',
  ],
  [
    'an outcome that is none',
    inFormat2(withRequirement({ measure: { metric: score }, atLeast: '1', otherwise: 'INSUFFICIENT_DATA' })),
    `${REQ}/otherwise`,
    'One of MET, UNMET is expected here.',
  ],
  [
    'a part that counts 0 times',
    inFormat2(withMeasure({ sum: [{ times: '0', of: { metric: sum } }] })),
    `${MEASURE}/sum/0/times`,
    'A part that counts 0 times adds nothing.',
  ],
  [
    'times in a document of format 1',
    withMeasure({ sum: [{ times: '2', of: { metric: sum } }] }),
    `${MEASURE}/sum/0/times`,
    '"times" is new in format 2: write "format": 2.',
  ],
  [
    'times that is no part of a sum',
    inFormat2(withMeasure({ times: '2', of: { metric: sum } })),
    MEASURE,
    'An object with one of metric, constant, maximumShare, sum, minimum, maximum, largestShare, ratio, over, points is expected here.',
  ],
  [
    'a subtracted part with a maximum share',
    inFormat2(
      withMeasure({ sum: [{ metric: sum }, { times: '-1', of: { metric: sum } }], maximumShare: '0.4' }),
    ),
    `${MEASURE}/sum/1/times`,
    'No part with a maximum share is subtracted.',
  ],
  [
    'a named requirement in a document of format 1',
    document({ requirements: {} }),
    '/requirements',
    '"requirements" is new in format 2: write "format": 2.',
  ],
  [
    'an unknown requirement',
    inFormat2(withRequirement({ requirement: 'services' })),
    `${REQ}/requirement`,
    'There is no requirement named "services".',
  ],
  [
    'requirements in a circle',
    {
      ...document(),
      format: 2,
      requirements: {
        a: { name, requirement: { requirement: 'b' } },
        b: { name, requirement: { requirement: 'a' } },
      },
    },
    '/requirements/b/requirement/requirement',
    'The requirement "a" is defined by itself: a -> b -> a.',
  ],
  [
    'a forEach within a forEach by a name',
    {
      ...document(),
      format: 2,
      requirements: { inner: { name, requirement: forEachOf({ measure: { metric: sum }, above: '0' }) } },
      tiers: tiers(forEachOf({ requirement: 'inner' })),
    },
    `${REQ}/forEach/body`,
    'A forEach holds no other forEach.',
  ],
  [
    'the value of revenue in a document of format 1',
    withFilter({ field: 'value', above: '1' }),
    `${METRIC}/where/0/field`,
    '"value" of revenue is new in format 2: write "format": 2.',
  ],
  [
    'the customer of revenue in a document of format 1',
    withMetric({ aggregate: 'DISTINCT', by: ['customer'] }),
    `${METRIC}/by/0`,
    '"customer" of revenue is new in format 2: write "format": 2.',
  ],
  [
    'over in a document of format 1',
    withMeasure({ over: { dimension: 'currency', of: { metric: sum }, aggregate: 'COUNT' } }),
    `${MEASURE}/over`,
    '"over" is new in format 2: write "format": 2.',
  ],
  [
    'over within over',
    inFormat2(
      withMeasure({
        over: {
          dimension: 'currency',
          of: { over: { dimension: 'customer', of: { metric: sum }, aggregate: 'COUNT' } },
          aggregate: 'COUNT',
        },
      }),
    ),
    `${MEASURE}/over/of`,
    'A measure over items holds no other one.',
  ],
  [
    'over of no facts',
    inFormat2(withMeasure({ over: { dimension: 'currency', of: { constant: '1' }, aggregate: 'COUNT' } })),
    `${MEASURE}/over/of`,
    'Items are values of facts, but no metric is measured here.',
  ],
  [
    'over a field that the facts do not have',
    inFormat2(withMeasure({ over: { dimension: 'person', of: { metric: sum }, aggregate: 'COUNT' } })),
    `${MEASURE}/over/dimension`,
    `Facts of the kind "revenue" have no person${OF_REVENUE}`,
  ],
  [
    'over weeks of a fiscal year',
    inFormat2(
      withMeasure({
        over: { dimension: { occurredOn: 'WEEK', fiscal: true }, of: { metric: sum }, aggregate: 'COUNT' },
      }),
    ),
    `${MEASURE}/over/dimension/fiscal`,
    'Weeks belong to no fiscal year.',
  ],
  [
    'over items that all pass',
    inFormat2(
      withMeasure({
        over: { dimension: 'customer', of: { metric: score }, where: { atLeast: '0' }, aggregate: 'COUNT' },
      }),
    ),
    `${MEASURE}/over/where/atLeast`,
    'This measure is from 0 to 10, so every value is at least 0, and the bound decides nothing.',
  ],
  [
    'a term for promotion',
    inFormat2(
      withPolicy({ promotion: { mode: 'ON_REVIEW', review: { calendar: { term: { months: 12 } } } } }),
    ),
    '/policy/promotion/review/calendar',
    'An object with one of daysOfYear, daysOfMonth, fiscal, calendar, anniversary is expected here.',
  ],
  [
    'a term in a document of format 1',
    withPolicy({ demotion: { mode: 'ON_REVIEW', review: { calendar: { term: { months: 12 } } } } }),
    '/policy/demotion/review/calendar/term',
    '"term" is new in format 2: write "format": 2.',
  ],
  [
    'days of the month in a document of format 1',
    withPolicy({ demotion: { mode: 'ON_REVIEW', review: { calendar: { daysOfMonth: [1] } } } }),
    '/policy/demotion/review/calendar/daysOfMonth',
    '"daysOfMonth" is new in format 2: write "format": 2.',
  ],
  [
    'a review calendar of calendar periods in a document of format 1',
    withPolicy({ demotion: { mode: 'ON_REVIEW', review: { calendar: { calendar: 'YEAR' } } } }),
    '/policy/demotion/review/calendar/calendar',
    '"calendar" is new in format 2: write "format": 2.',
  ],
  [
    'a review that looks at two days',
    inFormat2(
      withPolicy({
        demotion: {
          mode: 'ON_REVIEW',
          review: { calendar: { anniversary: true }, measuredDaysBefore: 3, measuredOn: '12-31' },
        },
      }),
    ),
    '/policy/demotion/review/measuredOn',
    'A review looks at one day: either "measuredOn" or "measuredDaysBefore".',
  ],
  [
    'a day that no month has',
    inFormat2(
      withPolicy({
        demotion: { mode: 'ON_REVIEW', review: { calendar: { anniversary: true }, measuredOn: '12-32' } },
      }),
    ),
    '/policy/demotion/review/measuredOn',
    'This has to be a month and a day, such as "12-31".',
  ],
  [
    'a delay in a document of format 1',
    withPolicy({ promotion: { mode: 'AT_ONCE', delay: { days: 30 } } }),
    '/policy/promotion/delay',
    '"delay" is new in format 2: write "format": 2.',
  ],
  [
    'a delay of promotion on review',
    inFormat2(
      withPolicy({
        promotion: { mode: 'ON_REVIEW', review: { calendar: { anniversary: true } }, delay: { days: 30 } },
      }),
    ),
    '/policy/promotion/delay',
    '"delay" is not known here; known are mode, review.',
  ],
  [
    'a misspelt measure',
    document({ measures: { revenue: { metric: sum } }, tiers: tiers({ measure: 'revneue', atLeast: '1' }) }),
    MEASURE,
    'There is no measure named "revneue"; did you mean "revenue"?',
  ],
  [
    'a misspelt form of a measure',
    withMeasure({ mertic: sum }),
    MEASURE,
    'An object with one of metric, constant, maximumShare, sum, minimum, maximum, largestShare, ratio, over, points is expected here. "mertic" is none of them; did you mean "metric"?',
  ],
  [
    'a misspelt unit of periods',
    withWindow({ fiscal: 'QUATER' }),
    `${METRIC}/window/fiscal`,
    'One of MONTH, QUARTER, HALF_YEAR, YEAR is expected here; did you mean "QUARTER"?',
  ],
  [
    'a misspelt kind of fact',
    withMetric({ fact: 'Revenues' }),
    `${METRIC}/fact`,
    'The programme has no facts of the kind "Revenues"; did you mean "revenue"?',
  ],
  [
    'a misspelt field',
    withFilter({ field: 'curency', in: ['EUR'] }),
    `${METRIC}/where/0/field`,
    'This has to be a field, such as "person" or "attributes.area"; did you mean "currency"?',
  ],
  [
    'a misspelt specialization',
    document({
      tiers: tiers({ specialization: 'VIDOE' }),
      specializations: [{ code: 'VIDEO', name, requirement: { measure: { metric: sum }, atLeast: '1' } }],
    }),
    `${REQ}/specialization`,
    'There is no specialization with the code "VIDOE"; did you mean "VIDEO"?',
  ],
  [
    'a count that is a text',
    withWindow({ trailing: { months: '12' } }),
    `${METRIC}/window/trailing/months`,
    'Counts are written as numbers, and only amounts as texts: 12 instead of "12".',
  ],
  [
    'a number by country in a document of format 1',
    withRequirement({
      measure: { metric: sum },
      atLeast: { default: '1', by: 'country', values: { DE: '2' } },
    }),
    `${REQ}/atLeast/by`,
    '"by" is new in format 2: write "format": 2.',
  ],
  [
    'a number by something that partners do not have',
    inFormat2(
      withRequirement({
        measure: { metric: sum },
        atLeast: { default: '1', by: 'size', values: { S: '2' } },
      }),
    ),
    `${REQ}/atLeast/by`,
    'This has to be "region", "country", or an attribute of partners such as "attributes.size".',
  ],
  [
    'a window of no kind',
    withWindow({ rolling: 12 }),
    `${METRIC}/window`,
    'An object with one of trailing, fiscal, calendar, anniversary, allTime is expected here.',
  ],
  [
    'an unknown period',
    withWindow({ fiscal: 'WEEK' }),
    `${METRIC}/window/fiscal`,
    'One of MONTH, QUARTER, HALF_YEAR, YEAR is expected here.',
  ],
  [
    'no complete period',
    withWindow({ calendar: 'YEAR', last: 0 }),
    `${METRIC}/window/last`,
    'A whole number from 1 to 400 is expected here.',
  ],
  [
    'the sum of certifications',
    withMeasure({ metric: { ...heads, by: undefined, aggregate: 'SUM' } }),
    `${METRIC}/aggregate`,
    'Certifications have no value; they can be counted only.',
  ],
  [
    'DISTINCT without keys',
    withMeasure({ metric: { ...heads, by: undefined } }),
    METRIC,
    'DISTINCT needs "by", the fields that tell its keys apart.',
  ],
  [
    'keys without DISTINCT',
    withMetric({ by: ['currency'] }),
    `${METRIC}/by`,
    'Only DISTINCT and LATEST have "by".',
  ],
  [
    'a key that the kind does not have',
    withMeasure({ metric: { ...heads, by: ['customer'] } }),
    `${METRIC}/by/0`,
    `Facts of the kind "certification" have no customer${OF_CERTIFICATION}`,
  ],
  [
    'a sample for a sum',
    withMetric({ minimumSample: 3 }),
    `${METRIC}/minimumSample`,
    'Only an average, median, minimum or maximum has a minimum sample.',
  ],
  [
    'a negative sample',
    withMeasure({ metric: { ...score, minimumSample: -1 } }),
    `${METRIC}/minimumSample`,
    'A whole number from 1 to 1000000 is expected here.',
  ],
  [
    'a respondent cap on revenue',
    withMetric({ perRespondent: 2 }),
    `${METRIC}/perRespondent`,
    'Only satisfaction has respondents.',
  ],
  [
    'an unknown scope',
    withMetric({ scope: 'ALL' }),
    `${METRIC}/scope`,
    'One of OWN, FAMILY is expected here.',
  ],
  [
    'an unknown field',
    withFilter({ field: 'colour', in: ['red'] }),
    `${METRIC}/where/0/field`,
    'This has to be a field, such as "person" or "attributes.area".',
  ],
  [
    'a field that the kind does not have',
    withFilter({ field: 'person', in: ['ada'] }),
    `${METRIC}/where/0/field`,
    `Facts of the kind "revenue" have no person${OF_REVENUE}`,
  ],
  [
    'a filter for nothing',
    withFilter({ field: 'currency', in: [] }),
    `${METRIC}/where/0/in`,
    'At least 1 of these is needed.',
  ],
  [
    'a value that is no number',
    withFilter({ field: 'value', in: ['9', 'nine'] }, usage),
    `${METRIC}/where/0/in/1`,
    '"nine" can\'t be read as a decimal.',
  ],
  [
    'a filter without a condition',
    withFilter({ field: 'currency' }),
    `${METRIC}/where/0`,
    'Exactly one of atLeast, above, atMost, below is expected here.',
  ],
  [
    'a comparison with no number',
    withFilter({ field: 'attributes.seats', atLeast: 'many' }),
    `${METRIC}/where/0/atLeast`,
    '"many" can\'t be read as a decimal.',
  ],
  [
    'a comparison with no date',
    withFilter({ field: 'attributes.soldOn', as: 'DATE', below: '2023-02-29' }),
    `${METRIC}/where/0/below`,
    '"2023-02-29" can\'t be read as a date.',
  ],
  [
    'a number that is not a text',
    withRequirement({ measure: { metric: sum }, atLeast: 100 }),
    `${REQ}/atLeast`,
    'Amounts are written as texts, so that nothing is rounded on the way: "100" instead of 100.',
  ],
  [
    'a number with an exponent',
    withRequirement({ measure: { metric: sum }, atLeast: '1e6' }),
    `${REQ}/atLeast`,
    DECIMAL,
  ],
  [
    'a threshold without a bound',
    withRequirement({ measure: { metric: sum } }),
    REQ,
    'Exactly one of atLeast, above, atMost, below is expected here.',
  ],
  [
    'a threshold with two bounds',
    withRequirement({ measure: { metric: sum }, atLeast: '1', below: '9' }),
    REQ,
    'Exactly one of atLeast, above, atMost, below is expected here.',
  ],
  [
    'numbers by region without a default',
    withRequirement({ measure: { metric: sum }, atLeast: { regions: { EMEA: '1' } } }),
    `${REQ}/atLeast`,
    '"default" is missing.',
  ],
  [
    'a threshold in another unit',
    withRequirement({ measure: { metric: sum }, atLeast: '1', unit: 'USD' }),
    `${REQ}/unit`,
    'The measure has EUR, the threshold USD.',
  ],
  [
    'a threshold off the scale',
    withRequirement({ measure: { metric: score }, atLeast: '75' }),
    `${REQ}/atLeast`,
    'This measure is from 0 to 10, so no value is at least 75, and the bound decides nothing.',
  ],
  [
    'a sum of money and heads',
    withMeasure({ sum: [{ metric: sum }, { metric: heads }] }),
    `${MEASURE}/sum`,
    'These measures have different units: EUR and persons.',
  ],
  [
    'a minimum of money and hours',
    withMeasure({ minimum: [{ metric: sum }, { metric: usage }] }),
    `${MEASURE}/minimum`,
    'These measures have different units: EUR and hours.',
  ],
  ['a sum of nothing', withMeasure({ sum: [] }), `${MEASURE}/sum`, 'At least 1 of these is needed.'],
  [
    'a ratio without a divisor',
    withMeasure({ ratio: { of: { metric: sum } } }),
    `${MEASURE}/ratio`,
    '"to" is missing.',
  ],
  [
    'points without a scale',
    withMeasure({ points: { of: { metric: sum } } }),
    `${MEASURE}/points`,
    'Exactly one of linear, wholeUnits, steps is expected here.',
  ],
  [
    'points for each nothing',
    withMeasure({ points: { of: { metric: sum }, linear: { points: '1', per: '0' } } }),
    `${MEASURE}/points/linear/per`,
    'A number above zero is expected here.',
  ],
  [
    'points below zero',
    withMeasure({ points: { of: { metric: sum }, linear: { points: '-1', per: '1' } } }),
    `${MEASURE}/points/linear/points`,
    'Points for a unit are not below zero.',
  ],
  [
    'steps that do not ascend',
    withMeasure({
      points: {
        of: { metric: sum },
        steps: [
          { atLeast: '5', points: '1' },
          { atLeast: '5', points: '2' },
        ],
      },
    }),
    `${MEASURE}/points/steps`,
    'Steps ascend, and so do their points, from zero or more.',
  ],
  [
    'a negative cap',
    withMeasure({ points: { of: { metric: sum }, linear: { points: '1', per: '1' }, cap: '-5' } }),
    `${MEASURE}/points/cap`,
    'A number above zero is expected here.',
  ],
  [
    'a share in per cent',
    withMeasure({ sum: [{ metric: sum }], maximumShare: '40' }),
    `${MEASURE}/maximumShare`,
    'A share is above 0 and at most 1; 40 % is "0.4".',
  ],
  ['all of nothing', withRequirement({ allOf: [] }), `${REQ}/allOf`, 'At least 1 of these is needed.'],
  [
    'more than there are',
    withRequirement({ atLeast: 2, of: [{ measure: { metric: sum }, atLeast: '1' }] }),
    `${REQ}/atLeast`,
    '2 are needed, but there are only 1.',
  ],
  [
    'an unknown specialization',
    withRequirement({ specialization: 'AUDIO' }),
    `${REQ}/specialization`,
    'There is no specialization with the code "AUDIO".',
  ],
  [
    'a specialization without a requirement',
    document({ specializations: [{ code: 'S0', name }] }),
    '/specializations/0',
    '"requirement" is missing.',
  ],
  [
    'specializations in a circle',
    withSpecializations({ specialization: 'S1' }, { allOf: [{ specialization: 'S0' }] }),
    '/specializations/0',
    'Specializations may not require each other in a circle: S0 -> S1 -> S0.',
  ],
  [
    'a specialization twice',
    document({ specializations: [1, 2].map(() => ({ code: 'S', name, requirement: { persons: [slot] } })) }),
    '/specializations/1/code',
    'The code "S" is there twice.',
  ],
  [
    'a slot for nobody',
    withRequirement({ persons: [{ ...slot, count: 0 }] }),
    `${REQ}/persons/0/count`,
    'A whole number from 1 to 1000 is expected here.',
  ],
  [
    'a slot by currency',
    withRequirement({ persons: [{ ...slot, where: [{ field: 'currency', in: ['EUR'] }] }] }),
    `${REQ}/persons/0/where/0/field`,
    `Facts of the kind "certification" have no currency${OF_CERTIFICATION}`,
  ],
  [
    'a forEach within a forEach',
    withRequirement({ forEach: forEach({ forEach: forEach({ persons: [slot] }) }) }),
    `${REQ}/forEach/body`,
    'A forEach holds no other forEach.',
  ],
  [
    'a forEach over a field that what makes an item never has',
    withRequirement({ forEach: { ...forEach({ persons: [slot] }), dimension: 'person' } }),
    `${REQ}/forEach/dimension`,
    `Facts of the kind "revenue" have no person${OF_REVENUE}`,
  ],
  [
    'a forEach over a field that what is asked of an item never has',
    withRequirement({ forEach: { ...forEach({ persons: [slot] }), dimension: 'currency' } }),
    `${REQ}/forEach/dimension`,
    `Facts of the kind "certification" have no currency${OF_CERTIFICATION}`,
  ],
  [
    'a forEach whose items come from no facts',
    withRequirement({
      forEach: { ...forEach({ persons: [slot] }), where: { measure: { constant: '1' }, above: '0' } },
    }),
    `${REQ}/forEach/where/measure`,
    'Items are values of facts, but no metric is measured here.',
  ],
  [
    'a forEach without a need',
    withRequirement({ forEach: { ...forEach({ persons: [slot] }), need: 'MOST' } }),
    `${REQ}/forEach/need`,
    'ALL, ANY or a whole number from 1 to 1000 is expected here.',
  ],
  [
    'a currency table without the own currency',
    document({ currencies: [{ from: '2020-01-01', equal: { USD: '1' } }] }),
    '/currencies/0/equal',
    "The programme's currency EUR is missing.",
  ],
  [
    'a currency that is none',
    document({ currencies: [{ from: '2020-01-01', equal: { EUR: '1', Dollar: '1' } }] }),
    '/currencies/0/equal/Dollar',
    '"Dollar" is not a currency code of ISO 4217.',
  ],
  [
    'a currency worth nothing',
    document({ currencies: [{ from: '2020-01-01', equal: { EUR: '0' } }] }),
    '/currencies/0/equal/EUR',
    'A number above zero is expected here.',
  ],
  [
    'tables out of order',
    document({ currencies: ['2020-01-01', '2019-01-01'].map((from) => ({ from, equal: { EUR: '1' } })) }),
    '/currencies/1/from',
    'The tables ascend by their first day.',
  ],
  [
    'a currency that is dropped',
    document({
      currencies: [
        { from: '2020-01-01', equal: { EUR: '1', USD: '1' } },
        { from: '2021-01-01', equal: { EUR: '1' } },
      ],
    }),
    '/currencies/1/equal',
    'Every table lists the same currencies; the first has EUR, USD.',
  ],
  [
    'a day that is none',
    document({ currencies: [{ from: '2021-02-29', equal: { EUR: '1' } }] }),
    '/currencies/0/from',
    'A date is expected here, such as "2024-10-04".',
  ],
  [
    'an unknown mode of promotion',
    withPolicy({ promotion: { mode: 'LATER' } }),
    '/policy/promotion/mode',
    'One of AT_ONCE, ON_REVIEW is expected here.',
  ],
  [
    'a review without a calendar',
    withPolicy({ promotion: { mode: 'ON_REVIEW', review: {} } }),
    '/policy/promotion/review',
    '"calendar" is missing.',
  ],
  [
    'a review on 29 February',
    withPolicy({ demotion: { mode: 'ON_REVIEW', review: { calendar: { daysOfYear: ['02-29'] } } } }),
    '/policy/demotion/review/calendar/daysOfYear/0',
    'Not every year has a 29 February.',
  ],
  [
    'what retains the lowest tier',
    inFormat2(
      document({ tiers: [{ code: 'BASE', name, retain: { measure: { metric: sum }, atLeast: '1' } }] }),
    ),
    '/tiers/0/retain',
    'The lowest tier has no retain.',
  ],
  [
    'a forfeit of the lowest tier',
    inFormat2(
      document({ tiers: [{ code: 'BASE', name, forfeit: { measure: { metric: sum }, atLeast: '1' } }] }),
    ),
    '/tiers/0/forfeit',
    'The lowest tier has no forfeit.',
  ],
  [
    'retain in a document of format 1',
    withConditions({ retain: { measure: { metric: sum }, atLeast: '1' } }),
    '/tiers/1/retain',
    '"retain" is new in format 2: write "format": 2.',
  ],
  [
    'a tier held in a document of format 1',
    withRequirement({ held: 'BASE', for: { months: 1 } }),
    `${REQ}/held`,
    '"held" is new in format 2: write "format": 2.',
  ],
  [
    'an unknown tier that was held',
    inFormat2(withRequirement({ held: 'GLOD', for: { months: 1 } })),
    `${REQ}/held`,
    'There is no tier with the code "GLOD"; did you mean "GOLD"?',
  ],
  [
    'a tier held for no time',
    inFormat2(withRequirement({ held: 'GOLD', for: { months: 0 } })),
    `${REQ}/for/months`,
    'A whole number from 1 to 1200 is expected here.',
  ],
  [
    'a tier held in two ways',
    inFormat2(withRequirement({ held: 'GOLD', for: { months: 1 }, total: { days: 1 } })),
    REQ,
    'Exactly one of for, total is expected here.',
  ],
  [
    'a forfeit that asks what was held',
    inFormat2(withConditions({ forfeit: { held: 'GOLD', for: { months: 1 } } })),
    '/tiers/1/forfeit',
    'A forfeit does not ask what was held, but this one does, at /tiers/1/forfeit.',
  ],
  [
    'a forfeit that asks what was held by way of a name and a specialization',
    inFormat2({
      ...Object(withConditions({ forfeit: { requirement: 'tenure' } })),
      requirements: { tenure: { name, requirement: { specialization: 'S' } } },
      specializations: [{ code: 'S', name, requirement: { held: 'GOLD', total: { days: 9 } } }],
    }),
    '/tiers/1/forfeit',
    'A forfeit does not ask what was held, but this one does, at /specializations/0/requirement.',
  ],
  [
    'scenarios in a document of format 1',
    document({ scenarios: [] }),
    '/scenarios',
    '"scenarios" is new in format 2: write "format": 2.',
  ],
  [
    'a scenario that expects an unknown tier',
    withScenario({ expect: { tier: 'GLOD' } }),
    '/scenarios/0/expect/tier',
    'There is no tier with the code "GLOD"; did you mean "GOLD"?',
  ],
  [
    'a scenario that expects an unknown specialization',
    withScenario({ expect: { tier: 'GOLD', specializations: ['S'] } }),
    '/scenarios/0/expect/specializations/0',
    'There is no specialization with the code "S".',
  ],
  [
    'a scenario that starts with an unknown tier',
    withScenario({ partner: { start: { tier: 'GLOD', since: '2020-01-01' } } }),
    '/scenarios/0/partner/start/tier',
    'There is no tier with the code "GLOD"; did you mean "GOLD"?',
  ],
  [
    'a scenario with an unknown kind of facts',
    withScenario({ facts: [{ fact: 'revneue', on: '2026-01-01', value: '1' }] }),
    '/scenarios/0/facts/0/fact',
    'The programme has no kind of facts "revneue"; did you mean "revenue"?',
  ],
  [
    'a scenario with revenue of no amount',
    withScenario({ facts: [{ fact: 'revenue', on: '2026-01-01' }] }),
    '/scenarios/0/facts/0',
    'A fact of the kind revenue has a value.',
  ],
  [
    'a scenario with revenue of a person',
    withScenario({ facts: [{ fact: 'revenue', on: '2026-01-01', value: '1', person: 'ann' }] }),
    '/scenarios/0/facts/0/person',
    'A fact of the kind revenue has no person.',
  ],
  [
    'a scenario with revenue in a currency that nothing converts',
    withScenario({ facts: [{ fact: 'revenue', on: '2026-01-01', value: '1', currency: 'CHF' }] }),
    '/scenarios/0/facts/0/currency',
    'No table converts CHF.',
  ],
  [
    'a scenario with an answer off the scale',
    withScenario({ facts: [{ fact: 'satisfaction', on: '2026-01-01', value: '11' }] }),
    '/scenarios/0/facts/0/value',
    "This is not on the programme's scale.",
  ],
  [
    'a scenario with a fact that expires at once',
    withScenario({ facts: [{ fact: 'usage', on: '2026-01-01', value: '1', expires: '2026-01-01' }] }),
    '/scenarios/0/facts/0/expires',
    'A fact expires after the day on which it occurred.',
  ],
  [
    'a review on 31 June',
    withPolicy({ demotion: { mode: 'ON_REVIEW', review: { calendar: { daysOfYear: ['06-31'] } } } }),
    '/policy/demotion/review/calendar/daysOfYear/0',
    'There is no day 06-31 in any year.',
  ],
  [
    'steps without reviews or grace',
    withPolicy({ demotion: { mode: 'AT_ONCE', step: 'ONE_STEP' } }),
    '/policy/demotion/step',
    'WHOLE is expected here.',
  ],
  [
    'grace for promotion',
    withPolicy({ promotion: { mode: 'GRACE', grace: { days: 30 } } }),
    '/policy/promotion/mode',
    'One of AT_ONCE, ON_REVIEW is expected here.',
  ],
  [
    'a grace without an end',
    withPolicy({ demotion: { mode: 'GRACE' } }),
    '/policy/demotion',
    '"grace" is missing.',
  ],
  [
    'a lock of no time',
    withPolicy({ lock: { months: 0 } }),
    '/policy/lock/months',
    'A whole number from 1 to 1200 is expected here.',
  ],
  [
    'an unknown onInsufficient',
    withPolicy({ onInsufficient: 'WAIT' }),
    '/policy/onInsufficient',
    'One of LOSE, KEEP is expected here.',
  ],
  [
    'a transition without an end',
    document({ transition: { mode: 'FLOOR' } }),
    '/transition',
    '"until" is missing.',
  ],
  [
    'an unknown mode of transition',
    document({ transition: { mode: 'SOFT', until: '2027-10-01' } }),
    '/transition/mode',
    'One of FLOOR, BOTH is expected here.',
  ],
  [
    'a remap to no tier',
    document({ remap: { SILVER: 'BRONZE' } }),
    '/remap/SILVER',
    'There is no tier with the code "BRONZE".',
  ],
];

function forEach(body: unknown): Parts {
  return { dimension: 'attributes.area', where: { measure: { metric: sum }, above: '0' }, need: 'ALL', body };
}
