import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overrideTier } from '../../../src/app/writing/override-tier.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../../src/app/writing/update-partner.ts';
import { certificate, createSmallProgram, day, enroll, granted, revenue } from '../../support/fixtures.ts';
import { openTestApp } from '../../support/test-app.ts';
import { answer, complaints } from '../ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
  await createSmallProgram(opened.app);
  await enroll(opened.app, ['A', 'B', 'C', 'D', 'E']);
  const facts = [
    revenue('1', 'B', '100', '2026-11-01'),
    revenue('2', 'D', '150', '2026-11-02'),
    revenue('3', 'D', '-20', '2026-11-02'),
    revenue('4', 'D', '7', '2024-01-01'),
  ];
  granted(await recordFacts(opened.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
});

afterAll(() => opened.close());

type Partners = {
  partners: {
    nodes: { externalRef: string }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  };
};

const PARTNERS = /* GraphQL */ `
  query ($filter: PartnerFilter, $orderBy: PartnerOrder, $first: Int, $after: String, $last: Int, $before: String) {
    partners(
      program: "small"
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      nodes {
        externalRef
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

async function partners(variables: Record<string, unknown>) {
  const { partners: page } = (await answer(opened, PARTNERS, variables)) as Partners;
  return { refs: page.nodes.map(({ externalRef }) => externalRef).join(''), ...page.pageInfo };
}

describe('partners', () => {
  test('pages forwards give each once, in order', async () => {
    const first = await partners({ first: 2 });
    expect(first).toMatchObject({ refs: 'AB', hasNextPage: true, hasPreviousPage: false });
    const second = await partners({ first: 2, after: first.endCursor });
    expect(second).toMatchObject({ refs: 'CD', hasNextPage: true, hasPreviousPage: true });
    const third = await partners({ first: 2, after: second.endCursor });
    expect(third).toMatchObject({ refs: 'E', hasNextPage: false, hasPreviousPage: true });
  });

  test('pages backwards give each once, in the order of the list', async () => {
    const last = await partners({ last: 2 });
    expect(last).toMatchObject({ refs: 'DE', hasNextPage: false, hasPreviousPage: true });
    const before = await partners({ last: 2, before: last.startCursor });
    expect(before).toMatchObject({ refs: 'BC', hasNextPage: true, hasPreviousPage: true });
    expect(await partners({ last: 2, before: before.startCursor })).toMatchObject({
      refs: 'A',
      hasNextPage: true,
      hasPreviousPage: false,
    });
  });

  test('by tier, descending, with the rest by id', async () => {
    const orderBy = { field: 'TIER', direction: 'DESC' };
    const first = await partners({ orderBy, first: 2 });
    expect([...first.refs].sort().join('')).toBe('BD');
    const rest = await partners({ orderBy, first: 5, after: first.endCursor });
    expect([...rest.refs].sort().join('')).toBe('ACE');
  });

  test('a filter narrows', async () => {
    expect((await partners({ filter: { tiers: ['SILVER'] } })).refs).toBe('BD');
    expect((await partners({ filter: { search: 'partner c' } })).refs).toBe('C');
    expect((await partners({ filter: { tiers: ['SILVER'], search: 'D' } })).refs).toBe('D');
    expect((await partners({ filter: { regions: ['EMEA'] } })).refs).toBe('');
    expect((await partners({ filter: { countries: ['DE'], search: 'e' } })).refs).toBe('ABCDE');
    expect((await partners({ filter: { onHold: true } })).refs).toBe('');
  });

  test('an empty page has no cursors', async () => {
    expect(await partners({ first: 0 })).toEqual({
      refs: '',
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });

  test.each([
    [{ first: 101 }, 'first', 'A page has 0 to 100 entries.'],
    [{ first: -1 }, 'first', 'A page has 0 to 100 entries.'],
    [{ last: 101 }, 'last', 'A page has 0 to 100 entries.'],
    [
      { first: 1, last: 1 },
      'last',
      'A page is read forwards with `first` and `after`, or backwards with `last` and `before`.',
    ],
    [{ after: 'x' }, 'after', 'This is not a cursor of this list in this order.'],
    [{ before: '' }, 'before', 'This is not a cursor of this list in this order.'],
    [{ filter: { parent: 'x' } }, 'filter.parent', 'This is not the id of a Partner.'],
    [{ filter: { search: '' } }, 'filter.search', 'This must not be empty.'],
    [
      { filter: { tiers: ['A', '\0'] } },
      'filter.tiers[1]',
      'The character U+0000 (NUL), number 1 of this text, is not allowed here.',
    ],
    [{ filter: { regions: Array(101).fill('x') } }, 'filter.regions', 'At most 100 can be given here.'],
    [
      { filter: { specializationLapsesBefore: 'soon' } },
      'filter.specializationLapsesBefore',
      '"soon" is not a day; write it like 2026-11-23.',
    ],
  ])('%j is bad input', async (variables, argument, message) => {
    expect(await complaints(opened, PARTNERS, variables)).toEqual([['BAD_USER_INPUT', argument, message]]);
  });

  test('a cursor of another order is bad input, and so is one that was tampered with', async () => {
    const { endCursor } = await partners({ first: 1 });
    const message = 'This is not a cursor of this list in this order.';
    const complaint = [['BAD_USER_INPUT', 'after', message]];
    expect(
      await complaints(opened, PARTNERS, { after: endCursor, orderBy: { field: 'EXTERNAL_REF' } }),
    ).toEqual(complaint);
    const forged = Buffer.from(JSON.stringify(['TIER', "0'", '01a20887-bc29-7ccb-9d6d-e5e08ee677cd']));
    const variables = { after: forged.toString('base64url'), orderBy: { field: 'TIER' } };
    expect(await complaints(opened, PARTNERS, variables)).toEqual(complaint);
  });
});

describe('partners of a programme with holds, specializations and affiliates', () => {
  const find = async (filter: object, orderBy?: object): Promise<string> => {
    const query = `query ($filter: PartnerFilter, $orderBy: PartnerOrder) {
      partners(program: "held", filter: $filter, orderBy: $orderBy) { totalCount nodes { externalRef } } }`;
    const { partners: page } = (await answer(opened, query, { filter, orderBy })) as {
      partners: { totalCount: number; nodes: { externalRef: string }[] };
    };
    expect(page.totalCount).toBe(page.nodes.length);
    return page.nodes.map(({ externalRef }) => externalRef).join('');
  };

  beforeAll(async () => {
    const { app } = opened;
    await createSmallProgram(app, 'held');
    await enroll(app, ['F', 'G', 'H', 'I'], 'held');
    const facts = [
      certificate('1', 'F', 'ann', '2026-01-01', '2026-12-10'),
      certificate('2', 'G', 'bob', '2026-01-01', '2027-12-10'),
      certificate('3', 'H', 'eve', '2026-01-01', null),
      revenue('4', 'H', '2000', '2026-11-01'),
      revenue('5', 'I', '200', '2026-11-01'),
    ];
    granted(await recordFacts(app, { program: 'held', source: 'crm', facts, onError: 'REJECT_ALL' }));
    const override = { program: 'held', tier: 'GOLD', firstOn: null, reason: 'Why not.', actor: 'Ms Ray' };
    granted(await overrideTier(app, { ...override, partner: 'G', endsOn: day('2027-01-01') }));
    const update = { program: 'held', firstOn: day('2020-01-01') };
    granted(
      await updatePartner(app, { ...update, partner: 'I', enrolledOn: day('2019-01-01'), region: 'NORDIC' }),
    );
    granted(await updatePartner(app, { ...update, partner: 'H', parent: 'F', country: 'SE' }));
    granted(await updatePartner(app, { ...update, partner: 'G', parent: 'F' }));
  });

  test('are found by what holds their tier', async () => {
    expect(await find({ onHold: true })).toBe('G');
    expect(await find({ onHold: false })).toBe('FHI');
    expect(await find({ holdReasons: ['OVERRIDE', 'LOCK'] })).toBe('G');
    expect(await find({ holdReasons: ['GRACE'] })).toBe('');
  });

  test('are found by the specializations that they hold, and will soon have lost', async () => {
    expect(await find({ specializations: ['VIDEO', 'AUDIO'] })).toBe('FGH');
    expect(await find({ specializations: ['AUDIO'] })).toBe('');
    // 2026-12-10 is the first day without it, so it is lost before the 11th and not before the 10th.
    expect(await find({ specializationLapsesBefore: '2026-12-10' })).toBe('');
    expect(await find({ specializationLapsesBefore: '2026-12-11' })).toBe('F');
    expect(await find({ specializationLapsesBefore: '2028-01-01', specializations: ['VIDEO'] })).toBe('FG');
    expect(await find({ specializationLapsesBefore: '2028-01-01', specializations: ['AUDIO'] })).toBe('');
  });

  test('are found by region and country', async () => {
    expect(await find({ regions: ['NORDIC'] })).toBe('I');
    expect(await find({ countries: ['SE', 'FR'] })).toBe('H');
    expect(await find({ regions: [] })).toBe('');
  });

  test('are ordered by the day of enrolment, and by the day of the next change', async () => {
    expect((await find({}, { field: 'ENROLLED_ON' }))[0]).toBe('I');
    expect((await find({}, { field: 'ENROLLED_ON', direction: 'DESC' })).at(-1)).toBe('I');
    expect((await find({}, { field: 'NEXT_CHANGE' })).slice(0, 2)).toBe('FG');
  });

  test('rule 16: are found by what they miss for the tier above the one that they have', async () => {
    const [revenueOfGold, videoOfGold] = ['/tiers/2/requirement/allOf/0', '/tiers/2/requirement/allOf/1'];
    // G is AUTHORIZED by its facts, and by an override GOLD, which is the highest; so is H by its facts.
    expect(await find({ gap: {} })).toBe('FI');
    expect(await find({ gap: { tiers: ['SILVER'] } })).toBe('F');
    expect(await find({ gap: { tiers: ['GOLD', 'PLATINUM'] } })).toBe('I');
    expect(await find({ gap: { missingAtMost: 1 } })).toBe('F');
    expect(await find({ gap: { missingAtMost: 2 } })).toBe('FI');
    expect(await find({ gap: { missing: [videoOfGold, '/nowhere'] } })).toBe('I');
    expect(await find({ gap: { missing: [revenueOfGold], missingAtMost: 1 } })).toBe('');
    const nearest = await find({}, { field: 'MISSING' });
    expect([nearest.slice(0, 2), [...nearest.slice(2)].sort().join('')]).toEqual(['FI', 'GH']);
  });

  test('lead to their affiliates, narrowed, ordered, counted and from either end', async () => {
    const query = `query ($last: Int, $before: String, $filter: PartnerFilter, $orderBy: PartnerOrder) {
      partners(program: "held", filter: { search: "F" }) { nodes {
        affiliates(filter: $filter, orderBy: $orderBy, last: $last, before: $before) {
          totalCount nodes { externalRef parent { externalRef } } pageInfo { hasPreviousPage startCursor }
        } } } }`;
    type Affiliates = {
      totalCount: number;
      nodes: { externalRef: string; parent: unknown }[];
      pageInfo: { hasPreviousPage: boolean; startCursor: string };
    };
    const affiliates = async (variables: object): Promise<Affiliates> => {
      const { partners: page } = (await answer(opened, query, { ...variables })) as {
        partners: { nodes: [{ affiliates: Affiliates }] };
      };
      return page.nodes[0].affiliates;
    };
    const last = await affiliates({ last: 1 });
    expect(last).toEqual({
      totalCount: 2,
      nodes: [{ externalRef: 'H', parent: { externalRef: 'F' } }],
      pageInfo: { hasPreviousPage: true, startCursor: expect.any(String) },
    });
    const before = await affiliates({ last: 2, before: last.pageInfo.startCursor });
    expect(before.nodes.map(({ externalRef }) => externalRef)).toEqual(['G']);
    expect(before.pageInfo.hasPreviousPage).toBe(false);
    const narrowed = await affiliates({ filter: { countries: ['SE'] } });
    expect([narrowed.totalCount, narrowed.nodes[0]?.externalRef]).toEqual([1, 'H']);
    const ordered = await affiliates({ orderBy: { field: 'EXTERNAL_REF', direction: 'DESC' } });
    expect(ordered.nodes.map(({ externalRef }) => externalRef)).toEqual(['H', 'G']);
  });

  test('rule 16: are found, and come first, where nothing is missing and an override holds the tier back', async () => {
    const override = { program: 'held', tier: 'SILVER', firstOn: null, reason: 'Why not.', actor: 'Ms Ray' };
    granted(await overrideTier(opened.app, { ...override, partner: 'H', endsOn: day('2027-01-01') }));
    const held = await answer(
      opened,
      `{ partners(program: "held", filter: { gap: { missingAtMost: 0, tiers: ["GOLD"] } }) { nodes {
        externalRef tier { code }
        standing { computedTier { code } next { tier { code } missing { path } } computedNext { tier { code } } }
      } } }`,
      {},
    );
    const gold = { code: 'GOLD' };
    expect(held).toEqual({
      partners: {
        nodes: [
          {
            externalRef: 'H',
            tier: { code: 'SILVER' },
            standing: { computedTier: gold, next: { tier: gold, missing: [] }, computedNext: null },
          },
        ],
      },
    });
    expect((await find({}, { field: 'MISSING' }))[0]).toBe('H');
  });
});

describe('facts', () => {
  const FACTS = /* GraphQL */ `
    query ($filter: FactFilter, $first: Int, $after: String) {
      partner(by: { ref: { program: "small", externalRef: "D" } }) {
        facts(filter: $filter, first: $first, after: $after) {
          nodes {
            externalId
            occurredOn
            ... on RevenueFact {
              amount
              currency
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `;
  type Facts = {
    partner: {
      facts: { nodes: Record<string, string>[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
  };

  test('come newest day first, in pages', async () => {
    const seen: (string | undefined)[] = [];
    let after: string | null = null;
    for (const hasNextPage of [true, true, false]) {
      const { partner } = (await answer(opened, FACTS, { first: 1, after })) as Facts;
      seen.push(partner.facts.nodes[0]?.externalId);
      expect(partner.facts.pageInfo.hasNextPage).toBe(hasNextPage);
      after = partner.facts.pageInfo.endCursor;
    }
    expect(seen.slice(0, 2).sort()).toEqual(['2', '3']);
    expect(seen[2]).toBe('4');
  });

  test('come from the other end too, and are counted', async () => {
    const query = `query ($last: Int, $before: String) { partner(by: { ref: { program: "small", externalRef: "D" } }) {
      facts(last: $last, before: $before) { totalCount nodes { externalId } pageInfo { hasNextPage hasPreviousPage startCursor } } } }`;
    type Backwards = {
      partner: {
        facts: {
          totalCount: number;
          nodes: { externalId: string }[];
          pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string };
        };
      };
    };
    const { facts: last } = ((await answer(opened, query, { last: 1 })) as Backwards).partner;
    expect(last).toMatchObject({
      totalCount: 3,
      nodes: [{ externalId: '4' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    const before = { last: 5, before: last.pageInfo.startCursor };
    const { facts: rest } = ((await answer(opened, query, before)) as Backwards).partner;
    expect(rest.nodes.map(({ externalId }) => externalId).sort()).toEqual(['2', '3']);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  test('are narrowed by kind and day', async () => {
    const { partner } = (await answer(opened, FACTS, {
      filter: { kinds: ['revenue'], until: '2026-11-02' },
    })) as Facts;
    expect(partner.facts.nodes).toEqual([
      { externalId: '4', occurredOn: '2024-01-01', amount: '7', currency: 'EUR' },
    ]);
  });

  test('a filter that names no day is bad input', async () => {
    expect(await complaints(opened, FACTS, { filter: { from: '2026-02-30' } })).toEqual([
      ['BAD_USER_INPUT', 'filter.from', '"2026-02-30" is not a day; write it like 2026-11-23.'],
    ]);
  });
});

describe('status changes', () => {
  const CHANGES = /* GraphQL */ `
    query ($filter: StatusChangeFilter, $first: Int, $after: String) {
      statusChanges(program: "small", filter: $filter, first: $first, after: $after) {
        edges {
          cursor
          node {
            __typename
            cursor
            version
            trigger
            causeCount
            partner {
              externalRef
            }
            ... on TierChanged {
              from {
                code
              }
              to {
                code
              }
              direction
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  `;
  type Changes = {
    statusChanges: {
      edges: { cursor: string; node: Record<string, unknown> & { partner: { externalRef: string } } }[];
      pageInfo: { hasNextPage: boolean };
    };
  };

  test('come oldest first, and go on after a cursor', async () => {
    const all = (await answer(opened, CHANGES, { first: 100 })) as Changes;
    expect(all.statusChanges.edges).toHaveLength(9);
    expect(all.statusChanges.edges.every(({ cursor, node }) => cursor === node.cursor)).toBe(true);
    const after = all.statusChanges.edges[4]?.cursor;
    const rest = (await answer(opened, CHANGES, { after })) as Changes;
    const ofEach = Map.groupBy(rest.statusChanges.edges, ({ node }) => node.partner.externalRef);
    // Which of two partners comes first within a batch is not told.
    expect([...ofEach.keys()].sort()).toEqual(['B', 'D']);
    for (const changes of ofEach.values()) {
      expect(changes.map(({ node }) => node.__typename)).toEqual(['TierChanged', 'HistoryRevised']);
    }
    expect(ofEach.get('B')?.[0]?.node).toEqual({
      __typename: 'TierChanged',
      cursor: ofEach.get('B')?.[0]?.cursor,
      version: 2,
      trigger: 'FACT',
      causeCount: 1,
      partner: { externalRef: 'B' },
      from: { code: 'BASE' },
      to: { code: 'SILVER' },
      direction: 'UP',
    });
    expect(rest.statusChanges.pageInfo.hasNextPage).toBe(false);
  });

  test('come from the end of the log, in its order, and are counted', async () => {
    const query = `query ($last: Int, $before: String, $filter: StatusChangeFilter) {
      statusChanges(program: "small", last: $last, before: $before, filter: $filter) {
        totalCount nodes { cursor } pageInfo { hasNextPage hasPreviousPage } } }`;
    type Backwards = { statusChanges: { totalCount: number; nodes: { cursor: string }[]; pageInfo: object } };
    const all = ((await answer(opened, CHANGES, { first: 100 })) as Changes).statusChanges.edges;
    const cursors = all.map(({ cursor }) => cursor);
    const { statusChanges: last } = (await answer(opened, query, { last: 2 })) as Backwards;
    expect(last.nodes.map(({ cursor }) => cursor)).toEqual(cursors.slice(7));
    expect(last.totalCount).toBe(9);
    expect(last.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true });
    const before = { last: 3, before: last.nodes[0]?.cursor, filter: { types: ['TIER_CHANGED'] } };
    const { statusChanges: narrowed } = (await answer(opened, query, before)) as Backwards;
    expect([narrowed.totalCount, narrowed.nodes.length]).toEqual([7, 3]);
  });

  test('of one partner come latest first, from either end', async () => {
    const query = `query ($first: Int, $last: Int) { partner(by: { ref: { program: "small", externalRef: "D" } }) {
      statusChanges(first: $first, last: $last) { totalCount nodes { version } pageInfo { hasNextPage hasPreviousPage } } } }`;
    const versions = async (variables: object): Promise<unknown> =>
      ((await answer(opened, query, { ...variables })) as { partner: { statusChanges: unknown } }).partner
        .statusChanges;
    expect(await versions({ first: 2 })).toEqual({
      totalCount: 3,
      nodes: [{ version: 3 }, { version: 2 }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    expect(await versions({ last: 2 })).toEqual({
      totalCount: 3,
      nodes: [{ version: 2 }, { version: 1 }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  test('are narrowed by tier, direction and type', async () => {
    const count = async (filter: object): Promise<number> =>
      ((await answer(opened, CHANGES, { filter })) as Changes).statusChanges.edges.length;
    expect(await count({ tiers: ['SILVER'] })).toBe(2);
    expect(await count({ directions: ['ENTERED'] })).toBe(5);
    expect(await count({ types: ['HISTORY_REVISED'] })).toBe(2);
  });

  test('a cursor that is none, or of another programme, is bad input', async () => {
    await createSmallProgram(opened.app, 'other');
    const { program } = (await answer(opened, '{ program(code: "other") { cursor } }')) as {
      program: { cursor: string };
    };
    const complaint = [['BAD_USER_INPUT', 'after', "This is not a cursor of this programme's log."]];
    expect(await complaints(opened, CHANGES, { after: program.cursor })).toEqual(complaint);
    expect(await complaints(opened, CHANGES, { after: 'x' })).toEqual(complaint);
  });

  test('a programme that is not there is bad input', async () => {
    expect(await complaints(opened, '{ statusChanges(program: "x") { pageInfo { hasNextPage } } }')).toEqual([
      ['BAD_USER_INPUT', 'program', 'There is no programme with the code "x".'],
    ]);
  });
});
