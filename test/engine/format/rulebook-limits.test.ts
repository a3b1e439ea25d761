import { describe, expect, it } from 'vitest';
import { parseRulebook, readPublishedRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { RULEBOOK_LIMITS } from '../../../src/engine/format/rulebook-limits.ts';
import { excessOf } from '../../../src/engine/format/rulebook-size.ts';
import { judge } from '../../../src/engine/judging/judge.ts';
import { NOTHING_HELD } from '../../../src/engine/measuring/holdings.ts';
import { withHoldings } from '../../../src/engine/measuring/measurements.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import { nextReviewOn } from '../../../src/engine/policy/review-calendar.ts';
import { promised } from '../../support/promised.ts';
import { day, documentFor, PROGRAM, partnerWith } from '../support/measuring.ts';
import { document, REQ, sum, withRequirement } from '../support/refusals.ts';
import { doublingMeasures, doublingSpecializations } from '../support/unfolding.ts';

const name = { en: 'Name', de: 'Name' };
const threshold = { measure: { constant: '1' }, atLeast: '1' };
function withMeasure(measure: unknown): unknown {
  return withRequirement({ measure, atLeast: '1' });
}
function withWhere(where: unknown): unknown {
  return withMeasure({ metric: { ...sum, where } });
}
function list<T>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => item(index));
}
function named<T>(count: number, key: (index: number) => string, item: (index: number) => T) {
  return Object.fromEntries(list(count, (index) => [key(index), item(index)]));
}
function letters(index: number): string {
  return [index / 676, index / 26, index]
    .map((each) => String.fromCharCode(65 + (Math.floor(each) % 26)))
    .join('');
}
function withDays(days: readonly string[]): unknown {
  return document({
    policy: { demotion: { mode: 'ON_REVIEW', review: { calendar: { daysOfYear: days } } } },
  });
}
function scenario(parts: Readonly<Record<string, unknown>>): unknown {
  return { name, on: '2026-06-01', expect: { tier: 'BASE' }, ...parts };
}
function withScenarios(scenarios: readonly unknown[]): unknown {
  return { ...Object(document({ scenarios })), format: 2 };
}
function windowOf(days: number) {
  return { metric: { ...sum, window: { trailing: { days: days + 1 } } } };
}
const group = { persons: [{ name, count: 1 }] };
const forEach = {
  forEach: {
    dimension: 'attributes.area',
    where: { ...threshold, measure: { metric: sum } },
    need: 'ALL',
    body: threshold,
  },
};

type Limit = keyof typeof RULEBOOK_LIMITS;
/**
 * A document with so many of what is limited, where its problem is, and what it says if not how many are
 * there.
 */
type Case = readonly [document: (count: number) => unknown, path: string, message?: string];

