import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { computeTimeline } from '../../../src/engine/policy/timeline.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { fraction } from '../../../src/engine/values/fraction.ts';
import type { ProgramSettings } from '../../../src/engine/values/program.ts';
import ebay from '../fixtures/ebay-top-rated.json' with { type: 'json' };
import etsy from '../fixtures/etsy-star-seller.json' with { type: 'json' };
import { day, factory, judgeOn, PROGRAM, partnerWith, rulebookOf } from '../support/measuring.ts';

function programme(kinds: readonly string[]): ProgramSettings {
  return {
    ...PROGRAM,
    currency: 'USD',
    satisfactionScale: { minimum: fraction(1n), maximum: fraction(5n) },
    measurementKinds: kinds.map((code) => ({ code, name: { en: code, de: code }, unit: code })),
  };
}

function several<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The computed tier changes with the data; the tier that is held only on the days of a review. */
function heldSince(
  document: unknown,
  program: ProgramSettings,
  facts: readonly Fact[],
  from: string,
): string[] {
  const rulebook = rulebookOf(document, program);
  const rulebooks = [{ id: 'R', effectiveFrom: day('2020-01-01'), rulebook }];
  const timeline = computeTimeline({ ...partnerWith(facts), rulebooks });
  const tiers = timeline.map(({ from: on, status }) => [formatDay(on), status.tier] as const);
  return tiers
    .filter(([, tier], index) => index === 0 || tier !== tiers[index - 1]?.[1])
    .filter(([on]) => on >= from)
    .map(([on, tier]) => `${on} ${tier}`);
}

test.each([
  ['ebay-top-rated', 220],
  ['etsy-star-seller', 150],
])('%s is written in at most %i lines', (name, most) => {
  const text = readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(most);
});

describe('eBay Top Rated', () => {
  const program = programme(['account']);
  const rulebook = rulebookOf(ebay, program);
  type Store = {
    readonly sales: number;
    readonly amount: string;
    readonly defects: number;
    readonly defectBuyers: number;
    readonly late: number;
    readonly untracked: number;
    readonly openedOn: string;
    readonly soldOn: string;
  };
  /** The last three complete months are March to May, and the last twelve begin with June 2025. */
  const ON = '2026-06-20';
  const BUSY: Store = {
    sales: 1_000,
    amount: '2',
    defects: 5,
    defectBuyers: 5,
    late: 30,
    untracked: 50,
    openedOn: '2024-01-01',
    soldOn: '2026-04-01',
  };
  const SMALL: Store = {
    ...BUSY,
    sales: 100,
    amount: '10',
    defects: 3,
    defectBuyers: 3,
    late: 5,
    untracked: 5,
    soldOn: '2025-07-01',
  };

  function facts({ sales, amount, defects, defectBuyers, late, untracked, openedOn, soldOn }: Store): Fact[] {
    const fact = factory();
    const yes = (name: string, is: boolean) => (is ? { [name]: 'yes' } : {});
    return [
      fact('account', { on: openedOn, value: '1' }),
      ...several(sales, (index) =>
        fact('revenue', {
          on: soldOn,
          value: amount,
          currency: 'USD',
          customer: `buyer ${index < defects ? index % defectBuyers : index}`,
          attributes: {
            ...yes('defect', index < defects),
            ...yes('late', index < late),
            ...yes('tracked', index >= untracked),
          },
        }),
      ),
    ];
  }
  const tierOf = (store: Store, on = ON) => judgeOn(partnerWith(facts(store)), rulebook, on).computedTier;

  it.each<[string, Store, string]>([
    ['all that is asked over three months', BUSY, 'TOP_RATED'],
    ['a defect more than 0.5 %', { ...BUSY, defects: 6, defectBuyers: 6 }, 'STANDARD'],
    ['a defect more, of 3 buyers', { ...BUSY, defects: 6, defectBuyers: 3 }, 'TOP_RATED'],
    ['a defect more, of 4 buyers', { ...BUSY, defects: 6, defectBuyers: 4 }, 'STANDARD'],
    ['a late shipment more than 3 %', { ...BUSY, late: 31 }, 'STANDARD'],
    ['an untracked shipment more than 5 %', { ...BUSY, untracked: 51 }, 'STANDARD'],
    // 400 transactions: 2 defects, 12 late shipments, 20 untracked ones.
    [
      '400 transactions',
      { ...BUSY, sales: 400, amount: '2.5', defects: 2, late: 12, untracked: 20 },
      'TOP_RATED',
    ],
    [
      '400 transactions, one more is late',
      { ...BUSY, sales: 400, amount: '2.5', late: 13, untracked: 20, defects: 2 },
      'STANDARD',
    ],
    ['100 transactions of 10 USD over the year', SMALL, 'TOP_RATED'],
    ['99 transactions', { ...SMALL, sales: 99, amount: '11', untracked: 4 }, 'STANDARD'],
    ['101 transactions', { ...SMALL, sales: 101 }, 'TOP_RATED'],
    ['a cent less than 1,000 USD', { ...SMALL, amount: '9.9999' }, 'STANDARD'],
    ['3 buyers with a defect are few enough', { ...SMALL, defects: 9, defectBuyers: 3 }, 'TOP_RATED'],
    ['4 are not', { ...SMALL, defects: 4, defectBuyers: 4 }, 'STANDARD'],
    ['5 late shipments are few enough', { ...SMALL, late: 5 }, 'TOP_RATED'],
    ['6 are not', { ...SMALL, late: 6 }, 'STANDARD'],
    ['a shipment less than 95 % tracked', { ...SMALL, untracked: 6 }, 'STANDARD'],
    ['an account opened 91 days ago', { ...SMALL, openedOn: '2026-03-21' }, 'TOP_RATED'],
    ['an account opened 90 days ago', { ...SMALL, openedOn: '2026-03-22' }, 'STANDARD'],
    ['transactions at the beginning of the twelve months', { ...SMALL, soldOn: '2025-06-01' }, 'TOP_RATED'],
    ['transactions before them', { ...SMALL, soldOn: '2025-05-31' }, 'STANDARD'],
    ['transactions of the running month', { ...SMALL, soldOn: '2026-06-01' }, 'STANDARD'],
  ])('%s', (_, store, tier) => {
    expect(tierOf(store)).toBe(tier);
  });

  it('looks at three months from 400 transactions on, and else at twelve', () => {
    const lately = facts({ ...BUSY, sales: 399, amount: '3', defects: 0, late: 0, untracked: 0 });
    const before = facts({
      ...BUSY,
      sales: 100,
      defects: 50,
      defectBuyers: 50,
      late: 0,
      untracked: 0,
      soldOn: '2025-07-01',
    });
    const [account, ...sales] = before;
    const of = (some: readonly Fact[]) =>
      judgeOn(partnerWith(some.map((each, index) => ({ ...each, id: `f${index}` }))), rulebook, ON)
        .computedTier;
    if (account === undefined) throw new Error('an account');
    expect(of([...lately, ...sales])).toBe('STANDARD');
    const one = lately.at(-1);
    expect(of([...lately, ...sales, ...(one === undefined ? [] : [one])])).toBe('TOP_RATED');
  });

  it('is looked at on the 20th of each month', () => {
    const some = facts({ ...SMALL, soldOn: '2025-06-15' });
    expect(heldSince(ebay, program, some, '2025-01-01')).toEqual([
      '2025-07-20 TOP_RATED',
      '2026-07-20 STANDARD',
    ]);
  });
});

