import { describe, expect, it } from 'vitest';
import { checkSuccession } from '../../../src/engine/format/check-succession.ts';
import { day, documentFor, rulebookOf } from '../support/measuring.ts';

const GOLD = { measure: { constant: '1' }, atLeast: '1' };
const name = { en: 'Name', de: 'Name' };
const previous = rulebookOf({
  format: 1,
  tiers: [
    { code: 'BASE', name },
    { code: 'SILVER', name, requirement: GOLD },
  ],
});
const effectiveFrom = day('2026-10-01');

describe('rules 10 and 19: what may follow a rulebook', () => {
  const problems = (
    others: Readonly<Record<string, unknown>>,
    currenciesInUse: readonly string[] = ['EUR'],
  ) => checkSuccession(rulebookOf(documentFor(GOLD, others)), { effectiveFrom, previous, currenciesInUse });

  it('every old tier has one that takes its place', () => {
    expect(problems({})).toEqual([
      { path: '/remap', message: 'The tier SILVER of the rulebook before has no tier to go to.' },
    ]);
    expect(problems({ remap: { SILVER: 'GOLD' } })).toEqual([]);
  });

  it('only old tiers are remapped', () => {
    expect(problems({ remap: { SILVER: 'GOLD', BRONZE: 'BASE' } })).toEqual([
      { path: '/remap/BRONZE', message: 'The rulebook before has no tier BRONZE.' },
    ]);
  });

  it('rule 34: tiers may become one, but not change places', () => {
    const three = rulebookOf({
      format: 1,
      tiers: [
        { code: 'BASE', name },
        { code: 'SILVER', name, requirement: GOLD },
        { code: 'GOLD', name, requirement: GOLD },
      ],
    });
    const publishing = (codes: readonly string[], remap: Readonly<Record<string, string>>) => {
      const tiers = codes.map((code, rank) => ({ code, name, ...(rank > 0 && { requirement: GOLD }) }));
      const next = rulebookOf({ format: 1, tiers, remap });
      return checkSuccession(next, { effectiveFrom, previous: three, currenciesInUse: [] });
    };
    expect(publishing(['BASE', 'GOLD', 'SILVER'], {})).toEqual([
      {
        path: '/remap',
        message:
          'The rulebook before ranks GOLD above SILVER, but GOLD becomes GOLD here and SILVER becomes SILVER, ' +
          'which is higher. Tiers may become one, but must not change places.',
      },
    ]);
    expect(publishing(['BASE', 'TOP'], { BASE: 'TOP', SILVER: 'BASE', GOLD: 'TOP' })).toEqual([
      {
        path: '/remap/SILVER',
        message:
          'The rulebook before ranks SILVER above BASE, but SILVER becomes BASE here and BASE becomes TOP, ' +
          'which is higher. Tiers may become one, but must not change places.',
      },
    ]);
    expect(publishing(['BASE', 'TOP'], { SILVER: 'TOP', GOLD: 'TOP' })).toEqual([]);
    // One that goes nowhere is told of by itself, and hides no reversal around it.
    expect(publishing(['BASE', 'TOP'], { BASE: 'TOP', GOLD: 'BASE' }).map(({ path }) => path)).toEqual([
      '/remap',
      '/remap/GOLD',
    ]);
  });

  it('a transition ends after the rulebook begins, and has something to pass over from', () => {
    const transition = { mode: 'FLOOR', until: '2026-10-01' };
    expect(problems({ remap: { SILVER: 'GOLD' }, transition })).toEqual([
      { path: '/transition/until', message: 'The transition ends on 2026-10-01, before it could begin.' },
    ]);
    const first = rulebookOf(documentFor(GOLD, { transition: { mode: 'BOTH', until: '2026-10-02' } }));
    expect(checkSuccession(first, { effectiveFrom, previous: null, currenciesInUse: [] })).toEqual([
      { path: '/transition', message: 'The first rulebook of a programme has nothing to pass over from.' },
    ]);
  });

  it('every currency in use can be converted', () => {
    const currencies = [{ from: '2020-01-01', equal: { EUR: '75', USD: '100' } }];
    expect(problems({ remap: { SILVER: 'GOLD' }, currencies }, ['USD', 'CHF', 'EUR', 'CHF'])).toEqual([
      { path: '/currencies', message: 'There are facts in CHF, which no table converts.' },
    ]);
  });
});