const MEASURE = `${REQ}/measure`;
const CASES: Readonly<Record<Exclude<Limit, (typeof COUNTED_OTHERWISE)[number]>, Case>> = {
  tiers: [
    (count) =>
      document({
        tiers: list(count, (rank) => ({
          code: `T${rank}`,
          name,
          ...(rank > 0 && { requirement: threshold }),
        })),
      }),
    '/tiers',
  ],
  languages: [
    (count) =>
      document({
        tiers: [
          {
            code: 'BASE',
            name: named(
              count,
              (index) => `en-x-${index}`,
              () => 'Base',
            ),
          },
        ],
      }),
    '/tiers/0/name',
  ],
  specializations: [
    (count) =>
      document({
        specializations: list(count, (index) => ({ code: `S${index}`, name, requirement: threshold })),
      }),
    '/specializations',
  ],
  measures: [
    (count) =>
      document({
        measures: named(
          count,
          (index) => `m${index}`,
          () => ({ constant: '1' }),
        ),
      }),
    '/measures',
  ],
  namedRequirements: [
    (count) =>
      document({
        format: 2,
        requirements: named(
          count,
          (index) => `r${index}`,
          () => ({ name, requirement: threshold }),
        ),
      }),
    '/requirements',
  ],
  metrics: [
    (count) =>
      withMeasure({
        sum: list(5, (fifth) => ({
          sum: list(Math.ceil((count - fifth) / 5), (index) => windowOf(index * 5 + fifth)),
        })),
      }),
    '',
    'A rulebook may have 100 different metrics, and this one has 101.',
  ],
  groups: [
    (count) => withRequirement({ allOf: list(count, () => group) }),
    '',
    'A rulebook may have 50 groups of persons, and this one has 51.',
  ],
  forEachs: [
    (count) => withRequirement({ allOf: list(count, () => forEach) }),
    '',
    'A rulebook may have 20 requirements for each of several items, and this one has 21.',
  ],
  heldSpans: [
    (count) => ({
      ...Object(
        withRequirement({
          anyOf: list(2 * count, (index) => ({ held: 'GOLD', for: { months: 1 + (index % count) } })),
        }),
      ),
      format: 2,
    }),
    '',
    'A rulebook may have 20 different times of holding a tier, and this one has 21.',
  ],
  requirements: [
    (count) =>
      withRequirement({
        allOf: list(11, (part) => ({
          anyOf: list(Math.ceil((count - 12 - part) / 11), () => threshold),
        })),
      }),
    '',
    'A rulebook may have 1000 requirements, and this one has 1001.',
  ],
  measureParts: [(count) => withMeasure({ sum: list(count, () => ({ constant: '1' })) }), `${MEASURE}/sum`],
  requirementParts: [(count) => withRequirement({ anyOf: list(count, () => threshold) }), `${REQ}/anyOf`],
  slots: [(count) => withRequirement({ persons: list(count, () => ({ name, count: 1 })) }), `${REQ}/persons`],
  personsPerSlot: [
    (count) => withRequirement({ persons: [{ name, count }] }),
    `${REQ}/persons/0/count`,
    'A whole number from 1 to 1000 is expected here.',
  ],
  persons: [
    (count) =>
      withRequirement({
        persons: [
          { name, count: 600 },
          { name, count: count - 600 },
        ],
      }),
    `${REQ}/persons`,
  ],
  filters: [
    (count) => withWhere(list(count, () => ({ field: 'currency', in: ['EUR'] }))),
    `${MEASURE}/metric/where`,
  ],
  comparedTexts: [
    (count) => withWhere([{ field: 'currency', notIn: list(count, String) }]),
    `${MEASURE}/metric/where/0/notIn`,
  ],
  keys: [
    (count) =>
      withMeasure({
        metric: { ...sum, aggregate: 'DISTINCT', by: list(count, (index) => `attributes.a${index}`) },
      }),
    `${MEASURE}/metric/by`,
  ],
  steps: [
    (count) =>
      withMeasure({
        points: {
          of: { constant: '1' },
          steps: list(count, (index) => ({ atLeast: `${index}`, points: `${index}` })),
        },
      }),
    `${MEASURE}/points/steps`,
  ],
  variedNumbers: [
    (count) =>
      withMeasure({
        constant: {
          default: '1',
          regions: named(
            count,
            (index) => `R${index}`,
            () => '1',
          ),
        },
      }),
    `${MEASURE}/constant/regions`,
  ],
  currencyTables: [
    (count) =>
      document({ currencies: list(count, (index) => ({ from: dateOf(index), equal: { EUR: '1' } })) }),
    '/currencies',
  ],
  currencies: [
    (count) =>
      document({
        currencies: [{ from: '2020-01-01', equal: { ...named(count - 1, letters, () => '1'), EUR: '1' } }],
      }),
    '/currencies/0/equal',
  ],
  remappedTiers: [
    (count) =>
      document({
        remap: named(
          count,
          (index) => `T${index}`,
          () => 'GOLD',
        ),
      }),
    '/remap',
  ],
  scenarios: [(count) => withScenarios(list(count, () => scenario({}))), '/scenarios'],
  scenarioFacts: [
    (count) =>
      withScenarios([
        scenario({ facts: list(count, () => ({ fact: 'revenue', on: '2026-01-01', value: '1' })) }),
      ]),
    '/scenarios/0/facts',
  ],
  countedFacts: [
    (count) =>
      withScenarios([
        scenario({
          facts: [
            ...list(20, () => ({ fact: 'revenue', on: '2026-01-01', value: '1', count: 999 })),
            { fact: 'revenue', on: '2026-01-01', value: '1', count: count - 20 * 999 },
          ],
        }),
      ]),
    '/scenarios',
  ],
  scenarioAttributes: [
    (count) =>
      withScenarios([
        scenario({
          partner: {
            attributes: named(
              count,
              (index) => `a${index}`,
              () => 'x',
            ),
          },
        }),
      ]),
    '/scenarios/0/partner/attributes',
  ],
  scenarioOutcomes: [
    (count) =>
      withScenarios([
        scenario({
          expect: {
            tier: 'BASE',
            outcomes: named(
              count,
              (index) => `o${index}`,
              () => 'MET',
            ),
          },
        }),
      ]),
    '/scenarios/0/expect/outcomes',
  ],
  daysOfMonth: [
    (count) => ({
      ...Object(document()),
      format: 2,
      policy: {
        demotion: {
          mode: 'ON_REVIEW',
          review: { calendar: { daysOfMonth: list(count, (index) => (index % 31) + 1) } },
        },
      },
    }),
    '/policy/demotion/review/calendar/daysOfMonth',
  ],
  daysOfYear: [
    (count) => withDays(list(count, () => '03-01')),
    '/policy/demotion/review/calendar/daysOfYear',
  ],
  note: [(count) => document({ note: 'x'.repeat(count) }), '/note', 'This is longer than 2000 characters.'],
  names: [
    (count) =>
      document({
        tiers: [
          { code: 'BASE', name: { ...name, de: 'x'.repeat(count) } },
          { code: 'GOLD', name, requirement: threshold },
        ],
      }),
    '/tiers/0/name/de',
    'This is longer than 200 characters.',
  ],
  comparedText: [
    (count) => withWhere([{ field: 'currency', in: ['x'.repeat(count)] }]),
    `${MEASURE}/metric/where/0/in/0`,
    'This is longer than 200 characters.',
  ],
  field: [
    (count) => withWhere([{ field: `attributes.${'x'.repeat(count - 11)}`, in: ['A'] }]),
    `${MEASURE}/metric/where/0/field`,
  ],
};

