import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApp } from '../../src/app/open-app.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import {
  createSmallProgram,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer } from './ask.ts';

let opened: OpenApp;
const today = '2026-11-23';

/** Three EUR are worth seven USD; Silver takes 300 EUR, Gold more points than a cap and a share leave. */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.parse(`${today}T12:00:00Z`) });
  await createSmallProgram(opened.app);
  const points = { points: { of: 'revenue', linear: { points: '1', per: '1' }, cap: '20' } };
  const [base, silver, gold] = SMALL_RULEBOOK.tiers;
  const document = {
    ...SMALL_RULEBOOK,
    currencies: [{ from: '2000-01-01', equal: { EUR: '3', USD: '7' } }],
    tiers: [
      base,
      { ...silver, requirement: { measure: 'revenue', atLeast: '300' } },
      { ...gold, requirement: { measure: { sum: [points], maximumShare: '0.4' }, atLeast: '10' } },
    ],
  };
  await publish(opened.app, 'small', document, today);
});
afterAll(() => opened.close());

const QUERY = `query ($ref: String!) {
  partner(by: { ref: { program: "small", externalRef: $ref } }) {
    tier { code }
    standing {
      next { tier { code } missing { explanation ... on ThresholdProof { shortfall actual { value } } } }
      proof { requirement { ... on ThresholdProof { actual { ... on CalculationProof { value uncut parts {
        ... on CalculationProof { value uncut } } } } } } }
    }
  }
}`;
async function standingOf(ref: string) {
  const { partner } = (await answer(opened, QUERY, { ref })) as {
    partner: {
      tier: { code: string };
      standing: {
        next: { missing: { explanation: string; shortfall: string; actual: { value: string } }[] };
        proof: unknown[];
      };
    };
  };
  return partner;
}
async function record(ref: string, amount: string, currency: string) {
  const fact = revenue(`${ref}-${amount}`, ref, amount, '2026-11-01');
  const detail = { type: 'revenue' as const, amount, currency, attributes: [] };
  const facts = [{ ...fact, detail }];
  granted(await recordFacts(opened.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
}

test('rule 32: what the graph and its sentence say is missing lifts the partner when it is recorded, and no less does', async () => {
  await enroll(opened.app, ['A', 'B', 'C', 'D']);
  const amounts = { A: '257.142857', B: '257.142858', C: '257.14', D: '257.15' };
  const tiers: Record<string, string> = {};
  for (const [ref, amount] of Object.entries(amounts)) {
    await record(ref, '100', 'USD');
    const { tier, standing } = await standingOf(ref);
    expect([tier.code, standing.next.missing]).toEqual([
      'BASE',
      [
        {
          explanation:
            'Silver needs revenue of at least 300.00 EUR in the 12 months up to 2026-11-23; counted about 42.85 EUR, about 257.15 EUR are missing.',
          shortfall: '257.142858',
          actual: { value: '42.857142' },
        },
      ],
    ]);
    await record(ref, amount, 'EUR');
    tiers[amount] = (await standingOf(ref)).tier.code;
  }
  expect(tiers).toEqual({
    '257.142857': 'BASE',
    '257.142858': 'SILVER',
    '257.14': 'BASE',
    '257.15': 'SILVER',
  });
});

test('rule 33: what a cap and a maximum share cut is named, and there as numbers', async () => {
  await enroll(opened.app, ['E']);
  await record('E', '300', 'EUR');
  const { standing } = await standingOf('E');
  expect(standing.next.missing[0]?.explanation).toBe(
    'Gold needs total with a maximum share of at least 10 points; counted 0 points, 10 points are missing (no part may be more than 40% of the total, which cuts 20 points to 0 points; revenue: limited to 20 points, otherwise 300 points).',
  );
  expect(standing.proof[0]).toEqual({
    requirement: { actual: { value: '0', uncut: '20', parts: [{ value: '20', uncut: '300' }] } },
  });
});
