import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeDue } from '../../../src/app/judging/judge-due.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../../src/app/writing/save-rulebook-draft.ts';
import { rulebookSchema } from '../../../src/engine/format/rulebook-schema.ts';
import {
  certificate,
  createSmallProgram,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../../support/fixtures.ts';
import { openTestApp } from '../../support/test-app.ts';
import { answer, complaints } from '../ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let now = Date.UTC(2026, 10, 23, 12);
async function goTo(day: string): Promise<void> {
  now = Date.parse(`${day}T12:00:00Z`);
  await judgeDue(opened.app);
}

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  await createSmallProgram(opened.app);
  await enroll(opened.app, ['A', 'B', 'C']);
  now += 60_000;
  const facts = [
    revenue('1', 'A', '1500', '2026-01-10'),
    certificate('2', 'A', 'ann', '2026-01-10', '2026-12-10'),
    revenue('3', 'B', '100', '2026-11-01'),
  ];
  granted(await recordFacts(opened.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
});

afterAll(() => opened.close());

/** What a field of the programme answered. */
async function ofProgram(field: string): Promise<unknown> {
  const { program } = (await answer(opened, `{ program(code: "small") { found: ${field} } }`)) as {
    program: { found: unknown };
  };
  return program.found;
}

// Each part goes on from what the one before left.
describe("a partner's history", () => {
  const HISTORY = `query ($from: Date, $until: Date, $knownAt: DateTime, $first: Int, $after: String, $last: Int) {
    partner(by: { ref: { program: "small", externalRef: "A" } }) {
      history(from: $from, until: $until, knownAt: $knownAt, first: $first, after: $after, last: $last) {
        totalCount
        nodes { from until tier { code } computedTier { code } specializations { code } holds { reason } rulebook { number } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`;
  type History = {
    partner: {
      history: { totalCount: number; nodes: Period[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
  };
  type Period = { from: string; until: string | null; tier: { code: string } };
  const history = async (variables: Record<string, unknown> = {}) =>
    ((await answer(opened, HISTORY, variables)) as History).partner.history;
  const periods = async (variables: Record<string, unknown> = {}): Promise<unknown> =>
    (await history(variables)).nodes.map(({ from, until, tier }) => [from, until, tier.code]);

  test('tells the days past and to come, one period a status', async () => {
    expect(await periods()).toEqual([
      ['2020-01-01', '2026-01-10', 'BASE'],
      ['2026-01-10', '2026-12-10', 'GOLD'],
      ['2026-12-10', '2027-01-10', 'SILVER'],
      ['2027-01-10', null, 'BASE'],
    ]);
    expect((await history()).nodes[1]).toEqual({
      from: '2026-01-10',
      until: '2026-12-10',
      tier: { code: 'GOLD' },
      computedTier: { code: 'GOLD' },
      specializations: [{ code: 'VIDEO' }],
      holds: [],
      rulebook: { number: 1 },
    });
  });

  test('is cut to the days asked for', async () => {
    expect(await periods({ from: '2026-12-09', until: '2027-01-10' })).toEqual([
      ['2026-12-09', '2026-12-10', 'GOLD'],
      ['2026-12-10', '2027-01-10', 'SILVER'],
    ]);
    expect(await periods({ until: '2020-01-01' })).toEqual([]);
    expect(await complaints(opened, HISTORY, { from: '2026-12-09', until: '2026-12-09' })).toEqual([
      ['BAD_USER_INPUT', 'until', '`until` has to be after `from`.'],
    ]);
  });

  test('is told as it was known before the facts came in', async () => {
    expect(await periods({ knownAt: '2026-11-23T12:00:30Z' })).toEqual([['2020-01-01', null, 'BASE']]);
    expect(await periods({ knownAt: '2026-11-23T12:01:00Z' })).toEqual(await periods());
    expect(await periods({ knownAt: '2020-01-01T00:00:00Z' })).toEqual([]);
  });

  test('comes in pages, from either end', async () => {
    const first = await history({ first: 3 });
    expect(first.totalCount).toBe(4);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(await periods({ first: 3, after: first.pageInfo.endCursor })).toEqual([
      ['2027-01-10', null, 'BASE'],
    ]);
    expect(await periods({ last: 1 })).toEqual([['2027-01-10', null, 'BASE']]);
  });
});

describe("a programme's distribution", () => {
  const counts = async (on?: string): Promise<unknown> => {
    const field = `distribution${on === undefined ? '' : `(on: "${on}")`} { tier { code } count }`;
    const found = (await ofProgram(field)) as { tier: { code: string }; count: number }[];
    return found.map(({ tier, count }) => `${tier.code} ${count}`).join(' ');
  };

  test('counts today, any day before and any day to come', async () => {
    expect(await counts()).toBe('GOLD 1 SILVER 1 BASE 1');
    expect(await counts('2026-11-23')).toBe('GOLD 1 SILVER 1 BASE 1');
    expect(await counts('2026-01-09')).toBe('GOLD 0 SILVER 0 BASE 3');
    expect(await counts('2026-12-10')).toBe('GOLD 0 SILVER 2 BASE 1');
    expect(await counts('2028-01-01')).toBe('GOLD 0 SILVER 0 BASE 3');
    expect(await counts('2019-12-31')).toBe('');
  });

  test('counts a tier under the name that the rulebook in force gives it', async () => {
    const tiers = SMALL_RULEBOOK.tiers.map((tier) =>
      tier.code === 'SILVER'
        ? { ...tier, code: 'BRONZE', requirement: { measure: 'revenue', atLeast: '900' } }
        : tier,
    );
    const document = {
      ...SMALL_RULEBOOK,
      tiers,
      policy: { ...SMALL_RULEBOOK.policy, atRiskDays: 30 },
      transition: { mode: 'BOTH', until: '2027-03-01' },
      remap: { SILVER: 'BRONZE' },
    };
    await publish(opened.app, 'small', document, '2026-11-24');
    await judgeDue(opened.app);
    expect(await counts('2026-11-23')).toBe('GOLD 1 SILVER 1 BASE 1');
    // B has SILVER by the old rules, which are still valid beside the new ones, by which it would have BASE.
    expect(await counts('2027-02-28')).toBe('GOLD 0 BRONZE 1 BASE 2');
    expect(await counts('2027-03-01')).toBe('GOLD 0 BRONZE 0 BASE 3');
  });
});

describe('a tier at risk', () => {
  test('says what was missing to keep it, with the facts behind it', async () => {
    await goTo('2026-11-24');
    const CHANGES = `{ statusChanges(program: "small", filter: { types: [TIER_AT_RISK] }) { nodes {
      partner { externalRef }
      ... on TierAtRisk {
        fallsOn from { code } to { code }
        missing {
          __typename path outcome
          ... on SpecializationProof { requirement { ... on PersonsProof { filled excluded { nodes { reason fact { externalId } } } } } }
        }
      }
    } } }`;
    const { statusChanges } = (await answer(opened, CHANGES)) as { statusChanges: { nodes: unknown[] } };
    expect(statusChanges.nodes).toEqual([
      {
        partner: { externalRef: 'A' },
        fallsOn: '2026-12-10',
        from: { code: 'GOLD' },
        to: { code: 'BRONZE' },
        missing: [
          {
            __typename: 'SpecializationProof',
            path: '/tiers/2/requirement/allOf/1',
            outcome: 'UNMET',
            requirement: {
              filled: 0,
              excluded: { nodes: [{ reason: 'EXPIRED', fact: { externalId: '2' } }] },
            },
          },
        ],
      },
    ]);
  });

  test('what is recorded later does not change what was missing then', async () => {
    now += 60_000;
    const facts = [certificate('4', 'A', 'bob', '2026-11-01', null)];
    granted(await recordFacts(opened.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
    const query = `{ statusChanges(program: "small", filter: { types: [TIER_AT_RISK] }, last: 1) { nodes {
      ... on TierAtRisk { missing { __typename } } } } }`;
    expect(await answer(opened, query)).toEqual({
      statusChanges: { nodes: [{ missing: [{ __typename: 'SpecializationProof' }] }] },
    });
  });
});

describe('a programme', () => {
  test('tells how far its partners are judged', async () => {
    const judging = () => ofProgram('judging { total judged }');
    expect(await judging()).toEqual({ total: 3, judged: 3 });
    await opened.app.database.prisma.partner.updateMany({
      where: { externalRef: 'C' },
      data: { rulesVersion: 0 },
    });
    expect(await judging()).toEqual({ total: 3, judged: 2 });
    now = Date.UTC(2027, 0, 10, 12);
    expect(await judging()).toEqual({ total: 3, judged: 1 });
    await judgeDue(opened.app);
    expect(await judging()).toEqual({ total: 3, judged: 3 });
  });

  test('gives its rulebooks as they were saved, and the schema that they follow', async () => {
    const documents = await ofProgram('rulebooks(first: 1) { totalCount nodes { document } }');
    expect(documents).toEqual({ totalCount: 2, nodes: [{ document: SMALL_RULEBOOK }] });
    expect(await ofProgram('rulebookSchema')).toEqual(JSON.parse(JSON.stringify(rulebookSchema)));
  });

  test('lists what was saved and not published', async () => {
    const draft = { program: 'small', document: SMALL_RULEBOOK, draft: null };
    granted(await saveRulebookDraft(opened.app, draft));
    expect(await ofProgram('rulebookDrafts { totalCount nodes { number document createdAt } }')).toEqual({
      totalCount: 1,
      nodes: [{ number: 3, document: SMALL_RULEBOOK, createdAt: expect.any(String) }],
    });
  });

  test('is listed by code, in both directions', async () => {
    await createSmallProgram(opened.app, 'another');
    const programs = async (args: string): Promise<unknown> => {
      const { programs: page } = (await answer(
        opened,
        `{ programs${args} { totalCount nodes { code } pageInfo { hasNextPage hasPreviousPage } } }`,
      )) as { programs: { nodes: { code: string }[]; totalCount: number; pageInfo: object } };
      return [page.nodes.map(({ code }) => code).join(' '), page.totalCount, Object.values(page.pageInfo)];
    };
    expect(await programs('')).toEqual(['another small', 2, [false, false]]);
    expect(await programs('(first: 1)')).toEqual(['another', 2, [true, false]]);
    expect(await programs('(last: 1)')).toEqual(['small', 2, [false, true]]);
    expect(await programs('(codes: ["small", "none"])')).toEqual(['small', 1, [false, false]]);
  });
});

test('a second mutation of an operation answers with what it made itself', async () => {
  const fact = (externalId: string, amount: string) =>
    `{ externalId: "${externalId}", partner: "C", occurredOn: "2027-01-01", detail: { revenue: { amount: "${amount}", currency: "EUR" } } }`;
  const record = (externalId: string, amount: string) =>
    `recordFacts(input: { program: "small", source: "crm", facts: [${fact(externalId, amount)}] }) {
      ... on FactsRecorded { rows { ... on RowRecorded { fact { partner { tier { code } facts { totalCount } } } } } } }`;
  const tierAndFacts = (code: string, totalCount: number) => ({
    rows: [{ fact: { partner: { tier: { code }, facts: { totalCount } } } }],
  });
  expect(await answer(opened, `mutation { one: ${record('7', '100')} two: ${record('8', '900')} }`)).toEqual({
    one: tierAndFacts('SILVER', 1),
    two: tierAndFacts('BRONZE', 2),
  });
});
