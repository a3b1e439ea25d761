import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { schema } from '../../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../../src/app/access/rights.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { createSmallProgram, enroll, granted, publish, SMALL_RULEBOOK } from '../../support/fixtures.ts';
import { openTestApp } from '../../support/test-app.ts';

let opened: OpenApp;
let partner: Rights;

/** Silver takes an average of 8 from each respondent, and a dozen sales in each area. */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
  const { app } = opened;
  const programId = await createSmallProgram(app);
  const window = { trailing: { months: 12 } };
  const name = { en: 'Answers', de: 'Antworten' };
  const answers = { name, metric: { fact: 'satisfaction', aggregate: 'COUNT', window } };
  const each = (dimension: string, fact: string, aggregate: string, atLeast: string) => ({
    forEach: {
      dimension,
      where: { measure: { metric: { fact, aggregate: 'COUNT', window } }, atLeast: '1' },
      need: 'ALL',
      body: {
        allOf: [
          { measure: { metric: { fact, aggregate, window } }, atLeast },
          { measure: 'answers', atMost: '1000' },
        ],
      },
    },
  });
  const requirement = {
    allOf: [
      each('respondent', 'satisfaction', 'AVERAGE', '8'),
      each('attributes.area', 'revenue', 'COUNT', '12'),
    ],
  };
  const tiers = SMALL_RULEBOOK.tiers.map((tier) =>
    tier.code === 'SILVER' ? { ...tier, requirement } : tier,
  );
  const measures = { ...SMALL_RULEBOOK.measures, answers };
  await publish(app, 'small', { ...SMALL_RULEBOOK, measures, tiers }, '2026-11-23');
  const [id = ''] = await enroll(app, ['A']);
  const occurredOn = '2026-11-01';
  const facts = [
    {
      externalId: '1',
      partner: 'A',
      occurredOn,
      detail: {
        type: 'satisfaction' as const,
        score: '3',
        customer: 'Secret Ltd',
        respondent: 'Ms Secret',
        attributes: [],
      },
    },
    {
      externalId: '2',
      partner: 'A',
      occurredOn,
      detail: {
        type: 'revenue' as const,
        amount: '5',
        currency: 'EUR',
        attributes: [{ name: 'area', value: 'VIDEO' }],
      },
    },
  ];
  granted(await recordFacts(app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  partner = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: id };
});

afterAll(() => opened.close());

const PROOF = /* GraphQL */ `
  fragment Number on NumberProof { item counted { totalCount } }
  fragment Part on RequirementProof { item explanation ... on ThresholdProof { actual { ...Number } } }
  fragment Whole on RequirementProof {
    item explanation de: explanation(locale: DE)
    ... on CompositeProof { parts { requirement { ...Part } } }
    ... on ForEachProof { items { item where { ...Part } requirement { ...Part ... on CompositeProof { parts { requirement { ...Part } } } } } }
  }
  {
    partner(by: { ref: { program: "small", externalRef: "A" } }) {
      standing {
        next { missing { ...Whole } }
        proof { requirement { ...Whole ... on CompositeProof { parts { requirement { ...Whole } } } } }
      }
    }
  }
`;

async function proofFor(rights: Rights): Promise<string> {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  const { data, errors } = await graphql({ schema, source: PROOF, contextValue });
  expect(errors).toBeUndefined();
  return JSON.stringify(data);
}

test('a partner is not told who answered, where each respondent has to be content', async () => {
  const all = await proofFor(ALL_RIGHTS);
  expect(all).toContain('"item":"Ms Secret"');
  expect(all).toContain('open: Ms Secret.');
  const own = await proofFor(partner);
  expect(own).not.toContain('Secret');
  expect(own).toContain('"item":"…"');
  expect(own).toContain('open: ….');
  expect(own).toContain('offen: ….');
  // What was found is there all the same, and so are items that are no respondents.
  expect(own.match(/"totalCount":1/g)).toEqual(all.match(/"totalCount":1/g));
  expect(own).toContain('"item":"VIDEO"');
  expect(own).toContain('open: VIDEO.');
});
