import { describe, expect, test } from 'vitest';
import { checkDocument, describeMismatch } from '../../../src/engine/checking/check-document.ts';
import { day, PROGRAM } from '../support/measuring.ts';

const name = (en: string) => ({ en, de: `${en} (de)` });
const revenue = { metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } } };
const persons = {
  metric: { fact: 'certification', aggregate: 'DISTINCT', by: ['person'], window: { allTime: true } },
};
const DOCUMENT = {
  format: 2,
  requirements: { sales: { name: name('Enough sales'), requirement: { measure: revenue, atLeast: '1000' } } },
  tiers: [
    { code: 'BASE', name: name('Base') },
    {
      code: 'GOLD',
      name: name('Gold'),
      requirement: { allOf: [{ requirement: 'sales' }, { measure: persons, atLeast: '2' }] },
    },
  ],
  specializations: [
    { code: 'EXPERT', name: name('Expert'), requirement: { measure: persons, atLeast: '3' } },
  ],
  policy: { demotion: { mode: 'GRACE', grace: { days: 30 }, step: 'WHOLE' } },
};
const sold = (value: string, on = '2026-05-01') => ({ fact: 'revenue', on, value });
const certified = (person: string) => ({ fact: 'certification', on: '2026-01-01', person, credential: 'C' });
const gold = [sold('1000'), certified('ann'), certified('bob')];

function scenario(parts: Readonly<Record<string, unknown>>): unknown {
  return { name: name('A story'), on: '2026-06-01', expect: { tier: 'GOLD' }, ...parts };
}
function check(...scenarios: readonly unknown[]) {
  return checkDocument({ ...DOCUMENT, scenarios }, PROGRAM, null, 'en');
}

describe('a scenario', () => {
  test('is green if tier, computed tier, specializations and outcomes are as it expects', () => {
    const expected = { tier: 'GOLD', computedTier: 'GOLD', specializations: [], outcomes: { sales: 'MET' } };
    expect(check(scenario({ facts: gold, expect: expected }))).toMatchObject({
      isGreen: true,
      problems: [],
      scenarios: [{ isGreen: true, mismatches: [], explanations: [] }],
    });
  });

  test('goes through policy on the days before it', () => {
    const late = (on: string, tier: string) =>
      scenario({ facts: gold, on, expect: { tier, computedTier: 'BASE' } });
    // The revenue is out of the window from 2027-05-01 on, and the grace ends 30 days later.
    expect(check(late('2027-05-30', 'GOLD'), late('2027-05-31', 'BASE')).isGreen).toBe(true);
  });

  test('is red with the reason in sentences, in the language asked for', () => {
    const red = scenario({
      facts: [sold('999.99'), certified('ann'), certified('bob'), certified('cy')],
      expect: {
        tier: 'GOLD',
        specializations: [],
        outcomes: { sales: 'MET', '/tiers/1/requirement/allOf/1': 'UNMET' },
      },
    });
    const report = checkDocument({ ...DOCUMENT, scenarios: [red] }, PROGRAM, null, 'de');
    const [result] = report.scenarios;
    expect(report.isGreen).toBe(false);
    expect(result?.name).toBe('A story (de)');
    expect(result?.mismatches.map(describeMismatch)).toEqual([
      'The tier should be GOLD, and is BASE.',
      'The specializations should be none, and are EXPERT.',
      'The outcome of sales should be MET, and is UNMET.',
      'The outcome of /tiers/1/requirement/allOf/1 should be UNMET, and is MET.',
    ]);
    expect(result?.explanations).toEqual([
      'Für Enough sales (de) nötig: Umsatz von mindestens 1.000,00 EUR in den 12 Monaten bis 01.06.2026; gezählt: 999,99 EUR, es fehlen 0,01 EUR.',
      'Für Gold (de) nötig: Zertifizierungen von mindestens 2 Personen bis 01.06.2026; gezählt: 3 Personen, erfüllt.',
      'Für Expert (de) nötig: Zertifizierungen von mindestens 3 Personen bis 01.06.2026; gezählt: 3 Personen, erfüllt.',
    ]);
  });

  test('says of a requirement that nothing asks for that it is not asked for', () => {
    const [result] = check(
      scenario({ facts: gold, expect: { tier: 'GOLD', outcomes: { sale: 'MET' } } }),
    ).scenarios;
    expect(result?.mismatches).toEqual([
      { what: 'OUTCOME', of: 'sale', expected: 'MET', actual: 'not asked for' },
    ]);
  });

  test('may repeat a fact, and make up the partner: region, days of membership, and a tier to start with', () => {
    const partner = { enrolledOn: '2026-05-20', start: { tier: 'GOLD', since: '2025-01-01' } };
    const started = (on: string, tier: string) => scenario({ partner, on, facts: [], expect: { tier } });
    expect(check(started('2026-06-19', 'GOLD'), started('2026-06-20', 'BASE')).isGreen).toBe(true);
    const tens = [{ ...sold('10'), count: 100 }, certified('ann'), certified('bob')];
    expect(check(scenario({ facts: tens })).isGreen).toBe(true);
    const left = { partner: { enrolledOn: '2020-01-01', leftOn: '2026-06-01' }, facts: gold };
    expect(check(scenario(left)).scenarios[0]?.mismatches).toEqual([
      { what: 'TIER', of: null, expected: 'GOLD', actual: 'none' },
    ]);
  });
});

test('coverage says what was decided both ways, met exactly, and missed by the least', () => {
  const { coverage } = check(
    scenario({ facts: gold }),
    scenario({ facts: [sold('900'), certified('ann')], expect: { tier: 'BASE' } }),
    scenario({ facts: [sold('950.5'), certified('ann'), certified('bob')], expect: { tier: 'BASE' } }),
  );
  const parts = [
    ['/requirements/sales/requirement', true, true, true, '49.5'],
    ['/specializations/0/requirement', false, true, false, '1'],
    ['/tiers/1', true, true, null, null],
    ['/tiers/1/requirement', true, true, null, null],
    ['/tiers/1/requirement/allOf/0', true, true, null, null],
    ['/tiers/1/requirement/allOf/1', true, true, true, '1'],
  ];
  expect(
    coverage.map(({ path, met, unmet, exact, missedBy }) => [path, met, unmet, exact, missedBy]),
  ).toEqual(parts);
});

describe('a document', () => {
  test('is checked as the successor of the one before', () => {
    const before = {
      document: { ...DOCUMENT, tiers: [...DOCUMENT.tiers, { ...DOCUMENT.tiers[1], code: 'TOP' }] },
      effectiveFrom: day('2026-01-01'),
    };
    expect(checkDocument(DOCUMENT, PROGRAM, before, 'en')).toMatchObject({
      isGreen: false,
      problems: [{ path: '/remap', message: 'The tier TOP of the rulebook before has no tier to go to.' }],
    });
    expect(checkDocument({ ...DOCUMENT, remap: { TOP: 'GOLD' } }, PROGRAM, before, 'en').isGreen).toBe(true);
    const broken = { ...before, document: {} };
    expect(checkDocument(DOCUMENT, PROGRAM, broken, 'en').problems[0]?.message).toMatch(
      /^In the rulebook before: /,
    );
  });

  test('that is wrong has problems and no scenarios', () => {
    expect(checkDocument({ ...DOCUMENT, tiers: [] }, PROGRAM, null, 'en')).toEqual({
      isGreen: false,
      problems: [{ path: '/tiers', message: 'At least 1 of these is needed.' }],
      problemCount: 1,
      warnings: [],
      scenarios: [],
      coverage: [],
    });
  });
});