const COUNTED_OTHERWISE = [
  'itemsOver',
  'bytes',
  'nesting',
  'depth',
  'parts',
  'partsJudged',
  'depthJudged',
  'partsPerItem',
  'itemsAssumed',
  'items',
  'problems',
  'problemText',
  'quotedText',
] as const satisfies readonly Limit[];

function dateOf(index: number): string {
  return new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
}

function problemsOf(broken: unknown): unknown {
  const result = parseRulebook(broken, PROGRAM);
  return result.ok ? [] : result.problems;
}

describe('the limits of rulebooks', () => {
  it.each(Object.entries(CASES))(
    '%s: as many as allowed are taken, and one more is refused',
    (limit, [make, path, message]) => {
      promised('How large a rulebook may be is a list of its own.');
      const allowed = Object.entries(RULEBOOK_LIMITS).find(([each]) => each === limit)?.[1] ?? 0;
      expect(problemsOf(make(allowed))).toEqual([]);
      const excess = `At most ${allowed} are allowed here, and there are ${allowed + 1}.`;
      expect(problemsOf(make(allowed + 1))).toEqual([{ path, message: message ?? excess }]);
    },
  );

  it('a rulebook that was published is read all the same, and can judge', () => {
    for (const [limit, [make, path, message]] of Object.entries(CASES)) {
      // What has always been refused is not there.
      if (message !== undefined && path !== '') continue;
      const allowed = Object.entries(RULEBOOK_LIMITS).find(([each]) => each === limit)?.[1] ?? 0;
      const read = readPublishedRulebook(make(allowed + 1), PROGRAM);
      if (!read.ok) throw new Error(JSON.stringify(read.problems));
      const measured = createMeasurer(partnerWith([]), read.rulebook).measure(day('2026-06-01'));
      const measurements = withHoldings(measured, read.rulebook, NOTHING_HELD);
      expect(judge(read.rulebook, measurements).tierOutcomes.size).toBe(read.rulebook.tiers.length);
    }
    const large = readPublishedRulebook(CASES.tiers[0](2_000), PROGRAM);
    expect(large.ok && large.rulebook.tiers.length).toBe(2_000);
  });

  it('a document is counted in bytes before it is read', () => {
    const large = document({
      measures: named(
        500,
        (index) => `m${index}`,
        () => ({ constant: 'ä'.repeat(300) }),
      ),
    });
    expect(problemsOf(large)).toEqual([{ path: '', message: 'The document has more than 262144 bytes.' }]);
  });

  it('70,000 days of review are twelve if they are no others', () => {
    const months = list(12, (month) => `${String(month + 1).padStart(2, '0')}-01`);
    const days = list(70_000, (index) => months[index % 12] ?? '');
    const read = readPublishedRulebook(withDays(days), PROGRAM);
    const demotion = read.ok ? read.rulebook.policy.demotion : null;
    if (demotion?.mode !== 'ON_REVIEW' || demotion.calendar.type !== 'DAYS_OF_YEAR')
      throw new Error('no review');
    expect(demotion.calendar.days).toHaveLength(12);
    const context = { fiscalYearFirstMonth: 1, enrolledOn: day('2020-01-01'), tierSetOn: day('2020-01-01') };
    expect(nextReviewOn(demotion.calendar, day('2026-05-20'), context)).toBe(day('2026-06-01'));
  });
});

