import { describe, expect, test } from 'vitest';
import { computeTimeline } from '../../../src/engine/policy/timeline.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import qantas from '../fixtures/qantas-gold.json' with { type: 'json' };
import { day, factory, PROGRAM, partnerWith, rulebookOf } from '../support/measuring.ts';

const program = {
  ...PROGRAM,
  measurementKinds: [
    { code: 'status_credits', name: { en: 'Credits', de: 'Punkte' }, unit: 'status credits' },
  ],
};

/** The days on which the tier changes for a member since `joined` with these status credits. */
function tiers(joined: string, credits: Readonly<Record<string, number>>): string[] {
  const fact = factory();
  const enrolledOn = day(joined);
  const facts = Object.entries(credits).map(([on, value]) =>
    fact('status_credits', { on, value: String(value) }),
  );
  const rulebooks = [{ id: 'R', effectiveFrom: day('2000-01-01'), rulebook: rulebookOf(qantas, program) }];
  const member = partnerWith(facts, { firstOn: enrolledOn, enrolledOn });
  return computeTimeline({ ...member, rulebooks })
    .map(({ from, status }) => [formatDay(from), status.tier] as const)
    .filter(([, tier], index, all) => tier !== all[index - 1]?.[1])
    .map(([from, tier]) => `${from} ${tier}`);
}

describe('Qantas Gold until 2026', () => {
  test.each([
    [699, []],
    [700, ['2022-06-01 GOLD', '2024-03-15 BRONZE']],
    [701, ['2022-06-01 GOLD', '2024-03-15 BRONZE']],
  ])('%i status credits in a membership year', (credits, after) => {
    expect(tiers('2022-03-15', { '2022-06-01': credits })).toEqual(['2022-03-15 BRONZE', ...after]);
  });

  test.each([
    [599, '2024-03-15'],
    [600, '2025-03-15'],
    [601, '2025-03-15'],
  ])('%i in the next year keep Gold until %s', (credits, until) => {
    expect(tiers('2022-03-15', { '2022-06-01': 700, '2024-03-14': credits })).toEqual([
      '2022-03-15 BRONZE',
      '2022-06-01 GOLD',
      `${until} BRONZE`,
    ]);
  });

  test('600 do not give Gold to who lost it, nor do credits of two years together', () => {
    expect(tiers('2022-03-15', { '2022-06-01': 700, '2024-03-16': 600, '2025-03-16': 600 })).toEqual([
      '2022-03-15 BRONZE',
      '2022-06-01 GOLD',
      '2024-03-15 BRONZE',
    ]);
    expect(tiers('2022-03-15', { '2023-03-14': 699, '2023-03-15': 1 })).toEqual(['2022-03-15 BRONZE']);
  });

  test('the year of who joined on 29 February begins on 28 February in other years', () => {
    expect(tiers('2024-02-29', { '2025-02-27': 700 })).toEqual([
      '2024-02-29 BRONZE',
      '2025-02-27 GOLD',
      '2026-02-28 BRONZE',
    ]);
    expect(tiers('2024-02-29', { '2025-02-28': 700, '2027-02-27': 600 })).toEqual([
      '2024-02-29 BRONZE',
      '2025-02-28 GOLD',
      '2028-02-29 BRONZE',
    ]);
  });
});
