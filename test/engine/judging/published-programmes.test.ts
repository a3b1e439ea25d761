import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { Rulebook } from '../../../src/engine/rulebook/rulebook.ts';
import type { ProgramSettings } from '../../../src/engine/values/program.ts';
import google from '../fixtures/google-ads-partner-2022.json' with { type: 'json' };
import hubspot from '../fixtures/hubspot-points-2024.json' with { type: 'json' };
import microsoft from '../fixtures/microsoft-capability-score.json' with { type: 'json' };
import odoo from '../fixtures/odoo-v11.json' with { type: 'json' };
import {
  type FactInput,
  factory,
  judgeOn,
  PROGRAM,
  partnerWith,
  proveOn,
  requirementOf,
  rulebookOf,
} from '../support/measuring.ts';

const ON = '2026-06-30';

function programme(currency: string, units: Readonly<Record<string, string>>): ProgramSettings {
  const kinds = Object.entries(units).map(([code, unit]) => ({ code, name: { en: code, de: code }, unit }));
  return { ...PROGRAM, currency, measurementKinds: kinds };
}

/** So many facts, the number of each within reach of its data. */
function several(count: number, make: (index: number) => Fact): Fact[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function tierOf(rulebook: Rulebook, facts: readonly Fact[], on = ON, region = 'EMEA'): string {
  return judgeOn(partnerWith(facts, { region }), rulebook, on).computedTier;
}

describe('Odoo partnership agreement, version 11', () => {
  const rulebook = rulebookOf(odoo, programme('EUR', { users: 'users', customer: 'customers' }));

  /** A partner with so many users, certified employees, and customers of whom some were lost. */
  function partner(users: string, certified: number, acquired = 10, lost = 0): Fact[] {
    const fact = factory();
    return [
      fact('users', { on: '2026-01-15', value: users, attributes: { sale: 'new' } }),
      ...several(certified, (index) =>
        fact('certification', {
          on: '2025-01-01',
          person: `p${index}`,
          credential: 'ODOO',
          attributes: { version: '16' },
        }),
      ),
      ...several(acquired, (index) =>
        fact('customer', {
          on: '2025-01-01',
          value: '1',
          subject: `c${index}`,
          ...(index < lost && { expires: '2026-01-01' }),
        }),
      ),
    ];
  }

  it.each([
    ['LEARNING', '9', 1, 0],
    ['LEARNING', '10', 0, 0],
    ['READY', '10', 1, 0],
    ['READY', '11', 1, 9],
    ['READY', '10', 2, 0],
    ['READY', '74', 3, 0],
    ['READY', '75', 2, 0],
    ['SILVER', '75', 3, 3],
    ['SILVER', '76', 4, 2],
    ['READY', '75', 3, 4],
    ['SILVER', '299', 6, 2],
    ['SILVER', '300', 5, 2],
    ['GOLD', '300', 6, 2],
    ['SILVER', '300', 6, 3],
    ['GOLD', '301', 7, 0],
  ])('%s with %s users, %i certified and %i of 10 customers lost', (tier, users, certified, lost) => {
    expect(tierOf(rulebook, partner(users, certified, 10, lost))).toBe(tier);
  });

  it('compares retention exactly: 7 of 10, but not 699 of 1000', () => {
    expect(tierOf(rulebook, partner('75', 3, 1000, 300))).toBe('SILVER');
    expect(tierOf(rulebook, partner('75', 3, 1000, 301))).toBe('READY');
  });

  it('counts new customers and upsells minus downsells and churn, and no renewals', () => {
    const fact = factory();
    const others = partner('0', 1).slice(1);
    const sales = (rows: readonly (readonly [string, string])[]): Fact[] =>
      rows.map(([sale, value], index) =>
        fact('users', {
          on: '2026-02-01',
          id: `s${index}`,
          externalId: `s${index}`,
          value,
          attributes: { sale },
        }),
      );
    const net = [
      ['new', '8'],
      ['upsell', '5'],
      ['downsell', '-2'],
      ['churn', '-1'],
    ] as const;
    expect(tierOf(rulebook, [...others, ...sales(net)])).toBe('READY');
    expect(tierOf(rulebook, [...others, ...sales([...net, ['churn', '-1']])])).toBe('LEARNING');
    expect(tierOf(rulebook, [...others, ...sales([...net, ['churn', '-1'], ['renewal', '50']])])).toBe(
      'LEARNING',
    );
  });

  it('sees users for 12 months, customers for 3 years, and certifications on the last 3 versions only', () => {
    expect(tierOf(rulebook, partner('10', 1), '2027-01-14')).toBe('READY');
    expect(tierOf(rulebook, partner('10', 1), '2027-01-15')).toBe('LEARNING');
    const [users, ...others] = partner('75', 3, 10, 3);
    const later = users === undefined ? [] : [{ ...users, occurredOn: users.occurredOn + 700 }];
    expect(tierOf(rulebook, [...later, ...others], '2027-12-31')).toBe('SILVER');
    expect(tierOf(rulebook, [...later, ...others], '2028-01-01')).toBe('READY');
    const old = partner('10', 1).map((each) => ({
      ...each,
      attributes: { ...each.attributes, version: '13' },
    }));
    expect(tierOf(rulebook, old)).toBe('LEARNING');
  });

  it('has no retention without a customer acquired', () => {
    const proof = proveOn(partnerWith(partner('75', 3, 0)), rulebook, ON);
    expect(requirementOf(proof, 'SILVER').outcome).toBe('INSUFFICIENT_DATA');
    expect(proof.computedNext?.missing).toMatchObject([
      { path: '/tiers/2/requirement/allOf/2', outcome: 'INSUFFICIENT_DATA' },
    ]);
  });
});

describe('Google Ads Partner (2022)', () => {
  const rulebook = rulebookOf(google, programme('USD', { optimization_score: '%', strategist: 'persons' }));
  type Agency = {
    score: string;
    spend: Readonly<Record<string, string>>;
    strategists: number;
    certified: readonly string[];
  };

  function agency({ score, spend, strategists, certified }: Agency): Fact[] {
    const fact = factory();
    return [
      fact('optimization_score', { on: '2026-06-01', value: score }),
      ...Object.entries(spend).map(([productArea, value]) =>
        fact('revenue', { on: '2026-06-01', currency: 'USD', value, attributes: { productArea } }),
      ),
      ...several(strategists, (index) =>
        fact('strategist', { on: '2026-01-01', value: '1', subject: `s${index}` }),
      ),
      ...certified.map((productArea, index) =>
        fact('certification', {
          on: '2026-01-01',
          person: `s${index}`,
          credential: 'ADS',
          attributes: { productArea },
        }),
      ),
    ];
  }
  const base: Agency = { score: '0.7', spend: { search: '10000' }, strategists: 2, certified: ['search'] };
  const areas = (count: number): string[] =>
    several(count, () => factory()('usage', { on: ON })).map(() => 'search');

  it.each([
    ['PARTNER', 'everything exactly', {}],
    ['PARTNER', 'a score just above', { score: '0.7001' }],
    ['MEMBER', 'a score just below', { score: '0.6999' }],
    ['MEMBER', 'spend just below', { spend: { search: '9999.99' } }],
    ['PARTNER', 'spend just above', { spend: { search: '10000.01' } }],
    ['MEMBER', 'one certified of three', { strategists: 3 }],
    ['PARTNER', 'two certified of three', { strategists: 3, certified: ['search', 'search'] }],
    ['PARTNER', '50 certified of 100', { strategists: 100, certified: areas(50) }],
    ['PARTNER', '51 certified of 100', { strategists: 100, certified: areas(51) }],
    ['MEMBER', '49 certified of 100', { strategists: 100, certified: areas(49) }],
    ['PARTNER', '50 certified of 300, which count as 100', { strategists: 300, certified: areas(50) }],
    ['MEMBER', '49 certified of 300', { strategists: 300, certified: areas(49) }],
    [
      'PARTNER',
      'an area just below 500 without a certification',
      { spend: { search: '10000', video: '499.99' } },
    ],
    [
      'MEMBER',
      'an area just above 500 without a certification',
      { spend: { search: '10000', video: '500.01' } },
    ],
    ['MEMBER', 'an area with 500 without a certification', { spend: { search: '10000', video: '500' } }],
    [
      'PARTNER',
      'an area with 500 with one',
      { spend: { search: '10000', video: '500' }, certified: ['search', 'video'] },
    ],
  ])('%s: %s', (tier, _case, changes) => {
    expect(tierOf(rulebook, agency({ ...base, ...changes }))).toBe(tier);
  });

  it('looks at the 90 days that end with the day', () => {
    expect(tierOf(rulebook, agency(base), '2026-08-29')).toBe('PARTNER');
    expect(tierOf(rulebook, agency(base), '2026-08-30')).toBe('MEMBER');
    expect(tierOf(rulebook, agency(base), '2026-05-31')).toBe('MEMBER');
  });
});

describe('HubSpot solutions partner points (2024 to 2025), with illustrative totals', () => {
  const rulebook = rulebookOf(hubspot, programme('USD', {}));

  function sales(
    ...rows: readonly (readonly [motion: string, value: string, currency?: string, soldOn?: string])[]
  ): Fact[] {
    const fact = factory();
    return rows.map(([motion, value, currency = 'USD', soldOn = '2024-03-01']): Fact => {
      const input: FactInput = { on: '2026-01-15', value, currency, attributes: { motion, soldOn } };
      return fact('revenue', input);
    });
  }
  const points = (facts: readonly Fact[], region = 'EMEA'): unknown => {
    const proof = requirementOf(proveOn(partnerWith(facts, { region }), rulebook, ON), 'GOLD');
    if (proof.type !== 'COMPOSITE') throw new Error(proof.type);
    return proof.parts.map(({ proof: part }) =>
      part.type === 'THRESHOLD' ? Number(part.actual.value?.numerator) : null,
    );
  };

  it('gives 1, 3 and 5 points for each 100 USD, doubled in growth markets', () => {
    const facts = sales(['managed', '1000'], ['assisted', '1000'], ['sourced', '1000']);
    expect(points(facts)).toEqual([90, 50]);
    expect(points(facts, 'GROWTH')).toEqual([180, 100]);
  });

  it('keeps 3 points for lines sold before 2024-02-27, however they were sold', () => {
    expect(points(sales(['sourced', '1000', 'USD', '2024-02-26']))).toEqual([30, 0]);
    expect(points(sales(['sourced', '1000', 'USD', '2024-02-27']))).toEqual([50, 50]);
    expect(points(sales(['managed', '1000', 'USD', '2024-02-26']))).toEqual([30, 0]);
  });

  it.each([
    ['EUR', '75'],
    ['GBP', '62.5'],
    ['JPY', '12000'],
    ['USD', '100'],
  ])("takes %s at the programme's own rate", (currency, hundred) => {
    expect(points(sales(['sourced', hundred, currency]))).toEqual([5, 5]);
  });

  it.each([
    [
      'PROVIDER',
      [
        ['managed', '19999.99'],
        ['sourced', '2000'],
      ],
    ],
    [
      'GOLD',
      [
        ['managed', '20000'],
        ['sourced', '2000'],
      ],
    ],
    [
      'GOLD',
      [
        ['managed', '20000.01'],
        ['sourced', '2000'],
      ],
    ],
    [
      'PROVIDER',
      [
        ['managed', '30000'],
        ['sourced', '1999.99'],
      ],
    ],
    [
      'GOLD',
      [
        ['managed', '80000'],
        ['sourced', '7999.99'],
      ],
    ],
    [
      'PLATINUM',
      [
        ['managed', '80000'],
        ['sourced', '8000'],
      ],
    ],
    [
      'PLATINUM',
      [
        ['managed', '80000.01'],
        ['sourced', '8000.01'],
      ],
    ],
    [
      'GOLD',
      [
        ['managed', '79999.99'],
        ['sourced', '8000'],
      ],
    ],
    // 7,500 EUR are 10,000 USD to the cent.
    [
      'GOLD',
      [
        ['managed', '15000', 'EUR'],
        ['sourced', '1500', 'EUR'],
      ],
    ],
    [
      'PROVIDER',
      [
        ['managed', '14999.99', 'EUR'],
        ['sourced', '1500', 'EUR'],
      ],
    ],
  ] as const)('%s with %j', (tier, rows) => {
    expect(tierOf(rulebook, sales(...rows))).toBe(tier);
  });

  it('counts 12 months back from the day', () => {
    const facts = sales(['managed', '20000'], ['sourced', '2000']);
    expect(tierOf(rulebook, facts, '2027-01-14')).toBe('GOLD');
    expect(tierOf(rulebook, facts, '2027-01-15')).toBe('PROVIDER');
  });
});

describe('Microsoft solutions partner designation, with illustrative weights', () => {
  const units = { customer_add: 'customers', usage_growth: '%', deployment: 'deployments' };
  const rulebook = rulebookOf(microsoft, programme('USD', units));
  type Score = {
    customers: string;
    intermediate: number;
    advanced: number;
    growth: string | null;
    deployments: number;
  };

  function partner({ customers, intermediate, advanced, growth, deployments }: Score): Fact[] {
    const fact = factory();
    const certified = (level: string, count: number): Fact[] =>
      several(count, (index) =>
        fact('certification', {
          on: '2026-01-01',
          person: `p${index}`,
          credential: level,
          attributes: { level },
        }),
      );
    return [
      fact('customer_add', { on: '2026-01-01', value: customers }),
      ...certified('intermediate', intermediate),
      ...certified('advanced', advanced),
      ...(growth === null ? [] : [fact('usage_growth', { on: '2026-01-01', value: growth })]),
      ...several(deployments, () => fact('deployment', { on: '2026-01-01', value: '1' })),
    ];
  }
  // 30 + 4 + 20 + 10 + 6 = 70.
  const base: Score = { customers: '10', intermediate: 1, advanced: 2, growth: '0.1', deployments: 3 };

  it.each([
    ['MET', '70 points', {}],
    ['UNMET', '69.7 points', { customers: '9.9' }],
    ['MET', '70 points, more customers than count', { customers: '500' }],
    ['UNMET', '65 points', { growth: '0.0999' }],
    ['MET', '80 points', { growth: '0.2' }],
    [
      'UNMET',
      '86 points, but nothing advanced',
      { intermediate: 5, advanced: 0, growth: '0.2', deployments: 9 },
    ],
    ['UNMET', '84 points, but no deployment', { intermediate: 5, growth: '0.2', deployments: 0 }],
    [
      'UNMET',
      '76 points, but no customers won',
      { customers: '-1', intermediate: 5, growth: '0.2', deployments: 9 },
    ],
    [
      'MET',
      '70 points, from 10 customers less one tenth and more elsewhere',
      { customers: '9.9', deployments: 4 },
    ],
    [
      'INSUFFICIENT_DATA',
      '80 points without growth, which nobody measured',
      { intermediate: 5, deployments: 5, growth: null },
    ],
    ['INSUFFICIENT_DATA', '60 to 80 points', { growth: null }],
    ['UNMET', '0 to 49.9 points at best', { customers: '0.1', advanced: 1, growth: null }],
  ])('%s with %s', (outcome, _case, changes) => {
    const proof = proveOn(partnerWith(partner({ ...base, ...changes })), rulebook, ON);
    expect(requirementOf(proof, 'SOLUTIONS_PARTNER').outcome).toBe(outcome);
  });

  it('holds the designation, and the tier that needs it', () => {
    expect(judgeOn(partnerWith(partner(base)), rulebook, ON)).toMatchObject({
      computedTier: 'SOLUTIONS_PARTNER',
      specializations: ['DATA_AND_AI'],
    });
    expect(judgeOn(partnerWith(partner(base)), rulebook, '2027-01-01')).toMatchObject({
      computedTier: 'MEMBER',
      specializations: [],
    });
  });
});