describe('what a rulebook comes to', () => {
  const ofMeasures = (levels: number) =>
    documentFor({ measure: `m${levels}`, atLeast: '1' }, { measures: doublingMeasures(levels) });

  it('is counted with measures written out, in time for what is written', () => {
    expect(problemsOf(ofMeasures(11))).toEqual([]);
    expect(problemsOf(ofMeasures(32))).toEqual([{ path: '/measures/m12', message: tooMany(8_191) }]);
  });

  it('is counted for measures that no tier asks for', () => {
    expect(problemsOf(document({ measures: doublingMeasures(60) }))).toEqual([
      { path: '/measures/m12', message: tooMany(8_191) },
    ]);
  });

  it('is counted with specializations written out, wherever they are asked for', () => {
    const others = { measures: { m0: doublingMeasures(0).m0 }, specializations: doublingSpecializations(20) };
    expect(problemsOf(documentFor(threshold, others))).toEqual([
      { path: '/specializations/10/requirement', message: tooMany(5_117) },
    ]);
  });

  it('is counted for all tiers together', () => {
    const tier = (rank: number) => ({
      code: `T${rank}`,
      name,
      requirement: { allOf: list(3, () => ({ measure: 'm8', atLeast: '1' })) },
    });
    const tiers = [{ code: 'BASE', name }, ...list(4, tier)];
    expect(problemsOf(document({ measures: doublingMeasures(8), tiers }))).toEqual([
      { path: '', message: tooMany(4 * (1 + 3 * 512) + 1) },
    ]);
  });

  it('is counted for as many items as are assumed, for regions, steps, slots and filters', () => {
    const body = { ...threshold, measure: 'm9' };
    expect(
      problemsOf(documentFor({ forEach: { ...forEach.forEach, body } }, { measures: doublingMeasures(9) })),
    ).toEqual([{ path: `${REQ}`, message: tooMany(1 + 10 * (1 + 2 + 1_024)) }]);
    const regions = {
      default: '1',
      regions: named(
        300,
        (index) => `R${index}`,
        () => '1',
      ),
    };
    const constants = list(34, () => ({ measure: 'c', atLeast: '1' }));
    expect(problemsOf(documentFor({ allOf: constants }, { measures: { c: { constant: regions } } }))).toEqual(
      [{ path: REQ, message: tooMany(1 + 34 * 302) }],
    );
    const points = {
      points: { of: { constant: '1' }, steps: list(200, (index) => ({ atLeast: `${index}`, points: '1' })) },
    };
    expect(
      problemsOf(
        documentFor({ allOf: list(50, () => ({ measure: 'p', atLeast: '1' })) }, { measures: { p: points } }),
      ),
    ).toEqual([{ path: REQ, message: tooMany(1 + 50 * 203) }]);
    const crowd = list(11, () => ({ persons: [{ name, count: 1_000 }] }));
    expect(problemsOf(withRequirement({ allOf: crowd }))).toEqual([
      { path: REQ, message: tooMany(1 + 11 * 1_002) },
    ]);
  });

  it('may not be deep either, though each of its measures is read after the one that it uses', () => {
    const chain = Object.fromEntries(
      list(100, (index) => [`m${index}`, index === 0 ? { constant: '1' } : { sum: [`m${index - 1}`] }]),
    );
    const message = 'With everything written out where it is used, this is 65 levels deep; 64 are allowed.';
    expect(problemsOf(document({ measures: chain }))).toEqual([{ path: '/measures/m64', message }]);
  });

  it('may not ask more than so much of each item, in all its forEachs together', () => {
    const { partsPerItem } = RULEBOOK_LIMITS;
    const where = { measure: 'm0', atLeast: '1' };
    /** Each comes to its own number of parts for each item. */
    const asking = (...parts: readonly number[]) =>
      documentFor(
        {
          allOf: parts.map((count) => ({
            forEach: {
              dimension: 'attributes.area',
              where,
              need: 'ALL',
              // The item itself, its condition and what the condition measures, and the list.
              body: { allOf: list((count - 4) / 4, () => ({ measure: 'm2', atLeast: '2' })) },
            },
          })),
        },
        { measures: { m0: { metric: sum }, m1: { sum: ['m0'] }, m2: { sum: ['m1'] } } },
      );
    expect(problemsOf(asking(partsPerItem))).toEqual([]);
    expect(problemsOf(asking(partsPerItem - 20, 20))).toEqual([]);
    const message = `With everything written out where it is used, the forEachs up to here ask ${partsPerItem + 4} parts of each item; ${partsPerItem} are allowed.`;
    expect(problemsOf(asking(partsPerItem - 20, 24, 8))).toEqual([{ path: `${REQ}/allOf/1`, message }]);
    const published = readPublishedRulebook(asking(partsPerItem + 4), PROGRAM);
    expect(published.ok).toBe(true);
    const { partsJudged: parts, depthJudged: depth } = RULEBOOK_LIMITS;
    expect(published.ok && excessOf(published.rulebook, { parts, depth })).toBe(null);
  });

  it('is not judged by once it is published and much larger, and else it is', () => {
    const { partsJudged: parts, depthJudged: depth } = RULEBOOK_LIMITS;
    const excess = (levels: number) => {
      const read = readPublishedRulebook(ofMeasures(levels), PROGRAM);
      return read.ok ? excessOf(read.rulebook, { parts, depth }) : read;
    };
    expect(excess(14)).toBe(null);
    expect(excess(64)).toEqual({
      path: '/measures/m15',
      message: 'With everything written out where it is used, this comes to 65535 parts; 50000 are allowed.',
    });
  });
});

