import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/app/access/api-key.ts';
import { ALL_RIGHTS } from '../../src/app/access/rights.ts';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import { correctFact } from '../../src/app/writing/amend-fact.ts';
import { enrollPartners, type PartnerInput } from '../../src/app/writing/enroll-partners.ts';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import {
  certificate,
  createSmallProgram,
  day,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer } from './ask.ts';

const statements: string[] = [];
let opened: Awaited<ReturnType<typeof openTestApp>>;
let now = Date.UTC(2026, 10, 23, 12);

const tops = Array.from({ length: 100 }, (_, index) => `T${String(index).padStart(3, '0')}`);

/**
 * 100 partners with facts and a tier at risk each, some with a correction and an override too, and two
 * affiliates each.
 */
beforeAll(async () => {
  opened = await openTestApp({
    clock: () => now,
    // Nothing is to be counted but what is asked for.
    pollEveryMs: 3_600_000,
    onStatement: (sql) => void statements.push(sql),
    // What is asked for in one turn is read together; how much that is must not depend on the machine.
    giveWay: async () => {},
  });
  const { app } = opened;
  await createSmallProgram(app);
  const partner = (externalRef: string, parent: string | null): PartnerInput => ({
    externalRef,
    name: externalRef,
    country: 'DE',
    region: 'DACH',
    parent,
    enrolledOn: day('2020-01-01'),
  });
  const partners = tops.flatMap((top) => [
    partner(top, null),
    partner(`1 below ${top.slice(1)}`, top),
    partner(`2 below ${top.slice(1)}`, top),
  ]);
  granted(await enrollPartners(app, { program: 'small', partners }));
  const policy = { ...SMALL_RULEBOOK.policy, atRiskDays: 366 };
  await publish(app, 'small', { ...SMALL_RULEBOOK, policy }, '2026-11-23');
  await judgeDue(app);
  const facts = tops.flatMap((top) => [
    revenue(`revenue 1 of ${top}`, top, '1500', '2026-01-10'),
    revenue(`revenue 2 of ${top}`, top, '10', '2024-01-10'),
    certificate(`certificate of ${top}`, top, `expert of ${top}`, '2026-01-10', '2026-12-10'),
    revenue(`revenue below ${top}`, `1 below ${top.slice(1)}`, '100', '2026-11-10'),
  ]);
  granted(await recordFacts(app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  for (const top of tops.filter((_, index) => index % 10 === 0)) {
    now += 1;
    const { externalId, ...fact } = revenue(`revenue 2 of ${top}`, top, '11', '2024-01-10');
    const key = { program: 'small', source: 'crm', externalId, expectedVersion: 1 };
    granted(await correctFact(app, { ...key, fact }));
    const days = { firstOn: day('2027-01-01'), endsOn: day('2027-02-01') };
    const override = { program: 'small', partner: top, tier: 'GOLD', reason: 'Why not.', actor: 'Ms Ray' };
    granted(await overrideTier(app, { ...override, ...days }));
  }
  for (const top of tops.slice(0, 10)) {
    now += 1;
    const key = { name: `of ${top}`, role: 'PARTNER', programs: null, expiresAt: null } as const;
    const partner = { program: 'small', externalRef: top };
    granted(await createApiKey(app, ALL_RIGHTS, { ...key, partner }));
  }
  for (const code of ['other', 'third']) {
    await createSmallProgram(app, code);
    granted(await saveRulebookDraft(app, { program: code, document: SMALL_RULEBOOK, draft: null }));
  }
  await opened.judge.stop();
}, 300_000);

afterAll(() => opened.close());

type Counted = { readonly answer: unknown; readonly count: number };

/**
 * An operation's answer and how many statements it took, the look at the epoch that every second begins with
 * included.
 */
async function counted(query: string, first: number): Promise<Counted> {
  await opened.app.catalogue.current();
  opened.app.catalogue.expire();
  statements.length = 0;
  return { answer: await answer(opened, query, { first }), count: statements.length };
}

const VERDICT = `
  tier { code name requirement { path } }
  specializations { specialization { code name } since until }
  standing {
    tier { code } computedTier { code } holds { reason } nextChangeOn risk { on tier { code } }
    specializations { isHeld requirement { explanation } }
    next { tier { code } missing { explanation(locale: DE) } }
    proof { tier { code } outcome requirement { outcome explanation ... on CompositeProof { parts { requirement { explanation } } } } }
  }`;
const EVIDENCE = `
  ... on ThresholdProof { actual { counted { totalCount nodes { externalId } } excluded { nodes { reason fact { externalId } } } } }
  ... on PersonsProof { counted { nodes { externalId } } }`;

/** The list of partners with something more about each. */
function partners(selection: string, search = 'T'): string {
  return `query ($first: Int) { partners(program: "small", filter: { search: "${search}" }, orderBy: { field: EXTERNAL_REF }, first: $first) { nodes { externalRef ${selection} } } }`;
}
function changes(selection: string): string {
  return `query ($first: Int) { statusChanges(program: "small", filter: { types: [TIER_AT_RISK] }, first: $first) { nodes { ${selection} } } }`;
}

describe('a list takes as many statements for a hundred as for one', () => {
  // What is known of partners is read in batches: the last number is how many more those take for a hundred.
  test.each<[string, string, number, number?]>([
    ['partners', partners(VERDICT), 2],
    ['partners, with affiliates', partners(`${VERDICT} affiliates(first: 5) { nodes { ${VERDICT} } }`), 3],
    ['partners, with affiliates and how many', partners('affiliates { totalCount nodes { name } }'), 4],
    ['partners, with parents and theirs', partners('parent { tier { code } parent { name } }', 'below'), 4],
    [
      'partners, with the facts that count and those that do not',
      partners(
        `standing { proof { requirement { ${EVIDENCE} ... on CompositeProof { parts { requirement { ${EVIDENCE} } } } } } specializations { requirement { ${EVIDENCE} } } }`,
      ),
      3,
      2,
    ],
    [
      'partners, with a standing of a day to come and its facts',
      partners(`standing(on: "2027-01-15") { knownAt tier { code } proof { requirement { ${EVIDENCE} } } }`),
      4,
      3,
    ],
    [
      'partners, with a standing as known before',
      partners('standing(knownAt: "2026-11-23T12:00:00Z") { tier { code } }'),
      4,
      3,
    ],
    [
      'partners, with facts and how many, and their versions',
      partners('facts { totalCount nodes { isVoid versions { nodes { version } } } }'),
      5,
    ],
    [
      'partners, with their changes, causes and how many',
      partners('statusChanges { totalCount nodes { explanation causes { externalId } } }'),
      5,
    ],
    [
      'partners, with overrides',
      partners('overrides(ended: true) { totalCount nodes { tier { code } } }'),
      3,
    ],
    ['partners, with histories', partners('history { totalCount nodes { from tier { code } } }'), 3],
    [
      'partners, with histories as known before',
      partners('history(knownAt: "2026-11-23T12:00:00.010Z") { nodes { from tier { code } } }'),
      3,
      2,
    ],
    [
      'changes, with partners, causes and rulebooks',
      changes(
        'explanation causes { externalId partner { name } } rulebook { number document } partner { name tier { code } }',
      ),
      5,
    ],
    [
      'changes, with what was missing and its facts',
      changes(
        `... on TierAtRisk { missing { explanation ... on SpecializationProof { requirement { ${EVIDENCE} } } } }`,
      ),
      3,
      2,
    ],
    [
      'programmes',
      `query ($first: Int) { programs(first: $first, codes: ["other", "small", "third"]) { nodes {
        tiers { code } distribution { count } coming: distribution(on: "2027-01-01") { count } judging { judged }
        rulebookDrafts { nodes { document } } rulebooks { nodes { document } } } } }`,
      6,
    ],
    [
      'keys, with programmes and partners',
      'query ($first: Int) { apiKeys(first: $first) { nodes { name revokedAt programs { code name } partner { name } } } }',
      3,
    ],
  ])('%s', async (_, query, expected, more = 0) => {
    const one = await counted(query, 1);
    const many = await counted(query, 100);
    expect([one.count, many.count]).toEqual([expected, expected + more]);
    // There was something to read for each.
    expect(JSON.stringify(many.answer).length).toBeGreaterThan(2.5 * JSON.stringify(one.answer).length);
  });
});

test('how many there are is counted only when asked for', async () => {
  const list = (field: string) =>
    `query ($first: Int) { partners(program: "small", first: $first) { ${field} } }`;
  expect((await counted(list('nodes { name }'), 2)).count).toBe(2);
  expect(await counted(list('totalCount nodes { name }'), 1)).toMatchObject({
    answer: { partners: { totalCount: 300 } },
    count: 3,
  });
  const keys = (field: string) => `query ($first: Int) { apiKeys(first: $first) { ${field} } }`;
  expect((await counted(keys('nodes { name }'), 2)).count).toBe(1);
  expect(await counted(keys('totalCount nodes { name }'), 1)).toEqual({
    answer: { apiKeys: { totalCount: 10, nodes: [{ name: 'of T009' }] } },
    count: 2,
  });
});

test('what is found by id is read by type, however many ids there are', async () => {
  const found = (await answer(
    opened,
    `{ partners(program: "small", filter: { search: "T" }) { nodes { id facts(first: 1) { nodes { id } } statusChanges(first: 1) { nodes { id } } overrides { nodes { id } } } } }`,
  )) as { partners: { nodes: unknown[] } };
  const ids = [...JSON.stringify(found).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(30);
  await opened.app.catalogue.current();
  statements.length = 0;
  await answer(opened, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(statements).toHaveLength(4);
});
