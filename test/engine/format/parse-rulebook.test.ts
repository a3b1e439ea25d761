import { describe, expect, it } from 'vitest';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { parseRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { PROGRAM, rulebookOf } from '../support/measuring.ts';
import { document, REFUSALS, REQ, sum, tiers, withRequirement } from '../support/refusals.ts';

describe('a rulebook document', () => {
  it.each(REFUSALS)('is refused for %s', (_kind, broken, path, message) => {
    expect(parseRulebook(broken, PROGRAM)).toEqual({
      ok: false,
      problems: [{ path, message }],
      problemCount: 1,
    });
  });

  it('is refused with everything that is wrong with it', () => {
    const broken = document({
      remap: { OLD: 'BRONZE' },
      tiers: tiers({
        allOf: [
          { measure: 'nothing', atLeast: '1' },
          { measure: { metric: { ...sum, window: { trailing: { months: -1 } } } }, atLeast: 7 },
        ],
      }),
      policy: { lock: {} },
    });
    const result = parseRulebook(broken, PROGRAM);
    expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual([
      `${REQ}/allOf/0/measure`,
      `${REQ}/allOf/1/measure/metric/window/trailing/months`,
      `${REQ}/allOf/1/atLeast`,
      '/policy/lock',
    ]);
  });

  // Nothing else would tell a reader what is wrong with a code that looks right.
  it.each([
    [
      'a tier',
      document({ tiers: [{ code: 'BR\u200bONZE', name: { en: 'B', de: 'B' } }] }),
      '/tiers/0/code',
      3,
    ],
    ['the key of a remap', document({ remap: { 'OL\u200bD': 'BRONZE' } }), '/remap/OL\u200bD', 3],
    ['what a remap leads to', document({ remap: { OLD: 'BR\u200bONZE' } }), '/remap/OLD', 3],
    ['a measure', document({ measures: { 'a\u200bb': { constant: '1' } } }), '/measures/a\u200bb', 2],
    ['where a measure is used', withRequirement({ measure: 'a\u200bb', atLeast: '1' }), `${REQ}/measure`, 2],
    ['a specialization', withRequirement({ specialization: 'V\u200bX' }), `${REQ}/specialization`, 2],
    [
      'a currency',
      document({ currencies: [{ from: '2020-01-01', equal: { 'E\u200bUR': '1' } }] }),
      '/currencies/0/equal/E\u200bUR',
      2,
    ],
    [
      'a kind of fact',
      withRequirement({ measure: { metric: { ...sum, fact: 'rev\u200benue' } }, atLeast: '1' }),
      `${REQ}/measure/metric/fact`,
      4,
    ],
    [
      'a unit',
      withRequirement({ measure: { metric: sum }, atLeast: '1', unit: 'E\u200bUR' }),
      `${REQ}/unit`,
      2,
    ],
  ])("rule 30: names the character that can't be seen in the name of %s", (_kind, broken, path, place) => {
    const message = `The character U+200B (a zero width space), number ${place} of this text, is not allowed here.`;
    expect(parseRulebook(broken, PROGRAM)).toMatchObject({ ok: false, problems: [{ path, message }] });
  });

  it('rule 30: reads keys that name something in their one form, each once', () => {
    const odd = document({ measures: { ' a\u200b': { constant: '1' } }, remap: { 'OLD\u00a0': 'GOLD' } });
    const used = { ...odd, tiers: tiers({ measure: 'a', atLeast: '1' }) };
    expect(parseRulebook(used, PROGRAM)).toMatchObject({
      ok: true,
      rulebook: { remap: new Map([['OLD', 'GOLD']]) },
    });
    const twice = document({ remap: { OLD: 'GOLD', 'OLD ': 'GOLD' } });
    expect(parseRulebook(twice, PROGRAM)).toMatchObject({
      problems: [{ path: '/remap/OLD ', message: '"OLD" is there twice.' }],
    });
  });

  it('takes any unit that a programme may declare for a threshold, also one of two words', () => {
    const declared = {
      code: 'seats',
      name: { en: 'Seats', de: 'Plätze' },
      unit: 'active users',
    };
    const metric = { ...sum, fact: 'seats' };
    const stated = withRequirement({ measure: { metric }, atLeast: '1', unit: 'active users' });
    const program = { ...PROGRAM, measurementKinds: [declared] };
    expect(parseRulebook(stated, program)).toMatchObject({ ok: true });
  });

  it('escapes keys in paths as JSON pointers do', () => {
    const broken = document({ measures: { 'a/b~c': { constant: '1' } } });
    expect(parseRulebook(broken, PROGRAM)).toMatchObject({ problems: [{ path: '/measures/a~1b~0c' }] });
  });

  it('is refused, not followed, when it is nested without end', () => {
    const nested = (levels: number): unknown => {
      let requirement: unknown = { measure: { metric: sum }, atLeast: '1' };
      for (let depth = 0; depth < levels; depth += 1) requirement = { allOf: [requirement] };
      const result = parseRulebook(withRequirement(requirement), PROGRAM);
      return result.ok ? [] : result.problems.map(({ message }) => message);
    };
    expect(nested(70)).toEqual(['This is nested more than 64 levels deep.']);
    expect(nested(5_000)).toEqual(['The document has lists and objects more than 200 levels deep.']);
  });

  it('is the same rulebook whatever the order of its keys', () => {
    const [{ document: demo }] = connectRulebooks('2026-11-23');
    const keys = (rulebook: ReturnType<typeof rulebookOf>) => [
      ...rulebook.scope.metricsByPath.keys(),
      ...[...rulebook.scope.groups.keys()].map(({ path }) => path),
    ];
    expect(keys(rulebookOf(reversedKeys(demo)))).toEqual(keys(rulebookOf(demo)));
  });
});

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversedKeys(each)]),
  );
}