describe('the problems of a document', () => {
  it('are the first hundred, and how many there are', () => {
    const result = parseRulebook(
      withRequirement({ allOf: list(100, () => ({ measure: 'x', atLeast: 1, above: 2 })) }),
      PROGRAM,
    );
    expect(result.ok ? [] : [result.problems.length, result.problemCount]).toEqual([100, 400]);
  });

  it.each<[string, unknown]>([
    ['a key', document({ ['k'.repeat(50_000)]: 1 })],
    ['a key with what is escaped in places', document({ ['~/'.repeat(50_000)]: 1 })],
    ['the key of a table', document({ remap: { ['k'.repeat(50_000)]: 'GOLD' } })],
    ['a name', withMeasure('n'.repeat(50_000))],
    ['a kind', withMeasure({ metric: { ...sum, fact: 'n'.repeat(50_000) } })],
    ['a compared text', withWhere([{ field: 'value', in: ['n'.repeat(50_000)] }])],
    ['a unit', withRequirement({ ...threshold, unit: 'n'.repeat(50_000) })],
    ['a code', withRequirement({ specialization: 'N'.repeat(50_000) })],
    ['halves of characters', document({ ['👍'.repeat(20_000)]: 1 })],
    [
      'a circle of measures',
      document({
        measures: named(
          500,
          (index) => `m${index}`,
          (index) => ({ sum: [`m${(index + 1) % 500}`] }),
        ),
      }),
    ],
    [
      'a circle of specializations',
      document({
        specializations: list(100, (index) => ({
          code: `LONG_CODE_${index}`,
          name,
          requirement: { specialization: `LONG_CODE_${(index + 1) % 100}` },
        })),
      }),
    ],
    [
      'every currency',
      document({
        currencies: [
          { from: '2020-01-01', equal: { EUR: '1', ...named(150, letters, () => '1') } },
          ...list(100, (index) => ({ from: dateOf(9_000 + index), equal: { EUR: '1' } })),
        ],
      }),
    ],
  ])('do not repeat %s at length', (_, broken) => {
    const result = parseRulebook(broken, PROGRAM);
    if (result.ok) throw new Error('there is no problem');
    expect(result.problemCount).toBeGreaterThan(0);
    for (const { path, message } of result.problems) {
      expect(path.length).toBeLessThanOrEqual(RULEBOOK_LIMITS.problemText + 1);
      expect(message.length).toBeLessThanOrEqual(RULEBOOK_LIMITS.problemText + 1);
      expect(path).toMatch(/^(\/([^~/]|~[01])*)*$/);
      expect(`${path}${message}`.isWellFormed()).toBe(true);
    }
  });
});

function tooMany(parts: number): string {
  return `With everything written out where it is used, this comes to ${parts} parts; ${RULEBOOK_LIMITS.parts} are allowed.`;
}