describe('Etsy Star Seller', () => {
  const program = programme(['message']);
  const rulebook = rulebookOf(etsy, program);
  type Shop = {
    readonly orders: number;
    readonly amount: string;
    readonly onTime: number;
    readonly messages: number;
    readonly answered: number;
    readonly ratings: readonly string[];
    readonly firstSale: string;
    readonly soldOn: string;
  };
  /** On 1 June 2026 the last three complete months are March to May. */
  const ON = '2026-06-01';
  const SHOP: Shop = {
    orders: 20,
    amount: '15',
    onTime: 19,
    messages: 20,
    answered: 19,
    ratings: ['5', '5', '5', '5', '4'],
    firstSale: '2025-01-01',
    soldOn: '2026-03-31',
  };
  function facts({ orders, amount, onTime, messages, answered, ratings, firstSale, soldOn }: Shop): Fact[] {
    const fact = factory();
    const yes = (name: string, is: boolean) => (is ? { [name]: 'yes' } : {});
    const sold = (on: string, value: string, isOnTime: boolean) =>
      fact('revenue', { on, value, currency: 'USD', attributes: yes('onTime', isOnTime) });
    return [
      sold(firstSale, '1', true),
      ...several(orders, (index) => sold(soldOn, amount, index < onTime)),
      ...several(messages, (index) =>
        fact('message', { on: soldOn, value: '1', attributes: yes('inTime', index < answered) }),
      ),
      ...ratings.map((value) => fact('satisfaction', { on: soldOn, value })),
    ];
  }

  it.each<[string, Partial<Shop>, string]>([
    ['all that is asked', {}, 'STAR'],
    ['an answer in time less', { answered: 18 }, 'SELLER'],
    ['an answer in time more', { answered: 20 }, 'STAR'],
    ['no message at all', { messages: 0, answered: 0 }, 'STAR'],
    ['one message without an answer in time', { messages: 1, answered: 0 }, 'SELLER'],
    ['an order on time less', { onTime: 18 }, 'SELLER'],
    ['an average of 4.8', { ratings: ['4.8'] }, 'STAR'],
    ['an average just below', { ratings: ['4.799999'] }, 'SELLER'],
    ['no rating', { ratings: [] }, 'SELLER'],
    ['5 orders of 60 USD', { orders: 5, onTime: 5, amount: '60' }, 'STAR'],
    ['4 orders', { orders: 4, onTime: 4, amount: '90' }, 'SELLER'],
    ['a cent less than 300 USD', { amount: '14.9995' }, 'SELLER'],
    ['the first sale 90 days ago', { firstSale: '2026-03-03', amount: '14.95' }, 'STAR'],
    ['the first sale 89 days ago', { firstSale: '2026-03-04', amount: '15' }, 'SELLER'],
    ['orders before the three months', { soldOn: '2026-02-28' }, 'SELLER'],
    ['orders of the first of them', { soldOn: '2026-03-01' }, 'STAR'],
    ['orders of the running month', { soldOn: '2026-06-01' }, 'SELLER'],
  ])('%s', (_, changes, tier) => {
    expect(judgeOn(partnerWith(facts({ ...SHOP, ...changes })), rulebook, ON).computedTier).toBe(tier);
  });

  it('is looked at on the 1st of each month', () => {
    expect(heldSince(etsy, program, facts(SHOP), '2026-01-01')).toEqual([
      '2026-04-01 STAR',
      '2026-07-01 SELLER',
    ]);
  });
});
