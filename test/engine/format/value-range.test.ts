import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRulebook, readPublishedRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { prove } from '../../../src/engine/judging/judge.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import { fraction } from '../../../src/engine/values/fraction.ts';
import type { ProgramSettings } from '../../../src/engine/values/program.ts';
import { long } from '../../support/long.ts';
import { anyDay, anyPartner, METRICS } from '../support/any-partner.ts';
import { checkProperty } from '../support/check-property.ts';
import {
  documentFor,
  heldRulebookOf,
  judgeOn,
  PROGRAM,
  partnerWith,
  requirementOf,
} from '../support/measuring.ts';

const window = { allTime: true };
const revenue = { metric: { fact: 'revenue', aggregate: 'SUM', window } };
const count = { metric: { fact: 'revenue', aggregate: 'COUNT', window } };
const persons = { metric: { fact: 'certification', aggregate: 'DISTINCT', by: ['person'], window } };
const score = { metric: { fact: 'satisfaction', aggregate: 'AVERAGE', window } };
const usage = { metric: { fact: 'usage', aggregate: 'SUM', window } };
const points = { points: { of: revenue, linear: { points: '1', per: '100' }, cap: '20' } };
const share = { largestShare: [revenue, usage].slice(0, 1) };
const half = { constant: '0.5' };

/** What a document with one threshold is refused for. */
function problemsOf(requirement: unknown): readonly string[] {
  const parsed = parseRulebook(documentFor(requirement), PROGRAM);
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a bound that every value would meet, or none, is refused with its place', () => {
  test.each([
    [
      { measure: share, atMost: '40' },
      'from 0 to 1, so every value is at most 40, and the bound decides nothing. 40 % is written "0.4".',
    ],
    [
      { measure: share, atLeast: '1.01' },
      'from 0 to 1, so no value is at least 1.01, and the bound decides nothing. 1.01 % is written "0.0101".',
    ],
    [{ measure: share, above: '1' }, 'from 0 to 1, so no value is above 1, and the bound decides nothing.'],
    [
      { measure: score, atLeast: '80' },
      'from 0 to 10, so no value is at least 80, and the bound decides nothing.',
    ],
    [
      { measure: score, atMost: '10' },
      'from 0 to 10, so every value is at most 10, and the bound decides nothing.',
    ],
    [{ measure: score, below: '0' }, 'from 0 to 10, so no value is below 0, and the bound decides nothing.'],
    [
      { measure: count, atLeast: '0' },
      '0 or more, so every value is at least 0, and the bound decides nothing.',
    ],
    [
      { measure: persons, above: '-1' },
      '0 or more, so every value is above -1, and the bound decides nothing.',
    ],
    [
      { measure: count, atMost: '-1' },
      '0 or more, so no value is at most -1, and the bound decides nothing.',
    ],
    [
      { measure: points, atLeast: '21' },
      'from 0 to 20, so no value is at least 21, and the bound decides nothing.',
    ],
    [
      { measure: points, atMost: '20' },
      'from 0 to 20, so every value is at most 20, and the bound decides nothing.',
    ],
    [
      { measure: { sum: [points, points] }, above: '40' },
      'from 0 to 40, so no value is above 40, and the bound decides nothing.',
    ],
    [
      { measure: { ratio: { of: count, to: persons } }, below: '0' },
      '0 or more, so no value is below 0, and the bound decides nothing.',
    ],
    [
      { measure: { minimum: [revenue, { constant: '100' }] }, above: '100' },
      'at most 100, so no value is above 100, and the bound decides nothing.',
    ],
    [
      { measure: { points: { of: score, linear: { points: '2', per: '1' } } }, atLeast: '20.5' },
      'from 0 to 20, so no value is at least 20.5, and the bound decides nothing.',
    ],
  ])('%j', (requirement, message) => {
    const [comparison] = Object.keys(requirement).filter((key) => key !== 'measure');
    expect(problemsOf(requirement)).toEqual([
      `/tiers/1/requirement/${comparison}: This measure is ${message}`,
    ]);
  });

  test('and so are a step that no value reaches, and a filter that all answers pass, or none', () => {
    const steps = [
      { atLeast: '0.1', points: '1' },
      { atLeast: '40', points: '2' },
    ];
    expect(problemsOf({ measure: { points: { of: share, steps } }, atLeast: '1' })).toEqual([
      '/tiers/1/requirement/measure/points/steps/1/atLeast: This measure is from 0 to 1, so no value reaches the step at 40.',
    ]);
    expect(problemsOf({ measure: { points: { of: count, steps } }, atLeast: '1' })).toEqual([]);
    const answers = (filter: object) => ({
      measure: { metric: { ...score.metric, aggregate: 'COUNT', where: [{ field: 'value', ...filter }] } },
      atLeast: '1',
    });
    const at = '/tiers/1/requirement/measure/metric/where/0: Answers are from 0 to 10, so';
    expect(problemsOf(answers({ atLeast: '80' }))).toEqual([
      `${at} no answer is at least 80, and the filter decides nothing.`,
    ]);
    expect(problemsOf(answers({ atMost: '10' }))).toEqual([
      `${at} every answer is at most 10, and the filter decides nothing.`,
    ]);
    expect(problemsOf(answers({ atLeast: '9' }))).toEqual([]);
  });

  test('of a region, and in a forEach too', () => {
    expect(problemsOf({ measure: share, atMost: { default: '0.4', regions: { APAC: '40' } } })).toEqual([
      expect.stringMatching(/^\/tiers\/1\/requirement\/atMost\/regions\/APAC: This measure is from 0 to 1, /),
    ]);
    const body = { measure: score, atLeast: '75' };
    const where = { measure: revenue, above: '0' };
    const forEach = { dimension: 'attributes.area', where, need: 'ALL', body };
    expect(problemsOf({ forEach })).toEqual([
      expect.stringMatching(
        /^\/tiers\/1\/requirement\/forEach\/body\/atLeast: This measure is from 0 to 10, /,
      ),
    ]);
  });

  test.each([
    { measure: share, atMost: '0.4' },
    { measure: share, below: '1' },
    { measure: score, atLeast: '10' },
    { measure: score, above: '0' },
    { measure: count, above: '0' },
    { measure: count, atMost: '0' },
    { measure: points, atLeast: '20' },
    // Returns are negative.
    { measure: revenue, atLeast: '0' },
    { measure: usage, above: '-5' },
    // Ratios and shares of a unit may exceed 1.
    { measure: { ratio: { of: count, to: count } }, atLeast: '40' },
    { measure: { ratio: { of: revenue, to: count } }, atLeast: '-1' },
    { measure: { sum: [revenue, half] }, atLeast: '0' },
    // What is made of constants alone was decided on purpose.
    { measure: half, atLeast: '0' },
    { measure: { largestShare: [half, half] }, atMost: '40' },
  ])('but not %j', (requirement) => {
    expect(problemsOf(requirement)).toEqual([]);
  });

  test('what was published is read and judged as it was', () => {
    const document = documentFor({ measure: share, atMost: '40' });
    const read = readPublishedRulebook(document, PROGRAM);
    expect(read.ok).toBe(true);
    expect(judgeOn(partnerWith([]), heldRulebookOf(document), '2026-06-30').computedTier).toBe('GOLD');
    // Also where the scale of answers was another one then.
    const scale = { minimum: fraction(1n), maximum: fraction(5n) };
    const program: ProgramSettings = { ...PROGRAM, satisfactionScale: scale };
    expect(readPublishedRulebook(documentFor({ measure: score, atLeast: '8' }), program).ok).toBe(true);
  });
});

const leaf = fc.oneof(
  fc.constantFrom(...METRICS),
  fc.integer({ min: -20, max: 20 }).map((number) => ({ constant: String(number) })),
);
const { measure: anyMeasure } = fc.letrec<{ measure: unknown }>((tie) => {
  const parts = fc.array(tie('measure'), { minLength: 1, maxLength: 3 });
  return {
    measure: fc.oneof(
      { maxDepth: 3 },
      leaf,
      parts.map((sum) => ({ sum })),
      parts.map((minimum) => ({ minimum })),
      parts.map((maximum) => ({ maximum })),
      parts.map((largestShare) => ({ largestShare })),
      parts.map((sum) => ({ sum, maximumShare: '0.5' })),
      fc.tuple(tie('measure'), tie('measure')).map(([of, to]) => ({ ratio: { of, to } })),
      fc
        .tuple(tie('measure'), fc.constantFrom('3', undefined))
        .map(([of, cap]) => ({ points: { of, linear: { points: '1', per: '10' }, cap } })),
    ),
  };
});

test('a bound that is refused decides nothing, whatever the facts are', () => {
  const program: ProgramSettings = {
    ...PROGRAM,
    satisfactionScale: { minimum: fraction(-500n), maximum: fraction(1_000n) },
  };
  let [refused, accepted] = [0, 0];
  checkProperty(
    fc.property(
      anyMeasure,
      fc.constantFrom('atLeast', 'above', 'atMost', 'below'),
      fc.constantFrom('-1', '0', '0.4', '1', '3', '40'),
      fc.array(anyPartner, { minLength: 3, maxLength: 3 }),
      anyDay,
      (measure, comparison, bound, partners, on) => {
        const document = documentFor({ measure, [comparison]: bound });
        const parsed = parseRulebook(document, program);
        const [problem] = parsed.ok ? [] : parsed.problems;
        const [, all] = /so (every|no) value is /.exec(problem?.message ?? '') ?? [];
        if (parsed.ok) accepted += 1;
        if (all === undefined) return;
        refused += 1;
        const rulebook = heldRulebookOf(document, program);
        for (const partner of partners) {
          const proof = prove(rulebook, createMeasurer(partner, rulebook).measure(on));
          expect(requirementOf(proof, 'GOLD').outcome).not.toBe(all === 'every' ? 'UNMET' : 'MET');
        }
      },
    ),
    'bounds that decide nothing',
    long(300, 2_000),
  );
  expect(Math.min(refused, accepted)).toBeGreaterThan(3);
});
